#include "tests/integration/server_fixture.h"

#include <latch>
#include <thread>

#include "absl/time/time.h"
#include "storage/sql.h"

namespace inventory::integration {
namespace {

// One suite runs at a time.
struct Suite {
  storage::DatabaseOptions database;
  std::vector<std::string> arguments;
  std::unique_ptr<ServerProcess> server;
  std::unique_ptr<Client> client;
  std::unique_ptr<ServerProcess> second;
  std::unique_ptr<Client> second_client;
};

std::unique_ptr<Suite>& Current() {
  static auto& current = *new std::unique_ptr<Suite>();
  return current;
}

std::string NextPrefix() {
  static int next = 0;
  return absl::StrCat("t", ++next, "-");
}

template <typename Lines>
void AddLines(const std::vector<Line>& lines, Lines& out) {
  for (const Line& line : lines) {
    v1::OrderLine& added = *out.Add();
    added.set_sku(line.sku);
    added.set_quantity(line.quantity);
  }
}

}  // namespace

ServerTest::ServerTest() : prefix_(NextPrefix()) {}

void ServerTest::StartServer(const std::vector<std::string>& arguments, bool metrics) {
  auto suite = std::make_unique<Suite>();
  suite->database = storage::NewDatabase();
  suite->arguments = arguments;
  suite->server = std::make_unique<ServerProcess>(ServerProcess::Options{
      .database_url = storage::UrlOf(suite->database), .arguments = arguments, .metrics = metrics});
  suite->client = std::make_unique<Client>(suite->server->address());
  Current() = std::move(suite);
  MakeWarehouse(client(), "w1");
  MakeWarehouse(client(), "w2");
  MakeChannel(client(), "web", {"w1", "w2"});
}

void ServerTest::TearDownTestSuite() {
  Suite& suite = *Current();
  for (const v1::Mismatch& mismatch : VerifyAll(client())) ADD_FAILURE() << mismatch.DebugString();
  EXPECT_EQ(suite.server->Stop(), 0) << suite.server->run().output();
  if (suite.second != nullptr) {
    EXPECT_EQ(suite.second->Stop(), 0) << suite.second->run().output();
  }
  storage::DropDatabase(suite.database);
  Current().reset();
}

const Client& ServerTest::client() { return *Current()->client; }

const Client& ServerTest::replica() {
  Suite& suite = *Current();
  if (suite.second == nullptr) {
    suite.second = std::make_unique<ServerProcess>(
        ServerProcess::Options{.database_url = storage::UrlOf(suite.database), .arguments = suite.arguments});
    suite.second_client = std::make_unique<Client>(suite.second->address());
  }
  return *suite.second_client;
}

ServerProcess& ServerTest::server() { return *Current()->server; }

const storage::DatabaseOptions& ServerTest::database() { return Current()->database; }

storage::Rows ServerTest::Sql(const std::string& text) {
  storage::Sql sql;
  sql.Raw(text);
  auto connection = Must(storage::Connection::Open(database()));
  std::vector<storage::Rows> results = Must(connection->Execute(sql));
  return results.empty() ? storage::Rows() : std::move(results.back());
}

v1::StockLevel ServerTest::SetStock(const std::string& sku, const std::string& warehouse_id, int64_t on_hand) {
  v1::SetStockRequest request;
  request.set_sku(sku);
  request.set_warehouse_id(warehouse_id);
  request.set_on_hand(on_hand);
  return Must(client().Call(request)).stock_level();
}

v1::StockLevel ServerTest::LevelOf(const std::string& sku, const std::string& warehouse_id) {
  v1::GetStockLevelRequest request;
  request.set_sku(sku);
  request.set_warehouse_id(warehouse_id);
  return Must(client().Call(request));
}

v1::Reservation ServerTest::ReservationOf(const std::string& reservation_id) {
  v1::GetReservationRequest request;
  request.set_reservation_id(reservation_id);
  return Must(client().Call(request));
}

std::vector<v1::Movement> ServerTest::MovementsOf(const std::string& sku) {
  v1::ListMovementsRequest request;
  request.mutable_filter()->set_sku(sku);
  request.set_page_size(1000);
  return ListAll(client(), request, &v1::ListMovementsResponse::movements);
}

int64_t ServerTest::AvailabilityOf(const std::string& sku, const std::string& channel_id) {
  v1::GetAvailabilityRequest request;
  request.set_channel_id(channel_id);
  request.add_skus(sku);
  request.set_view(v1::AVAILABILITY_VIEW_OPERATOR);
  return Must(client().Call(request)).availabilities(0).quantity();
}

std::string Show(const v1::StockLevel& level) {
  EXPECT_EQ(level.on_hand(),
            level.available() + level.reserved() + level.safety_stock() + level.damaged() + level.quality_control());
  std::string shown = absl::StrCat(level.on_hand(), " on hand, ", level.reserved(), " reserved, ", level.safety_stock(),
                                   " safety, ", level.available(), " available");
  if (level.incoming() != 0) absl::StrAppend(&shown, ", ", level.incoming(), " incoming");
  if (level.damaged() != 0) absl::StrAppend(&shown, ", ", level.damaged(), " damaged");
  if (level.quality_control() != 0) absl::StrAppend(&shown, ", ", level.quality_control(), " in quality control");
  return shown;
}

std::string Show(const v1::Reservation& reservation) {
  std::string shown = v1::ReservationState_Name(reservation.state()).substr(sizeof("RESERVATION_STATE_") - 1);
  for (const v1::ReservationLine& line : reservation.lines()) {
    absl::StrAppend(&shown, &line == &reservation.lines(0) ? " " : "; ", line.sku(), " ", line.reserved_quantity(), "/",
                    line.requested_quantity());
    for (const v1::Allocation& part : line.allocations()) {
      absl::StrAppend(&shown, " ", part.warehouse_id(), ":", part.reserved_quantity());
      if (part.in_shipment_quantity() != 0) absl::StrAppend(&shown, "(", part.in_shipment_quantity(), ")");
    }
    if (line.shipped_quantity() != 0) absl::StrAppend(&shown, " shipped ", line.shipped_quantity());
    if (line.returned_quantity() != 0) absl::StrAppend(&shown, " returned ", line.returned_quantity());
    if (line.cancelled_quantity() != 0) absl::StrAppend(&shown, " cancelled ", line.cancelled_quantity());
  }
  return shown;
}

v1::ReserveStockRequest ReserveRequest(const std::vector<Line>& lines, const ReserveOptions& options) {
  v1::ReserveStockRequest request;
  request.set_request_id(options.request_id);
  request.set_channel_id(options.channel);
  request.set_reservation_id(options.id);
  request.set_order_reference(options.order);
  request.set_commit(options.commit);
  if (options.partial) request.set_on_shortfall(v1::SHORTFALL_POLICY_PARTIAL);
  if (options.ttl) {
    const auto micros = absl::ToInt64Microseconds(*options.ttl);
    request.mutable_ttl()->set_seconds(micros / 1'000'000);
    request.mutable_ttl()->set_nanos(static_cast<int32_t>(micros % 1'000'000) * 1000);
  }
  for (const std::string& warehouse_id : options.warehouses) request.add_warehouse_ids(warehouse_id);
  AddLines(lines, *request.mutable_lines());
  return request;
}

absl::StatusOr<v1::ReserveStockResponse> Reserve(const Client& client, const std::vector<Line>& lines,
                                                 const ReserveOptions& options) {
  return client.Call(ReserveRequest(lines, options));
}

absl::StatusOr<v1::ConfirmReservationResponse> Confirm(const Client& client, const std::string& reservation_id) {
  v1::ConfirmReservationRequest request;
  request.set_reservation_id(reservation_id);
  return client.Call(request);
}

absl::StatusOr<v1::CancelReservationResponse> Cancel(const Client& client, const std::string& reservation_id,
                                                     const std::vector<Line>& lines) {
  v1::CancelReservationRequest request;
  request.set_reservation_id(reservation_id);
  AddLines(lines, *request.mutable_lines());
  return client.Call(request);
}

absl::StatusOr<v1::CreateShipmentResponse> CreateShipment(const Client& client, const std::string& reservation_id,
                                                          const std::string& warehouse_id,
                                                          const std::vector<Line>& lines) {
  v1::CreateShipmentRequest request;
  request.set_reservation_id(reservation_id);
  request.set_warehouse_id(warehouse_id);
  AddLines(lines, *request.mutable_lines());
  return client.Call(request);
}

absl::StatusOr<v1::ShipShipmentResponse> Ship(const Client& client, const std::string& shipment_id) {
  v1::ShipShipmentRequest request;
  request.set_shipment_id(shipment_id);
  return client.Call(request);
}

v1::Warehouse MakeWarehouse(const Client& client, const std::string& warehouse_id) {
  v1::CreateWarehouseRequest request;
  v1::Warehouse& warehouse = *request.mutable_warehouse();
  warehouse.set_warehouse_id(warehouse_id);
  warehouse.set_name(absl::StrCat("Warehouse ", warehouse_id));
  warehouse.set_active(true);
  warehouse.mutable_location()->set_latitude(52.52);
  warehouse.mutable_location()->set_longitude(13.405);
  return Must(client.Call(request));
}

v1::Channel MakeChannel(const Client& client, const std::string& channel_id,
                        const std::vector<std::string>& warehouse_ids) {
  v1::CreateChannelRequest create;
  create.mutable_channel()->set_channel_id(channel_id);
  create.mutable_channel()->set_name(absl::StrCat("Channel ", channel_id));
  v1::Channel channel = Must(client.Call(create));
  int priority = 0;
  for (const std::string& warehouse_id : warehouse_ids) {
    v1::AttachWarehouseRequest attach;
    attach.set_channel_id(channel_id);
    attach.set_warehouse_id(warehouse_id);
    attach.set_priority(++priority);
    channel = Must(client.Call(attach));
  }
  return channel;
}

std::vector<v1::Mismatch> VerifyAll(const Client& client, bool repair, const std::string& sku_prefix) {
  v1::VerifyStockRequest request;
  request.set_repair(repair);
  request.set_sku_prefix(sku_prefix);
  return ListAll(client, request, &v1::VerifyStockResponse::mismatches);
}

void Together(int count, const std::function<void(int)>& work) {
  std::latch start(count);
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) {
    threads.emplace_back([&, i] {
      start.arrive_and_wait();
      work(i);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

std::map<std::string, int> CountOutcomes(const std::vector<absl::Status>& results) {
  std::map<std::string, int> counts;
  for (const absl::Status& result : results) ++counts[Outcome(result)];
  return counts;
}

}  // namespace inventory::integration
