// Goal: every strategy gives exactly what is obtainable and no warehouse more than it has, whatever the quantities and
// places.
// Method: problems with the largest quantities and any places, each solved by all strategies.

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/sourcing/strategy.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::sourcing {
namespace {

using fuzz::Check;
using fuzz::Choices;

constexpr int64_t kMostStock = 1'000'000'000'000'000;       // Of one level.
constexpr int64_t kMostWanted = 1'000'000'000'000'000'000;  // See Want.

Point AnyPoint(Choices& data) { return {data.FractionIn(-90, 90), data.FractionIn(-180, 180)}; }

// Small quantities, where ties and exact covers are, or any.
int64_t AnyQuantity(Choices& data, int64_t least, int64_t most) {
  return data.Bool() ? data.NumberIn<int64_t>(least < 0 ? -2 : 0, 9) : data.NumberIn<int64_t>(least, most);
}

Problem AnyProblem(Choices& data) {
  Problem problem;
  const int sites = data.NumberIn(0, 24);
  for (int i = 0; i < sites; ++i) {
    Site site{absl::StrCat("w", i)};
    if (data.Bool()) site.location = AnyPoint(data);
    problem.sites.push_back(site);
  }
  if (data.Bool()) problem.destination = AnyPoint(data);
  const int wants = data.NumberIn(1, 6);
  for (int i = 0; i < wants; ++i) {
    Want want{.quantity = AnyQuantity(data, 0, kMostWanted)};
    for (int site = 0; site < sites; ++site) want.available.push_back(AnyQuantity(data, -kMostStock, kMostStock));
    problem.wants.push_back(want);
  }
  return problem;
}

void CheckPlan(const Problem& problem, const Plan& plan, const std::string& strategy) {
  Check(plan.size() == problem.wants.size(), strategy + ": a list of parts for each want");
  for (std::size_t i = 0; i < plan.size(); ++i) {
    const Want& want = problem.wants[i];
    std::map<std::string, int64_t> left;
    for (std::size_t site = 0; site < problem.sites.size(); ++site) {
      left[problem.sites[site].warehouse_id] = want.available[site];
    }
    int64_t given = 0;
    for (const Part& part : plan[i]) {
      Check(part.quantity > 0 && left.contains(part.warehouse_id) && part.quantity <= left[part.warehouse_id],
            strategy + ": a part is no more than its site has");
      left.erase(part.warehouse_id);  // No other part may be of it.
      given += part.quantity;
    }
    Check(given == Obtainable(want), strategy + ": all parts together are what is obtainable");
  }
}

}  // namespace
}  // namespace inventory::sourcing

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace sourcing = inventory::sourcing;
  inventory::fuzz::Choices data(bytes, size);
  const sourcing::Problem problem = sourcing::AnyProblem(data);
  const std::map<std::string, const sourcing::Strategy*> strategies = {{"priority", &sourcing::Priority()},
                                                                       {"nearest", &sourcing::Nearest()},
                                                                       {"fewest splits", &sourcing::FewestSplits()},
                                                                       {"balanced", &sourcing::Balanced()}};
  for (const auto& [name, strategy] : strategies) {
    const sourcing::Plan plan = strategy->Make(problem);
    sourcing::CheckPlan(problem, plan, name);
    inventory::fuzz::Check(plan == strategy->Make(problem), name + ": the same problem has the same plan");
  }
  return 0;
}
