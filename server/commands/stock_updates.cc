#include "server/commands/stock_updates.h"

#include "server/commands/convert.h"
#include "server/commands/stock.h"
#include "server/rpc/bounds.h"
#include "server/rpc/units.h"

namespace inventory::commands {
namespace {

LevelChange ChangeOf(const v1::StockUpdate& update) {
  LevelChange change{
      .sku = update.sku(), .warehouse_id = update.warehouse_id(), .reason = update.reason(), .etag = update.etag()};
  switch (update.change_case()) {
    case v1::StockUpdate::kAdjustOnHand:
      change.kind = LevelChange::Kind::kAdjustOnHand;
      change.quantity = update.adjust_on_hand();
      change.condition = update.condition();
      break;
    case v1::StockUpdate::kSetSafetyStock:
      change.kind = LevelChange::Kind::kSetSafetyStock;
      change.quantity = update.set_safety_stock();
      break;
    case v1::StockUpdate::kSetOnHand:
    case v1::StockUpdate::CHANGE_NOT_SET:
      change.kind = LevelChange::Kind::kSetOnHand;
      change.quantity = update.set_on_hand();
      if (update.has_as_of_time()) change.as_of = ToStoredTime(update.as_of_time());
      break;
  }
  return change;
}

void CheckCondition(const v1::StockUpdate& update, const std::string& field, Violations& violations) {
  const bool adjusts = update.change_case() == v1::StockUpdate::kAdjustOnHand;
  if (adjusts || update.condition() == v1::STOCK_CONDITION_UNSPECIFIED) {
    rpc::CheckEnum<v1::StockCondition_IsValid>(update.condition(), field, violations);
  } else {
    violations.Add(field, "belongs to adjust_on_hand");
  }
}

void CheckAsOf(const v1::StockUpdate& update, const std::string& field, Violations& violations) {
  if (!update.has_as_of_time()) return;
  rpc::CheckTimestamp(update.as_of_time(), field, violations);
  if (update.change_case() != v1::StockUpdate::kSetOnHand) violations.Add(field, "belongs to set_on_hand");
}

}  // namespace

void CheckStockUpdate(const v1::StockUpdate& update, const std::string& field, Violations& violations) {
  rpc::CheckSku(update.sku(), field + ".sku", violations);
  rpc::CheckId(update.warehouse_id(), field + ".warehouse_id", violations);
  rpc::CheckText(update.reason(), 255, field + ".reason", violations);
  CheckCondition(update, field + ".condition", violations);
  CheckAsOf(update, field + ".as_of_time", violations);
  switch (update.change_case()) {
    case v1::StockUpdate::kSetOnHand:
      rpc::CheckQuantity(update.set_on_hand(), 0, field + ".set_on_hand", violations);
      break;
    case v1::StockUpdate::kAdjustOnHand:
      CheckDelta(update.adjust_on_hand(), field + ".adjust_on_hand", violations);
      break;
    case v1::StockUpdate::kSetSafetyStock:
      rpc::CheckQuantity(update.set_safety_stock(), 0, field + ".set_safety_stock", violations);
      break;
    case v1::StockUpdate::CHANGE_NOT_SET:
      violations.Add(field, "needs one of set_on_hand, adjust_on_hand and set_safety_stock");
      break;
  }
}

void NeedStockUpdate(const v1::StockUpdate& update, pipeline::Needs& needs) {
  needs.create_items = true;
  needs.skus.push_back(update.sku());
  needs.warehouses.push_back(update.warehouse_id());
  if (!update.has_as_of_time()) return;
  for (pipeline::LevelMoment& then : PastLevels(ChangeOf(update))) needs.past_levels.push_back(std::move(then));
}

absl::Status ApplyStockUpdate(const v1::StockUpdate& update, pipeline::Work& work, v1::StockLevel& level,
                              v1::LevelVersion* movement, bool& changed) {
  if (update.unit().empty()) return Change(ChangeOf(update), work, level, movement, changed);
  v1::StockUpdate converted = update;
  absl::Status status = rpc::ToSmallestUnits(work, converted);
  return status.ok() ? Change(ChangeOf(converted), work, level, movement, changed) : status;
}

}  // namespace inventory::commands
