#include "server/serve.h"

#include <sys/resource.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "prometheus/exposer.h"
#include "server/background/health_monitor.h"
#include "server/background/sweeper.h"
#include "server/database.h"
#include "server/engine.h"
#include "server/logging.h"
#include "server/metrics.h"
#include "server/rpc/grpc_server.h"

namespace inventory::server {
namespace {

// Many open connections need many descriptors, and gRPC's listener dies for good when there are none left.
void RaiseDescriptorLimit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

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
  background::Sweeper sweeper(
      {.interval = options.sweep_interval, .request_id_retention = options.request_id_retention}, engine.pool(),
      engine.runtime().committer(), [&metrics](std::size_t swept) { metrics.HoldsSwept(swept); });
  background::HealthMonitor health(database.connection_options(), [&server](bool healthy) {
    Log(healthy ? LogLevel::kInfo : LogLevel::kError,
        healthy ? "serving" : "not serving: the database does not answer");
    (*server)->SetServing(healthy);
  });
  Log(LogLevel::kInfo, "listening",
      {{"grpc", options.listen}, {"port", absl::StrCat((*server)->port())}, {"metrics", options.metrics_listen}});
  signals.Wait(absl::InfiniteDuration());

  Log(LogLevel::kInfo, "stopping", {{"grace", absl::FormatDuration(options.shutdown_grace)}});
  health.Stop();
  (*server)->SetServing(false);
  (*server)->Stop(options.shutdown_grace);
  sweeper.Stop();
  engine.Stop();
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
