#include "server/pipeline/command_queue.h"

#include <algorithm>
#include <utility>

namespace inventory::pipeline {
namespace {

// How far behind a blocked job a lane looks for others, as a multiple of the batch limit. Bounds the time under the
// lock when one SKU fills the queue.
constexpr std::size_t kLookAhead = 8;

}  // namespace

CommandQueue::Queue& CommandQueue::QueueOf(const Job& job) {
  if (!job.resolved) return unresolved_;
  return job.bulk ? bulk_ : waiting_;
}

bool CommandQueue::BulkMayRun() const { return !bulk_.empty() && bulk_batches_ < limits_.max_bulk_batches; }

bool CommandQueue::Runnable(const Job& job) const {
  if (job.needs.configuration) return !configuration_in_flight_;
  return std::none_of(job.skus.begin(), job.skus.end(),
                      [this](const std::string& sku) REQUIRES(mutex_) { return in_flight_.contains(sku); });
}

bool CommandQueue::Push(std::unique_ptr<Job>& job) {
  storage::MutexLock lock(mutex_);
  if (closed_ || Size() >= limits_.max_waiting) return false;
  const bool wake = !job->resolved || Runnable(*job);
  Queue& queue = QueueOf(*job);
  queue.push_back(std::move(job));
  Count();
  if (wake) changed_.NotifyOne();
  return true;
}

void CommandQueue::PutBack(Jobs jobs) {
  storage::MutexLock lock(mutex_);
  for (auto it = jobs.rbegin(); it != jobs.rend(); ++it) {
    Queue& queue = QueueOf(**it);
    queue.push_front(std::move(*it));
  }
  Count();
  changed_.NotifyAll();
}

Jobs CommandQueue::Take() {
  storage::MutexLock lock(mutex_);
  for (;;) {
    Jobs taken = TakeUnresolved();
    if (taken.empty()) taken = TakeRunnable();
    if (!taken.empty()) {
      Count();
      ++busy_lanes_;
      return taken;
    }
    // A busy lane may put jobs back, so an empty queue is final only when none is busy.
    if (closed_ && Size() == 0 && busy_lanes_ == 0) return {};
    changed_.Wait(mutex_);
  }
}

Jobs CommandQueue::TakeUnresolved() {
  Jobs taken;
  while (!unresolved_.empty() && taken.size() < limits_.max_batch_commands) {
    taken.push_back(std::move(unresolved_.front()));
    unresolved_.pop_front();
  }
  return taken;
}

Jobs CommandQueue::TakeRunnable() {
  Jobs taken;
  const bool bulk_first = BulkMayRun() && batches_before_bulk_ >= kBatchesBeforeBulk;
  if (!bulk_first) taken = TakeRunnable(waiting_, nullptr);
  if (!taken.empty()) {
    batches_before_bulk_ = BulkMayRun() ? batches_before_bulk_ + 1 : 0;
    return taken;
  }
  if (BulkMayRun()) taken = TakeRunnable(bulk_, nullptr);
  if (!taken.empty()) {
    ++bulk_batches_;
    batches_before_bulk_ = 0;
  } else if (bulk_first) {
    // Its SKUs are let run dry: among many others they would never all be free at once.
    taken = TakeRunnable(waiting_, bulk_.front().get());
  }
  return taken;
}

Jobs CommandQueue::TakeRunnable(Queue& queue, const Job* kept_free_for) {
  Jobs taken;
  absl::flat_hash_set<std::string_view> blocked;  // SKUs of jobs passed over: later ones must not overtake them.
  if (kept_free_for != nullptr) blocked.insert(kept_free_for->skus.begin(), kept_free_for->skus.end());
  std::size_t skus = 0;
  const std::size_t most_blocked = blocked.size() + kLookAhead * limits_.max_batch_skus;
  const std::size_t look = std::min(queue.size(), kLookAhead * limits_.max_batch_commands);
  std::size_t kept = 0;
  std::size_t seen = 0;
  for (; seen < look && taken.size() < limits_.max_batch_commands && skus < limits_.max_batch_skus &&
         blocked.size() < most_blocked;
       ++seen) {
    std::unique_ptr<Job>& job = queue[seen];
    const bool kind_fits = taken.empty() || taken.front()->needs.configuration == job->needs.configuration;
    const bool fits = taken.empty() || skus + job->skus.size() <= limits_.max_batch_skus;
    // In an overload thousands wait for the same SKU, one after the other.
    const bool like_last = kept > 0 && !job->skus.empty() && job->skus == queue[kept - 1]->skus;
    const bool overtakes = like_last || std::any_of(job->skus.begin(), job->skus.end(),
                                                    [&](const std::string& sku) { return blocked.contains(sku); });
    if (kind_fits && fits && !overtakes && Runnable(*job)) {
      skus += job->skus.size();
      taken.push_back(std::move(job));
    } else {
      if (!like_last) blocked.insert(job->skus.begin(), job->skus.end());
      if (kept != seen) queue[kept] = std::move(job);
      ++kept;
    }
  }
  queue.erase(queue.begin() + kept, queue.begin() + seen);
  for (const std::unique_ptr<Job>& job : taken) {
    in_flight_.insert(job->skus.begin(), job->skus.end());
    configuration_in_flight_ = configuration_in_flight_ || job->needs.configuration;
  }
  return taken;
}

void CommandQueue::Release(const Jobs& jobs) {
  storage::MutexLock lock(mutex_);
  if (!jobs.empty() && jobs.front()->bulk) --bulk_batches_;
  for (const std::unique_ptr<Job>& job : jobs) {
    for (const std::string& sku : job->skus) in_flight_.erase(sku);
    if (job->needs.configuration) configuration_in_flight_ = false;
  }
  // Lanes that wake for nothing take the core from the one that has callers to answer now.
  if (Size() > 0) changed_.NotifyAll();
}

void CommandQueue::Finished() {
  storage::MutexLock lock(mutex_);
  --busy_lanes_;
  if (closed_) changed_.NotifyAll();
}

void CommandQueue::Close() {
  storage::MutexLock lock(mutex_);
  closed_ = true;
  changed_.NotifyAll();
}

}  // namespace inventory::pipeline
