#include "server/sourcing/priority.h"

#include <algorithm>
#include <cstddef>

#include "server/sourcing/filling.h"
#include "server/sourcing/strategy.h"

namespace inventory::sourcing {
namespace {

class PriorityStrategy final : public Strategy {
 public:
  Plan Make(const Problem& problem) const override {
    Plan plan;
    plan.reserve(problem.wants.size());
    for (const Want& want : problem.wants) {
      Filling filling(problem, want);
      for (std::size_t site = 0; site < problem.sites.size(); ++site) filling.TakeFrom(site);
      plan.push_back(filling.TakeParts());
    }
    return plan;
  }
};

}  // namespace

const Strategy& Priority() {
  static constexpr PriorityStrategy kStrategy;
  return kStrategy;
}

std::vector<Part> ByPriority(const std::vector<Source>& sources, int64_t quantity) {
  std::vector<Part> parts;
  for (const Source& source : sources) {
    if (quantity == 0) break;
    const int64_t taken = std::min(quantity, std::max<int64_t>(source.available, 0));
    if (taken == 0) continue;
    parts.push_back({source.warehouse_id, taken});
    quantity -= taken;
  }
  return parts;
}

int64_t TotalAvailable(const std::vector<Source>& sources, int64_t most) {
  int64_t total = 0;
  for (const Source& source : sources) {
    total += std::min(most - total, std::max<int64_t>(source.available, 0));
  }
  return total;
}

}  // namespace inventory::sourcing
