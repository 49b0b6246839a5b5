// What a batch has in memory, and what its commands do there.
#ifndef INVENTORY_SERVER_PIPELINE_LOADED_BATCH_H_
#define INVENTORY_SERVER_PIPELINE_LOADED_BATCH_H_

#include <cstdint>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/pipeline/backorders.h"
#include "server/pipeline/configuration.h"
#include "server/pipeline/events.h"
#include "server/pipeline/job.h"
#include "server/pipeline/rows.h"
#include "server/pipeline/tally.h"
#include "server/pipeline/work.h"
#include "storage/verify_repository.h"

namespace inventory::pipeline {

// All that happens between loading and writing. Knows no database: orders that wait come from a BackorderSource, which
// loads them into `rows`. Not thread-safe.
struct LoadedBatch {
  std::set<std::string> skus = {};  // Those that are locked, or would be if they were there.
  Rows rows = {};
  absl::Time now = absl::InfinitePast();
  std::shared_ptr<const Configuration> configuration = nullptr;
  // What commands have asked for; see Work.
  std::map<std::string, std::vector<std::string>> holders = {};
  std::map<std::string, storage::WarehouseUse> warehouse_use = {};
  std::map<std::string, std::vector<std::string>> estimate_users = {};
  std::map<storage::QuotaRecord::Key, int64_t> outstanding = {};
  std::map<LevelMoment, storage::PastLevel> past_levels = {};
  storage::VerifySnapshot sums = {};
  // Of what was not undone.
  EventNotes events = {};
  Tally tally = {};

  // Adds an item of every SKU that has none and that a job may write. It is written whatever the jobs come to, and
  // fails as a duplicate if somebody else has made one since this batch found none. So until then nobody else had the
  // right to write anything of the SKU, as if it had been locked.
  void AddMissingItems(const std::vector<Job*>& jobs);

  // Releases the loaded holds that have run out, with all that follows, and says how many there were.
  absl::StatusOr<int64_t> ReleaseDeadHolds(const CommandLimits& limits, BackorderSource& source);

  // A fill that was too long for one transaction goes on before any command, and if `all`, so does one that a change of
  // the configuration has made possible and that nobody has come to yet. True if another step must follow.
  absl::StatusOr<bool> FillPending(const CommandLimits& limits, bool all, BackorderSource& source);

  // Applies the jobs' commands one after another. Each job has its answer then, or needs more and has changed nothing.
  // Not OK if the source has failed; then no answer counts.
  absl::Status Apply(const std::vector<Job*>& jobs, const CommandLimits& limits, BackorderSource& source);

 private:
  // Makes what was changed since the last mark part of the batch.
  void Keep();
};

// Whether the jobs are one that repairs counters, which goes without everything that takes counters that add up.
bool RepairsAlone(const std::vector<Job*>& jobs);

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_LOADED_BATCH_H_
