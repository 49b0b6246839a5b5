#include "server/pipeline/command_queue.h"

#include <algorithm>
#include <array>
#include <utility>

namespace inventory::pipeline {
namespace {

// How far behind a blocked job a lane looks for others, as a multiple of the batch limit. Bounds the time under the
// lock when one SKU fills the queue.
constexpr std::size_t kLookAhead = 8;

// What the job takes of a lane, in SKUs: those it works on, or rows of them, as far as they are known.
uint64_t CostOf(const Job& job) { return std::max({job.skus.size(), job.needs.skus.size(), std::size_t{1}}); }

// The server's own jobs without a record are few, and give no way.
bool IsCallers(const Job& job) { return !job.identity.request_id.empty(); }

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

std::unique_ptr<Job> CommandQueue::Push(std::unique_ptr<Job> job) {
  storage::MutexLock lock(mutex_);
  if (closed_) return job;
  std::unique_ptr<Job> away;
  if (Size() >= limits_.max_waiting) {
    away = MakeRoomFor(*job);
    if (away == nullptr) return job;
  }
  const bool wake = !job->resolved || Runnable(*job);
  CountIn(*job);
  Add(std::move(job));
  if (wake) changed_.NotifyOne();
  return away;
}

void CommandQueue::Add(std::unique_ptr<Job> job) {
  Queue& queue = QueueOf(*job);
  const uint64_t cost = CostOf(*job);
  queue.Push(std::move(job), cost);
}

std::unique_ptr<Job> CommandQueue::MakeRoomFor(const Job& job) {
  std::string greediest;
  {
    storage::MutexLock lock(counts_mutex_);
    const std::string* share = counts_.WhoGivesWayTo(job.share);
    if (share == nullptr) return nullptr;
    greediest = *share;
  }
  std::array<Queue*, 3> queues = {&waiting_, &bulk_, &unresolved_};
  std::sort(queues.begin(), queues.end(),
            [&](const Queue* one, const Queue* other) { return one->Of(greediest) > other->Of(greediest); });
  for (Queue* queue : queues) {
    std::unique_ptr<Job> away =
        queue->TakeLastOf(greediest, [](const Job& last) { return last.rounds == 0 && IsCallers(last); });
    if (away == nullptr) continue;
    CountOut({&away, 1});
    return away;
  }
  return nullptr;
}

bool CommandQueue::FullFor(const std::string& share) const {
  if (!Full()) return false;
  storage::MutexLock lock(counts_mutex_);
  return counts_.WhoGivesWayTo(share) == nullptr;
}

void CommandQueue::CountIn(const Job& job) {
  counted_.fetch_add(1, std::memory_order_relaxed);
  if (!IsCallers(job)) return;
  storage::MutexLock lock(counts_mutex_);
  counts_.Add(job.share);
}

void CommandQueue::CountOut(std::span<const std::unique_ptr<Job>> jobs) {
  counted_.fetch_sub(jobs.size(), std::memory_order_relaxed);
  storage::MutexLock lock(counts_mutex_);
  for (const std::unique_ptr<Job>& job : jobs) {
    if (IsCallers(*job)) counts_.Remove(job->share);
  }
}

void CommandQueue::PutBack(Jobs jobs) {
  storage::MutexLock lock(mutex_);
  for (auto it = jobs.rbegin(); it != jobs.rend(); ++it) {
    std::unique_ptr<Job>& job = *it;
    CountIn(*job);
    if (job->rounds == 0) continue;
    const uint64_t cost = CostOf(*job);
    Queue& queue = QueueOf(*job);
    queue.PutFirst(std::move(job), cost);
  }
  for (std::unique_ptr<Job>& job : jobs) {
    if (job != nullptr) Add(std::move(job));
  }
  changed_.NotifyAll();
}

Jobs CommandQueue::Take() {
  storage::MutexLock lock(mutex_);
  for (;;) {
    Jobs taken = TakeUnresolved();
    if (taken.empty()) taken = TakeRunnable();
    if (!taken.empty()) {
      CountOut(taken);
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
  while (!unresolved_.empty() && taken.size() < limits_.max_batch_commands) taken.push_back(unresolved_.TakeFirst());
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
    taken = TakeRunnable(waiting_, &bulk_.first());
  }
  return taken;
}

Jobs CommandQueue::TakeRunnable(Queue& queue, const Job* kept_free_for) {
  absl::flat_hash_set<std::string_view> blocked;  // SKUs of jobs passed over: later ones must not overtake them.
  if (kept_free_for != nullptr) blocked.insert(kept_free_for->skus.begin(), kept_free_for->skus.end());
  const std::size_t most_passed = kLookAhead * limits_.max_batch_skus;
  std::size_t passed_skus = 0;
  const Job* passed = nullptr;  // The last one.
  const Job* first = nullptr;
  std::size_t jobs = 0;
  std::size_t skus = 0;
  const auto choose = [&](const Job& job) REQUIRES(mutex_) {
    if (jobs == limits_.max_batch_commands || skus >= limits_.max_batch_skus || passed_skus >= most_passed) {
      return Queue::Choice::kStop;
    }
    const bool kind_fits = first == nullptr || first->needs.configuration == job.needs.configuration;
    const bool fits = first == nullptr || skus + job.skus.size() <= limits_.max_batch_skus;
    // In an overload thousands wait for the same SKU, one after the other.
    const bool like_last = passed != nullptr && !job.skus.empty() && job.skus == passed->skus;
    const bool overtakes = like_last || std::any_of(job.skus.begin(), job.skus.end(),
                                                    [&](const std::string& sku) { return blocked.contains(sku); });
    if (kind_fits && fits && !overtakes && Runnable(job)) {
      if (first == nullptr) first = &job;
      ++jobs;
      skus += job.skus.size();
      return Queue::Choice::kTake;
    }
    if (!like_last) {
      blocked.insert(job.skus.begin(), job.skus.end());
      passed_skus += job.skus.size();
    }
    passed = &job;
    return Queue::Choice::kPass;
  };
  Jobs taken = queue.TakeIf(kLookAhead * limits_.max_batch_commands, choose);
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
