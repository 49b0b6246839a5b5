// Steps of the background, repairs, and looks at the past.
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/background/expire_reservation.h"
#include "server/background/fold_movements.h"
#include "server/background/low_stock_attempt.h"
#include "server/commands/mismatches.h"
#include "server/commands/repair_stock.h"
#include "tests/unit/model_comparison.h"
#include "tests/unit/model_damage.h"
#include "tests/unit/model_run.h"

namespace inventory::model {
namespace {

constexpr absl::Duration kLease = absl::Seconds(20);
constexpr int kMaxAttempts = 3;
constexpr int kMaxSteps = 10'000;  // Of a fold.

}  // namespace

std::vector<std::string> RandomRun::Sweep(const std::string& reservation) {
  background::ExpireReservation command(reservation);
  const absl::Status status = runner_.RunCommand(command);
  model_.Expire(reservation);
  Remember(absl::StrCat("ExpireReservation ", reservation, " -> ", status.ToString()));
  seen_.insert("ExpireReservation");
  return WrongRows();
}

std::vector<std::string> RandomRun::Fold(const std::string& sku, absl::Time before) {
  const std::size_t movements = runner_.rows.movements.size();
  const int64_t limit = requests_.FoldLimit();
  background::FoldMovements::Progress progress;
  int steps = 0;
  do {
    background::FoldMovements command(sku, before, limit, progress);
    const absl::Status status = runner_.RunCommand(command);
    if (!status.ok()) return {absl::StrCat("FoldMovements -> ", status.ToString())};
    ++steps;
  } while (progress.more && steps < kMaxSteps);
  if (progress.more) return {"FoldMovements never ends"};
  model_.Fold(sku, before);
  if (runner_.rows.movements.size() < movements) seen_.insert("a fold");
  if (runner_.rows.movements.size() < movements && steps > 1) seen_.insert("a fold in steps");
  Remember(absl::StrCat("FoldMovements ", sku, " before ", absl::FormatTime(before, absl::UTCTimeZone()), " in ", steps,
                        " steps"));
  return WrongRows();
}

std::vector<std::string> RandomRun::Follow() {
  const std::size_t movements = runner_.rows.movements.size();
  runner_.Follow();
  model_.Follow();
  Remember("Follow");
  if (runner_.rows.movements.size() > movements) seen_.insert("a fill that follows a change of the configuration");
  return WrongRows();
}

std::vector<std::string> RandomRun::Begin(const Requests::Attempt& attempt) {
  std::optional<background::BeginAttempt::Taken> taken;
  background::BeginAttempt command({attempt.rule, attempt.number}, kLease, kMaxAttempts, taken);
  const absl::Status status = runner_.RunCommand(command);
  const bool begins = model_.BeginAttempt(attempt.rule, attempt.number, kLease, kMaxAttempts);
  Remember(absl::StrCat("BeginAttempt ", attempt.rule, ":", attempt.number, " -> ", status.ToString()));
  seen_.insert(begins ? "an attempt that began" : "an attempt that was not to be made");
  std::vector<std::string> wrong = WrongRows();
  if (taken.has_value() != begins) wrong.push_back(absl::StrCat("the event must be taken: ", begins));
  if (!wrong.empty() || !begins) return wrong;
  const Rule& rule = model_.state().rules.at(attempt.rule);
  const Event& event = rule.events.at(static_cast<std::size_t>(attempt.number - 1));
  const bool same = taken->event.attempt == event.attempts && taken->event.available == event.available &&
                    taken->event.sku == rule.sku && taken->event.number == attempt.number;
  return same ? wrong : std::vector<std::string>{"the activity is told of another event"};
}

std::vector<std::string> RandomRun::End(const Requests::Attempt& attempt) {
  using Outcome = background::EndAttempt::Outcome;
  static const std::map<Model::Ending, Outcome> kOutcomes = {{Model::Ending::kDone, Outcome::kDone},
                                                             {Model::Ending::kFailed, Outcome::kRetry},
                                                             {Model::Ending::kFailedForGood, Outcome::kDead},
                                                             {Model::Ending::kGivenBack, Outcome::kGivenBack}};
  const Outcome outcome = kOutcomes.at(attempt.ending);
  background::EndAttempt command({attempt.rule, attempt.number}, attempt.attempt, outcome,
                                 outcome == Outcome::kDone ? "" : "why", attempt.pause);
  const absl::Status status = runner_.RunCommand(command);
  model_.EndAttempt(attempt.rule, attempt.number, attempt.attempt, attempt.ending, attempt.pause);
  Remember(absl::StrCat("EndAttempt ", attempt.attempt, " of ", attempt.rule, ":", attempt.number, " outcome ",
                        static_cast<int>(attempt.ending), " -> ", status.ToString()));
  return WrongRows();
}

std::vector<std::string> RandomRun::DamageAndRepair() {
  std::vector<Damage> damages = DamagesOf(runner_.rows);
  if (damages.empty()) return {};
  const Damage& damage = damages[requests_.Choice(damages.size())];
  damage.inflict(runner_.rows);
  runner_.rows.Mark();
  Remember("damage: " + damage.name);
  seen_.insert("a repair of " + damage.name);
  std::vector<std::string> wrong = WrongMismatches(commands::FindMismatches(runner_.Snapshot()), damage, false);
  if (!wrong.empty()) return wrong;
  const auto found = std::make_shared<commands::FoundMismatches>();
  for (const v1::Mismatch& mismatch : commands::FindMismatches(runner_.Snapshot())) {
    found->skus.insert(mismatch.sku());
    if (!mismatch.reservation_id().empty()) found->reservations.insert(mismatch.reservation_id());
  }
  commands::RepairStock repair(found);
  const absl::Status status = runner_.RunCommand(repair);
  if (!status.ok()) return {"RepairStock -> " + status.ToString()};
  const auto& reported = repair.response().mismatches();
  damage.mend(model_);
  wrong = WrongMismatches({reported.begin(), reported.end()}, damage, true);
  return Both(wrong, WrongRows());
}

// Looks at a level of the past.
std::vector<std::string> RandomRun::WrongPast() {
  const Requests::Moment then = requests_.Past();
  const absl::StatusOr<const storage::MovementRecord*> found = runner_.LevelAsOf(then.sku, then.warehouse, then.time);
  const Past* expected = model_.PastAt(then.sku, then.warehouse, then.time);
  const bool too_short = expected == nullptr && model_.Folded(then.sku, then.warehouse);
  Comparison out;
  out.Of(absl::StrCat("level ", then.sku, " in ", then.warehouse, " at ", absl::FormatTime(then.time)));
  out.Equal<int64_t>("before the ledger begins", !found.ok(), too_short);
  if (too_short) seen_.insert("a moment before the ledger begins");
  if (!found.ok() || too_short) return out.Take();
  out.Equal<int64_t>("there", *found != nullptr, expected != nullptr);
  if (*found == nullptr || expected == nullptr) return out.Take();
  const storage::Quantities& balance = (*found)->balance;
  out.Equal("version", (*found)->version, expected->level.version);
  out.Equal("on_hand", balance.on_hand, expected->level.on_hand);
  out.Equal("reserved", balance.reserved, expected->reserved);
  out.Equal("safety_stock", balance.safety_stock, expected->level.safety_stock);
  out.Equal("damaged", balance.damaged, expected->level.damaged);
  out.Equal("quality_control", balance.quality_control, expected->level.quality_control);
  out.Equal("incoming", balance.incoming, expected->incoming);
  return out.Take();
}

}  // namespace inventory::model
