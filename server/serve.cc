#include "server/serve.h"

#include <sys/resource.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "prometheus/exposer.h"
#include "server/background/health_monitor.h"
#include "server/background/sweeper.h"
#include "server/database.h"
#include "server/logging.h"
#include "server/metrics.h"
#include "server/pipeline/group_committer.h"
#include "server/queries/reader.h"
#include "server/rpc/grpc_server.h"
#include "server/rpc/runtime.h"

namespace inventory::server {
namespace {

// Many open connections need many descriptors, and gRPC's listener dies for good when there are none left.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

pipeline::GroupCommitter::Options CommitterOptions(const ServerOptions& options,
                                                   const storage::DatabaseOptions& database) {
  return {.database = database,
          .limits = {.default_hold_ttl = options.hold_ttl, .max_hold_ttl = options.max_hold_ttl},
          .queue = {.max_waiting = options.max_waiting_writes,
                    .max_batch_commands = options.max_batch_commands,
                    .max_batch_skus = options.max_batch_skus},
          .lanes = options.lanes};
}

// Everything between the database and the port, in the order in which it is built; taken down in reverse.
class Engine {
 public:
  Engine(const ServerOptions& options, const storage::DatabaseOptions& database, Metrics& metrics)
      : pool_({.database = database, .max_connections = static_cast<std::size_t>(options.read_connections) + 2}),
        committer_(CommitterOptions(options, database), configurations_, metrics.PipelineObserver()),
        reads_({.threads = options.read_connections, .max_waiting = options.max_waiting_reads}, pool_, configurations_),
        runtime_(committer_, reads_, metrics, {.max_hold_ttl = options.max_hold_ttl}, options.default_deadline),
        sweeper_({.interval = options.sweep_interval, .request_id_retention = options.request_id_retention}, pool_,
                 committer_, [&metrics](std::size_t swept) { metrics.HoldsSwept(swept); }) {
    metrics.AddGauge("inventory_writes_waiting", "Commands that wait for a lane.", {},
                     [this] { return static_cast<double>(committer_.waiting()); });
    metrics.AddGauge("inventory_reads_waiting", "Reads that wait for a thread.", {},
                     [this] { return static_cast<double>(reads_.waiting()); });
    const std::string help = "Database connections for reads.";
    metrics.AddGauge("inventory_read_connections", help, {{"state", "in_use"}},
                     [this] { return static_cast<double>(pool_.stats().in_use); });
    metrics.AddGauge("inventory_read_connections", help, {{"state", "idle"}},
                     [this] { return static_cast<double>(pool_.stats().idle); });
  }

  rpc::Runtime& runtime() { return runtime_; }

  // Answers everything that waits.
  void Stop() {
    sweeper_.Stop();
    committer_.Stop();
    reads_.Stop();
  }

 private:
  pipeline::ConfigurationCache configurations_;
  storage::ConnectionPool pool_;
  pipeline::GroupCommitter committer_;
  queries::ReadExecutor reads_;
  rpc::Runtime runtime_;
  background::Sweeper sweeper_;
};

absl::StatusOr<std::unique_ptr<prometheus::Exposer>> ExposeMetrics(const std::string& address, const Metrics& metrics) {
  if (address.empty()) return nullptr;
  try {
    auto exposer = std::make_unique<prometheus::Exposer>(address, 1);
    exposer->RegisterCollectable(metrics.collectable());
    return exposer;
  } catch (const std::exception& e) {
    return absl::FailedPreconditionError(absl::StrCat("can't serve metrics on ", address, " (", e.what(),
                                                      "): choose another address with --metrics-listen, or none"));
  }
}

absl::Status ServeOn(const Database& database, const ServerOptions& options, Signals& signals) {
  Metrics metrics;
  Engine engine(options, database.connection_options(), metrics);
  auto exposer = ExposeMetrics(options.metrics_listen, metrics);
  if (!exposer.ok()) return exposer.status();
  auto server = rpc::GrpcServer::Start(options, engine.runtime());
  if (!server.ok()) return server.status();
  background::HealthMonitor health(database.connection_options(), [&server](bool healthy) {
    Log(healthy ? LogLevel::kInfo : LogLevel::kError, healthy ? "serving" : "not serving: the database does not answer");
    (*server)->SetServing(healthy);
  });
  Log(LogLevel::kInfo, "listening", {{"grpc", options.listen}, {"port", absl::StrCat((*server)->port())},
                                     {"metrics", options.metrics_listen}});
  signals.Wait(absl::InfiniteDuration());

  Log(LogLevel::kInfo, "stopping", {{"grace", absl::FormatDuration(options.shutdown_grace)}});
  health.Stop();
  (*server)->SetServing(false);
  (*server)->Stop(options.shutdown_grace);
  engine.Stop();
  // Nobody may collect gauges of parts that are gone.
  exposer->reset();
  Log(LogLevel::kInfo, "stopped");
  return absl::OkStatus();
}

}  // namespace

absl::Status Serve(const ServerOptions& options, Signals& signals) {
  RaiseDescriptorLimit();
  Log(LogLevel::kInfo, "inventory-server", {{"version", INVENTORY_VERSION}});
  absl::StatusOr<Database> database = Database::Open(options, signals);
  if (!database.ok()) return database.status();
  absl::Status prepared = database->Prepare(options, options.migrate_on_start);
  if (!prepared.ok()) return prepared;
  return ServeOn(*database, options, signals);
}

absl::Status MigrateDatabase(const ServerOptions& options, Signals& signals) {
  absl::StatusOr<Database> database = Database::Open(options, signals);
  if (!database.ok()) return database.status();
  return database->Prepare(options, /*migrate=*/true);
}

}  // namespace inventory::server
