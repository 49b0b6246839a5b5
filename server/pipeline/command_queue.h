// The queue in front of the lanes.
#ifndef INVENTORY_SERVER_PIPELINE_COMMAND_QUEUE_H_
#define INVENTORY_SERVER_PIPELINE_COMMAND_QUEUE_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "server/pipeline/job.h"
#include "storage/mutex.h"

namespace inventory::pipeline {

// Jobs that wait for a lane. A lane takes all that wait and whose SKUs no other lane has in flight, first in first out
// per SKU, so that a SKU meets itself in memory instead of in the database's row lock. Thread-safe.
class CommandQueue {
 public:
  struct Limits {
    std::size_t max_waiting = 10000;       // More are refused.
    std::size_t max_batch_commands = 256;  // At most this many are taken at once.
    std::size_t max_batch_skus = 1000;     // And no more once their SKUs, each command's counted, are so many.
  };

  explicit CommandQueue(const Limits& limits) : limits_(limits) {}

  // Adds a job, or leaves it with the caller and returns false if the queue is full or closed.
  bool Push(std::unique_ptr<Job>& job);

  // Puts jobs back that a lane could not finish; never refused.
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

  std::size_t waiting() const;

 private:
  Jobs TakeUnresolved() REQUIRES(mutex_);
  Jobs TakeRunnable() REQUIRES(mutex_);
  bool Runnable(const Job& job) const REQUIRES(mutex_);

  const Limits limits_;
  mutable storage::Mutex mutex_;
  storage::CondVar changed_;
  // In order of arrival. Unresolved ones don't know their SKUs yet.
  std::deque<std::unique_ptr<Job>> waiting_ GUARDED_BY(mutex_);
  std::deque<std::unique_ptr<Job>> unresolved_ GUARDED_BY(mutex_);
  absl::flat_hash_set<std::string> in_flight_ GUARDED_BY(mutex_);
  std::size_t busy_lanes_ GUARDED_BY(mutex_) = 0;
  bool configuration_in_flight_ GUARDED_BY(mutex_) = false;
  bool closed_ GUARDED_BY(mutex_) = false;
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_COMMAND_QUEUE_H_
