// How much of a run is left.
#ifndef INVENTORY_TESTS_BENCH_PROGRESS_H_
#define INVENTORY_TESTS_BENCH_PROGRESS_H_

#include <set>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "tests/bench/plan.h"
#include "tests/bench/sites.h"

namespace inventory::bench {

// An estimate: what is measured takes as long as the plan says, sites as long as on a machine of two cores.
class Progress {
 public:
  Progress(const std::vector<Stage>& plan, const Sites& sites);

  // A case of the stage has run once.
  void Ran(const Stage& stage);
  // The site at the place is there. Counts once.
  void SetUp(Place place);

  // For people, such as "4m20s".
  std::string Left() const;

 private:
  absl::Duration left_;
  std::set<Place> to_set_up_;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_PROGRESS_H_
