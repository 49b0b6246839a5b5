// Everything between the database and the callers.
#ifndef INVENTORY_SERVER_ENGINE_H_
#define INVENTORY_SERVER_ENGINE_H_

#include <memory>

#include "server/feed/tail.h"
#include "server/metrics.h"
#include "server/options.h"
#include "server/pipeline/configuration.h"
#include "server/pipeline/group_committer.h"
#include "server/reading/known_stock.h"
#include "server/reading/reader.h"
#include "server/reading/replica.h"
#include "server/rpc/runtime.h"
#include "server/tracing/tracer.h"
#include "storage/connection.h"
#include "storage/connection_pool.h"

namespace inventory::server {

// The parts that carry calls out, in the order in which they are built; taken down in reverse. Thread-safe.
class Engine {
 public:
  // Starts lanes and reader threads. `metrics` must outlive it, and gets gauges that read from it. So must `spans`,
  // where those of sampled calls go; null: no call is sampled.
  Engine(const ServerOptions& options, const storage::DatabaseOptions& database, Metrics& metrics,
         tracing::SpanSink* spans = nullptr);
  ~Engine();

  rpc::Runtime& runtime() { return runtime_; }
  // For background work, which has two connections more than the reader threads use.
  storage::ConnectionPool& pool() { return pool_; }

  // Answers everything that waits and accepts no more.
  void Stop();

 private:
  void AddQueueGauges(const ServerOptions& options);
  void AddConnectionGauges(const ServerOptions& options);
  void AddKnownStockMetrics();

  Metrics& metrics_;
  pipeline::ConfigurationCache configurations_;
  storage::ConnectionPool pool_;
  feed::Tail tail_;
  const std::unique_ptr<reading::Replica> replica_;         // Null: there is none.
  const std::unique_ptr<reading::KnownStock> known_stock_;  // Null: nothing is kept.
  pipeline::GroupCommitter committer_;
  reading::ReadExecutor reads_;
  rpc::Runtime runtime_;
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_ENGINE_H_
