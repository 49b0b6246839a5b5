#include "tests/bench/progress.h"

namespace inventory::bench {
namespace {

// What a run takes besides what it measures: answers that are awaited, checks.
constexpr absl::Duration kOverhead = absl::Milliseconds(200);
// Of a site: to start, to fill and, in the end, to verify.
constexpr absl::Duration kStart = absl::Seconds(8);
constexpr absl::Duration kSkuWithHistory = absl::Microseconds(150);

absl::Duration OneRun(const Stage& stage) { return stage.timing.warmup + stage.timing.measured + kOverhead; }

absl::Duration SetUpTime(Place place) { return kStart + kSkuWithHistory * HistorySkus(place); }

}  // namespace

Progress::Progress(const std::vector<Stage>& plan, const Sites& sites) {
  for (const Stage& stage : plan) {
    for (const Case& what : stage.cases) {
      if (!sites.WhyMissing(what.place).empty()) continue;
      left_ += OneRun(stage) * stage.rounds;
      if (to_set_up_.insert(what.place).second) left_ += SetUpTime(what.place);
    }
  }
}

void Progress::Ran(const Stage& stage) { left_ -= OneRun(stage); }

void Progress::SetUp(Place place) {
  if (to_set_up_.erase(place) > 0) left_ -= SetUpTime(place);
}

std::string Progress::Left() const { return absl::FormatDuration(absl::Trunc(left_, absl::Seconds(1))); }

}  // namespace inventory::bench
