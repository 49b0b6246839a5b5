// The queue in front of the lanes.
#ifndef INVENTORY_SERVER_PIPELINE_COMMAND_QUEUE_H_
#define INVENTORY_SERVER_PIPELINE_COMMAND_QUEUE_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "server/fair_queue.h"
#include "server/pipeline/job.h"
#include "server/share_counts.h"
#include "storage/mutex.h"

namespace inventory::pipeline {

// Jobs that wait for a lane. A lane takes all that wait and whose SKUs no other lane has in flight, in a fair order of
// callers and in that order per SKU, so that a SKU meets itself in memory instead of in the database's row lock. Where
// the queue is full, who has most waiting gives way to others.
//
// Bulk jobs wait apart and share no batch with others, which would have to wait for all of it: each of the two kinds
// has an order of its own. Bulk jobs are taken where nothing else waits, or after several other batches, by some of the
// lanes at once at most; where the SKUs of the one whose turn it is are in flight, no other job is begun on them.
// Thread-safe.
class CommandQueue {
 public:
  struct Limits {
    std::size_t max_waiting = 2000;        // More are refused.
    std::size_t max_batch_commands = 256;  // At most this many are taken at once.
    std::size_t max_batch_skus = 1000;     // And no more once their SKUs, each command's counted, are so many.
    std::size_t max_bulk_batches = 2;      // At most so many batches of bulk jobs are in flight at once.
  };

  explicit CommandQueue(const Limits& limits) : limits_(limits) {}

  // Adds a job. Returns what has no place and is to be refused, if anything: the job itself, or the last one of the
  // caller who has most waiting, if that is more than this one's has. The job itself once the queue is closed.
  [[nodiscard]] std::unique_ptr<Job> Push(std::unique_ptr<Job> job);

  // Whether nobody has a place but in place of somebody else. Takes no lock.
  bool Full() const { return waiting() >= limits_.max_waiting; }

  // Whether a job of that share would now have no place. Never waits for a lane.
  bool FullFor(const std::string& share) const;

  // Puts jobs back that a lane could not finish; never refused. Before all others those that have run before.
  void PutBack(Jobs jobs);

  // Waits for jobs that can run and takes them; all of them are resolved, or none is. The SKUs of resolved ones are in
  // flight until Release. Empty only once the queue is closed, empty, and no lane is busy. Each Take that was not empty
  // is ended by Finished.
  Jobs Take();

  // Says that resolved `jobs` are no longer in flight. Call before answering them.
  void Release(const Jobs& jobs);

  // Says that the lane is done with what it took last.
  void Finished();

  // No more jobs are accepted; what waits is still handed out.
  void Close();

  // Takes no lock: lanes hold it while they look for what can run together, and this is asked for every call.
  std::size_t waiting() const { return counted_.load(std::memory_order_relaxed); }

 private:
  using Queue = FairQueue<Job>;

  // How many other batches go before one of bulk jobs that could run.
  static constexpr int kBatchesBeforeBulk = 4;

  Queue& QueueOf(const Job& job) REQUIRES(mutex_);
  void Add(std::unique_ptr<Job> job) REQUIRES(mutex_);
  std::size_t Size() const REQUIRES(mutex_) { return waiting_.size() + bulk_.size() + unresolved_.size(); }
  // What gives way to the job; null if nothing does.
  std::unique_ptr<Job> MakeRoomFor(const Job& job) REQUIRES(mutex_);
  // To be called for all that come and go.
  void CountIn(const Job& job) REQUIRES(mutex_);
  void CountOut(std::span<const std::unique_ptr<Job>> jobs) REQUIRES(mutex_);
  Jobs TakeUnresolved() REQUIRES(mutex_);
  Jobs TakeRunnable() REQUIRES(mutex_);
  // Passes over jobs that touch SKUs of `kept_free_for`, if there is one.
  Jobs TakeRunnable(Queue& queue, const Job* kept_free_for) REQUIRES(mutex_);
  bool BulkMayRun() const REQUIRES(mutex_);
  bool Runnable(const Job& job) const REQUIRES(mutex_);

  const Limits limits_;
  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  // Unresolved ones don't know their SKUs yet.
  Queue waiting_ GUARDED_BY(mutex_);
  Queue bulk_ GUARDED_BY(mutex_);
  Queue unresolved_ GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> in_flight_ GUARDED_BY(mutex_);
  std::size_t busy_lanes_ GUARDED_BY(mutex_) = 0;
  bool configuration_in_flight_ GUARDED_BY(mutex_) = false;
  std::size_t bulk_batches_ GUARDED_BY(mutex_) = 0;  // In flight.
  int batches_before_bulk_ GUARDED_BY(mutex_) = 0;   // Taken since a bulk batch that could run had to wait.
  bool closed_ GUARDED_BY(mutex_) = false;
  std::atomic<std::size_t> counted_ = 0;  // Size() when it last changed.
  // How many jobs of callers wait by share, in all three queues. Under a mutex of its own, so that those who are to be
  // refused don't wait for a lane that looks for what can run together.
  mutable storage::Mutex counts_mutex_ ACQUIRED_AFTER(mutex_);
  ShareCounts counts_ GUARDED_BY(counts_mutex_);
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_COMMAND_QUEUE_H_
