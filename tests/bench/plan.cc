#include "tests/bench/plan.h"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "tests/bench/case_choice.h"
#include "tests/bench/cases.h"

namespace inventory::bench {
namespace {

std::vector<Case> Join(std::vector<std::vector<Case>> lists) {
  std::vector<Case> all;
  for (std::vector<Case>& list : lists) std::move(list.begin(), list.end(), std::back_inserter(all));
  return all;
}

// How long the runs of a size are, and how many.
struct Lengths {
  Timing timing;
  int rounds;
  int64_t import_rows;
  bool all_on_mysql;
  std::vector<Place> growth;
};

Lengths LengthsOf(Size size) {
  switch (size) {
    case Size::kQuick:
      return {.timing = {.warmup = absl::Milliseconds(100), .measured = absl::Milliseconds(500)},
              .rounds = 1,
              .import_rows = 50'000,
              .all_on_mysql = false,
              .growth = {Place::kSmall}};
    case Size::kNormal:
      return {.timing = {.warmup = absl::Milliseconds(300), .measured = absl::Milliseconds(1200)},
              .rounds = 3,
              .import_rows = 200'000,
              .all_on_mysql = false,
              .growth = {Place::kSmall, Place::kMiddle}};
    case Size::kFull:
      break;
  }
  return {.timing = {.warmup = absl::Milliseconds(500), .measured = absl::Milliseconds(2500)},
          .rounds = 5,
          .import_rows = 1'000'000,
          .all_on_mysql = true,
          .growth = {Place::kSmall, Place::kMiddle, Place::kLarge}};
}

std::vector<Stage> WholePlan(const Lengths& lengths) {
  return {
      {.name = "core",
       .cases = Join({CoreCases(), PeerCases(), SweepCases(), ZipfCases(), OrderCases(), ReadCases(), WatchCases(),
                      OpenLoopCases()}),
       .rounds = lengths.rounds},
      {.name = "MySQL", .cases = MySqlCases(lengths.all_on_mysql), .rounds = lengths.rounds},
      {.name = "replicas", .cases = ReplicaCases(), .rounds = lengths.rounds},
      {.name = "import", .cases = ImportCases(lengths.import_rows), .rounds = 1},
      {.name = "growth", .cases = GrowthCases(lengths.growth), .rounds = lengths.rounds},
  };
}

std::set<std::string> IdsOf(const std::vector<Stage>& plan) {
  std::set<std::string> ids;
  for (const Stage& stage : plan) {
    for (const Case& what : stage.cases) ids.insert(what.id);
  }
  return ids;
}

}  // namespace

int64_t MostHistorySkus(const std::vector<Stage>& plan) {
  int64_t most = 0;
  for (const Stage& stage : plan) {
    for (const Case& what : stage.cases) most = std::max(most, HistorySkus(what.place));
  }
  return most;
}

std::vector<Stage> MakePlan(const PlanOptions& options) {
  const Lengths lengths = LengthsOf(options.size);
  std::vector<Stage> plan = WholePlan(lengths);
  const std::set<std::string> chosen = Chosen(IdsOf(plan), options.ids);
  for (Stage& stage : plan) {
    stage.rounds = options.rounds.value_or(stage.rounds);
    stage.timing = {.warmup = options.warmup.value_or(lengths.timing.warmup),
                    .measured = options.measured.value_or(lengths.timing.measured)};
    if (options.ids.empty()) continue;
    std::erase_if(stage.cases, [&chosen](const Case& what) { return !chosen.contains(what.id); });
  }
  std::erase_if(plan, [](const Stage& stage) { return stage.cases.empty(); });
  return plan;
}

}  // namespace inventory::bench
