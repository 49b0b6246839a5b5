#include "server/pipeline/work.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "server/errors.h"

namespace inventory::pipeline {
namespace {

using storage::AllocationRecord;
using storage::ItemRecord;
using storage::LevelRecord;
using storage::MovementRecord;
using storage::MovementType;
using storage::Quantities;

// Each operand is within +-kMaxQuantity, so no sum overflows.
absl::Status Check(const Quantities& balance, const Move& move) {
  for (const storage::QuantityField& field : storage::kQuantities) {
    const int64_t value = balance.*field.value;
    if (value > kMaxQuantity) {
      return Refusal(absl::StatusCode::kInvalidArgument, "QUANTITY_OUT_OF_RANGE",
                     absl::StrCat(field.name, " would exceed ", kMaxQuantity), {{"sku", std::string(move.sku)}});
    }
    if (value < 0) return StockMismatch(move.sku, absl::StrCat(field.name, " would fall below zero"));
  }
  return absl::OkStatus();
}

}  // namespace

const ItemRecord& Work::item(const std::string& sku) const {
  static const ItemRecord kDefaults;
  const ItemRecord* item = rows_.items.Find(sku);
  return item == nullptr ? kDefaults : *item;
}

std::vector<int64_t> Work::AvailableIn(const std::string& sku, const std::vector<std::string>& warehouse_ids) const {
  std::vector<int64_t> available;
  available.reserve(warehouse_ids.size());
  for (const std::string& warehouse_id : warehouse_ids) {
    const LevelRecord* level = rows_.levels.Find({sku, warehouse_id});
    available.push_back(level == nullptr ? 0 : level->quantities.available());
  }
  return available;
}

std::vector<const LevelRecord*> Work::LevelsOf(const std::string& sku) const {
  return rows_.levels.Range({sku, ""}, [&](const LevelRecord& level) { return level.sku == sku; });
}

std::vector<const storage::ReservationLineRecord*> Work::LinesOf(const std::string& reservation_id) const {
  return rows_.reservation_lines.Range({reservation_id, ""},
                                       [&](const auto& line) { return line.reservation_id == reservation_id; });
}

std::vector<const AllocationRecord*> Work::AllocationsOf(const std::string& reservation_id) const {
  return rows_.allocations.Range({reservation_id, "", ""},
                                 [&](const auto& part) { return part.reservation_id == reservation_id; });
}

std::vector<const AllocationRecord*> Work::AllocationsOf(const std::string& reservation_id,
                                                         const std::string& sku) const {
  return rows_.allocations.Range({reservation_id, sku, ""}, [&](const auto& part) {
    return part.reservation_id == reservation_id && part.sku == sku;
  });
}

std::vector<const storage::BackorderRecord*> Work::BackordersOf(const std::string& sku) const {
  return rows_.backorders.Range({sku, 0}, [&](const auto& backorder) { return backorder.sku == sku; });
}

const storage::BackorderRecord* Work::FindBackorder(const std::string& reservation_id, const std::string& sku) const {
  for (const storage::BackorderRecord* backorder : BackordersOf(sku)) {
    if (backorder->reservation_id == reservation_id) return backorder;
  }
  return nullptr;
}

std::vector<const storage::QuotaRecord*> Work::QuotasOf(const std::string& sku) const {
  return rows_.quotas.Range({sku, ""}, [&](const auto& quota) { return quota.sku == sku; });
}

std::vector<const storage::LowStockRuleRecord*> Work::LowStockRulesOf(const std::string& sku) const {
  std::vector<const storage::LowStockRuleRecord*> rules;
  if (item(sku).low_stock_rules == 0) return rules;
  for (const storage::LowStockRuleRecord* rule : rows_.low_stock_rules.Group(sku)) {
    if (!rule->delete_time) rules.push_back(rule);
  }
  return rules;
}

std::vector<const storage::ShipmentLineRecord*> Work::ShipmentLinesOf(const std::string& shipment_id) const {
  return rows_.shipment_lines.Range({shipment_id, "", ""},
                                    [&](const auto& line) { return line.shipment_id == shipment_id; });
}

std::vector<const storage::ReturnLineRecord*> Work::ReturnLinesOf(const std::string& return_id) const {
  return rows_.return_lines.Range({return_id, "", "", {}},
                                  [&](const auto& line) { return line.return_id == return_id; });
}

std::vector<const storage::TransferLineRecord*> Work::TransferLinesOf(const std::string& transfer_id) const {
  return rows_.transfer_lines.Range({transfer_id, ""},
                                    [&](const auto& line) { return line.transfer_id == transfer_id; });
}

absl::StatusOr<const MovementRecord*> Work::Apply(const Move& move) {
  const std::string sku(move.sku);
  if (rows_.items.Find(sku) == nullptr) return absl::InternalError("the SKU of a movement is not locked");
  if (rows_.levels.Find({sku, std::string(move.warehouse_id)}) == nullptr) {
    absl::Status started = StartLevel(sku, std::string(move.warehouse_id));
    if (!started.ok()) return started;
  }
  return Append(move);
}

absl::Status Work::StartLevel(const std::string& sku, const std::string& warehouse_id) {
  rows_.levels.Add({.sku = sku, .warehouse_id = warehouse_id, .update_time = now_});
  const int64_t safety_stock = item(sku).default_safety_stock;
  if (safety_stock == 0) return absl::OkStatus();
  return Append({.sku = sku,
                 .warehouse_id = warehouse_id,
                 .type = MovementType::kSafetyStock,
                 .delta = {.safety_stock = safety_stock},
                 .reason = "default safety stock of the item"})
      .status();
}

absl::StatusOr<const MovementRecord*> Work::Append(const Move& move) {
  const std::string sku(move.sku);
  LevelRecord& level = rows_.levels.Edit({sku, std::string(move.warehouse_id)});
  const Quantities balance = level.quantities + move.delta;
  absl::Status checked = Check(balance, move);
  if (!checked.ok()) return checked;
  level.quantities = balance;
  return Number(level, rows_.items.Edit(sku), move);
}

// Appends the movement of a level that has its new quantities already.
const MovementRecord* Work::Number(LevelRecord& level, ItemRecord& item, const Move& move) {
  // A ledger's time never runs backwards, whatever the database's clock does. It is that of this SKU alone.
  const absl::Time time = std::max(now_, item.last_movement_time.value_or(now_));
  level.version += 1;
  level.update_time = time;
  item.sequence += 1;
  item.last_movement_time = time;
  rows_.movements.push_back({.sku = item.sku,
                             .sequence = item.sequence,
                             .warehouse_id = level.warehouse_id,
                             .version = level.version,
                             .type = move.type,
                             .delta = move.delta,
                             .balance = level.quantities,
                             .reason = std::string(move.reason),
                             .actor = origin_.actor,
                             .document_id = std::string(move.document_id),
                             .request_id = origin_.request_id,
                             .create_time = time});
  return &rows_.movements.back();
}

absl::Status Work::Correct(const Correction& correction) {
  const Move move{.sku = correction.sku,
                  .warehouse_id = correction.warehouse_id,
                  .type = MovementType::kCorrection,
                  .delta = correction.ledger_delta,
                  .reason = correction.reason};
  if (rows_.items.Find(correction.sku) == nullptr) return absl::InternalError("the SKU of a correction is not locked");
  const LevelRecord::Key key{correction.sku, correction.warehouse_id};
  const bool known = rows_.levels.Find(key) != nullptr;
  LevelRecord& level =
      known ? rows_.levels.Edit(key)
            : rows_.levels.Add({.sku = correction.sku, .warehouse_id = correction.warehouse_id, .update_time = now_});
  const Quantities balance = level.quantities + correction.level_delta;
  absl::Status checked = Check(balance, move);
  if (!checked.ok()) return checked;
  level.quantities = balance;
  level.version = std::max(level.version, correction.last_version);
  ItemRecord& item = rows_.items.Edit(correction.sku);
  item.sequence = std::max(item.sequence, correction.last_sequence);
  Number(level, item, move);
  return absl::OkStatus();
}

absl::Status Work::Attempt(const std::function<absl::Status()>& part) {
  const Rows::Savepoint before = rows_.Save();
  absl::Status status = part();
  if (!status.ok()) rows_.UndoTo(before);
  return status;
}

std::vector<const MovementRecord*> Work::movements() const {
  std::vector<const MovementRecord*> made;
  for (std::size_t i = first_movement_; i < rows_.movements.size(); ++i) made.push_back(&rows_.movements[i]);
  return made;
}

// A command that finds out about a SKU while it runs must not overtake a fill of it that an earlier command of the
// batch has begun: like one that was known to need the SKU it comes again, after the fill.
bool Work::Require(const std::string& sku) {
  if (locked_.contains(sku) && !item(sku).fill_pending) return true;
  required_.insert(sku);
  return false;
}

bool Work::RequireHolders(const std::string& sku) {
  if (holders != nullptr && holders->contains(sku)) return true;
  required_holders_.insert(sku);
  return false;
}

// What the command uses is noted even if it is loaded: that may be for another command of the batch.
bool Work::RequireReplenishment(const std::string& replenishment_id) {
  required_replenishments_.insert(replenishment_id);
  return rows_.replenishments.Find(replenishment_id) != nullptr;
}

bool Work::RequireOutstanding(const storage::QuotaRecord::Key& quota) {
  if (outstanding != nullptr && outstanding->contains(quota)) return true;
  required_outstanding_.insert(quota);
  return false;
}

}  // namespace inventory::pipeline
