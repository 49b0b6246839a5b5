#include "tests/bench/site.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/grpcpp.h"
#include "inventory/v1/channel_service.grpc.pb.h"
#include "inventory/v1/warehouse_service.grpc.pb.h"
#include "storage/server_facts.h"
#include "tests/bench/reserve_request.h"

namespace inventory::bench {
namespace {

// More than any run reserves.
constexpr int64_t kUnitsOfEachSku = 1'000'000'000'000;
constexpr absl::Duration kStartPatience = absl::Seconds(60);
constexpr absl::Duration kCallPatience = absl::Minutes(2);

// Makes a call and waits for it.
template <typename Stub, typename Request, typename Response>
absl::Status Ask(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                 const Request& request, Response& response) {
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + kCallPatience));
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (status.ok()) return absl::OkStatus();
  return absl::InternalError(absl::StrCat(Request::descriptor()->name(), ": ", status.error_message()));
}

absl::Status WaitUntilConnected(grpc::Channel& channel, Process& process) {
  const absl::Time give_up = absl::Now() + kStartPatience;
  while (absl::Now() < give_up && process.Running()) {
    if (channel.WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Milliseconds(200)))) return absl::OkStatus();
  }
  return absl::InternalError(absl::StrCat("a server did not start; it said:\n", ReadFile(process.log_file())));
}

// Makes the warehouse and the channel that sells from it.
absl::Status Configure(const std::shared_ptr<grpc::Channel>& channel) {
  const auto warehouses = v1::WarehouseService::NewStub(channel);
  const auto channels = v1::ChannelService::NewStub(channel);
  v1::CreateWarehouseRequest create_warehouse;
  v1::Warehouse& warehouse = *create_warehouse.mutable_warehouse();
  warehouse.set_warehouse_id(kWarehouse);
  warehouse.set_name("Benchmark");
  warehouse.set_active(true);
  warehouse.mutable_location()->set_latitude(52.5);
  warehouse.mutable_location()->set_longitude(13.4);
  v1::Warehouse created_warehouse;
  absl::Status status =
      Ask(*warehouses, &v1::WarehouseService::Stub::CreateWarehouse, create_warehouse, created_warehouse);
  if (!status.ok()) return status;
  v1::CreateChannelRequest create_channel;
  create_channel.mutable_channel()->set_channel_id(kChannel);
  create_channel.mutable_channel()->set_name("Benchmark");
  v1::Channel created_channel;
  status = Ask(*channels, &v1::ChannelService::Stub::CreateChannel, create_channel, created_channel);
  if (!status.ok()) return status;
  v1::AttachWarehouseRequest attach;
  attach.set_channel_id(kChannel);
  attach.set_warehouse_id(kWarehouse);
  return Ask(*channels, &v1::ChannelService::Stub::AttachWarehouse, attach, created_channel);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Site>> Site::SetUp(const Options& options) {
  std::unique_ptr<Site> site(new Site);
  std::string name = options.parent_dir + "/inventory-bench-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    return absl::InternalError(absl::StrCat("can't make a folder in ", options.parent_dir, ": ", std::strerror(errno)));
  }
  site->folder_ = name;
  absl::Status status = site->StartDatabase();
  if (status.ok()) status = site->StartServers(options);
  if (status.ok()) status = site->LoadStock();
  if (status.ok()) status = site->LearnPattern();
  if (!status.ok()) return status;
  return site;
}

Site::~Site() {
  echo_.reset();
  server_.reset();
  database_.reset();
  std::error_code error;
  if (!folder_.empty()) std::filesystem::remove_all(folder_, error);
}

absl::Status Site::StartDatabase() {
  storage::EmbeddedDatabase::Options options;
  options.data_dir = folder_ + "/data";
  auto started = storage::EmbeddedDatabase::Start(std::move(options));
  if (!started.ok()) return started.status();
  database_ = *std::move(started);
  auto connection = storage::Connection::Open(database());
  if (!connection.ok()) return connection.status();
  absl::StatusOr<storage::ServerFacts> facts = storage::ReadServerFacts(**connection);
  if (!facts.ok()) return facts.status();
  if (!facts->not_durable.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database is not durable: ", absl::StrJoin(facts->not_durable, "; ")));
  }
  storage::Sql sql;
  sql.Raw(
      "SHOW GLOBAL VARIABLES WHERE Variable_name IN ('innodb_flush_log_at_trx_commit', 'innodb_doublewrite', "
      "'innodb_flush_method', 'innodb_buffer_pool_size', 'log_bin', 'sync_binlog')");
  auto settings = (*connection)->Execute(sql);
  if (!settings.ok()) return settings.status();
  database_facts_ = {absl::StrCat("version=", facts->version)};
  for (const storage::Row& row : settings->front()) {
    database_facts_.push_back(absl::StrCat(std::string(row.Text(0)), "=", std::string(row.Text(1))));
  }
  return absl::OkStatus();
}

absl::Status Site::StartServers(const Options& options) {
  absl::StatusOr<int> port = FreePort();
  absl::StatusOr<int> echo_port = FreePort();
  absl::StatusOr<int> metrics_port = FreePort();
  if (!port.ok() || !echo_port.ok() || !metrics_port.ok()) return absl::InternalError("there are no free ports");
  server_address_ = absl::StrCat("127.0.0.1:", *port);
  echo_address_ = absl::StrCat("127.0.0.1:", *echo_port);
  metrics_port_ = *metrics_port;
  const storage::DatabaseOptions to = database();
  std::vector<std::string> command = {
      options.server_binary, "serve",
      absl::StrCat("--database-url=mysql://", to.user, "@localhost/", to.database, "?socket=", to.socket),
      absl::StrCat("--listen=", server_address_), absl::StrCat("--metrics-listen=127.0.0.1:", metrics_port_)};
  command.insert(command.end(), options.server_options.begin(), options.server_options.end());
  auto server = Process::Start(command, folder_ + "/server.log");
  if (!server.ok()) return server.status();
  server_ = *std::move(server);
  auto echo = Process::Start({options.own_binary, "--echo-server=" + echo_address_}, folder_ + "/echo.log");
  if (!echo.ok()) return echo.status();
  echo_ = *std::move(echo);
  const auto channel = grpc::CreateChannel(server_address_, grpc::InsecureChannelCredentials());
  inventory_ = v1::InventoryService::NewStub(channel);
  absl::Status ready = WaitUntilConnected(*channel, *server_);
  if (!ready.ok()) return ready;
  return WaitUntilConnected(*grpc::CreateChannel(echo_address_, grpc::InsecureChannelCredentials()), *echo_);
}

absl::Status Site::LoadStock() {
  absl::Status status = Configure(grpc::CreateChannel(server_address_, grpc::InsecureChannelCredentials()));
  if (!status.ok()) return status;
  for (const Workload workload : {Workload::kHot, Workload::kUniform}) {
    constexpr int kUpdatesPerCall = 1000;
    for (int first = 0; first < SkuCount(workload); first += kUpdatesPerCall) {
      v1::BatchUpdateStockRequest request;
      for (int i = first; i < std::min(first + kUpdatesPerCall, SkuCount(workload)); ++i) {
        v1::StockUpdate& update = *request.add_updates();
        update.set_sku(Sku(workload, i));
        update.set_warehouse_id(kWarehouse);
        update.set_set_on_hand(kUnitsOfEachSku);
      }
      v1::BatchUpdateStockResponse response;
      status = Ask(*inventory_, &v1::InventoryService::Stub::BatchUpdateStock, request, response);
      if (!status.ok()) return status;
    }
  }
  return absl::OkStatus();
}

absl::Status Site::LearnPattern() {
  v1::ReserveStockRequest request;
  SkuSource skus(Workload::kHot);
  FillRequest(skus.Next(), request);
  v1::ReserveStockResponse response;
  absl::Status status = Ask(*inventory_, &v1::InventoryService::Stub::ReserveStock, request, response);
  if (status.ok()) status = CheckAnswer(request, response);
  if (!status.ok()) return status;
  Acknowledge(Workload::kHot, 1);
  auto connection = storage::Connection::Open(database());
  if (!connection.ok()) return connection.status();
  auto pattern = ReadReservation(**connection, response.reservation().reservation_id(), request.request_id());
  if (!pattern.ok()) return pattern.status();
  pattern_ = *std::move(pattern);
  return absl::OkStatus();
}

absl::Status Site::CheckReserved(Workload workload) {
  int64_t reserved = 0;
  v1::ListStockLevelsRequest request;
  request.set_page_size(1000);
  request.mutable_filter()->set_sku_prefix(SkuPrefix(workload));
  do {
    v1::ListStockLevelsResponse page;
    absl::Status status = Ask(*inventory_, &v1::InventoryService::Stub::ListStockLevels, request, page);
    if (!status.ok()) return status;
    for (const v1::StockLevel& level : page.stock_levels()) reserved += level.reserved();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  if (reserved == acknowledged_[workload]) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat(acknowledged_[workload], " reservations of the ", NameOf(workload),
                                          " were acknowledged, but ", reserved, " units are reserved"));
}

absl::Status Site::CheckConsistent() {
  v1::VerifyStockRequest request;
  request.set_page_size(500);
  do {
    v1::VerifyStockResponse page;
    absl::Status status = Ask(*inventory_, &v1::InventoryService::Stub::VerifyStock, request, page);
    if (!status.ok()) return status;
    if (page.mismatches_size() > 0) {
      return absl::DataLossError(absl::StrCat("the stock does not add up: ", page.mismatches(0).ShortDebugString()));
    }
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

absl::StatusOr<BatchFigures> Site::ReadBatchFigures() const {
  absl::StatusOr<std::string> text = HttpGet(metrics_port_, "/metrics");
  if (!text.ok()) return text.status();
  return ParseBatchFigures(*text);
}

Cpu Site::ReadCpu() const {
  return {.client = CpuSeconds(getpid()),
          .server = CpuSeconds(server_->pid()) + CpuSeconds(echo_->pid()),
          .database = CpuSeconds(database_->pid())};
}

}  // namespace inventory::bench
