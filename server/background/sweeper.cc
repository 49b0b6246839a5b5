#include "server/background/sweeper.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/background/expire_reservation.h"
#include "server/background/recheck_sku.h"
#include "server/background/run_all.h"
#include "storage/item_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"

namespace inventory::background {
namespace {

constexpr int64_t kMaxHolds = 500;      // In one step.
constexpr int64_t kMaxItems = 64;       // As many as one batch raises.
constexpr int64_t kMaxRequests = 1000;  // In one step: short enough that nobody waits for its locks.
constexpr absl::Duration kPauseBetweenSteps = absl::Milliseconds(20);
constexpr absl::Duration kForgetInterval = absl::Minutes(1);

}  // namespace

Sweeper::Sweeper(Options options, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer,
                 std::function<void(std::size_t)> swept)
    : options_(options),
      pool_(pool),
      committer_(committer),
      swept_(std::move(swept)),
      holds_([this] { return SweepHolds(); }),
      expiries_([this] { return RaiseExpiries(); }),
      requests_([this] { return ForgetRequests(); }) {}

void Sweeper::Stop() {
  holds_.Stop();
  expiries_.Stop();
  requests_.Stop();
}

absl::Duration Sweeper::SweepHolds() {
  storage::Sql sql;
  storage::AppendSelectExpiredReservations(sql, kMaxHolds);
  const auto results = Ask(pool_, sql);
  // The database is away; who serves callers says so.
  if (!results.ok()) return absl::Seconds(1);
  const std::vector<std::string> ids = storage::ParseTexts(results->front());
  if (ids.empty()) return options_.interval;
  std::vector<std::unique_ptr<pipeline::Command>> commands;
  for (const std::string& id : ids) commands.push_back(std::make_unique<ExpireReservation>(id));
  const std::size_t ended = RunAll(committer_, std::move(commands)).succeeded;
  swept_(ended);
  if (ended == 0) return absl::Seconds(1);
  return ids.size() == kMaxHolds ? kPauseBetweenSteps : options_.interval;
}

// Whatever locks the SKU raises it.
absl::Duration Sweeper::RaiseExpiries() {
  storage::Sql sql;
  storage::AppendSelectHoldsDue(sql, kMaxItems);
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return absl::Seconds(1);
  const std::vector<std::string> skus = storage::ParseTexts(results->front());
  if (skus.empty()) return options_.interval;
  std::vector<std::unique_ptr<pipeline::Command>> commands;
  for (const std::string& sku : skus) commands.push_back(std::make_unique<RecheckSku>(sku));
  if (RunAll(committer_, std::move(commands)).succeeded == 0) return absl::Seconds(1);
  return skus.size() == kMaxItems ? kPauseBetweenSteps : options_.interval;
}

absl::Duration Sweeper::ForgetRequests() {
  storage::Sql sql;
  storage::AppendDeleteOldRequests(sql, options_.request_id_retention, kMaxRequests);
  storage::BeginStatement(sql).Raw("SELECT ROW_COUNT()");
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return kForgetInterval;
  return results->back()[0].Int(0) >= kMaxRequests ? kPauseBetweenSteps : kForgetInterval;
}

}  // namespace inventory::background
