// Which SKUs are asked for.
#ifndef INVENTORY_TESTS_BENCH_SCALING_LOAD_H_
#define INVENTORY_TESTS_BENCH_SCALING_LOAD_H_

#include <cstdint>
#include <random>
#include <vector>

namespace inventory::bench::scaling {

using Sku = uint32_t;

// Numbers that are the same for the same seed. Not thread-safe.
class Random {
 public:
  explicit Random(uint64_t seed) : bits_(seed) {}

  // From 0 up to 1, without 1.
  double Unit() { return static_cast<double>(bits_() >> 11) * 0x1p-53; }
  uint32_t Below(uint32_t bound) { return static_cast<uint32_t>(Unit() * bound); }

 private:
  std::mt19937_64 bits_;
};

// The popularity of SKUs. Constant, so that many may draw from one.
class Load {
 public:
  // All SKUs equally, or in proportion to 1 / rank^exponent. Where a SKU lies does not follow from its rank.
  static Load Uniform(uint32_t skus);
  static Load Zipf(uint32_t skus, double exponent);
  // SKUs 0, 1, 2 ..., equally.
  static Load Parts(uint32_t skus);

  Sku Next(Random& random) const;

  // The share of the most popular SKU.
  double TopShare() const;

 private:
  Load(uint32_t skus, bool scattered) : skus_(skus), scattered_(scattered) {}

  const uint32_t skus_;
  const bool scattered_;
  // The popularity of each rank and all before it; empty if all are equal.
  std::vector<double> cumulative_;
};

}  // namespace inventory::bench::scaling

#endif  // INVENTORY_TESTS_BENCH_SCALING_LOAD_H_
