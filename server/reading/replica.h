// A replica of the database, for reads that may be a little old.
#ifndef INVENTORY_SERVER_READING_REPLICA_H_
#define INVENTORY_SERVER_READING_REPLICA_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/fair_queue.h"
#include "server/periodic.h"
#include "server/pipeline/configuration.h"
#include "server/reading/beats.h"
#include "storage/connection.h"
#include "storage/connection_pool.h"
#include "storage/mutex.h"

namespace inventory::reading {

// Knows whether the replica may be read from: what it has must not be older than a bound. That is found out by a
// counter that is raised on the primary, twice a second or more often, so it holds for any kind of replication that
// keeps the order of commits. Reads of it have threads of their own: a replica that hangs keeps no other read waiting.
// Thread-safe.
class Replica {
 public:
  struct Options {
    storage::DatabaseOptions database;                // The replica, or several behind one address.
    storage::DatabaseOptions primary;                 // What it follows.
    std::size_t max_connections = 4;                  // And threads. Default 4.
    absl::Duration max_staleness = absl::Seconds(5);  // Default 5s.
  };

  explicit Replica(Options options);
  ~Replica();

  // Whether it was found to be younger than the bound, and still must be.
  bool fresh() const { return staleness() <= options_.max_staleness; }
  // How old what is read now may be; infinite if nobody knows.
  absl::Duration staleness() const;

  // Whether what `connection`, one of the pool, reads from now on is younger than the bound. Behind one address several
  // replicas may stand, so each connection is asked for itself.
  bool FreshOn(storage::Connection& connection) const;

  storage::ConnectionPool& pool() { return pool_; }
  // As the replica has it, which may be older than what the primary has.
  pipeline::ConfigurationCache& configurations() { return configurations_; }

  // One of the two is called, exactly once.
  struct Work : Waits {
    std::function<void()> run;
    std::function<void()> refuse;
  };

  // Runs the work on a thread of the replica, in a fair order of callers. Where so many wait, the last of the caller
  // who has most waiting is refused, or this one; all are that come after Stop.
  void Run(std::unique_ptr<Work> work, std::size_t most_waiting);
  std::size_t waiting() const;

  // Looks no more, runs what waits and returns.
  void Stop();

 private:
  absl::Duration Look();
  absl::Status AskPrimary();
  absl::Status AskReplica();
  void Report(bool fresh, const absl::Status& status);
  // When all was committed that is where the counter has this value, as complete_until_; kNever if that is not known.
  int64_t CompleteUntil(int64_t beats) const;
  void RunAll();

  const Options options_;
  const Beats::Time started_ = std::chrono::steady_clock::now();
  storage::ConnectionPool pool_;
  pipeline::ConfigurationCache configurations_;
  std::unique_ptr<storage::Connection> primary_;  // The looking thread's, as are the next two.
  std::unique_ptr<storage::Connection> replica_;
  bool in_use_ = true;
  // By a clock that doesn't jump, in nanoseconds: all that was committed before this moment is there.
  std::atomic<int64_t> complete_until_;
  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  Beats beats_ GUARDED_BY(mutex_);
  FairQueue<Work> waiting_ GUARDED_BY(mutex_);
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
  server::Periodic periodic_;
};

}  // namespace inventory::reading

#endif  // INVENTORY_SERVER_READING_REPLICA_H_
