#include "server/background/sweeper.h"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "server/background/expire_reservation.h"
#include "server/background/recheck_sku.h"
#include "server/background/run_all.h"
#include "storage/event_repository.h"
#include "storage/item_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"

namespace inventory::background {
namespace {

constexpr int64_t kMaxHolds = 500;      // In one step.
constexpr int64_t kMaxItems = 64;       // As many as one batch raises.
constexpr int64_t kMaxRequests = 1000;  // In one step: short enough that nobody waits for its locks.
constexpr int64_t kMaxChunks = 500;     // In one step.
constexpr absl::Duration kPauseWithoutDatabase = absl::Seconds(1);  // Who serves callers says that it is away.
constexpr absl::Duration kForgetInterval = absl::Minutes(1);

// Runs the statement, which deletes, and says how many rows it has deleted.
absl::StatusOr<int64_t> Delete(storage::ConnectionPool& pool, storage::Sql sql) {
  storage::BeginStatement(sql).Raw("SELECT ROW_COUNT()");
  const auto results = Ask(pool, sql);
  if (!results.ok()) return results.status();
  return results->back()[0].Int(0);
}

}  // namespace

Sweeper::Sweeper(Options options, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer,
                 std::function<void(std::size_t)> swept)
    : options_(options),
      pool_(pool),
      committer_(committer),
      swept_(std::move(swept)),
      holds_([this] { return SweepHolds(); }),
      expiries_([this] { return RaiseExpiries(); }),
      requests_([this] { return ForgetRequests(); }),
      events_([this] { return ForgetEvents(); }) {}

void Sweeper::Stop() {
  holds_.Stop();
  expiries_.Stop();
  requests_.Stop();
  events_.Stop();
}

template <typename Command>
Ran Sweeper::RunForEach(const std::vector<std::string>& keys,
                        const std::function<void(const pipeline::Command&)>& succeeded) {
  std::vector<std::unique_ptr<pipeline::Command>> commands;
  for (const std::string& key : keys) commands.push_back(std::make_unique<Command>(key));
  return RunAll(committer_, std::move(commands), succeeded);
}

absl::Duration Sweeper::PauseAfter(const Ran& ran, std::size_t keys, std::size_t most) const {
  if (keys == 0) return options_.interval;
  if (ran.succeeded == 0) return absl::Seconds(1);
  return keys == most ? kPauseBetweenSteps : options_.interval;
}

absl::Duration Sweeper::SweepHolds() {
  storage::Sql sql;
  storage::AppendSelectExpiredReservations(sql, looked_at_, kMaxHolds);
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return kPauseWithoutDatabase;
  std::vector<std::string> ids;
  const std::vector<storage::ExpiredReservation> expired = storage::ParseExpiredReservations(results->front());
  for (const storage::ExpiredReservation& one : expired) ids.push_back(one.reservation_id);
  std::size_t ended = 0;
  const Ran ran = RunForEach<ExpireReservation>(ids, [&ended](const pipeline::Command& command) {
    // Another server may have come first.
    if (static_cast<const ExpireReservation&>(command).ended()) ++ended;
  });
  swept_(ended);
  // Those that could not be run now are the first to be looked at again.
  if (ran.could_not == 0) {
    looked_at_.reset();
    if (expired.size() == static_cast<std::size_t>(kMaxHolds)) looked_at_ = expired.back();
  }
  return PauseAfter(ran, expired.size(), kMaxHolds);
}

// Whatever locks the SKU raises it.
absl::Duration Sweeper::RaiseExpiries() {
  storage::Sql sql;
  storage::AppendSelectHoldsDue(sql, kMaxItems);
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return kPauseWithoutDatabase;
  const std::vector<std::string> skus = storage::ParseTexts(results->front());
  return PauseAfter(RunForEach<RecheckSku>(skus), skus.size(), kMaxItems);
}

absl::Duration Sweeper::ForgetRequests() {
  storage::Sql sql;
  storage::AppendDeleteOldRequests(sql, options_.request_id_retention, kMaxRequests);
  const absl::StatusOr<int64_t> deleted = Delete(pool_, std::move(sql));
  return deleted.ok() && *deleted >= kMaxRequests ? kPauseBetweenSteps : kForgetInterval;
}

// One log after another, all up to the same horizon.
absl::Duration Sweeper::ForgetEvents() {
  if (!event_horizon_) {
    storage::Sql raise;
    storage::AppendRaiseEventHorizon(raise, options_.event_retention);
    const auto results = Ask(pool_, raise);
    if (!results.ok()) return kForgetInterval;
    event_horizon_ = storage::ParseEventHorizon(results->back());
  }
  storage::Sql sql;
  storage::AppendDeleteEventsBelow(sql, event_log_, *event_horizon_, kMaxChunks);
  const absl::StatusOr<int64_t> deleted = Delete(pool_, std::move(sql));
  if (!deleted.ok()) return kForgetInterval;
  if (*deleted >= kMaxChunks) return kPauseBetweenSteps;
  event_log_ = (event_log_ + 1) % storage::kEventLogs;
  if (event_log_ != 0) return kPauseBetweenSteps;
  event_horizon_.reset();
  return kForgetInterval;
}

}  // namespace inventory::background
