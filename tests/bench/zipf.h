// Popularity as it is in shops: few articles are in most orders.
#ifndef INVENTORY_TESTS_BENCH_ZIPF_H_
#define INVENTORY_TESTS_BENCH_ZIPF_H_

#include <cmath>
#include <cstddef>
#include <random>
#include <vector>

#include "absl/random/random.h"

namespace inventory::bench {

// Of the YCSB benchmark (Cooper et al., "Benchmarking Cloud Serving Systems with YCSB", 2010), and about what is
// measured of requests in the web. Of 10,000 ranks every tenth draw is then the first, every second one of the first
// 100.
inline constexpr double kZipfExponent = 0.99;

// Draws ranks, from 0, with a probability in proportion to 1 / (rank + 1)^kZipfExponent, by inversion of the exact
// distribution. Not thread-safe.
class ZipfRanks {
 public:
  explicit ZipfRanks(int count) {
    std::vector<double> weights;
    for (int rank = 0; rank < count; ++rank) weights.push_back(std::pow(rank + 1, -kZipfExponent));
    ranks_ = std::discrete_distribution<int>(weights.begin(), weights.end());
  }

  int Next() { return ranks_(random_); }

  double Probability(int rank) const { return ranks_.probabilities()[static_cast<std::size_t>(rank)]; }

 private:
  std::discrete_distribution<int> ranks_;
  absl::BitGen random_;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_ZIPF_H_
