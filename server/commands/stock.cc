#include "server/commands/stock.h"

#include "absl/strings/str_cat.h"
#include "server/commands/convert.h"
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
      return {MovementType::kAdjust, {.on_hand = change.quantity}};
    case LevelChange::Kind::kSetSafetyStock:
      return {MovementType::kSafetyStock, {.safety_stock = change.quantity - before.safety_stock}};
    case LevelChange::Kind::kSetOnHand:
      break;
  }
  return {MovementType::kSet, {.on_hand = change.quantity - before.on_hand}};
}

absl::Status CheckAllowed(const LevelChange& change, const pipeline::Work& work, const LevelRecord* level) {
  if (work.configuration().FindWarehouse(change.warehouse_id) == nullptr) {
    return NotFound("WAREHOUSE_NOT_FOUND", absl::StrCat("there is no warehouse ", change.warehouse_id),
                    {{"warehouse_id", change.warehouse_id}});
  }
  if (!work.item(change.sku).tracked) {
    return Precondition("ITEM_UNTRACKED", absl::StrCat(change.sku, " is untracked: its stock is never counted"),
                        {{"sku", change.sku}});
  }
  return CheckEtag(change.etag, level == nullptr ? 0 : level->version, "the stock level");
}

absl::Status InsufficientOnHand(const LevelChange& change, int64_t on_hand) {
  return Precondition("INSUFFICIENT_ON_HAND",
                      absl::StrCat("only ", on_hand, " units of ", change.sku, " lie in ", change.warehouse_id),
                      {{"sku", change.sku},
                       {"warehouse_id", change.warehouse_id},
                       {"on_hand", absl::StrCat(on_hand)},
                       {"delta", absl::StrCat(change.quantity)}});
}

}  // namespace

absl::Status Change(const LevelChange& change, pipeline::Work& work, v1::StockLevel& shown, v1::LevelVersion* movement,
                    bool& changed) {
  const LevelRecord::Key key{change.sku, change.warehouse_id};
  const LevelRecord* level = work.rows().levels.Find(key);
  absl::Status allowed = CheckAllowed(change, work, level);
  if (!allowed.ok()) return allowed;
  // A level that is written first starts with the item's safety stock.
  storage::Quantities before;
  before.safety_stock = work.item(change.sku).default_safety_stock;
  if (level != nullptr) before = level->quantities;
  const Step step = StepOf(change, before);
  if (before.on_hand + step.delta.on_hand < 0) return InsufficientOnHand(change, before.on_hand);

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
  ToProto(*work.rows().levels.Find(key), shown);
  return absl::OkStatus();
}

void CheckDelta(int64_t delta, const std::string& field, Violations& violations) {
  rpc::CheckRange(delta, -pipeline::kMaxQuantity, pipeline::kMaxQuantity, field, violations);
  if (delta == 0) violations.Add(field, "must not be 0");
}

}  // namespace inventory::commands
