#include "server/reading/reader.h"

#include <algorithm>
#include <chrono>
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
    threads_.emplace_back([this, short_only = i == 0 && options_.threads > 1] { Work(short_only); });
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
    Queue& queue = QueueOf(*waiting);
    refused = stopped_ ? std::move(waiting) : queue.PushWithin(std::move(waiting), most);
    Wake(queue);
  }
  if (refused != nullptr) refused->done(Full());
}

ReadExecutor::Queue& ReadExecutor::QueueOf(const Waiting& waiting) {
  return waiting.freshness == Freshness::kCurrent ? short_ : long_;
}

void ReadExecutor::Wake(const Queue& queue) {
  if (&queue == &short_ && std::exchange(awaits_short_, false)) {
    short_came_.NotifyOne();
  } else {
    changed_.NotifyOne();
  }
}

void ReadExecutor::Work(bool short_only) {
  while (const std::unique_ptr<Waiting> next = Next(short_only)) {
    const auto start = std::chrono::steady_clock::now();
    const absl::Status status = CarryOut(*next);
    Charge(*next, absl::FromChrono(std::chrono::steady_clock::now() - start));
    next->done(status);
  }
}

// A read costs a turn, and one for each millisecond that it takes.
void ReadExecutor::Charge(const Waiting& ended, absl::Duration took) {
  if (took < absl::Milliseconds(1)) return;
  storage::MutexLock lock(mutex_);
  QueueOf(ended).Charge(ended.share, static_cast<uint64_t>(absl::ToInt64Milliseconds(took)));
}

std::unique_ptr<ReadExecutor::Waiting> ReadExecutor::Next(bool short_only) {
  storage::MutexLock lock(mutex_);
  for (;;) {
    if (Queue* queue = QueueFor(short_only)) return queue->TakeFirst();
    if (stopped_) return nullptr;
    if (short_only) {
      awaits_short_ = true;
      short_came_.Wait(mutex_);
    } else {
      changed_.Wait(mutex_);
    }
  }
}

ReadExecutor::Queue* ReadExecutor::QueueFor(bool short_only) {
  if (short_only || long_.empty()) return short_.empty() ? nullptr : &short_;
  if (short_.empty()) return &long_;
  long_next_ = !long_next_;
  return long_next_ ? &long_ : &short_;
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
    short_came_.NotifyAll();
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
  return std::max({elsewhere, collected, short_.size(), long_.size()});
}

}  // namespace inventory::reading
