// What is read of the ledger, and of everything that it must agree with, as the repositories read it.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/errors.h"
#include "tests/unit/rule_runner.h"

namespace inventory {
namespace {

using storage::MovementRecord;
using storage::MovementType;

bool IsOpen(storage::ShipmentState state) {
  return state == storage::ShipmentState::kProcessing || state == storage::ShipmentState::kReadyToShip;
}

// Sums by key, each added where it is met first.
template <typename Key, typename Part>
std::vector<Part> ValuesOf(const std::map<Key, Part>& parts) {
  std::vector<Part> values;
  for (const auto& [key, part] : parts) values.push_back(part);
  return values;
}

// Sums up what the rows have of the SKUs.
class Sums {
 public:
  Sums(const pipeline::Rows& rows, const std::set<std::string>& skus) : rows_(rows), skus_(skus) {}

  storage::VerifySnapshot Take() {
    for (const auto* item : rows_.items.All()) {
      if (Wanted(*item)) sums_.items.push_back(*item);
    }
    for (const auto* level : rows_.levels.All()) {
      if (Wanted(*level)) sums_.levels.push_back(*level);
    }
    SumLevels();
    SumLedgers();
    SumLines();
    CountReferences();
    return std::move(sums_);
  }

 private:
  template <typename Record>
  bool Wanted(const Record& record) const {
    return skus_.empty() || skus_.contains(record.sku);
  }

  void SumLevels() {
    std::map<storage::LevelRecord::Key, storage::LevelSum> reserved;
    std::map<storage::LevelRecord::Key, storage::LevelSum> incoming;
    const auto add = [](auto& to, const std::string& sku, const std::string& warehouse_id, int64_t units) {
      auto& sum = to[{sku, warehouse_id}];
      sum = {.sku = sku, .warehouse_id = warehouse_id, .units = sum.units + units};
    };
    for (const auto* part : rows_.allocations.All()) {
      if (Wanted(*part)) add(reserved, part->sku, part->warehouse_id, part->reserved);
    }
    for (const auto* replenishment : rows_.replenishments.All()) {
      if (!Wanted(*replenishment)) continue;
      add(incoming, replenishment->sku, replenishment->warehouse_id, replenishment->outstanding());
    }
    for (const auto* line : rows_.transfer_lines.All()) {
      const storage::TransferRecord& transfer = *rows_.transfers.Find(line->transfer_id);
      const bool in_transit = transfer.state == storage::TransferState::kInTransit;
      if (Wanted(*line) && in_transit) add(incoming, line->sku, transfer.to_warehouse_id, line->in_transit());
    }
    sums_.reserved = ValuesOf(reserved);
    sums_.incoming = ValuesOf(incoming);
  }

  // A balance forward stands for as many movements as its version says.
  void SumLedgers() {
    std::map<storage::LevelRecord::Key, storage::LevelLedger> levels;
    std::map<std::string, storage::SkuLedger> skus;
    for (const MovementRecord& movement : rows_.movements) {
      if (!Wanted(movement)) continue;
      const int64_t stands_for = movement.type == MovementType::kBalanceForward ? movement.version : 1;
      storage::LevelLedger& level = levels[{movement.sku, movement.warehouse_id}];
      level.sku = movement.sku;
      level.warehouse_id = movement.warehouse_id;
      level.deltas += movement.delta;
      level.last_version = std::max(level.last_version, movement.version);
      level.movements += stands_for;
      storage::SkuLedger& sku = skus[movement.sku];
      sku.sku = movement.sku;
      sku.last_sequence = std::max(sku.last_sequence, movement.sequence);
      sku.movements += stands_for;
    }
    sums_.level_ledgers = ValuesOf(levels);
    sums_.sku_ledgers = ValuesOf(skus);
  }

  void SumLines() {
    std::map<storage::AllocationRecord::Key, storage::AllocationShipped> shipped;
    std::map<storage::ReservationLineRecord::Key, storage::LineReturned> returned;
    std::map<storage::ReservationLineRecord::Key, storage::LineBackordered> backordered;
    std::map<storage::QuotaRecord::Key, storage::QuotaOutstanding> quotas;
    for (const auto* quota : rows_.quotas.All()) {
      if (Wanted(*quota)) quotas[quota->key()] = {quota->sku, quota->channel_id, quota->outstanding, 0};
    }
    for (const auto* part : rows_.allocations.All()) {
      if (!Wanted(*part) || part->in_shipment == 0) continue;
      shipped[part->key()] = {part->reservation_id, part->sku, part->warehouse_id, part->in_shipment, 0};
    }
    for (const auto* line : rows_.shipment_lines.All()) {
      const storage::ShipmentRecord& shipment = *rows_.shipments.Find(line->shipment_id);
      if (!Wanted(*line) || !IsOpen(shipment.state)) continue;
      auto& sum = shipped[{shipment.reservation_id, line->sku, shipment.warehouse_id}];
      sum = {shipment.reservation_id, line->sku, shipment.warehouse_id, sum.in_shipment,
             sum.in_open_shipments + line->quantity};
    }
    for (const auto* line : rows_.reservation_lines.All()) {
      if (!Wanted(*line)) continue;
      const auto quota = quotas.find({line->sku, rows_.reservations.Find(line->reservation_id)->channel_id});
      if (quota != quotas.end()) quota->second.unshipped += line->reserved + line->backordered;
      if (line->returned != 0) {
        returned[line->key()] = {line->reservation_id, line->sku, line->returned, 0, line->shipped};
      }
      if (line->backordered != 0) {
        backordered[line->key()] = {line->reservation_id, line->sku, line->backordered, 0};
      }
    }
    for (const auto* line : rows_.return_lines.All()) {
      const std::string& id = rows_.returns.Find(line->return_id)->reservation_id;
      if (!Wanted(*line)) continue;
      auto& sum = returned[{id, line->sku}];
      sum = {id, line->sku, sum.returned, sum.in_returns + line->quantity, sum.shipped};
    }
    for (const auto* backorder : rows_.backorders.All()) {
      if (!Wanted(*backorder)) continue;
      auto& sum = backordered[{backorder->reservation_id, backorder->sku}];
      sum = {backorder->reservation_id, backorder->sku, sum.backordered, sum.waiting + backorder->quantity};
    }
    sums_.shipped = ValuesOf(shipped);
    sums_.returned = ValuesOf(returned);
    sums_.backordered = ValuesOf(backordered);
    sums_.quotas = ValuesOf(quotas);
  }

  void CountReferences() {
    std::map<std::string, storage::SkuCount> kits;
    std::map<std::string, storage::SkuCount> rules;
    const auto count = [this](auto& to, const std::string& sku) {
      if (skus_.empty() || skus_.contains(sku)) to[sku] = {sku, to[sku].count + 1};
    };
    for (const auto* item : rows_.items.All()) {
      for (const storage::Component& component : item->components) count(kits, component.sku);
    }
    for (const auto* rule : rows_.low_stock_rules.All()) {
      if (!rule->delete_time) count(rules, rule->sku);
    }
    sums_.kits = ValuesOf(kits);
    sums_.low_stock_rules = ValuesOf(rules);
  }

  const pipeline::Rows& rows_;
  const std::set<std::string>& skus_;
  storage::VerifySnapshot sums_;
};

}  // namespace

storage::VerifySnapshot RuleRunner::Snapshot(const std::set<std::string>& skus) const {
  return Sums(rows, skus).Take();
}

absl::StatusOr<const MovementRecord*> RuleRunner::LevelAsOf(const std::string& sku, const std::string& warehouse_id,
                                                            absl::Time time) const {
  const MovementRecord* last = nullptr;
  for (const MovementRecord& movement : rows.movements) {
    const bool fits = movement.sku == sku && movement.warehouse_id == warehouse_id && movement.create_time <= time;
    if (fits && (last == nullptr || movement.version > last->version)) last = &movement;
  }
  const storage::PastLevel past = PastLevelAt({sku, warehouse_id, time});
  if (last == nullptr && past.begin_time) return Precondition("LEDGER_TOO_SHORT", "the ledger begins later");
  return last;
}

storage::PastLevel RuleRunner::PastLevelAt(const pipeline::LevelMoment& then) const {
  storage::PastLevel past;
  bool first = true;
  for (const MovementRecord& movement : rows.movements) {
    if (movement.sku != then.sku || movement.warehouse_id != then.warehouse_id) continue;
    if (first && movement.type == MovementType::kBalanceForward) past.begin_time = movement.create_time;
    first = false;
    if (movement.create_time <= then.time) {
      past.on_hand = movement.balance.on_hand;
    } else if (movement.type == MovementType::kSet) {
      past.counted_since += movement.delta.on_hand;
    }
  }
  return past;
}

void RuleRunner::LoadOldMovements(const pipeline::LedgerRange& range, pipeline::LoadedBatch& batch) const {
  int64_t left = range.limit;
  std::set<std::string> seen;
  std::vector<MovementRecord> ledger = rows.movements;
  std::sort(ledger.begin(), ledger.end(), [](const auto& a, const auto& b) { return a.key() < b.key(); });
  for (const MovementRecord& movement : ledger) {
    if (movement.sku != range.sku) continue;
    const bool first = seen.insert(movement.warehouse_id).second;
    const bool old = movement.sequence > range.after_sequence && movement.create_time < range.before && left-- > 0;
    if (first || old) batch.rows.old_movements.Load(movement);
  }
}

}  // namespace inventory
