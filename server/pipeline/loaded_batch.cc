#include "server/pipeline/loaded_batch.h"

#include <algorithm>

#include "server/pipeline/consequences.h"
#include "server/pipeline/guard.h"
#include "server/pipeline/holds.h"
#include "server/pipeline/quotas.h"

namespace inventory::pipeline {
namespace {

template <typename Value>
void AddTo(std::vector<Value>& list, const std::set<Value>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

// True if an earlier command of the batch has begun a fill of one of the job's SKUs that the next batch goes on with.
bool Overtakes(const Job& job, const Rows& rows) {
  return std::any_of(job.skus.begin(), job.skus.end(), [&rows](const std::string& sku) {
    const storage::ItemRecord* item = rows.items.Find(sku);
    return item != nullptr && item->fill_pending;
  });
}

// The replenishments that the command has come upon and can't go on with. Those that are loaded for another command of
// the batch are no better if it has a guard, which judges only those that its own needs name.
std::set<std::string> MissingReplenishments(const Work& work, const Rows& rows, const Job& job) {
  std::set<std::string> missing;
  for (const std::string& id : work.required_replenishments()) {
    const auto& named = job.needs.replenishments;
    const bool judged = job.guard == nullptr || std::find(named.begin(), named.end(), id) != named.end();
    if (!judged || rows.replenishments.Find(id) == nullptr) missing.insert(id);
  }
  return missing;
}

// Takes note of what the command has answered or asked for.
void Conclude(const Work& work, const Rows& rows, Job& job) {
  const std::set<std::string> replenishments = MissingReplenishments(work, rows, job);
  job.needs_more = !work.required().empty() || !work.required_holders().empty() ||
                   !work.required_outstanding().empty() || !replenishments.empty();
  AddTo(job.needs.skus, work.required());
  AddTo(job.needs.holders, work.required_holders());
  AddTo(job.needs.outstanding, work.required_outstanding());
  AddTo(job.needs.replenishments, replenishments);
  job.resolved = replenishments.empty();
  job.trial = work.trial();
}

// A refusal of the guard is like a trial: it answers, and leaves no trace.
void Run(Job& job, Work& work, const Rows& rows) {
  job.answer = job.guard == nullptr ? absl::OkStatus() : job.guard->CheckRows(job.needs, rows);
  bool refused = !job.answer.ok();
  if (!refused) {
    job.answer = job.command->Apply(work);
    Conclude(work, rows, job);
    if (job.guard == nullptr || job.needs_more || !job.answer.ok()) return;
    job.answer = job.guard->CheckMovements(job.needs, rows, work.movements());
    refused = !job.answer.ok();
  }
  if (refused) job.trial = true;
}

}  // namespace

// To release a hold takes counters that add up, so a repair of them must do without; the next command releases it.
// Among others it releases them too, and if that fails the batch is split until the repair is alone.
bool RepairsAlone(const std::vector<Job*>& jobs) { return jobs.size() == 1 && !jobs.front()->needs.audits.empty(); }

void LoadedBatch::AddMissingItems(const std::vector<Job*>& jobs) {
  for (const Job* job : jobs) {
    if (!job->needs.create_items) continue;
    for (const std::string& sku : job->skus) {
      if (rows.items.Find(sku) == nullptr) rows.items.Add({.sku = sku});
    }
  }
  rows.Mark();
}

absl::StatusOr<int64_t> LoadedBatch::ReleaseDeadHolds(const CommandLimits& limits, BackorderSource& source) {
  Work work(rows, now, *configuration, limits, skus, {.actor = "system"});
  absl::StatusOr<int64_t> released = ReleaseDead(work);
  if (!released.ok()) return released;
  absl::Status drawn = DrawConsequences(work, source);
  Keep();
  if (!drawn.ok()) return drawn;
  return released;
}

absl::StatusOr<bool> LoadedBatch::FillPending(const CommandLimits& limits, bool all, BackorderSource& source) {
  Work work(rows, now, *configuration, limits, skus, {.actor = "system"});
  absl::StatusOr<bool> more = GoOnFilling(work, all, source);
  if (!more.ok()) return more;
  absl::Status drawn = DrawConsequencesOfFill(work);
  Keep();
  if (!drawn.ok()) return drawn;
  return more;
}

absl::Status LoadedBatch::Apply(const std::vector<Job*>& jobs, const CommandLimits& limits, BackorderSource& source) {
  const bool repairs_alone = RepairsAlone(jobs);
  for (Job* job : jobs) {
    if (!repairs_alone && Overtakes(*job, rows)) {
      job->needs_more = true;
      job->answer = absl::OkStatus();
      continue;
    }
    Work work(rows, now, *configuration, limits, skus,
              {.actor = job->identity.caller, .request_id = job->identity.request_id, .fresh_id = job->fresh_id});
    work.holders = &holders;
    work.warehouse_use = &warehouse_use;
    work.sums = &sums;
    work.estimate_users = &estimate_users;
    work.outstanding = &outstanding;
    work.past_levels = &past_levels;
    Run(*job, work, rows);
    if (job->answer.ok() && !job->needs_more && !job->trial) {
      // What waits is served after the repair.
      job->answer = repairs_alone ? CountQuotas(work) : DrawConsequences(work, source);
      if (storage::FaultOf(job->answer) != storage::SqlFault::kNone) return job->answer;
    }
    if (job->needs_more || job->trial || !job->answer.ok()) {
      rows.Undo();
    } else {
      Keep();
    }
  }
  return absl::OkStatus();
}

void LoadedBatch::Keep() {
  events.Note(rows);
  tally.Count(rows);
  rows.Mark();
}

}  // namespace inventory::pipeline
