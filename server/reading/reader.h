// Reads: what a query sees, and the threads that run queries.
#ifndef INVENTORY_SERVER_READING_READER_H_
#define INVENTORY_SERVER_READING_READER_H_

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "server/fair_queue.h"
#include "server/pipeline/configuration.h"
#include "storage/connection_pool.h"
#include "storage/mutex.h"

namespace inventory::tracing {
struct Trace;
}

namespace inventory::reading {

class KnownStock;

// What a query sees: a connection that reads what is committed at each statement. Lives for one query.
class Reader {
 public:
  Reader(storage::Connection& connection, pipeline::ConfigurationCache& configurations,
         KnownStock* known_stock = nullptr)
      : connection_(connection), configurations_(configurations), known_stock_(known_stock) {}

  storage::Connection& connection() { return connection_; }
  pipeline::ConfigurationCache& configurations() { return configurations_; }
  // Null if nothing is kept, and where a replica is read.
  KnownStock* known_stock() { return known_stock_; }

  // Whose read it is, for the log; null: nobody's who has a trace.
  void SetTrace(std::shared_ptr<const tracing::Trace> trace) { trace_ = std::move(trace); }
  const tracing::Trace* trace() const { return trace_.get(); }

 private:
  storage::Connection& connection_;
  pipeline::ConfigurationCache& configurations_;
  KnownStock* const known_stock_;
  std::shared_ptr<const tracing::Trace> trace_;
};

class Replica;

// How old what a read sees may be.
enum class Freshness {
  kCurrent,      // Everything that is committed, by a read that is short.
  kCurrentLong,  // The same by one that can take long.
  kBounded,      // Where there is a replica, what that has; see Replica. Lists and the like, which can take long.
};

// Runs reads on its own threads, as many at once as it has connections, in a fair order of callers, each of whom is
// charged for the time that its reads take. One of the threads, unless there is but one, takes short reads only:
// however many lists run, who sells goes on. Thread-safe.
class ReadExecutor {
 public:
  struct Options {
    int threads = 4;
    std::size_t max_waiting = 10000;  // More are refused.
  };
  using Read = std::function<absl::Status(Reader&)>;
  // Hears what a read came to; see Outcome.
  using Done = std::function<void(const absl::Status&)>;

  // Whose a read is, and when nobody waits for it any more.
  struct For {
    std::string share = {};  // See rpc::Origin.
    absl::Time deadline = absl::InfiniteFuture();
  };

  // The pool, the cache, and the replica and what is known of the primary's stock, which may be null, must outlive the
  // executor.
  ReadExecutor(Options options, storage::ConnectionPool& pool, pipeline::ConfigurationCache& configurations,
               Replica* replica = nullptr, KnownStock* known_stock = nullptr);
  ~ReadExecutor();

  // Runs `read` on a reader thread, unless its deadline passes first, then `done`. A read that loses its connection is
  // run once more on another one, so what it has set by then must not count. One that the replica fails is run on the
  // primary. Where too many wait, the last one of the caller who has most waiting gives way to others: its `done` gets
  // `refused`, as this one's if nobody's gives way or the executor is stopped, and the read is never run.
  void Run(For caller, Read read, Done done, Freshness freshness = Freshness::kCurrent);

  // What reads end with that have no place: RESOURCE_EXHAUSTED, reason QUEUE_FULL.
  static absl::Status Full();

  // Accepts no more, runs what waits and returns.
  void Stop();

  // Tells of calls that have begun to wait for a common read, or have got one, if there are fewer: see rpc::Coalescer.
  void Collected(std::ptrdiff_t more) { collected_.fetch_add(more, std::memory_order_relaxed); }

  // How many reads, or calls for a common one, wait: the most of those that are limited alike.
  std::size_t waiting() const;
  std::size_t max_waiting() const { return options_.max_waiting; }

 private:
  struct Waiting : Waits {
    absl::Time deadline;
    Read read;
    Done done;
    Freshness freshness;
  };
  using Queue = FairQueue<Waiting>;

  void Work(bool short_only);
  // Null once nothing will come.
  std::unique_ptr<Waiting> Next(bool short_only);
  Queue* QueueFor(bool short_only) REQUIRES(mutex_);
  Queue& QueueOf(const Waiting& waiting) REQUIRES(mutex_);
  void Charge(const Waiting& ended, absl::Duration took);
  void Wake(const Queue& queue) REQUIRES(mutex_);
  void RunOnReplica(std::unique_ptr<Waiting> waiting);
  void RunHere(std::unique_ptr<Waiting> waiting, std::size_t most);
  absl::Status CarryOut(const Waiting& waiting);
  absl::Status Try(const Waiting& waiting);
  // Nothing if the replica is not to be used or fails.
  std::optional<absl::Status> TryReplica(const Waiting& waiting);

  const Options options_;
  storage::ConnectionPool& pool_;
  pipeline::ConfigurationCache& configurations_;
  Replica* const replica_;
  KnownStock* const known_stock_;
  std::atomic<std::ptrdiff_t> collected_ = 0;
  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  storage::CondVar short_came_;  // What the thread for short reads waits for.
  bool awaits_short_ GUARDED_BY(mutex_) = false;
  Queue short_ GUARDED_BY(mutex_);
  Queue long_ GUARDED_BY(mutex_);
  bool long_next_ GUARDED_BY(mutex_) = false;  // Where both wait.
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace inventory::reading

#endif  // INVENTORY_SERVER_READING_READER_H_
