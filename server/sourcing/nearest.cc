#include <algorithm>
#include <cstddef>
#include <limits>
#include <utility>
#include <vector>

#include "server/sourcing/distance.h"
#include "server/sourcing/filling.h"
#include "server/sourcing/strategy.h"

namespace inventory::sourcing {
namespace {

// Distance and index of each site, the nearest first.
std::vector<std::pair<double, std::size_t>> ByDistance(const std::vector<Site>& sites, const Point& destination) {
  std::vector<std::pair<double, std::size_t>> order;
  order.reserve(sites.size());
  for (const Site& site : sites) {
    const double distance =
        site.location ? GreatCircleKm(*site.location, destination) : std::numeric_limits<double>::infinity();
    order.emplace_back(distance, order.size());
  }
  std::sort(order.begin(), order.end());
  return order;
}

class NearestStrategy final : public Strategy {
 public:
  Plan Make(const Problem& problem) const override {
    if (!problem.destination) return Priority().Make(problem);
    Plan plan;
    plan.reserve(problem.wants.size());
    const auto order = ByDistance(problem.sites, *problem.destination);
    for (const Want& want : problem.wants) {
      Filling filling(problem, want);
      for (const auto& [distance, site] : order) filling.TakeFrom(site);
      plan.push_back(filling.TakeParts());
    }
    return plan;
  }
};

}  // namespace

const Strategy& Nearest() {
  static constexpr NearestStrategy kStrategy;
  return kStrategy;
}

}  // namespace inventory::sourcing
