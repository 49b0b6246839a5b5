// Turns of what must not all run at once.
#ifndef INVENTORY_SERVER_RPC_TURNS_H_
#define INVENTORY_SERVER_RPC_TURNS_H_

#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "server/fair_queue.h"
#include "storage/mutex.h"

namespace inventory::rpc {

// Lets at most so many things be under way at once; others wait, in a fair order of callers. Thread-safe.
class Turns {
 public:
  explicit Turns(int most) : most_(most) {}

  // Calls `start` at once, or from the End of another when its turn has come. It must not block. End must follow; where
  // it does before `start` returns, the next one is not called from within it. `share`: see Origin.
  void Begin(std::string share, std::function<void()> start) {
    auto waiting = std::make_unique<Waiting>();
    waiting->share = std::move(share);
    waiting->start = std::move(start);
    {
      storage::MutexLock lock(mutex_);
      waiting_.Push(std::move(waiting));
    }
    StartWaiting();
  }

  void End() {
    {
      storage::MutexLock lock(mutex_);
      --under_way_;
    }
    StartWaiting();
  }

 private:
  struct Waiting : Waits {
    std::function<void()> start;
  };

  // One thread at a time starts what waits, so that many that end at once don't call each other.
  void StartWaiting() {
    for (;;) {
      std::unique_ptr<Waiting> next;
      {
        storage::MutexLock lock(mutex_);
        if (starting_ || waiting_.empty() || under_way_ == most_) return;
        starting_ = true;
        ++under_way_;
        next = waiting_.TakeFirst();
      }
      next->start();
      storage::MutexLock lock(mutex_);
      starting_ = false;
    }
  }

  const int most_;
  storage::Mutex mutex_;
  int under_way_ GUARDED_BY(mutex_) = 0;
  bool starting_ GUARDED_BY(mutex_) = false;
  FairQueue<Waiting> waiting_ GUARDED_BY(mutex_);
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_TURNS_H_
