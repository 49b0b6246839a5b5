#include "server/pipeline/command_queue.h"

#include <algorithm>
#include <utility>

namespace inventory::pipeline {
namespace {

// How far behind a blocked job a lane looks for others, as a multiple of the batch limit. Bounds the time under the
// lock when one SKU fills the queue.
constexpr std::size_t kLookAhead = 8;

}  // namespace

bool CommandQueue::Runnable(const Job& job) const {
  if (job.needs.configuration) return !configuration_in_flight_;
  return std::none_of(job.skus.begin(), job.skus.end(),
                      [this](const std::string& sku) REQUIRES(mutex_) { return in_flight_.contains(sku); });
}

bool CommandQueue::Push(std::unique_ptr<Job>& job) {
  storage::MutexLock lock(mutex_);
  if (closed_ || waiting_.size() + unresolved_.size() >= limits_.max_waiting) return false;
  const bool wake = !job->resolved || Runnable(*job);
  (job->resolved ? waiting_ : unresolved_).push_back(std::move(job));
  if (wake) changed_.NotifyOne();
  return true;
}

void CommandQueue::PutBack(Jobs jobs) {
  storage::MutexLock lock(mutex_);
  for (auto it = jobs.rbegin(); it != jobs.rend(); ++it) {
    ((*it)->resolved ? waiting_ : unresolved_).push_front(std::move(*it));
  }
  changed_.NotifyAll();
}

Jobs CommandQueue::Take() {
  storage::MutexLock lock(mutex_);
  for (;;) {
    Jobs taken = TakeUnresolved();
    if (taken.empty()) taken = TakeRunnable();
    if (!taken.empty()) {
      ++busy_lanes_;
      return taken;
    }
    // A busy lane may put jobs back, so an empty queue is final only when none is busy.
    if (closed_ && waiting_.empty() && unresolved_.empty() && busy_lanes_ == 0) {
      return {};
    }
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
  absl::flat_hash_set<std::string_view> blocked;  // SKUs of jobs passed over: later ones must not overtake them.
  std::size_t skus = 0;
  const std::size_t look = std::min(waiting_.size(), kLookAhead * limits_.max_batch_commands);
  std::size_t kept = 0;
  std::size_t seen = 0;
  for (; seen < look && taken.size() < limits_.max_batch_commands && skus < limits_.max_batch_skus; ++seen) {
    std::unique_ptr<Job>& job = waiting_[seen];
    const bool kind_fits = taken.empty() || taken.front()->needs.configuration == job->needs.configuration;
    const bool fits = taken.empty() || skus + job->skus.size() <= limits_.max_batch_skus;
    const bool overtakes =
        std::any_of(job->skus.begin(), job->skus.end(), [&](const std::string& sku) { return blocked.contains(sku); });
    if (kind_fits && fits && !overtakes && Runnable(*job)) {
      skus += job->skus.size();
      taken.push_back(std::move(job));
    } else {
      blocked.insert(job->skus.begin(), job->skus.end());
      if (kept != seen) waiting_[kept] = std::move(job);
      ++kept;
    }
  }
  waiting_.erase(waiting_.begin() + kept, waiting_.begin() + seen);
  for (const std::unique_ptr<Job>& job : taken) {
    in_flight_.insert(job->skus.begin(), job->skus.end());
    configuration_in_flight_ = configuration_in_flight_ || job->needs.configuration;
  }
  return taken;
}

void CommandQueue::Release(const Jobs& jobs) {
  storage::MutexLock lock(mutex_);
  for (const std::unique_ptr<Job>& job : jobs) {
    for (const std::string& sku : job->skus) in_flight_.erase(sku);
    if (job->needs.configuration) configuration_in_flight_ = false;
  }
  changed_.NotifyAll();
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

std::size_t CommandQueue::waiting() const {
  storage::MutexLock lock(mutex_);
  return waiting_.size() + unresolved_.size();
}

}  // namespace inventory::pipeline
