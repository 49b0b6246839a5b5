// Everything the cases run on: a database, the server, the echo server, the stock.
#ifndef INVENTORY_TESTS_BENCH_SITE_H_
#define INVENTORY_TESTS_BENCH_SITE_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "storage/embedded_database.h"
#include "tests/bench/measure.h"
#include "tests/bench/process.h"
#include "tests/bench/rows.h"
#include "tests/bench/server_metrics.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

// One private database for all cases, with one schema: every case, with the server or without, reserves the same stock
// and fills the same tables, so that they are equally large for all. Everything lies in a new folder that is removed
// with this object, which also stops the processes.
class Site {
 public:
  struct Options {
    std::string parent_dir;                   // Where the folder is made.
    std::string server_binary;                // Path of inventory-server.
    std::vector<std::string> server_options;  // More options for `serve`.
    std::string own_binary;                   // Path of this program.
  };

  // Starts everything, loads the stock through the server, and makes one reservation to learn what it writes.
  static absl::StatusOr<std::unique_ptr<Site>> SetUp(const Options& options);
  ~Site();

  storage::DatabaseOptions database() const { return database_->connection_options(); }
  const std::string& server_address() const { return server_address_; }
  const std::string& echo_address() const { return echo_address_; }
  const ReservationRows& pattern() const { return pattern_; }
  // The database's version and the settings that make it durable, as "name=value", checked to be durable.
  const std::vector<std::string>& database_facts() const { return database_facts_; }
  const std::string& folder() const { return folder_; }

  // Says that so many more reservations of one unit are acknowledged.
  void Acknowledge(Workload workload, int64_t reservations) { acknowledged_[workload] += reservations; }

  // Whether the stock that the server shows as reserved is exactly what is acknowledged.
  absl::Status CheckReserved(Workload workload);

  // Whether the server's own check finds counters, allocations and the ledger of all SKUs in agreement.
  absl::Status CheckConsistent();

  absl::StatusOr<BatchFigures> ReadBatchFigures() const;
  // CPU seconds used so far; both servers count as the server.
  Cpu ReadCpu() const;
  int64_t server_peak_bytes() const { return server_->PeakBytes(); }

 private:
  Site() = default;

  absl::Status StartDatabase();
  absl::Status StartServers(const Options& options);
  absl::Status LoadStock();
  absl::Status LearnPattern();

  std::string folder_;
  std::unique_ptr<storage::EmbeddedDatabase> database_;
  std::unique_ptr<Process> server_;
  std::unique_ptr<Process> echo_;
  std::string server_address_;
  std::string echo_address_;
  int metrics_port_ = 0;
  std::unique_ptr<v1::InventoryService::Stub> inventory_;
  std::vector<std::string> database_facts_;
  ReservationRows pattern_;
  std::map<Workload, int64_t> acknowledged_;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_SITE_H_
