// A thread that does something again and again.
#ifndef INVENTORY_SERVER_PERIODIC_H_
#define INVENTORY_SERVER_PERIODIC_H_

#include <algorithm>
#include <chrono>
#include <functional>
#include <thread>

#include "absl/time/time.h"
#include "storage/mutex.h"

namespace inventory::server {

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
  using Clock = std::chrono::steady_clock;
  static constexpr absl::Duration kLongestPause = absl::Hours(24 * 365);

  void Loop(const std::function<absl::Duration()>& work) {
    storage::MutexLock lock(mutex_);
    while (!stopped_) {
      mutex_.Unlock();
      const absl::Duration pause = std::min(work(), kLongestPause);
      // By a clock that doesn't jump, or a jump back would be waited for.
      const Clock::time_point next = Clock::now() + absl::ToChronoNanoseconds(pause);
      mutex_.Lock();
      while (!stopped_ && Clock::now() < next) changed_.WaitFor(mutex_, absl::FromChrono(next - Clock::now()));
    }
  }

  storage::Mutex mutex_;
  storage::CondVar changed_;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_PERIODIC_H_
