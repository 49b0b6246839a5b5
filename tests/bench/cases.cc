#include "tests/bench/cases.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace inventory::bench {
namespace {

Cpu CpuForOne(const Cpu& before, const Cpu& after, int64_t operations) {
  const double microseconds = 1e6 / static_cast<double>(std::max<int64_t>(operations, 1));
  return {.client = (after.client - before.client) * microseconds,
          .server = (after.server - before.server) * microseconds,
          .database = (after.database - before.database) * microseconds};
}

absl::Status RunOnce(Site& site, const Timing& timing, Result& result) {
  const Case& what = result.what;
  absl::StatusOr<BatchFigures> before = site.ReadBatchFigures();
  if (!before.ok()) return before.status();
  const Cpu idle = site.ReadCpu();
  absl::StatusOr<Sample> sample = what.run(site, timing);
  if (!sample.ok()) return sample.status();
  sample->cpu_us = CpuForOne(idle, site.ReadCpu(), sample->acknowledged);
  result.rounds.push_back(*sample);
  absl::StatusOr<BatchFigures> after = site.ReadBatchFigures();
  if (!after.ok()) return after.status();
  result.batches = Together(result.batches, Between(*before, *after));
  if (!what.workload) return absl::OkStatus();
  site.Acknowledge(*what.workload, sample->acknowledged);
  const bool by_server = what.kind != Kind::kTransactions && what.kind != Kind::kBatches;
  return by_server ? site.CheckStock(*what.workload) : absl::OkStatus();
}

}  // namespace

std::vector<Case> AllCases() {
  std::vector<Case> all;
  for (const auto& part : {CoreCases, SweepCases}) {
    std::vector<Case> cases = part();
    std::move(cases.begin(), cases.end(), std::back_inserter(all));
  }
  return all;
}

absl::StatusOr<std::vector<Result>> RunCases(Site& site, const std::vector<Case>& cases, int rounds,
                                             const Timing& timing,
                                             const std::function<void(const std::string&)>& report) {
  std::vector<Result> results;
  for (const Case& what : cases) results.push_back({.what = what, .rounds = {}, .batches = {}});
  for (int round = 1; round <= rounds; ++round) {
    for (Result& result : results) {
      absl::Status status = RunOnce(site, timing, result);
      if (!status.ok()) return absl::Status(status.code(), absl::StrCat(result.what.id, ": ", status.message()));
      report(absl::StrFormat("round %d of %d  %-20s %8.0f /s", round, rounds, result.what.id,
                             result.rounds.back().per_second));
    }
  }
  return results;
}

}  // namespace inventory::bench
