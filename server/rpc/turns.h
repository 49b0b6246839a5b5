// Turns of what must not all run at once.
#ifndef INVENTORY_SERVER_RPC_TURNS_H_
#define INVENTORY_SERVER_RPC_TURNS_H_

#include <deque>
#include <functional>
#include <utility>

#include "storage/mutex.h"

namespace inventory::rpc {

// Lets at most so many things be under way at once; others wait, first in first out. Thread-safe.
class Turns {
 public:
  explicit Turns(int most) : most_(most) {}

  // Calls `start` at once, or from the End of another when its turn has come. It must not block. End must follow.
  void Begin(std::function<void()> start) {
    {
      storage::MutexLock lock(mutex_);
      if (under_way_ == most_) {
        waiting_.push_back(std::move(start));
        return;
      }
      ++under_way_;
    }
    start();
  }

  void End() {
    std::function<void()> next;
    {
      storage::MutexLock lock(mutex_);
      if (waiting_.empty()) {
        --under_way_;
        return;
      }
      next = std::move(waiting_.front());
      waiting_.pop_front();
    }
    next();
  }

 private:
  const int most_;
  storage::Mutex mutex_;
  int under_way_ GUARDED_BY(mutex_) = 0;
  std::deque<std::function<void()>> waiting_ GUARDED_BY(mutex_);
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_TURNS_H_
