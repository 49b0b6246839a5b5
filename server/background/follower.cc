#include "server/background/follower.h"

#include <memory>
#include <utility>

#include "server/background/recheck_sku.h"
#include "server/background/run_all.h"
#include "storage/configuration_repository.h"
#include "storage/item_repository.h"

namespace inventory::background {
namespace {

constexpr int64_t kMaxSkus = 200;  // In one step.

}  // namespace

Follower::Follower(absl::Duration interval, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer)
    : interval_(interval), pool_(pool), committer_(committer), periodic_([this] { return Look(); }) {}

absl::Duration Follower::Look() {
  // Where the database is away, who serves callers says so.
  const bool filled = GoOnFilling();
  return FollowConfiguration() && filled ? interval_ : absl::Seconds(1);
}

bool Follower::GoOnFilling() {
  storage::Sql sql;
  storage::AppendSelectFillPending(sql, kMaxSkus);
  const auto results = Ask(pool_, sql);
  return results.ok() && Recheck(storage::ParseTexts(results->front()));
}

bool Follower::FollowConfiguration() {
  storage::Sql sql;
  storage::AppendSelectConfigurationState(sql);
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return false;
  const auto state = storage::ParseConfigurationState(results->front());
  if (!state) return false;
  if (state->followed_version >= state->version) return true;
  if (!RecheckAllAfterChange()) return false;
  storage::Sql done;
  storage::AppendFollowed(done, state->version);
  return Ask(pool_, done).ok();
}

bool Follower::RecheckAllAfterChange() {
  std::string after;
  while (!stopping_) {
    storage::Sql sql;
    storage::AppendSelectFollowedSkus(sql, after, kMaxSkus);
    const auto results = Ask(pool_, sql);
    if (!results.ok()) return false;
    const std::vector<std::string> skus = storage::ParseTexts(results->front());
    if (!Recheck(skus)) return false;
    if (skus.size() < kMaxSkus) return true;
    after = skus.back();
  }
  return false;
}

// True if all were run. One that fails for a reason of its own, which the pipeline has logged, does not stop the
// others.
bool Follower::Recheck(const std::vector<std::string>& skus) {
  std::vector<std::unique_ptr<pipeline::Command>> commands;
  for (const std::string& sku : skus) commands.push_back(std::make_unique<RecheckSku>(sku));
  return RunAll(committer_, std::move(commands)).could_not == 0;
}

}  // namespace inventory::background
