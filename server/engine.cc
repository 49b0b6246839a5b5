#include "server/engine.h"

#include <string>

namespace inventory::server {
namespace {

pipeline::GroupCommitter::Options CommitterOptions(const ServerOptions& options,
                                                   const storage::DatabaseOptions& database) {
  return {.database = database,
          .limits = {.default_hold_ttl = options.hold_ttl, .max_hold_ttl = options.max_hold_ttl},
          .queue = {.max_waiting = options.max_waiting_writes,
                    .max_batch_commands = options.max_batch_commands,
                    .max_batch_skus = options.max_batch_skus},
          .lanes = options.lanes};
}

rpc::Runtime::Options RuntimeOptions(const ServerOptions& options) {
  return {.bounds = {.max_hold_ttl = options.max_hold_ttl},
          .default_deadline = options.default_deadline,
          .most_request_bytes = options.max_request_memory,
          .calls = {.most_of_a_caller = options.max_calls_per_client,
                    .most_bytes = options.max_requests_memory,
                    .patience = options.slow_client_timeout},
          .streams = {.most = options.max_open_streams,
                      .most_of_a_caller = options.max_open_streams_per_client,
                      .patience = options.slow_client_timeout}};
}

}  // namespace

Engine::Engine(const ServerOptions& options, const storage::DatabaseOptions& database, Metrics& metrics)
    : metrics_(metrics),
      pool_({.database = database, .max_connections = static_cast<std::size_t>(options.read_connections) + 2}),
      committer_(CommitterOptions(options, database), configurations_, metrics.PipelineObserver()),
      reads_({.threads = options.read_connections, .max_waiting = options.max_waiting_reads}, pool_, configurations_),
      runtime_(committer_, reads_, metrics, RuntimeOptions(options)) {
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

Engine::~Engine() {
  // Nobody may collect gauges of parts that are gone.
  metrics_.RemoveGauges();
  Stop();
}

void Engine::Stop() {
  committer_.Stop();
  reads_.Stop();
}

}  // namespace inventory::server
