#include "tests/unit/rule_fixture.h"

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/time_util.h"
#include "google/rpc/error_details.pb.h"
#include "server/errors.h"

namespace inventory {
namespace {

template <typename Request, typename Lines>
void AddLines(const Lines& lines, Request& request) {
  for (const auto& [sku, quantity] : lines) {
    auto& line = *request.add_lines();
    line.set_sku(sku);
    line.set_quantity(quantity);
  }
}

template <typename Request>
Request OfReservation(const std::string& id, const std::string& etag) {
  Request request;
  request.set_reservation_id(id);
  request.set_etag(etag);
  return request;
}

template <typename Request>
Request OfShipment(const std::string& id, const std::string& etag) {
  Request request;
  request.set_shipment_id(id);
  request.set_etag(etag);
  return request;
}

}  // namespace

std::string Answer(const absl::Status& status) {
  if (status.ok()) return "OK";
  std::string answer = absl::StatusCodeToString(status.code());
  google::rpc::ErrorInfo info;
  google::rpc::BadRequest bad;
  const google::rpc::Status proto = ToProto(status);
  for (const auto& detail : proto.details()) {
    detail.UnpackTo(&info);
    detail.UnpackTo(&bad);
  }
  absl::StrAppend(&answer, " ", info.reason().empty() ? std::string(status.message()) : info.reason());
  const std::map<std::string, std::string> metadata(info.metadata().begin(), info.metadata().end());
  for (const auto& [key, value] : metadata) absl::StrAppend(&answer, " ", key, "=", value);
  for (const auto& violation : bad.field_violations()) absl::StrAppend(&answer, " ", violation.field());
  return answer;
}

RuleTest::RuleTest() {
  for (const char* id : {"w1", "w2", "w3"}) AddWarehouse(id);
  AddChannel("shop", {"w1", "w2", "w3"});
}

void RuleTest::AddWarehouse(const std::string& id, bool active) {
  storage::WarehouseRecord warehouse;
  warehouse.warehouse_id = id;
  warehouse.active = active;
  runner_.rows.warehouses.Load(warehouse);
}

void RuleTest::AddChannel(const std::string& id, const std::vector<std::string>& warehouses, bool active) {
  storage::ChannelRecord channel;
  channel.channel_id = id;
  channel.active = active;
  runner_.rows.channels.Load(channel);
  int32_t priority = 0;
  for (const std::string& warehouse_id : warehouses) {
    runner_.rows.attachments.Load({.channel_id = id, .warehouse_id = warehouse_id, .priority = ++priority});
  }
}

storage::ItemRecord& RuleTest::Item(const std::string& sku) {
  storage::ItemRecord item;
  item.sku = sku;
  runner_.rows.items.Load(item);
  return runner_.rows.items.Edit(sku);
}

void RuleTest::Stock(const std::string& sku, const std::string& warehouse_id, int64_t on_hand) {
  v1::SetStockRequest request;
  request.set_sku(sku);
  request.set_warehouse_id(warehouse_id);
  request.set_on_hand(on_hand);
  ASSERT_EQ(Answer(runner_.Call<v1::SetStockResponse>(request)), "OK");
}

void RuleTest::Hold(const std::string& id, const Lines& lines) { ASSERT_EQ(Answer(Reserve(Order(id, lines))), "OK"); }

void RuleTest::Commit(const std::string& id, const Lines& lines) {
  v1::ReserveStockRequest request = Order(id, lines);
  request.set_commit(true);
  ASSERT_EQ(Answer(Reserve(request)), "OK");
}

v1::ReserveStockRequest RuleTest::Order(const std::string& id, const Lines& lines) {
  v1::ReserveStockRequest request;
  request.set_reservation_id(id);
  request.set_channel_id("shop");
  AddLines(lines, request);
  return request;
}

v1::CreateShipmentRequest RuleTest::Parcel(const std::string& id, const std::string& reservation_id,
                                           const std::string& warehouse_id, const Lines& lines) {
  v1::CreateShipmentRequest request;
  request.set_shipment_id(id);
  request.set_reservation_id(reservation_id);
  request.set_warehouse_id(warehouse_id);
  AddLines(lines, request);
  return request;
}

absl::StatusOr<v1::ReserveStockResponse> RuleTest::Reserve(const v1::ReserveStockRequest& request) {
  return runner_.Call<v1::ReserveStockResponse>(request);
}

absl::StatusOr<v1::ConfirmReservationResponse> RuleTest::Confirm(const std::string& id, const std::string& etag) {
  return runner_.Call<v1::ConfirmReservationResponse>(OfReservation<v1::ConfirmReservationRequest>(id, etag));
}

absl::StatusOr<v1::ExtendReservationResponse> RuleTest::Extend(const std::string& id, absl::Duration ttl,
                                                               const std::string& etag) {
  auto request = OfReservation<v1::ExtendReservationRequest>(id, etag);
  *request.mutable_ttl() = google::protobuf::util::TimeUtil::NanosecondsToDuration(absl::ToInt64Nanoseconds(ttl));
  return runner_.Call<v1::ExtendReservationResponse>(request);
}

absl::StatusOr<v1::AmendReservationResponse> RuleTest::Amend(const std::string& id, const Lines& lines,
                                                             const std::string& etag) {
  auto request = OfReservation<v1::AmendReservationRequest>(id, etag);
  AddLines(lines, request);
  return runner_.Call<v1::AmendReservationResponse>(request);
}

absl::StatusOr<v1::CancelReservationResponse> RuleTest::Cancel(const std::string& id, const Lines& lines,
                                                               const std::string& etag) {
  auto request = OfReservation<v1::CancelReservationRequest>(id, etag);
  AddLines(lines, request);
  return runner_.Call<v1::CancelReservationResponse>(request);
}

absl::StatusOr<v1::CreateShipmentResponse> RuleTest::CreateShipment(const v1::CreateShipmentRequest& request) {
  return runner_.Call<v1::CreateShipmentResponse>(request);
}

absl::StatusOr<v1::MarkShipmentReadyResponse> RuleTest::MarkReady(const std::string& id, const std::string& etag) {
  return runner_.Call<v1::MarkShipmentReadyResponse>(OfShipment<v1::MarkShipmentReadyRequest>(id, etag));
}

absl::StatusOr<v1::ShipShipmentResponse> RuleTest::Ship(const std::string& id, const std::string& etag) {
  return runner_.Call<v1::ShipShipmentResponse>(OfShipment<v1::ShipShipmentRequest>(id, etag));
}

absl::StatusOr<v1::DeliverShipmentResponse> RuleTest::Deliver(const std::string& id, const std::string& etag) {
  return runner_.Call<v1::DeliverShipmentResponse>(OfShipment<v1::DeliverShipmentRequest>(id, etag));
}

absl::StatusOr<v1::CancelShipmentResponse> RuleTest::CancelShipment(const std::string& id, const std::string& etag) {
  return runner_.Call<v1::CancelShipmentResponse>(OfShipment<v1::CancelShipmentRequest>(id, etag));
}

RuleTest::Stored RuleTest::Now() const {
  Stored stored;
  for (const auto* level : runner_.rows.levels.All()) stored.levels[level->key()] = level->quantities;
  stored.lines = Copy(runner_.rows.reservation_lines);
  for (const storage::AllocationRecord* part : runner_.rows.allocations.All()) {
    if (part->reserved + part->in_shipment + part->shipped > 0) stored.allocations.push_back(*part);
  }
  for (const auto* reservation : runner_.rows.reservations.All()) stored.states.push_back(reservation->state);
  return stored;
}

storage::Quantities RuleTest::At(const std::string& sku, const std::string& warehouse_id) const {
  const storage::LevelRecord* level = runner_.rows.levels.Find({sku, warehouse_id});
  return level == nullptr ? storage::Quantities() : level->quantities;
}

storage::ReservationLineRecord RuleTest::LineOf(const std::string& id, const std::string& sku) const {
  const storage::ReservationLineRecord* line = runner_.rows.reservation_lines.Find({id, sku});
  return line == nullptr ? storage::ReservationLineRecord{.reservation_id = id, .sku = sku} : *line;
}

storage::AllocationRecord RuleTest::PartOf(const std::string& id, const std::string& sku,
                                           const std::string& warehouse_id) const {
  const storage::AllocationRecord* part = runner_.rows.allocations.Find({id, sku, warehouse_id});
  return part == nullptr ? storage::AllocationRecord() : *part;
}

storage::ReservationState RuleTest::StateOf(const std::string& id) const {
  const storage::ReservationRecord* reservation = runner_.rows.reservations.Find(id);
  return reservation == nullptr ? storage::ReservationState() : reservation->state;
}

std::vector<std::pair<std::string, int64_t>> RuleTest::ReservedIn(const std::string& id, const std::string& sku) const {
  std::vector<std::pair<std::string, int64_t>> reserved;
  for (const storage::AllocationRecord* part : runner_.rows.allocations.All()) {
    const bool belongs = part->reservation_id == id && part->sku == sku;
    if (belongs && part->reserved > 0) reserved.emplace_back(part->warehouse_id, part->reserved);
  }
  return reserved;
}

}  // namespace inventory
