#include "server/commands/stock.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/commands/conditions.h"
#include "server/commands/convert.h"
#include "server/commands/kits.h"
#include "server/errors.h"
#include "server/rpc/bounds.h"

namespace inventory::commands {
namespace {

using storage::LevelRecord;
using storage::MovementType;

// What must be added to the level to carry the change out.
struct Step {
  MovementType type;
  storage::Quantities delta;
};

Step StepOf(const LevelChange& change, const storage::Quantities& before) {
  switch (change.kind) {
    case LevelChange::Kind::kAdjustOnHand:
      return {MovementType::kAdjust, UnitsOf(change.condition, change.quantity)};
    case LevelChange::Kind::kReclassify:
      return {MovementType::kReclassify,
              UnitsOf(change.to_condition, change.quantity) - UnitsOf(change.condition, change.quantity)};
    case LevelChange::Kind::kSetSafetyStock:
      return {MovementType::kSafetyStock, {.safety_stock = change.quantity - before.safety_stock}};
    case LevelChange::Kind::kSetOnHand:
      break;
  }
  return {MovementType::kSet, {.on_hand = change.quantity - before.on_hand}};
}

std::string Show(absl::Time time) { return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()); }

// Whether a count of that moment can still be told from what has moved since.
absl::Status CheckAsOf(const LevelChange& change, const pipeline::Work& work, const LevelRecord* level) {
  const absl::Time as_of = change.as_of.value_or(work.now());
  if (as_of > work.now()) {
    return Refusal(absl::StatusCode::kInvalidArgument, "AS_OF_IN_FUTURE",
                   absl::StrCat("it is ", Show(work.now()), "; nothing can have been counted at ", Show(as_of)),
                   {{"as_of_time", Show(as_of)}, {"now", Show(work.now())}});
  }
  if (level != nullptr && level->count_time && as_of < *level->count_time) {
    return Precondition(
        "COUNT_OUTDATED",
        absl::StrCat(change.sku, " in ", change.warehouse_id, " was counted again at ", Show(*level->count_time),
                     ", after this count"),
        {{"sku", change.sku}, {"warehouse_id", change.warehouse_id}, {"count_time", Show(*level->count_time)}});
  }
  return absl::OkStatus();
}

absl::Status CheckAllowed(const LevelChange& change, const pipeline::Work& work, const LevelRecord* level) {
  absl::Status allowed = CheckWarehouseExists(work, change.warehouse_id);
  if (allowed.ok()) allowed = CheckTracked(work, change.sku);
  if (allowed.ok() && change.kind == LevelChange::Kind::kSetOnHand) allowed = CheckAsOf(change, work, level);
  if (!allowed.ok()) return allowed;
  return CheckEtag(change.etag, level == nullptr ? 0 : level->version, "the stock level");
}

// What counts have added to the level in this batch.
int64_t CountedBefore(const LevelChange& change, const pipeline::Work& work) {
  int64_t units = 0;
  for (const storage::MovementRecord& movement : work.rows().movements) {
    const bool counts = movement.type == MovementType::kSet && movement.sku == change.sku &&
                        movement.warehouse_id == change.warehouse_id;
    if (counts) units += movement.delta.on_hand;
  }
  return units;
}

absl::Status CountTooOld(const LevelChange& change) {
  return Precondition("COUNT_TOO_OLD",
                      absl::StrCat("too many movements of ", change.sku, " in ", change.warehouse_id,
                                   " were made since the count: more than ", pipeline::kMaxMovementsSince,
                                   ", or fewer where many old counts are written at once; count again"),
                      {{"sku", change.sku},
                       {"warehouse_id", change.warehouse_id},
                       {"limit", absl::StrCat(pipeline::kMaxMovementsSince)}});
}

// Units that have come to the level since the moment of the count, or gone if negative. What counts have changed since
// is not among them: it was wrong at that moment already, as no later moment has been counted.
absl::StatusOr<int64_t> MovedSince(const LevelChange& change, const pipeline::Work& work, int64_t on_hand) {
  // Movements of this very moment, which this batch may have made, count as made before it.
  if (!change.as_of || *change.as_of == work.now()) return 0;
  const storage::PastLevel& past = work.past_levels->at({change.sku, change.warehouse_id, *change.as_of});
  if (past.too_far) return CountTooOld(change);
  if (past.on_hand || !past.begin_time) {
    return on_hand - past.on_hand.value_or(0) - past.counted_since - CountedBefore(change, work);
  }
  return LedgerTooShort(change.sku, change.warehouse_id, *past.begin_time);
}

absl::Status BelowUnsellable(const LevelChange& change, const storage::Quantities& level) {
  return Precondition(
      "BELOW_UNSELLABLE",
      absl::StrCat("of ", change.sku, " in ", change.warehouse_id, " ", level.damaged, " units are damaged and ",
                   level.quality_control, " in quality control; take away those that are missing before a lower count"),
      {{"sku", change.sku},
       {"warehouse_id", change.warehouse_id},
       {"on_hand", absl::StrCat(change.quantity)},
       {"damaged", absl::StrCat(level.damaged)},
       {"quality_control", absl::StrCat(level.quality_control)}});
}

// Takes no more units out of a condition than are in it. Whatever is unsellable lies there, so that a count below that
// would leave more unsellable units than units.
absl::Status CheckUnits(const LevelChange& change, const storage::Quantities& before) {
  const int64_t units = std::max<int64_t>(UnitsIn(before, change.condition), 0);
  switch (change.kind) {
    case LevelChange::Kind::kSetOnHand:
      if (change.quantity >= before.damaged + before.quality_control) break;
      return BelowUnsellable(change, before);
    case LevelChange::Kind::kAdjustOnHand:
      if (-change.quantity <= units) break;
      return InsufficientOnHand(change.sku, change.warehouse_id, before, change.condition, {"delta", change.quantity});
    case LevelChange::Kind::kReclassify:
      if (change.quantity <= units) break;
      return InsufficientOnHand(change.sku, change.warehouse_id, before, change.condition,
                                {"requested", change.quantity});
    case LevelChange::Kind::kSetSafetyStock:
      break;
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckWarehouseExists(const pipeline::Work& work, const std::string& warehouse_id) {
  if (work.configuration().FindWarehouse(warehouse_id) != nullptr) return absl::OkStatus();
  return NotFound("WAREHOUSE_NOT_FOUND", absl::StrCat("there is no warehouse ", warehouse_id),
                  {{"warehouse_id", warehouse_id}});
}

absl::Status CheckTracked(const pipeline::Work& work, const std::string& sku) {
  if (work.item(sku).tracked) return CheckNoKit(work, sku);
  return Precondition("ITEM_UNTRACKED", absl::StrCat(sku, " is untracked: its stock is never counted"), {{"sku", sku}});
}

std::vector<pipeline::LevelMoment> PastLevels(const LevelChange& change) {
  if (!change.as_of) return {};
  return {{change.sku, change.warehouse_id, *change.as_of}};
}

absl::Status Change(LevelChange change, pipeline::Work& work, v1::StockLevel& shown, v1::LevelVersion* movement,
                    bool& changed) {
  const LevelRecord::Key key{change.sku, change.warehouse_id};
  const LevelRecord* level = work.rows().levels.Find(key);
  absl::Status allowed = CheckAllowed(change, work, level);
  if (!allowed.ok()) return allowed;
  // A level that is written first starts with the item's safety stock.
  storage::Quantities before;
  before.safety_stock = work.item(change.sku).default_safety_stock;
  if (level != nullptr) before = level->quantities;
  const bool counts = change.kind == LevelChange::Kind::kSetOnHand;
  if (counts) {
    absl::StatusOr<int64_t> moved = MovedSince(change, work, before.on_hand);
    if (!moved.ok()) return moved.status();
    change.quantity += *moved;
  }
  absl::Status enough = CheckUnits(change, before);
  if (!enough.ok()) return enough;
  const Step step = StepOf(change, before);

  // Even a first write that changes no quantity is a movement: from then on the level exists, at version 1.
  changed = level == nullptr || !(step.delta == storage::Quantities());
  if (changed) {
    absl::StatusOr<const storage::MovementRecord*> made = work.Apply({.sku = change.sku,
                                                                      .warehouse_id = change.warehouse_id,
                                                                      .type = step.type,
                                                                      .delta = step.delta,
                                                                      .reason = change.reason});
    if (!made.ok()) return made.status();
    if (movement != nullptr) ToProto(**made, *movement);
  }
  if (counts) work.rows().levels.Edit(key).count_time = change.as_of.value_or(work.now());
  ToProto(*work.rows().levels.Find(key), shown);
  return absl::OkStatus();
}

absl::Status LedgerTooShort(const std::string& sku, const std::string& warehouse_id, absl::Time begin) {
  return Precondition(
      "LEDGER_TOO_SHORT",
      absl::StrCat("the movements of ", sku, " in ", warehouse_id, " before ", Show(begin), " were removed"),
      {{"sku", sku}, {"warehouse_id", warehouse_id}, {"begin_time", Show(begin)}});
}

void CheckDelta(int64_t delta, const std::string& field, Violations& violations) {
  rpc::CheckRange(delta, -pipeline::kMaxQuantity, pipeline::kMaxQuantity, field, violations);
  if (delta == 0) violations.Add(field, "must not be 0");
}

}  // namespace inventory::commands
