#include "server/reading/reader.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/errors.h"
#include "server/reading/outcome.h"
#include "server/reading/replica.h"

namespace inventory::reading {

ReadExecutor::ReadExecutor(Options options, storage::ConnectionPool& pool, pipeline::ConfigurationCache& configurations,
                           Replica* replica, KnownStock* known_stock)
    : options_(options), pool_(pool), configurations_(configurations), replica_(replica), known_stock_(known_stock) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

ReadExecutor::~ReadExecutor() { Stop(); }

bool ReadExecutor::Run(absl::Time deadline, Read read, Done done, Freshness freshness) {
  Waiting job = {deadline, std::move(read), std::move(done), freshness};
  if (freshness == Freshness::kBounded && replica_ != nullptr && replica_->fresh()) {
    if (replica_->waiting() >= options_.max_waiting) return false;
    return replica_->Run([this, job = std::move(job)]() mutable {
      if (const std::optional<absl::Status> status = TryReplica(job)) return job.done(*status);
      storage::MutexLock lock(mutex_);
      waiting_.push_back(std::move(job));
      changed_.NotifyOne();
    });
  }
  storage::MutexLock lock(mutex_);
  if (stopped_ || waiting_.size() >= options_.max_waiting) return false;
  waiting_.push_back(std::move(job));
  changed_.NotifyOne();
  return true;
}

void ReadExecutor::Work() {
  for (;;) {
    Waiting next;
    {
      storage::MutexLock lock(mutex_);
      while (waiting_.empty() && !stopped_) changed_.Wait(mutex_);
      if (waiting_.empty()) return;
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    next.done(CarryOut(next));
  }
}

absl::Status ReadExecutor::CarryOut(const Waiting& waiting) {
  if (waiting.deadline <= absl::Now()) {
    return absl::DeadlineExceededError("the deadline passed before the read was started");
  }
  absl::Status status = Try(waiting);
  // After a restart of the database its old connections look alive until they are used.
  if (storage::FaultOf(status) == storage::SqlFault::kConnectionLost && absl::Now() < waiting.deadline) {
    status = Try(waiting);
  }
  return Outcome(std::move(status));
}

absl::Status ReadExecutor::Try(const Waiting& waiting) {
  absl::StatusOr<storage::ConnectionPool::Lease> lease = pool_.Acquire(waiting.deadline);
  if (!lease.ok()) return Unavailable("DATABASE_UNAVAILABLE", "the database can't be reached; call again");
  Reader reader(**lease, configurations_, known_stock_);
  absl::Status status = waiting.read(reader);
  LogFault(status, reader.trace());
  return status;
}

std::optional<absl::Status> ReadExecutor::TryReplica(const Waiting& waiting) {
  if (waiting.deadline <= absl::Now() || !replica_->fresh()) return std::nullopt;
  absl::StatusOr<storage::ConnectionPool::Lease> lease = replica_->pool().Acquire(waiting.deadline);
  if (!lease.ok() || !replica_->FreshOn(**lease)) return std::nullopt;
  Reader reader(**lease, replica_->configurations());
  absl::Status status = waiting.read(reader);
  // What the replica doesn't have yet the primary may have.
  if (!status.ok()) return std::nullopt;
  return status;
}

void ReadExecutor::Stop() {
  // First, because what it fails to read is read here.
  if (replica_ != nullptr) replica_->Stop();
  {
    storage::MutexLock lock(mutex_);
    stopped_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

std::size_t ReadExecutor::waiting() const {
  const std::size_t elsewhere = replica_ == nullptr ? 0 : replica_->waiting();
  const auto collected =
      static_cast<std::size_t>(std::max<std::ptrdiff_t>(0, collected_.load(std::memory_order_relaxed)));
  storage::MutexLock lock(mutex_);
  return std::max({elsewhere, collected, waiting_.size()});
}

}  // namespace inventory::reading
