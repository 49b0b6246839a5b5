// When callers come who don't know of each other.
#ifndef INVENTORY_TESTS_BENCH_ARRIVALS_H_
#define INVENTORY_TESTS_BENCH_ARRIVALS_H_

#include "absl/random/random.h"
#include "absl/time/time.h"

namespace inventory::bench {

// A Poisson process: the times between arrivals are independent and exponentially distributed. Not thread-safe.
class Arrivals {
 public:
  // `per_second` on average, more than 0, from `start` on.
  Arrivals(double per_second, absl::Time start) : per_second_(per_second), next_(start) {}

  // The time of the next arrival. Depends on no clock: a caller who is late gets those in the past one by one.
  absl::Time Next() {
    next_ += absl::Seconds(absl::Exponential<double>(random_, per_second_));
    return next_;
  }

 private:
  const double per_second_;
  absl::Time next_;
  absl::BitGen random_;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_ARRIVALS_H_
