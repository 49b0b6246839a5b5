// Sessions shared by the threads of the server.
#ifndef INVENTORY_TESTS_BENCH_PEER_POOL_H_
#define INVENTORY_TESTS_BENCH_PEER_POOL_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/mutex.h"
#include "tests/bench/peer/session.h"

namespace inventory::bench::peer {

// At most so many sessions, opened when they are first needed and kept. Who comes first is served first. Thread-safe.
class Pool {
 public:
  Pool(storage::DatabaseOptions database, std::size_t size) : database_(std::move(database)), size_(size) {}

  // A session for as long as this lives. Movable.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Session> session) : pool_(&pool), session_(std::move(session)) {}
    Lease(Lease&&) = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (session_ != nullptr) pool_->Return(std::move(session_));
    }

    Session& operator*() const { return *session_; }

   private:
    Pool* pool_;
    std::unique_ptr<Session> session_;
  };

  // A session to use alone; it must have no open transaction when it is returned. DEADLINE_EXCEEDED if none is free by
  // then, UNAVAILABLE if the database can't be reached.
  absl::StatusOr<Lease> Acquire(absl::Time deadline);

 private:
  struct Waiter {
    bool served = false;
    std::unique_ptr<Session> session;  // Null if it is to open one.
    storage::CondVar wake;
  };

  // Null frees the place of a session that is gone.
  void Return(std::unique_ptr<Session> session);
  // The first idle session, the leave to open one (null), or DEADLINE_EXCEEDED.
  absl::StatusOr<std::unique_ptr<Session>> Take(absl::Time deadline);

  const storage::DatabaseOptions database_;
  const std::size_t size_;
  storage::Mutex mutex_;
  std::size_t open_ GUARDED_BY(mutex_) = 0;
  std::vector<std::unique_ptr<Session>> idle_ GUARDED_BY(mutex_);
  std::deque<Waiter*> waiting_ GUARDED_BY(mutex_);
};

}  // namespace inventory::bench::peer

#endif  // INVENTORY_TESTS_BENCH_PEER_POOL_H_
