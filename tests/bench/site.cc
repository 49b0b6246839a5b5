#include "tests/bench/site.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include "absl/strings/str_cat.h"
#include "grpcpp/grpcpp.h"
#include "storage/table.h"
#include "tests/bench/ask.h"
#include "tests/bench/database_settings.h"
#include "tests/bench/history.h"
#include "tests/bench/reserve_request.h"
#include "tests/bench/stock.h"

namespace inventory::bench {
namespace {

namespace fs = std::filesystem;

}  // namespace

absl::StatusOr<std::unique_ptr<Site>> Site::SetUp(const Options& options) {
  std::unique_ptr<Site> site(new Site(options));
  std::string name = options.parent_dir + "/inventory-bench-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) {
    return absl::InternalError(absl::StrCat("can't make a folder in ", options.parent_dir, ": ", std::strerror(errno)));
  }
  site->folder_ = name;
  absl::Status status = site->StartDatabase();
  if (status.ok()) status = site->StartServers();
  if (status.ok()) status = site->StartEcho();
  if (status.ok()) status = site->StartPeer();
  if (status.ok()) status = site->LoadAll();
  if (status.ok()) status = site->LearnPattern();
  if (!status.ok()) return status;
  return site;
}

Site::~Site() {
  peer_.reset();
  echo_.reset();
  servers_.clear();
  database_.reset();
  if (folder_.empty()) return;
  std::error_code error;
  if (keep_logs_) {
    KeepLogs();
  } else {
    fs::remove_all(folder_, error);
  }
}

void Site::KeepLogs() const {
  const std::string data = folder_ + "/data";
  std::error_code error;
  fs::rename(data + "/database.log", folder_ + "/database.log", error);
  fs::remove_all(data, error);
  std::string kept = folder_;
  if (!options_.logs_dir.empty()) {
    fs::create_directories(options_.logs_dir, error);
    fs::copy(folder_, options_.logs_dir, fs::copy_options::recursive | fs::copy_options::overwrite_existing, error);
    if (!error) {
      kept = options_.logs_dir;
      fs::remove_all(folder_, error);
    }
  }
  options_.report(absl::StrCat(name(), ": the logs are in ", kept));
}

absl::Status Site::StartDatabase() {
  storage::EmbeddedDatabase::Options options;
  options.data_dir = folder_ + "/data";
  options.server_binary = options_.database_binary;
  options.binary_log = options_.binary_log;
  options.buffer_pool_mib = options_.buffer_pool_mib;
  auto started = storage::EmbeddedDatabase::Start(std::move(options));
  if (!started.ok()) return started.status();
  database_ = *std::move(started);
  database_pid_ = database_->pid();
  auto connection = storage::Connection::Open(database());
  if (!connection.ok()) return connection.status();
  absl::Status resized = SetRedoLogSize(**connection, options_.redo_log_mib);
  if (!resized.ok()) return resized;
  auto facts = ReadDurableSettings(**connection);
  if (!facts.ok()) return facts.status();
  database_facts_ = *std::move(facts);
  return absl::OkStatus();
}

absl::Status Site::StartServers() {
  for (int i = 1; i <= options_.servers; ++i) {
    auto server = ServerProcess::Start(options_.server_binary, database(), options_.server_options,
                                       absl::StrCat(folder_, "/server-", i, ".log"));
    if (!server.ok()) return server.status();
    servers_.push_back(*std::move(server));
  }
  inventory_ = v1::InventoryService::NewStub(servers_.front()->channel());
  return absl::OkStatus();
}

absl::Status Site::StartEcho() {
  absl::StatusOr<int> port = FreePort();
  if (!port.ok()) return port.status();
  echo_address_ = absl::StrCat("127.0.0.1:", *port);
  auto echo = Process::Start({options_.own_binary, "--echo-server=" + echo_address_}, folder_ + "/echo.log");
  if (!echo.ok()) return echo.status();
  echo_ = *std::move(echo);
  return WaitUntilConnected(*grpc::CreateChannel(echo_address_, grpc::InsecureChannelCredentials()), *echo_);
}

absl::Status Site::StartPeer() {
  absl::StatusOr<int> port = FreePort();
  if (!port.ok()) return port.status();
  peer_address_ = absl::StrCat("127.0.0.1:", *port);
  auto peer =
      Process::Start({options_.own_binary, "--peer-server=" + peer_address_, "--peer-database=" + UrlOf(database()),
                      absl::StrCat("--peer-connections=", options_.peer_connections)},
                     folder_ + "/peer.log");
  if (!peer.ok()) return peer.status();
  peer_ = *std::move(peer);
  return WaitUntilConnected(*grpc::CreateChannel(peer_address_, grpc::InsecureChannelCredentials()), *peer_);
}

absl::Status Site::LoadAll() {
  absl::Status status = Configure(servers_.front()->channel());
  for (const Workload workload : {Workload::kHot, Workload::kUniform}) {
    if (status.ok()) status = LoadStock(*inventory_, workload);
    AddSkus(SkuCount(workload));
  }
  return status.ok() && options_.history_skus > 0 ? LoadHistory() : status;
}

absl::Status Site::LoadHistory() {
  AddSkus(options_.history_skus);
  Acknowledge(kHistoryPrefix, options_.history_skus * kHistoryReserved);
  absl::Status filled = FillHistory(*inventory_, database(), options_.history_skus, options_.report);
  if (!filled.ok()) return filled;
  auto connection = storage::Connection::Open(database());
  if (!connection.ok()) return connection.status();
  const absl::StatusOr<int64_t> mib = ReadTablesMib(**connection);
  if (!mib.ok()) return mib.status();
  database_facts_.push_back(absl::StrCat("tables=", *mib, " MiB"));
  if (*mib > options_.buffer_pool_mib) database_facts_.push_back("which exceeds its memory for pages");
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

absl::StatusOr<std::vector<v1::StockLevel>> Site::ReadLevels(const std::string& sku_prefix) {
  std::vector<v1::StockLevel> levels;
  v1::ListStockLevelsRequest request;
  request.set_page_size(1000);
  request.mutable_filter()->set_sku_prefix(sku_prefix);
  do {
    v1::ListStockLevelsResponse page;
    absl::Status status = Ask(*inventory_, &v1::InventoryService::Stub::ListStockLevels, request, page);
    if (!status.ok()) return status;
    std::move(page.mutable_stock_levels()->begin(), page.mutable_stock_levels()->end(), std::back_inserter(levels));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return levels;
}

absl::Status Site::CheckReserved(const std::string& sku_prefix) {
  absl::StatusOr<std::vector<v1::StockLevel>> levels = ReadLevels(sku_prefix);
  if (!levels.ok()) return levels.status();
  int64_t reserved = 0;
  for (const v1::StockLevel& level : *levels) reserved += level.reserved();
  return Compare(sku_prefix, reserved);
}

absl::Status Site::CheckAllReserved() {
  for (const auto& [prefix, units] : acknowledged_) {
    absl::Status exact = prefix == kHistoryPrefix ? CheckStored(prefix) : CheckReserved(prefix);
    if (!exact.ok()) return exact;
  }
  return absl::OkStatus();
}

absl::Status Site::CheckStored(const std::string& sku_prefix) {
  storage::DatabaseOptions patient = database();
  patient.read_timeout = absl::Minutes(2);
  auto connection = storage::Connection::Open(patient);
  if (!connection.ok()) return connection.status();
  storage::Sql sql;
  sql.Raw("SELECT SUM(reserved) FROM stock_level WHERE 1 = 1");
  storage::AppendPrefixRange(sql, "sku", sku_prefix);
  auto sums = (*connection)->Execute(sql);
  return sums.ok() ? Compare(sku_prefix, sums->front()[0].Int(0)) : sums.status();
}

absl::Status Site::Compare(const std::string& sku_prefix, int64_t reserved) const {
  const auto acknowledged = acknowledged_.find(sku_prefix);
  const int64_t expected = acknowledged == acknowledged_.end() ? 0 : acknowledged->second;
  if (reserved == expected) return absl::OkStatus();
  return absl::DataLossError(absl::StrCat("reservations of ", expected, " units of SKUs ", sku_prefix,
                                          "... were acknowledged, but ", reserved, " units are reserved"));
}

std::vector<int> Site::serving_processes() const {
  std::vector<int> processes = {database_->pid()};
  for (const auto& server : servers_) processes.push_back(server->process().pid());
  return processes;
}

std::optional<double> Site::peak(Workload workload) const {
  const auto found = peaks_.find(workload);
  return found == peaks_.end() ? std::nullopt : std::optional(found->second);
}

absl::StatusOr<int64_t> Site::CheckConsistent(absl::Duration patience) {
  const absl::Time give_up = absl::Now() + patience;
  v1::VerifyStockRequest request;
  request.set_page_size(500);
  int64_t skus = 0;
  do {
    if (Interrupted()) return absl::CancelledError("interrupted");
    v1::VerifyStockResponse page;
    absl::Status status = Ask(*inventory_, &v1::InventoryService::Stub::VerifyStock, request, page);
    if (!status.ok()) return status;
    if (page.mismatches_size() > 0) {
      return absl::DataLossError(absl::StrCat("the stock does not add up: ", page.mismatches(0).ShortDebugString()));
    }
    skus += page.skus_checked();
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty() && absl::Now() < give_up);
  if (request.page_token().empty() && skus != skus_) {
    return absl::DataLossError(absl::StrCat("of ", skus_, " SKUs, ", skus, " were verified"));
  }
  return skus;
}

absl::Status Site::CheckConsistentIfQuick() {
  if (!quick_to_verify_) return absl::OkStatus();
  const absl::StatusOr<int64_t> checked = CheckConsistent(absl::Seconds(5));
  if (checked.ok()) quick_to_verify_ = *checked == skus_;
  return checked.status();
}

absl::Status Site::CheckDatabaseUp() const {
  if (database_->pid() == database_pid_) return absl::OkStatus();
  return absl::InternalError(absl::StrCat("the database with process id ", database_pid_, " has ended"));
}

absl::StatusOr<BatchFigures> Site::ReadBatchFigures() const {
  BatchFigures all;
  for (const auto& server : servers_) {
    absl::StatusOr<BatchFigures> figures = server->ReadBatchFigures();
    if (!figures.ok()) return figures.status();
    all = Together(all, *figures);
  }
  return all;
}

Cpu Site::ReadCpu() const {
  Cpu cpu{.client = CpuSeconds(getpid()),
          .server = CpuSeconds(echo_->pid()) + CpuSeconds(peer_->pid()),
          .database = CpuSeconds(database_->pid())};
  for (const auto& server : servers_) cpu.server += CpuSeconds(server->process().pid());
  return cpu;
}

int64_t Site::server_peak_bytes() const {
  int64_t most = 0;
  for (const auto& server : servers_) most = std::max(most, server->process().PeakBytes());
  return most;
}

void Site::ForgetServerPeak() {
  for (const auto& server : servers_) server->process().ForgetPeak();
}

}  // namespace inventory::bench
