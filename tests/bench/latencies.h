// How long calls have taken.
#ifndef INVENTORY_TESTS_BENCH_LATENCIES_H_
#define INVENTORY_TESTS_BENCH_LATENCIES_H_

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "absl/time/time.h"

namespace inventory::bench {

// Keeps every time, so that quantiles are exact: four bytes for each. Not thread-safe.
class Latencies {
 public:
  void Add(absl::Duration time) { milliseconds_.push_back(static_cast<float>(absl::ToDoubleMilliseconds(time))); }

  void AddAll(const Latencies& other) {
    milliseconds_.insert(milliseconds_.end(), other.milliseconds_.begin(), other.milliseconds_.end());
  }

  std::size_t size() const { return milliseconds_.size(); }

  // The time below which this fraction of all lies, for example 0.99; 0 if there are none.
  double QuantileMs(double fraction) const {
    if (milliseconds_.empty()) return 0;
    std::vector<float> sorted = milliseconds_;
    const auto rank = static_cast<std::size_t>(fraction * static_cast<double>(sorted.size()));
    const auto at = sorted.begin() + static_cast<std::ptrdiff_t>(std::min(rank, sorted.size() - 1));
    std::nth_element(sorted.begin(), at, sorted.end());
    return *at;
  }

  // The same far above the middle. None if fewer than ten of all would lie beyond it: it would be chance.
  std::optional<double> TailMs(double fraction) const {
    constexpr double kBeyond = 10;
    constexpr double kRounding = 1e-6;  // 1 - 0.99 is not quite 0.01.
    const bool enough = static_cast<double>(size()) * (1 - fraction) >= kBeyond - kRounding;
    return enough ? std::optional(QuantileMs(fraction)) : std::nullopt;
  }

 private:
  std::vector<float> milliseconds_;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_LATENCIES_H_
