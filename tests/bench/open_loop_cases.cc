// What callers see who don't wait for each other, at a share of the most that the server can do. The load has cores of
// its own, also while that most is found.
#include <algorithm>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/options.h"
#include "tests/bench/core_cases.h"
#include "tests/bench/cores.h"
#include "tests/bench/open_loop.h"

namespace inventory::bench {
namespace {

// Up to this share of the peak, in percent, the server must serve every call.
constexpr int kNeverRefused = 80;

// What callers who wait reach on the cores that the server has.
absl::StatusOr<Sample> FindPeak(Site& site, Workload workload, const Timing& timing) {
  absl::StatusOr<Sample> sample = ServerCase(workload, kManyInFlight).run(site, timing);
  if (sample.ok()) site.set_peak(workload, sample->per_second);
  return sample;
}

// The peak that was found last, or is found now.
absl::StatusOr<double> Peak(Site& site, Workload workload, const Timing& timing) {
  if (!site.peak(workload)) {
    absl::StatusOr<Sample> sample = FindPeak(site, workload, timing);
    if (!sample.ok()) return sample.status();
    site.Acknowledge(workload, sample->acknowledged);
  }
  return site.peak(workload).value();
}

// What is measured begins when the server refuses: after its queue has filled up with what it can't do.
Timing WithFullQueue(Timing timing, double surplus_per_second) {
  const double queue = static_cast<double>(server::ServerOptions().max_waiting_writes);
  timing.warmup += std::min(absl::Seconds(1.5 * queue / surplus_per_second), absl::Seconds(5));
  return timing;
}

absl::StatusOr<Sample> RunAt(Site& site, Workload workload, int percent, const Timing& timing) {
  absl::StatusOr<double> peak = Peak(site, workload, timing);
  if (!peak.ok()) return peak.status();
  const double per_second = *peak * percent / 100;
  const bool overload = percent > 100;
  absl::StatusOr<Sample> sample = OfferReservations(site.server_address(), workload, per_second,
                                                    percent <= kNeverRefused ? Refusals::kNone : Refusals::kSome,
                                                    overload ? WithFullQueue(timing, per_second - *peak) : timing);
  if (!sample.ok()) return sample;
  sample->more["peak_per_second"] = *peak;
  sample->more["offered_percent"] = 100 * sample->offered_per_second / *peak;
  return sample;
}

const char* SeriesOf(Workload workload) { return workload == Workload::kHot ? "open-hot" : "open"; }

std::function<absl::StatusOr<Sample>(Site&, const Timing&)> Apart(
    std::function<absl::StatusOr<Sample>(Site&, const Timing&)> run) {
  return [run = std::move(run)](Site& site, const Timing& timing) -> absl::StatusOr<Sample> {
    const LoadApart apart(site.serving_processes());
    if (!apart.status().ok()) return apart.status();
    absl::StatusOr<Sample> sample = run(site, timing);
    if (sample.ok()) sample->more["load_cores"] = static_cast<double>(apart.load_cores());
    return sample;
  };
}

Case PeakCase(Workload workload) {
  return {.id = absl::StrCat(SeriesOf(workload), "-peak"),
          .series = "",
          .kind = Kind::kOther,
          .workload = workload,
          .concurrency = kManyInFlight,
          .description = absl::StrCat("the peak: ReserveStock, ", kManyInFlight, " in flight"),
          .run = Apart([=](Site& site, const Timing& timing) { return FindPeak(site, workload, timing); })};
}

Case OpenLoopCase(Workload workload, int percent) {
  return {.id = absl::StrCat(SeriesOf(workload), "-", percent),
          .series = SeriesOf(workload),
          .kind = Kind::kOther,
          .workload = workload,
          .concurrency = 0,
          .description = absl::StrCat("ReserveStock, arrivals at ", percent, " % of the peak"),
          .run = Apart([=](Site& site, const Timing& timing) { return RunAt(site, workload, percent, timing); })};
}

}  // namespace

std::vector<Case> OpenLoopCases() {
  std::vector<Case> cases;
  for (const Workload workload : {Workload::kHot, Workload::kUniform}) {
    cases.push_back(PeakCase(workload));
    for (const int percent : {50, 80, 100, 200}) cases.push_back(OpenLoopCase(workload, percent));
  }
  return cases;
}

}  // namespace inventory::bench
