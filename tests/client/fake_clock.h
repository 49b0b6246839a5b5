// A clock that moves only when somebody waits.
#ifndef INVENTORY_TESTS_CLIENT_FAKE_CLOCK_H_
#define INVENTORY_TESTS_CLIENT_FAKE_CLOCK_H_

#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "inventory/client/clock.h"

namespace inventory::client {

// Waiting takes no time. Used by one thread.
class FakeClock : public Clock {
 public:
  absl::Time Now() override { return now_; }
  void Sleep(absl::Duration pause) override {
    pauses_.push_back(pause);
    now_ += pause;
  }
  void After(absl::Duration pause, std::function<void()> then) override {
    Sleep(pause);
    then();
  }

  // Lets time pass without anybody waiting.
  void Advance(absl::Duration duration) { now_ += duration; }
  const std::vector<absl::Duration>& pauses() const { return pauses_; }

 private:
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  std::vector<absl::Duration> pauses_;
};

}  // namespace inventory::client

#endif  // INVENTORY_TESTS_CLIENT_FAKE_CLOCK_H_
