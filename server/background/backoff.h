// How long to wait before something that has failed is tried again.
#ifndef INVENTORY_SERVER_BACKGROUND_BACKOFF_H_
#define INVENTORY_SERVER_BACKGROUND_BACKOFF_H_

#include <algorithm>
#include <cstdint>

#include "absl/time/time.h"

namespace inventory::background {

struct Backoff {
  absl::Duration first = absl::Seconds(1);  // The most before the second attempt. Default 1s.
  absl::Duration most = absl::Hours(1);     // The most before any. Default 1h.

  // Exponential with full jitter, so that what failed together does not come back together: anything up to `first`,
  // doubled with each of the `attempts` that have failed but the first, up to `most`. `random` is from [0, 1).
  absl::Duration Pause(int attempts, double random) const {
    constexpr int kMaxDoublings = 30;
    const int64_t factor = int64_t{1} << std::clamp(attempts - 1, 0, kMaxDoublings);
    return std::min(most, first * factor) * random;
  }
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_BACKOFF_H_
