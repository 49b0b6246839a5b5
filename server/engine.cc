#include "server/engine.h"

#include <algorithm>
#include <string>
#include <utility>

#include "server/batch_spans.h"
#include "storage/connect_counts.h"

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

rpc::Runtime::Options RuntimeOptions(const ServerOptions& options, tracing::SpanSink* spans) {
  return {.bounds = {.max_hold_ttl = options.max_hold_ttl},
          .deadlines = {.without = options.default_deadline,
                        .most = std::max(options.max_deadline, options.default_deadline)},
          .most_request_bytes = options.max_request_memory,
          .calls = {.most_of_a_caller = options.max_calls_per_client,
                    .most_bytes = options.max_requests_memory,
                    .patience = options.slow_client_timeout},
          .awaited_requests = {.most = static_cast<std::size_t>(options.max_calls_per_client),
                               .patience = options.slow_client_timeout},
          .streams = {.most = options.max_open_streams,
                      .most_of_a_caller = options.max_open_streams_per_client,
                      .patience = options.slow_client_timeout},
          .watches = {.what = "watches",
                      .metric = "watch",
                      .most = options.max_watches,
                      .most_of_a_caller = options.max_watches_per_client,
                      .patience = options.slow_client_timeout},
          .tracing = {.sink = spans, .ratio = options.trace_ratio}};
}

// Has the tail look for what was committed, and what traces tell recorded.
pipeline::Observer Observing(feed::Tail& tail, tracing::SpanSink* spans, pipeline::Observer observer) {
  if (spans != nullptr) observer = RecordingSpans(std::move(observer));
  observer.batch = [&tail, batch = std::move(observer.batch)](const pipeline::BatchReport& report) {
    tail.Poke();
    batch(report);
  };
  return observer;
}

// The database itself gives up what nobody will wait for any more.
storage::DatabaseOptions ForReads(storage::DatabaseOptions database) {
  database.statement_timeout = database.read_timeout * 0.9;
  return database;
}

std::unique_ptr<reading::Replica> OpenReplica(const ServerOptions& options, const storage::DatabaseOptions& primary) {
  if (options.read_database_url.empty()) return nullptr;
  return std::make_unique<reading::Replica>(
      reading::Replica::Options{.database = options.read_database,
                                .primary = primary,
                                .max_connections = static_cast<std::size_t>(options.read_connections),
                                .max_staleness = options.max_staleness});
}

std::unique_ptr<reading::KnownStock> KeepStock(const ServerOptions& options) {
  if (options.availability_cache == 0) return nullptr;
  return std::make_unique<reading::KnownStock>(reading::KnownStock::Options{.most_bytes = options.availability_cache});
}

}  // namespace

Engine::Engine(const ServerOptions& options, const storage::DatabaseOptions& database, Metrics& metrics,
               tracing::SpanSink* spans)
    : metrics_(metrics),
      pool_(
          {.database = ForReads(database), .max_connections = static_cast<std::size_t>(options.read_connections) + 2}),
      tail_({.database = database, .interval = options.event_poll_interval, .most_bytes = options.event_buffer}),
      replica_(OpenReplica(options, database)),
      known_stock_(KeepStock(options)),
      committer_(CommitterOptions(options, database), configurations_,
                 Observing(tail_, spans, metrics.PipelineObserver())),
      reads_({.threads = options.read_connections, .max_waiting = options.max_waiting_reads}, pool_, configurations_,
             replica_.get(), known_stock_.get()),
      runtime_(committer_, reads_, tail_, metrics, RuntimeOptions(options, spans)) {
  AddQueueGauges(options);
  AddConnectionGauges(options);
  AddKnownStockMetrics();
  metrics_.AddGauge("inventory_watchers", "Open calls of Watch.", {},
                    [this] { return static_cast<double>(tail_.watchers()); });
  if (replica_ == nullptr) return;
  metrics_.AddGauge("inventory_read_replica_staleness_seconds", "How old what the replica has may be.", {},
                    [this] { return absl::ToDoubleSeconds(replica_->staleness()); });
  metrics_.AddGauge("inventory_read_replica_in_use", "1 while lists and exports are read from the replica.", {},
                    [this] { return replica_->fresh() ? 1.0 : 0.0; });
}

void Engine::AddQueueGauges(const ServerOptions& options) {
  metrics_.AddGauge("inventory_writes_waiting", "Commands that wait for a lane.", {},
                    [this] { return static_cast<double>(committer_.waiting()); });
  metrics_.AddGauge("inventory_writes_waiting_limit", "Commands that may wait; more are refused.", {},
                    [most = options.max_waiting_writes] { return static_cast<double>(most); });
  metrics_.AddGauge("inventory_lanes", "Lanes, each with a thread and a connection.", {},
                    [lanes = options.lanes] { return static_cast<double>(lanes); });
  metrics_.AddGauge("inventory_reads_waiting",
                    "Reads that wait for a thread, or calls that wait for a common read, if they are more.", {},
                    [this] { return static_cast<double>(reads_.waiting()); });
  metrics_.AddGauge("inventory_reads_waiting_limit", "Reads that may wait; more are refused.", {},
                    [this] { return static_cast<double>(reads_.max_waiting()); });
}

void Engine::AddConnectionGauges(const ServerOptions& options) {
  const std::string help = "Database connections for reads.";
  metrics_.AddGauge("inventory_read_connections", help, {{"state", "in_use"}},
                    [this] { return static_cast<double>(pool_.stats().in_use); });
  metrics_.AddGauge("inventory_read_connections", help, {{"state", "idle"}},
                    [this] { return static_cast<double>(pool_.stats().idle); });
  metrics_.AddGauge("inventory_read_connections_limit", "Most database connections for reads.", {},
                    [most = options.read_connections] { return static_cast<double>(most); });
  const std::string connects = "Database connections opened, of all kinds, and attempts that failed.";
  metrics_.AddCounter("inventory_database_connects_total", connects, {{"outcome", "ok"}},
                      [] { return static_cast<double>(storage::CountConnects().opened); });
  metrics_.AddCounter("inventory_database_connects_total", connects, {{"outcome", "failed"}},
                      [] { return static_cast<double>(storage::CountConnects().failed); });
}

void Engine::AddKnownStockMetrics() {
  if (known_stock_ == nullptr) return;
  const std::string lookups = "SKUs that GetAvailability needed and found in its cache (hit) or not (miss).";
  metrics_.AddCounter("inventory_availability_cache_skus_total", lookups, {{"outcome", "hit"}},
                      [this] { return static_cast<double>(known_stock_->stats().found); });
  metrics_.AddCounter("inventory_availability_cache_skus_total", lookups, {{"outcome", "miss"}},
                      [this] { return static_cast<double>(known_stock_->stats().missed); });
  metrics_.AddGauge("inventory_availability_cache_bytes", "Memory that the cache of GetAvailability takes, about.", {},
                    [this] { return static_cast<double>(known_stock_->stats().bytes); });
}

Engine::~Engine() {
  // Nobody may collect gauges of parts that are gone.
  metrics_.RemoveGauges();
  Stop();
}

void Engine::Stop() {
  committer_.Stop();
  reads_.Stop();
  tail_.Stop();
  if (replica_ != nullptr) replica_->Stop();
}

}  // namespace inventory::server
