#include "server/serve.h"

#include <sys/resource.h>

#include <chrono>
#include <future>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/background/dispatcher.h"
#include "server/background/follower.h"
#include "server/background/health_monitor.h"
#include "server/background/ledger_keeper.h"
#include "server/background/low_stock_keeper.h"
#include "server/background/sweeper.h"
#include "server/database.h"
#include "server/engine.h"
#include "server/logging.h"
#include "server/metrics.h"
#include "server/metrics_endpoint.h"
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

// Stops in steps, so that callers who watch health or listen to load balancers are gone before any is refused. Another
// signal ends all waiting.
void StopCalls(rpc::GrpcServer& server, const ServerOptions& options, absl::Time drained, Signals& signals) {
  signals.Wait(drained - absl::Now(), /*requests=*/2);
  const std::future<void> stopped =
      std::async(std::launch::async, [&server, &options] { server.Stop(options.shutdown_grace); });
  while (stopped.wait_for(std::chrono::milliseconds(50)) != std::future_status::ready) {
    if (signals.Wait(absl::ZeroDuration(), /*requests=*/2)) server.CancelCalls();
  }
}

background::Dispatcher::Options DispatcherOptions(const ServerOptions& options) {
  return {
      .interval = options.sweep_interval,
      .threads = options.low_stock_threads,
      .timeout = options.low_stock_timeout,
      .lease = options.low_stock_lease,
      .max_attempts = options.low_stock_max_attempts,
      .backoff = {.first = options.low_stock_backoff, .most = options.low_stock_max_backoff},
      .activities = {.webhook_hosts = activities::Hosts::Parse(options.webhook_hosts).value(),
                     .webhook_private_networks = activities::Networks::Parse(options.webhook_private_networks).value(),
                     .webhook_secrets = options.webhook_secrets,
                     .webhook_ca_file = options.webhook_ca_file}};
}

absl::Status ServeOn(const Database& database, const ServerOptions& options, Metrics& metrics, Signals& signals) {
  Engine engine(options, database.connection_options(), metrics);
  auto server = rpc::GrpcServer::Start(options, engine.runtime());
  if (!server.ok()) return server.status();
  background::Sweeper sweeper(
      {.interval = options.sweep_interval, .request_id_retention = options.request_id_retention}, engine.pool(),
      engine.runtime().committer(), [&metrics](std::size_t swept) { metrics.HoldsSwept(swept); });
  background::Follower follower(options.sweep_interval, engine.pool(), engine.runtime().committer());
  background::Dispatcher dispatcher(DispatcherOptions(options), engine.pool(), engine.runtime().committer(),
                                    [&metrics](const std::string& activity, std::string_view outcome) {
                                      metrics.LowStockAttempt(activity, outcome);
                                    });
  // The id of a rule's event is part of request ids, which must be forgotten before it may come again.
  background::LowStockKeeper low_stock_keeper(
      {.event_retention = options.low_stock_event_retention,
       .rule_retention = std::max(options.low_stock_event_retention, options.request_id_retention)},
      engine.pool(), engine.runtime().committer());
  std::optional<background::LedgerKeeper> keeper;
  if (options.movement_retention > absl::ZeroDuration()) {
    keeper.emplace(background::LedgerKeeper::Options{.retention = options.movement_retention}, engine.pool(),
                   engine.runtime().committer());
  }
  background::HealthMonitor health(database.connection_options(), [&server](bool healthy) {
    Log(healthy ? LogLevel::kInfo : LogLevel::kError,
        healthy ? "serving" : "not serving: the database does not answer");
    (*server)->SetServing(healthy);
  });
  Log(LogLevel::kInfo, "listening",
      {{"grpc", options.listen}, {"port", absl::StrCat((*server)->port())}, {"metrics", options.metrics_listen}});
  signals.Wait(absl::InfiniteDuration());

  Log(LogLevel::kInfo, "stopping",
      {{"grace", absl::FormatDuration(options.shutdown_grace)},
       {"drain_delay", absl::FormatDuration(options.drain_delay)}});
  const absl::Time drained = absl::Now() + options.drain_delay;
  (*server)->Drain();
  health.Stop();
  StopCalls(**server, options, drained, signals);
  // What callers out there may be waiting for is handed back first.
  dispatcher.Stop();
  sweeper.Stop();
  follower.Stop();
  low_stock_keeper.Stop();
  if (keeper) keeper->Stop();
  engine.Stop();
  Log(LogLevel::kInfo, "stopped");
  return absl::OkStatus();
}

}  // namespace

absl::Status Serve(const ServerOptions& options, Signals& signals) {
  RaiseDescriptorLimit();
  Log(LogLevel::kInfo, "inventory-server", {{"version", INVENTORY_VERSION}});
  Metrics metrics;
  MetricsEndpoint endpoint;
  absl::Status exposed = endpoint.Start(options.metrics_listen, metrics);
  if (!exposed.ok()) return exposed;
  absl::StatusOr<Database> database = Database::Open(options, signals);
  if (!database.ok()) return database.status();
  absl::Status prepared = database->Prepare(options, options.migrate_on_start);
  if (!prepared.ok()) return prepared;
  return ServeOn(*database, options, metrics, signals);
}

absl::Status MigrateDatabase(const ServerOptions& options, Signals& signals) {
  absl::StatusOr<Database> database = Database::Open(options, signals);
  if (!database.ok()) return database.status();
  return database->Prepare(options, /*migrate=*/true);
}

}  // namespace inventory::server
