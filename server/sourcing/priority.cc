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

}  // namespace inventory::sourcing
