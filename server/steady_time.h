// Time for intervals.
#ifndef INVENTORY_SERVER_STEADY_TIME_H_
#define INVENTORY_SERVER_STEADY_TIME_H_

#include <chrono>

#include "absl/time/time.h"

namespace inventory {

// By a clock that does not jump when somebody sets the machine's. It begins anywhere: only differences mean something.
inline absl::Time SteadyNow() {
  return absl::UnixEpoch() + absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace inventory

#endif  // INVENTORY_SERVER_STEADY_TIME_H_
