#include "server/sourcing/explain.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <string_view>

namespace inventory::sourcing {

std::vector<Unused> ExplainUnused(const Problem& problem, const Plan& plan) {
  std::set<std::string_view> used;
  for (const std::vector<Part>& parts : plan) {
    for (const Part& part : parts) used.insert(part.warehouse_id);
  }
  std::vector<Unused> unused;
  for (std::size_t site = 0; site < problem.sites.size(); ++site) {
    const std::string& warehouse_id = problem.sites[site].warehouse_id;
    if (used.contains(warehouse_id)) continue;
    const bool has_any = std::any_of(problem.wants.begin(), problem.wants.end(),
                                     [site](const Want& want) { return want.available[site] > 0; });
    unused.push_back({warehouse_id, has_any ? UnusedReason::kNotNeeded : UnusedReason::kNothingAvailable});
  }
  return unused;
}

}  // namespace inventory::sourcing
