#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include "server/sourcing/strategy.h"

namespace inventory::sourcing {
namespace {

// What sites keep at most.
struct Level {
  int64_t kept = 0;
  // So many of the sites that have at least `kept`, the first in order of priority, keep one unit less.
  int64_t one_less = 0;
};

// The level once `quantity`, which is above zero and obtainable, is taken.
Level LevelAfter(const Want& want, int64_t quantity) {
  std::vector<int64_t> most_first;
  for (int64_t available : want.available) {
    if (available > 0) most_first.push_back(available);
  }
  std::sort(most_first.begin(), most_first.end(), std::greater<>());
  most_first.push_back(0);
  // The first n sites sink together, from what the n-th has to what the next one has, until the quantity is taken.
  const auto depth = [&most_first](int64_t n) { return most_first[n - 1] - most_first[n]; };
  int64_t missing = quantity;
  int64_t n = 1;
  // Rather than n * depth(n) < missing, which may overflow.
  while ((missing + n - 1) / n > depth(n)) {
    missing -= n * depth(n);
    ++n;
  }
  return {.kept = most_first[n - 1] - missing / n, .one_less = missing % n};
}

std::vector<Part> Share(const Problem& problem, const Want& want) {
  std::vector<Part> parts;
  const int64_t quantity = Obtainable(want);
  if (quantity == 0) return parts;
  auto [kept, one_less] = LevelAfter(want, quantity);
  for (std::size_t site = 0; site < problem.sites.size(); ++site) {
    int64_t units = want.available[site] - kept;
    if (units >= 0 && one_less > 0) {
      ++units;
      --one_less;
    }
    if (units > 0) parts.push_back({problem.sites[site].warehouse_id, units});
  }
  return parts;
}

class BalancedStrategy final : public Strategy {
 public:
  Plan Make(const Problem& problem) const override {
    Plan plan;
    plan.reserve(problem.wants.size());
    for (const Want& want : problem.wants) plan.push_back(Share(problem, want));
    return plan;
  }
};

}  // namespace

const Strategy& Balanced() {
  static constexpr BalancedStrategy kStrategy;
  return kStrategy;
}

}  // namespace inventory::sourcing
