// Threads that do not get done what they have to do.
#ifndef INVENTORY_SERVER_RPC_RESTLESS_H_
#define INVENTORY_SERVER_RPC_RESTLESS_H_

#include <sys/resource.h>

#include <chrono>

namespace inventory::rpc {

// Tells whether the thread that asks it, again and again while it has work, has had no rest for a while: not once did
// it sleep until there was more. It has too much to do, or others keep it from its core. To sleep for a mutex is rest,
// too, as far as this can tell. Of one thread.
class Restless {
 public:
  bool Ask() {
    if (++asked_ % kEvery != 0) return false;
    const auto now = std::chrono::steady_clock::now();
    if (now - since_ < kWhile) return false;
    since_ = now;
    rusage usage = {};
    getrusage(RUSAGE_THREAD, &usage);
    const long rests_before = rests_;  // NOLINT(google-runtime-int): the kernel's type.
    rests_ = usage.ru_nvcsw;
    return rests_ == rests_before;
  }

 private:
  static constexpr int kEvery = 16;  // To look at the clock each time would cost more than it tells.
  static constexpr std::chrono::milliseconds kWhile{5};

  int asked_ = 0;
  std::chrono::steady_clock::time_point since_;
  long rests_ = -1;  // NOLINT(google-runtime-int)
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_RESTLESS_H_
