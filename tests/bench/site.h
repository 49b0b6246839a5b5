// Everything that cases run on: a database, one or more servers, the echo server, the peer, the stock.
#ifndef INVENTORY_TESTS_BENCH_SITE_H_
#define INVENTORY_TESTS_BENCH_SITE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "inventory/v1/stock.pb.h"
#include "storage/embedded_database.h"
#include "tests/bench/measure.h"
#include "tests/bench/peer/server.h"
#include "tests/bench/rows.h"
#include "tests/bench/server_metrics.h"
#include "tests/bench/server_process.h"
#include "tests/bench/workload.h"
#include "tests/process.h"

namespace inventory::bench {

// One private, fully durable database, with one schema: every case of a site, with the server or without, reserves the
// same stock and fills the same tables, so that they are equally large for all. Everything lies in a new folder that is
// removed with this object, which also stops the processes. The logs are kept unless DropLogs was called.
class Site {
 public:
  struct Options {
    std::string name;                           // For people, such as "MariaDB".
    std::string parent_dir;                     // Where the folder is made.
    std::string database_binary;                // Path of mariadbd or mysqld. Default empty: the one that is installed.
    bool binary_log = false;                    // Whether the database keeps one.
    int buffer_pool_mib = 1024;                 // The database's memory for pages.
    int redo_log_mib = 1024;                    // Its redo log.
    int servers = 1;                            // On the same database.
    int64_t history_skus = 0;                   // SKUs that have a history: history.h.
    std::string server_binary;                  // Path of inventory-server.
    std::vector<std::string> server_options;    // More options for `serve`.
    std::string own_binary;                     // Path of this program.
    int peer_connections = peer::kConnections;  // Of the peer to the database.
    std::string logs_dir;  // Where logs that are kept go. Empty: they stay where they are, without the rest.
    std::function<void(const std::string&)> report = [](const std::string&) {};  // Hears what takes long.
  };

  // Starts everything, loads the stock through the server, and makes one reservation to learn what it writes.
  static absl::StatusOr<std::unique_ptr<Site>> SetUp(const Options& options);
  ~Site();

  const std::string& name() const { return options_.name; }
  int64_t history_skus() const { return options_.history_skus; }
  storage::DatabaseOptions database() const { return database_->connection_options(); }
  const std::string& server_address(std::size_t server = 0) const { return servers_.at(server)->address(); }
  const std::string& echo_address() const { return echo_address_; }
  const std::string& peer_address() const { return peer_address_; }
  const ReservationRows& pattern() const { return pattern_; }
  // The database's version and the settings that make it durable, as "name=value", checked to be durable.
  const std::vector<std::string>& database_facts() const { return database_facts_; }
  const std::string& folder() const { return folder_; }

  // Says that so many more units of the workload's SKUs are reserved.
  void Acknowledge(Workload workload, int64_t units) { Acknowledge(SkuPrefix(workload), units); }
  // The same for all SKUs that begin so.
  void Acknowledge(const std::string& sku_prefix, int64_t units) { acknowledged_[sku_prefix] += units; }

  // What the server shows of all SKUs that begin so, in their order.
  absl::StatusOr<std::vector<v1::StockLevel>> ReadLevels(const std::string& sku_prefix);

  // Whether the stock that the server shows as reserved is exactly what is acknowledged.
  absl::Status CheckReserved(Workload workload) { return CheckReserved(SkuPrefix(workload)); }
  absl::Status CheckReserved(const std::string& sku_prefix);
  // The same by what the database holds: for more SKUs than the server should list after each run.
  absl::Status CheckStored(const std::string& sku_prefix);

  // The same for all SKUs that something was ever acknowledged of.
  absl::Status CheckAllReserved();

  // Says that so many more SKUs have been made.
  void AddSkus(int64_t skus) { skus_ += skus; }

  // Whether the server's own check goes through all SKUs and finds their counters, allocations and ledger in agreement.
  // Returns how many SKUs there are; less than all if it takes longer than `patience`.
  absl::StatusOr<int64_t> CheckConsistent(absl::Duration patience = absl::InfiniteDuration());
  // The same if it has never taken longer than a few seconds.
  absl::Status CheckConsistentIfQuick();

  // Whether the database has run without a break since it was started.
  absl::Status CheckDatabaseUp() const;

  // The database and all servers.
  std::vector<int> serving_processes() const;

  // How many reservations a second callers who wait have reached when that was last measured for open loops; none
  // before that.
  std::optional<double> peak(Workload workload) const;
  void set_peak(Workload workload, double per_second) { peaks_[workload] = per_second; }

  // Says that all went well: nobody needs the logs.
  void DropLogs() { keep_logs_ = false; }

  // Of all servers together.
  absl::StatusOr<BatchFigures> ReadBatchFigures() const;
  // CPU seconds used so far; all servers, the echo server and the peer count as the server.
  Cpu ReadCpu() const;
  // The most memory that one of the servers has held at once since it started, or since ForgetServerPeak.
  int64_t server_peak_bytes() const;
  void ForgetServerPeak();

 private:
  explicit Site(Options options) : options_(std::move(options)) {}

  absl::Status StartDatabase();
  absl::Status StartServers();
  absl::Status StartEcho();
  absl::Status StartPeer();
  absl::Status LoadAll();
  absl::Status LoadHistory();
  absl::Status LearnPattern();
  void KeepLogs() const;
  absl::Status Compare(const std::string& sku_prefix, int64_t reserved) const;

  const Options options_;
  std::string folder_;
  std::unique_ptr<storage::EmbeddedDatabase> database_;
  std::vector<std::unique_ptr<ServerProcess>> servers_;
  std::unique_ptr<Process> echo_;
  std::string echo_address_;
  std::unique_ptr<Process> peer_;
  std::string peer_address_;
  std::unique_ptr<v1::InventoryService::Stub> inventory_;
  std::vector<std::string> database_facts_;
  ReservationRows pattern_;
  std::map<std::string, int64_t> acknowledged_;  // Units, by prefix of the SKUs.
  std::map<Workload, double> peaks_;
  int64_t skus_ = 0;
  bool quick_to_verify_ = true;
  bool keep_logs_ = true;
  int database_pid_ = 0;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_SITE_H_
