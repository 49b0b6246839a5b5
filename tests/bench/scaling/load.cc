#include "tests/bench/scaling/load.h"

#include <algorithm>
#include <cmath>

namespace inventory::bench::scaling {
namespace {

// Every number from another one, in no order that shows (the finaliser of MurmurHash3).
Sku Scattered(uint32_t rank) {
  rank = (rank ^ (rank >> 16)) * 0x85EBCA6B;
  rank = (rank ^ (rank >> 13)) * 0xC2B2AE35;
  return rank ^ (rank >> 16);
}

}  // namespace

Load Load::Uniform(uint32_t skus) { return Load(skus, true); }

Load Load::Parts(uint32_t skus) { return Load(skus, false); }

Load Load::Zipf(uint32_t skus, double exponent) {
  Load load(skus, true);
  double sum = 0;
  for (uint32_t rank = 1; rank <= skus; ++rank) load.cumulative_.push_back(sum += std::pow(rank, -exponent));
  return load;
}

Sku Load::Next(Random& random) const {
  uint32_t rank = 0;
  if (cumulative_.empty()) {
    rank = random.Below(skus_);
  } else {
    const double drawn = random.Unit() * cumulative_.back();
    rank = static_cast<uint32_t>(std::upper_bound(cumulative_.begin(), cumulative_.end(), drawn) - cumulative_.begin());
  }
  return scattered_ ? Scattered(rank) : rank;
}

double Load::TopShare() const { return cumulative_.empty() ? 1.0 / skus_ : cumulative_.front() / cumulative_.back(); }

}  // namespace inventory::bench::scaling
