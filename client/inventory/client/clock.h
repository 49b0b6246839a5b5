// The time as a Connection sees it.
#ifndef INVENTORY_CLIENT_CLOCK_H_
#define INVENTORY_CLIENT_CLOCK_H_

#include <functional>
#include <memory>

#include "absl/time/time.h"

namespace inventory::client {

// Tells the time and waits. Thread-safe. Programs use the system's; a test gives its own, which moves only when told.
class Clock {
 public:
  virtual ~Clock() = default;

  virtual absl::Time Now() = 0;

  // Returns when `pause` is over.
  virtual void Sleep(absl::Duration pause) = 0;

  // Returns at once and calls `then` once, on any thread, when `pause` is over.
  virtual void After(absl::Duration pause, std::function<void()> then) = 0;
};

// The system's clock.
std::shared_ptr<Clock> SystemClock();

}  // namespace inventory::client

#endif  // INVENTORY_CLIENT_CLOCK_H_
