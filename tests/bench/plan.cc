#include "tests/bench/plan.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "tests/bench/cases.h"

namespace inventory::bench {
namespace {

std::vector<Case> Join(std::vector<std::vector<Case>> lists) {
  std::vector<Case> all;
  for (std::vector<Case>& list : lists) std::move(list.begin(), list.end(), std::back_inserter(all));
  return all;
}

// By size: what is measured in how many rounds.
std::vector<Stage> WholePlan(Size size) {
  const bool full = size == Size::kFull;
  const Timing timing = full ? Timing{.warmup = absl::Milliseconds(500), .measured = absl::Milliseconds(2500)}
                             : Timing{.warmup = absl::Milliseconds(300), .measured = absl::Milliseconds(1200)};
  return {
      {.name = "core",
       .cases = Join({CoreCases(), PeerCases(), ZipfCases(), OrderCases(), ReadCases(), OpenLoopCases()}),
       .rounds = full ? 5 : 3,
       .timing = timing},
      {.name = "sweeps", .cases = SweepCases(), .rounds = full ? 5 : 2, .timing = timing},
      {.name = "MySQL", .cases = MySqlCases(), .rounds = full ? 5 : 3, .timing = timing},
      {.name = "replicas", .cases = ReplicaCases(), .rounds = full ? 5 : 3, .timing = timing},
      {.name = "import", .cases = ImportCases(full ? 1'000'000 : 200'000), .rounds = 1, .timing = timing},
      {.name = "growth", .cases = GrowthCases(full), .rounds = full ? 5 : 3, .timing = timing},
  };
}

}  // namespace

std::vector<Stage> MakePlan(const PlanOptions& options) {
  std::vector<Stage> plan = WholePlan(options.size);
  for (Stage& stage : plan) {
    if (options.size == Size::kQuick) {
      stage.rounds = 1;
      stage.timing = {.warmup = absl::Milliseconds(100), .measured = absl::Milliseconds(500)};
    }
    stage.rounds = options.rounds.value_or(stage.rounds);
    stage.timing.warmup = options.warmup.value_or(stage.timing.warmup);
    stage.timing.measured = options.measured.value_or(stage.timing.measured);
    std::erase_if(stage.cases, [&options](const Case& what) {
      return !options.ids.empty() &&
             std::none_of(options.ids.begin(), options.ids.end(),
                          [&what](const std::string& start) { return absl::StartsWith(what.id, start); });
    });
  }
  std::erase_if(plan, [](const Stage& stage) { return stage.cases.empty(); });
  return plan;
}

}  // namespace inventory::bench
