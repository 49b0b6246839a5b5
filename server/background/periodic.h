// A thread that does something again and again.
#ifndef INVENTORY_SERVER_BACKGROUND_PERIODIC_H_
#define INVENTORY_SERVER_BACKGROUND_PERIODIC_H_

#include <functional>
#include <thread>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "storage/mutex.h"

namespace inventory::background {

// Calls `work` on a thread of its own, then waits as long as it says, until stopped.
class Periodic {
 public:
  explicit Periodic(std::function<absl::Duration()> work) : thread_([this, work = std::move(work)] { Loop(work); }) {}
  ~Periodic() { Stop(); }

  // Returns when the current call has ended.
  void Stop() {
    {
      storage::MutexLock lock(mutex_);
      stopped_ = true;
      changed_.NotifyAll();
    }
    if (thread_.joinable()) thread_.join();
  }

 private:
  void Loop(const std::function<absl::Duration()>& work) {
    storage::MutexLock lock(mutex_);
    while (!stopped_) {
      mutex_.Unlock();
      const absl::Time next = absl::Now() + work();
      mutex_.Lock();
      while (!stopped_ && absl::Now() < next) changed_.WaitFor(mutex_, next - absl::Now());
    }
  }

  storage::Mutex mutex_;
  storage::CondVar changed_;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_PERIODIC_H_
