// Runs the cases of a plan: round after round, site by site.
#include <algorithm>
#include <cstdint>
#include <random>
#include <set>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/database_work.h"
#include "tests/bench/plan.h"
#include "tests/bench/progress.h"

namespace inventory::bench {
namespace {

absl::Status CheckStock(Site& site, const Case& what, int64_t acknowledged) {
  if (!what.workload) return absl::OkStatus();
  site.Acknowledge(*what.workload, acknowledged);
  const bool by_server = what.kind != Kind::kTransactions && what.kind != Kind::kBatches;
  return by_server ? site.CheckReserved(*what.workload) : absl::OkStatus();
}

absl::Status RunOnce(Site& site, Result& result) {
  const Case& what = result.what;
  site.ForgetServerPeak();
  absl::StatusOr<BatchFigures> before = site.ReadBatchFigures();
  if (!before.ok()) return before.status();
  absl::StatusOr<DatabaseWork> work_before = ReadDatabaseWork(site.database());
  if (!work_before.ok()) return work_before.status();
  Timing timing = result.timing;
  timing.read_cpu = [&site] { return site.ReadCpu(); };
  absl::StatusOr<Sample> sample = what.run(site, timing);
  if (!sample.ok()) return sample.status();
  absl::Status up = site.CheckDatabaseUp();
  if (!up.ok()) return up;
  absl::StatusOr<DatabaseWork> work_after = ReadDatabaseWork(site.database());
  if (!work_after.ok()) return work_after.status();
  if (what.kind != Kind::kEcho) AddWorkForOne(*work_before, *work_after, sample->acknowledged, sample->more);
  sample->more["server_memory_mib"] = static_cast<double>(site.server_peak_bytes()) / (1 << 20);
  absl::StatusOr<BatchFigures> after = site.ReadBatchFigures();
  if (!after.ok()) return after.status();
  absl::Status right = CheckStock(site, what, sample->acknowledged);
  if (!right.ok()) return right;
  result.batches = Together(result.batches, Between(*before, *after));
  result.rounds.push_back(*std::move(sample));
  return absl::OkStatus();
}

class Runner {
 public:
  Runner(const std::vector<Stage>& plan, Sites& sites, uint32_t seed,
         const std::function<void(const std::string&)>& report)
      : plan_(plan), sites_(sites), report_(report), progress_(plan, sites), random_(seed) {}

  absl::Status Run(std::vector<Result>& results) {
    for (std::size_t at = 0; at < plan_.size(); ++at) {
      absl::Status status = RunStage(plan_[at], results);
      if (status.ok()) status = CloseUnused(at + 1);
      if (!status.ok()) return status;
    }
    return absl::OkStatus();
  }

 private:
  absl::Status RunStage(const Stage& stage, std::vector<Result>& results) {
    const std::size_t first = results.size();
    for (const Case& what : stage.cases) {
      if (!sites_.WhyMissing(what.place).empty()) continue;
      results.push_back({.what = what, .timing = stage.timing});
    }
    std::vector<Result*> order;
    for (std::size_t at = first; at < results.size(); ++at) order.push_back(&results[at]);
    for (int round = 1; round <= stage.rounds; ++round) {
      if (stage.rounds > 1) std::shuffle(order.begin(), order.end(), random_);
      for (Result* const result : order) {
        absl::Status status = RunCase(stage, round, *result);
        if (!status.ok()) return status;
      }
      absl::Status right = round < stage.rounds ? sites_.VerifyQuickOnes() : absl::OkStatus();
      if (!right.ok()) return right;
    }
    return absl::OkStatus();
  }

  absl::Status RunCase(const Stage& stage, int round, Result& result) {
    if (Interrupted()) return absl::CancelledError("interrupted");
    absl::StatusOr<Site*> site = sites_.Get(result.what.place);
    if (!site.ok()) return site.status();
    result.site = (*site)->name();
    progress_.SetUp(result.what.place);
    absl::Status status = RunOnce(**site, result);
    if (!status.ok()) return absl::Status(status.code(), absl::StrCat(result.what.id, ": ", status.message()));
    progress_.Ran(stage);
    report_(absl::StrFormat("%s, round %d of %d  %-24s %8.0f /s   about %s left", stage.name, round, stage.rounds,
                            result.what.id, result.rounds.back().per_second, progress_.Left()));
    return absl::OkStatus();
  }

  // The sites that no stage from this one on uses.
  absl::Status CloseUnused(std::size_t next) {
    std::set<Place> used;
    std::set<Place> needed;
    for (std::size_t at = 0; at < plan_.size(); ++at) {
      for (const Case& what : plan_[at].cases) (at < next ? used : needed).insert(what.place);
    }
    for (const Place place : used) {
      absl::Status closed = needed.contains(place) ? absl::OkStatus() : sites_.Close(place);
      if (!closed.ok()) return closed;
    }
    return absl::OkStatus();
  }

  const std::vector<Stage>& plan_;
  Sites& sites_;
  const std::function<void(const std::string&)>& report_;
  Progress progress_;
  // No case always follows the same other one, whose changed pages it would have to put up with in each round.
  std::mt19937 random_;
};

}  // namespace

absl::Status RunPlan(const std::vector<Stage>& plan, Sites& sites, uint32_t seed,
                     const std::function<void(const std::string&)>& report, std::vector<Result>& results) {
  absl::Status status = Runner(plan, sites, seed, report).Run(results);
  std::erase_if(results, [](const Result& result) { return result.rounds.empty(); });
  return status;
}

}  // namespace inventory::bench
