#include "storage/connection_pool.h"

#include "absl/time/clock.h"

namespace inventory::storage {

absl::StatusOr<ConnectionPool::Lease> ConnectionPool::Acquire(absl::Time deadline) {
  std::unique_ptr<Connection> connection;
  {
    MutexLock lock(mutex_);
    ++waiting_;
    while (in_use_ >= options_.max_connections) {
      const absl::Duration left = deadline - absl::Now();
      if (left <= absl::ZeroDuration() || !changed_.WaitFor(mutex_, left)) {
        if (absl::Now() < deadline) continue;
        --waiting_;
        return absl::DeadlineExceededError("no database connection became free in time");
      }
    }
    --waiting_;
    ++in_use_;
    // The one used last is the likeliest to be alive still.
    if (!idle_.empty()) {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection != nullptr && !connection->broken()) return Lease(*this, std::move(connection));
  connection.reset();
  absl::StatusOr<std::unique_ptr<Connection>> opened = Connection::Open(options_.database);
  if (!opened.ok()) {
    Return(nullptr);
    return opened.status();
  }
  return Lease(*this, *std::move(opened));
}

void ConnectionPool::Return(std::unique_ptr<Connection> connection) {
  MutexLock lock(mutex_);
  --in_use_;
  if (connection == nullptr) {
    // None could be opened.
  } else if (!connection->broken()) {
    idle_.push_back(std::move(connection));
  } else {
    // What broke this one, mostly a restart of the server, broke those that lie idle too: they must not fail a read
    // each.
    idle_.clear();
  }
  changed_.NotifyOne();
}

ConnectionPool::Stats ConnectionPool::stats() const {
  MutexLock lock(mutex_);
  return {.in_use = in_use_, .idle = idle_.size(), .waiting = waiting_};
}

}  // namespace inventory::storage
