#include "server/reading/reader.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/time/clock.h"
#include "server/errors.h"
#include "server/reading/outcome.h"
#include "server/reading/replica.h"

namespace inventory::reading {

ReadExecutor::ReadExecutor(Options options, storage::ConnectionPool& pool, pipeline::ConfigurationCache& configurations,
                           Replica* replica, KnownStock* known_stock)
    : options_(options), pool_(pool), configurations_(configurations), replica_(replica), known_stock_(known_stock) {
  for (int i = 0; i < options_.threads; ++i) {
    threads_.emplace_back([this, current_only = i == 0 && options_.threads > 1] { Work(current_only); });
  }
}

ReadExecutor::~ReadExecutor() { Stop(); }

absl::Status ReadExecutor::Full() {
  return WithRetryDelay(
      Refusal(absl::StatusCode::kResourceExhausted, "QUEUE_FULL", "too many reads are waiting; call again later"),
      absl::Milliseconds(100));
}

void ReadExecutor::Run(For caller, Read read, Done done, Freshness freshness) {
  auto waiting = std::make_unique<Waiting>();
  waiting->share = std::move(caller.share);
  waiting->deadline = caller.deadline;
  waiting->read = std::move(read);
  waiting->done = std::move(done);
  waiting->freshness = freshness;
  if (freshness == Freshness::kBounded && replica_ != nullptr && replica_->fresh()) {
    RunOnReplica(std::move(waiting));
  } else {
    RunHere(std::move(waiting), options_.max_waiting);
  }
}

void ReadExecutor::RunOnReplica(std::unique_ptr<Waiting> waiting) {
  // Shared, because a function that is kept must be one that can be copied.
  const std::shared_ptr<Waiting> shared = std::move(waiting);
  auto work = std::make_unique<Replica::Work>();
  work->share = shared->share;
  work->run = [this, shared] {
    if (const std::optional<absl::Status> status = TryReplica(*shared)) return shared->done(*status);
    RunHere(std::make_unique<Waiting>(std::move(*shared)), std::numeric_limits<std::size_t>::max());
  };
  work->refuse = [shared] { shared->done(Full()); };
  replica_->Run(std::move(work), options_.max_waiting);
}

void ReadExecutor::RunHere(std::unique_ptr<Waiting> waiting, std::size_t most) {
  std::unique_ptr<Waiting> refused;
  {
    storage::MutexLock lock(mutex_);
    const Freshness freshness = waiting->freshness;
    Queue& queue = freshness == Freshness::kCurrent ? current_ : bounded_;
    refused = stopped_ ? std::move(waiting) : queue.PushWithin(std::move(waiting), most);
    Wake(freshness);
  }
  if (refused != nullptr) refused->done(Full());
}

void ReadExecutor::Wake(Freshness freshness) {
  if (freshness == Freshness::kCurrent && std::exchange(awaits_current_, false)) {
    current_came_.NotifyOne();
  } else {
    changed_.NotifyOne();
  }
}

void ReadExecutor::Work(bool current_only) {
  while (const std::unique_ptr<Waiting> next = Next(current_only)) next->done(CarryOut(*next));
}

std::unique_ptr<ReadExecutor::Waiting> ReadExecutor::Next(bool current_only) {
  storage::MutexLock lock(mutex_);
  for (;;) {
    if (Queue* queue = QueueFor(current_only)) return queue->TakeFirst();
    if (stopped_) return nullptr;
    if (current_only) {
      awaits_current_ = true;
      current_came_.Wait(mutex_);
    } else {
      changed_.Wait(mutex_);
    }
  }
}

ReadExecutor::Queue* ReadExecutor::QueueFor(bool current_only) {
  if (current_only || bounded_.empty()) return current_.empty() ? nullptr : &current_;
  if (current_.empty()) return &bounded_;
  bounded_next_ = !bounded_next_;
  return bounded_next_ ? &bounded_ : &current_;
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
    current_came_.NotifyAll();
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
  return std::max({elsewhere, collected, current_.size(), bounded_.size()});
}

}  // namespace inventory::reading
