#include "tests/bench/peer/pool.h"

#include <algorithm>

#include "absl/time/clock.h"

namespace inventory::bench::peer {

absl::StatusOr<Pool::Lease> Pool::Acquire(absl::Time deadline) {
  absl::StatusOr<std::unique_ptr<Session>> taken = Take(deadline);
  if (!taken.ok()) return taken.status();
  if (*taken != nullptr) return Lease(*this, *std::move(taken));
  absl::StatusOr<std::unique_ptr<Session>> opened = Session::Open(database_);
  if (opened.ok()) return Lease(*this, *std::move(opened));
  Return(nullptr);
  return opened.status();
}

absl::StatusOr<std::unique_ptr<Session>> Pool::Take(absl::Time deadline) {
  storage::MutexLock lock(mutex_);
  if (!idle_.empty()) {
    std::unique_ptr<Session> session = std::move(idle_.back());
    idle_.pop_back();
    return session;
  }
  if (open_ < size_) {
    ++open_;
    return std::unique_ptr<Session>();
  }
  Waiter self;
  waiting_.push_back(&self);
  while (!self.served) {
    const absl::Duration left = deadline - absl::Now();
    if (left > absl::ZeroDuration()) {
      self.wake.WaitFor(mutex_, left);
      continue;
    }
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &self));
    return absl::DeadlineExceededError("all connections to the database are in use");
  }
  return std::move(self.session);
}

void Pool::Return(std::unique_ptr<Session> session) {
  if (session != nullptr && session->lost()) session.reset();
  storage::MutexLock lock(mutex_);
  if (!waiting_.empty()) {
    Waiter& next = *waiting_.front();
    waiting_.pop_front();
    next.session = std::move(session);
    next.served = true;
    next.wake.NotifyOne();
  } else if (session != nullptr) {
    idle_.push_back(std::move(session));
  } else {
    --open_;
  }
}

}  // namespace inventory::bench::peer
