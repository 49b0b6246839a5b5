#include "server/reading/reader.h"

#include <utility>

#include "absl/time/clock.h"
#include "server/errors.h"
#include "server/reading/outcome.h"

namespace inventory::reading {

ReadExecutor::ReadExecutor(Options options, storage::ConnectionPool& pool, pipeline::ConfigurationCache& configurations)
    : options_(options), pool_(pool), configurations_(configurations) {
  for (int i = 0; i < options_.threads; ++i) threads_.emplace_back([this] { Work(); });
}

ReadExecutor::~ReadExecutor() { Stop(); }

bool ReadExecutor::Run(absl::Time deadline, Read read, Done done) {
  storage::MutexLock lock(mutex_);
  if (stopped_ || waiting_.size() >= options_.max_waiting) return false;
  waiting_.push_back({deadline, std::move(read), std::move(done)});
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
  Reader reader(**lease, configurations_);
  return waiting.read(reader);
}

void ReadExecutor::Stop() {
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
  storage::MutexLock lock(mutex_);
  return waiting_.size();
}

}  // namespace inventory::reading
