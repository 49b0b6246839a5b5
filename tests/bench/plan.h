// What one command runs, in which order, and for how long.
#ifndef INVENTORY_TESTS_BENCH_PLAN_H_
#define INVENTORY_TESTS_BENCH_PLAN_H_

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tests/bench/results.h"
#include "tests/bench/sites.h"

namespace inventory::bench {

enum class Size {
  kQuick,   // Does everything work? Measures little.
  kNormal,  // Under ten minutes.
  kFull,    // Under forty.
};

// Cases that take turns, round after round and in each in another order, so that what disturbs the machine for a while
// disturbs all of them.
struct Stage {
  std::string name;
  std::vector<Case> cases;
  int rounds = 1;
  Timing timing = {};
};

// What differs from a size's usual.
struct PlanOptions {
  Size size = Size::kNormal;
  std::vector<std::string> ids = {};          // Ids of cases or beginnings of them; empty is all.
  std::optional<int> rounds = {};             // Of every stage.
  std::optional<absl::Duration> warmup = {};  // Of each run of a case.
  std::optional<absl::Duration> measured = {};
};

// The most SKUs with a history that any of the cases has.
int64_t MostHistorySkus(const std::vector<Stage>& plan);

// Stages without a case are left out.
std::vector<Stage> MakePlan(const PlanOptions& options);

// Runs the stages one after another. Cases of sites that are missing are left out. After each run of ReserveStock, what
// the server shows as reserved must be exactly what it has acknowledged; a site's stock is verified after the last
// stage that uses it. The first thing that is wrong ends the run. The order of cases follows from `seed` and the plan.
// `report` hears of each run of a case. `results` gets what was measured and found right, also if the run fails; cases
// that have not run once are left out.
absl::Status RunPlan(const std::vector<Stage>& plan, Sites& sites, uint32_t seed,
                     const std::function<void(const std::string&)>& report, std::vector<Result>& results);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_PLAN_H_
