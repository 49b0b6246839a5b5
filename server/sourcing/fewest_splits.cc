#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "server/sourcing/cover.h"
#include "server/sourcing/filling.h"
#include "server/sourcing/strategy.h"

namespace inventory::sourcing {
namespace {

Need NeedOf(const Want& want) {
  Need need{.quantity = Obtainable(want), .gives = want.available};
  for (int64_t& gives : need.gives) gives = std::clamp<int64_t>(gives, 0, need.quantity);
  return need;
}

// The sites that give anything.
Sites Useful(const std::vector<Need>& needs, std::size_t size) {
  Sites useful;
  for (std::size_t site = 0; site < size; ++site) {
    if (std::any_of(needs.begin(), needs.end(), [site](const Need& need) { return need.gives[site] > 0; })) {
      useful.push_back(site);
    }
  }
  return useful;
}

class FewestSplitsStrategy final : public Strategy {
 public:
  Plan Make(const Problem& problem) const override {
    std::vector<Need> needs;
    needs.reserve(problem.wants.size());
    for (const Want& want : problem.wants) needs.push_back(NeedOf(want));
    const Sites chosen = FewestForAll(needs, Useful(needs, problem.sites.size()));
    Plan plan;
    plan.reserve(needs.size());
    for (std::size_t i = 0; i < needs.size(); ++i) {
      Filling filling(problem, problem.wants[i]);
      for (std::size_t site : FewestForOne(needs[i], chosen)) filling.TakeFrom(site);
      plan.push_back(filling.TakeParts());
    }
    return plan;
  }
};

}  // namespace

const Strategy& FewestSplits() {
  static constexpr FewestSplitsStrategy kStrategy;
  return kStrategy;
}

}  // namespace inventory::sourcing
