// What a batch loads, and what it leaves behind.
#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "tests/unit/rule_runner.h"

namespace inventory {
namespace {

template <typename Record, typename Predicate>
void LoadIf(const pipeline::Table<Record>& from, pipeline::Table<Record>& to, Predicate wanted) {
  for (const Record* record : from.All()) {
    if (wanted(*record)) to.Load(*record);
  }
}

template <typename Record>
void LoadAll(const pipeline::Table<Record>& from, pipeline::Table<Record>& to) {
  LoadIf(from, to, [](const Record&) { return true; });
}

template <typename Record>
void LoadKeys(const std::vector<std::string>& keys, const pipeline::Table<Record>& from, pipeline::Table<Record>& to) {
  for (const std::string& key : keys) {
    if (const Record* record = from.Find(key)) to.Load(*record);
  }
}

// All backorders that are stored and that the batch has left; no more than `most` are loaded in one step.
class StoredBackorders final : public pipeline::BackorderSource {
 public:
  StoredBackorders(const pipeline::Rows& from, pipeline::Rows& to, int64_t most) : from_(from), to_(to), most_(most) {}

  absl::StatusOr<Loaded> LoadWaiting(const std::string& sku, int64_t after_place,
                                     const std::vector<std::string>& channel_ids, int64_t limit) override {
    Loaded loaded;
    limit = std::min(limit, most_);
    std::set<storage::BackorderRecord::Key> gone;
    for (const storage::BackorderRecord* backorder : to_.backorders.Removed()) gone.insert(backorder->key());
    for (const storage::BackorderRecord* backorder : from_.backorders.All()) {
      const std::string& id = backorder->reservation_id;
      const bool wanted = backorder->sku == sku && backorder->place > after_place &&
                          std::count(channel_ids.begin(), channel_ids.end(), backorder->channel_id) > 0;
      if (!wanted || gone.contains(backorder->key())) continue;
      if (--limit < 0) {
        loaded.all = false;
        break;
      }
      to_.backorders.Load(*backorder);
      to_.reservations.Load(*from_.reservations.Find(id));
      to_.reservation_lines.Load(*from_.reservation_lines.Find({id, sku}));
      LoadIf(from_.allocations, to_.allocations,
             [&](const auto& part) { return part.reservation_id == id && part.sku == sku; });
      loaded.last_place = backorder->place;
    }
    return loaded;
  }

 private:
  const pipeline::Rows& from_;
  pipeline::Rows& to_;
  const int64_t most_;
};

template <typename Record>
void StoreTable(const pipeline::Table<Record>& from, pipeline::Table<Record>& to) {
  for (const Record* record : from.Written()) {
    if (to.Find(record->key()) != nullptr) {
      to.Edit(record->key()) = *record;
    } else {
      to.Add(*record);
    }
  }
  for (const Record* record : from.Removed()) to.Remove(record->key());
}

}  // namespace

pipeline::Configuration RuleRunner::CurrentConfiguration() const {
  pipeline::Configuration configuration;
  for (const auto* record : rows.warehouses.All()) configuration.warehouses[record->warehouse_id] = *record;
  for (const auto* record : rows.channels.All()) configuration.channels[record->channel_id] = *record;
  for (const auto* record : rows.attachments.All()) configuration.attachments[record->channel_id].push_back(*record);
  for (const auto* record : rows.availability_estimates.All()) {
    configuration.availability_estimates[record->availability_estimate_id] = *record;
  }
  for (auto& [channel_id, list] : configuration.attachments) {
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
      return std::tie(a.priority, a.warehouse_id) < std::tie(b.priority, b.warehouse_id);
    });
  }
  return configuration;
}

std::unique_ptr<pipeline::BackorderSource> RuleRunner::WaitingFor(pipeline::LoadedBatch& batch) const {
  return std::make_unique<StoredBackorders>(rows, batch.rows, max_filled_lines);
}

pipeline::LoadedBatch RuleRunner::Load(const std::vector<pipeline::Job*>& jobs) {
  pipeline::LoadedBatch batch;
  for (const pipeline::Job* job : jobs) batch.skus.insert(job->skus.begin(), job->skus.end());
  LoadSkus(batch);
  for (const pipeline::Job* job : jobs) LoadDocuments(job->needs, batch);
  if (!pipeline::RepairsAlone(jobs)) LoadDeadHolds(batch);
  LoadCompanions(batch);
  for (const pipeline::Job* job : jobs) {
    LoadAsked(job->needs, batch);
    LoadEvents(job->needs, batch);
  }
  batch.configuration = std::make_shared<const pipeline::Configuration>(CurrentConfiguration());
  batch.AddMissingItems(jobs);
  return batch;
}

// Those that the needs name and those of their documents.
std::set<std::string> RuleRunner::SkusOf(const pipeline::Needs& needs) const {
  std::set<std::string> skus(needs.skus.begin(), needs.skus.end());
  const std::set<std::string> reservations = ReservationsOf(needs);
  for (const auto* line : rows.reservation_lines.All()) {
    if (reservations.contains(line->reservation_id)) skus.insert(line->sku);
  }
  for (const std::string& id : needs.replenishments) {
    if (const auto* found = rows.replenishments.Find(id)) skus.insert(found->sku);
  }
  const std::set<std::string> transfers(needs.transfers.begin(), needs.transfers.end());
  for (const auto* line : rows.transfer_lines.All()) {
    if (transfers.contains(line->transfer_id)) skus.insert(line->sku);
  }
  for (const std::string& id : needs.low_stock_rules) {
    if (const auto* rule = rows.low_stock_rules.Find(id)) skus.insert(rule->sku);
  }
  return skus;
}

// The reservations that the needs name and those of their shipments.
std::set<std::string> RuleRunner::ReservationsOf(const pipeline::Needs& needs) const {
  std::set<std::string> ids(needs.reservations.begin(), needs.reservations.end());
  for (const std::string& id : needs.shipments) {
    if (const auto* shipment = rows.shipments.Find(id)) ids.insert(shipment->reservation_id);
  }
  return ids;
}

void RuleRunner::LoadSkus(pipeline::LoadedBatch& batch) const {
  const auto wanted = [&batch](const auto& record) { return batch.skus.contains(record.sku); };
  LoadIf(rows.items, batch.rows.items, wanted);
  LoadIf(rows.levels, batch.rows.levels, wanted);
  batch.now = now;
  for (const auto* item : batch.rows.items.All()) {
    if (item->last_movement_time) batch.now = std::max(batch.now, *item->last_movement_time);
  }
}

void RuleRunner::LoadDocuments(const pipeline::Needs& needs, pipeline::LoadedBatch& batch) const {
  const std::set<std::string> reservations = ReservationsOf(needs);
  const auto of_reservation = [&](const auto& record) { return reservations.contains(record.reservation_id); };
  LoadIf(rows.reservations, batch.rows.reservations, of_reservation);
  LoadIf(rows.reservation_lines, batch.rows.reservation_lines, of_reservation);
  LoadIf(rows.allocations, batch.rows.allocations, of_reservation);
  LoadIf(rows.backorders, batch.rows.backorders, of_reservation);
  const std::set<std::string> shipments(needs.shipments.begin(), needs.shipments.end());
  LoadKeys(needs.shipments, rows.shipments, batch.rows.shipments);
  LoadIf(rows.shipment_lines, batch.rows.shipment_lines,
         [&](const auto& line) { return shipments.contains(line.shipment_id); });
  LoadKeys(needs.replenishments, rows.replenishments, batch.rows.replenishments);
  const std::set<std::string> transfers(needs.transfers.begin(), needs.transfers.end());
  LoadKeys(needs.transfers, rows.transfers, batch.rows.transfers);
  LoadIf(rows.transfer_lines, batch.rows.transfer_lines,
         [&](const auto& line) { return transfers.contains(line.transfer_id); });
  LoadKeys(needs.low_stock_rules, rows.low_stock_rules, batch.rows.low_stock_rules);
  LoadKeys(needs.new_reservations, rows.reservations, batch.rows.reservations);
  LoadKeys(needs.new_shipments, rows.shipments, batch.rows.shipments);
  LoadKeys(needs.new_returns, rows.returns, batch.rows.returns);
  LoadKeys(needs.new_replenishments, rows.replenishments, batch.rows.replenishments);
  LoadKeys(needs.new_transfers, rows.transfers, batch.rows.transfers);
  LoadKeys(needs.new_low_stock_rules, rows.low_stock_rules, batch.rows.low_stock_rules);
}

void RuleRunner::LoadDeadHolds(pipeline::LoadedBatch& batch) const {
  for (const storage::AllocationRecord* part : rows.allocations.All()) {
    if (!batch.skus.contains(part->sku) || !part->expire_time || *part->expire_time > batch.now) continue;
    batch.rows.allocations.Load(*part);
    batch.rows.reservation_lines.Load(*rows.reservation_lines.Find({part->reservation_id, part->sku}));
  }
  for (const storage::BackorderRecord* backorder : rows.backorders.All()) {
    const bool dead = backorder->expire_time && *backorder->expire_time <= batch.now;
    if (!dead || !batch.skus.contains(backorder->sku)) continue;
    batch.rows.backorders.Load(*backorder);
    batch.rows.reservation_lines.Load(*rows.reservation_lines.Find({backorder->reservation_id, backorder->sku}));
  }
}

// Quotas with the reservations that count against them, and low-stock rules.
void RuleRunner::LoadCompanions(pipeline::LoadedBatch& batch) const {
  const auto of_batch = [&batch](const auto& record) { return batch.skus.contains(record.sku); };
  LoadIf(rows.quotas, batch.rows.quotas, of_batch);
  LoadIf(rows.low_stock_rules, batch.rows.low_stock_rules,
         [&](const auto& rule) { return of_batch(rule) && !rule.delete_time; });
  for (const auto* line : batch.rows.reservation_lines.All()) {
    batch.rows.reservations.Load(*rows.reservations.Find(line->reservation_id));
  }
}

// What single commands ask for.
void RuleRunner::LoadAsked(const pipeline::Needs& needs, pipeline::LoadedBatch& batch) const {
  if (needs.configuration) {
    LoadAll(rows.warehouses, batch.rows.warehouses);
    LoadAll(rows.channels, batch.rows.channels);
    LoadAll(rows.attachments, batch.rows.attachments);
    LoadAll(rows.availability_estimates, batch.rows.availability_estimates);
  }
  for (const auto& key : needs.external_references) {
    if (const auto* reference = rows.external_references.Find(key)) batch.rows.external_references.Load(*reference);
  }
  for (const std::string& id : needs.exclusive_availability_estimates) batch.estimate_users[id] = UsersOfEstimate(id);
  for (const std::string& sku : needs.holders) batch.holders[sku] = HoldersOf(sku, batch.now);
  for (const std::string& id : needs.exclusive_warehouses) batch.warehouse_use[id] = UseOf(id, batch.now);
  for (const auto& key : needs.outstanding) batch.outstanding[key] = OutstandingOf(key);
  for (const pipeline::LevelMoment& then : needs.past_levels) batch.past_levels[then] = PastLevelAt(then);
  for (const pipeline::LedgerRange& range : needs.old_movements) LoadOldMovements(range, batch);
  if (!needs.audits.empty()) batch.sums = Snapshot({needs.audits.begin(), needs.audits.end()});
}

void RuleRunner::LoadEvents(const pipeline::Needs& needs, pipeline::LoadedBatch& batch) const {
  for (const std::string& rule_id : needs.first_events) {
    int left = 2;
    LoadIf(rows.low_stock_events, batch.rows.low_stock_events, [&](const auto& event) {
      const bool pending = event.rule_id == rule_id && event.state == storage::LowStockEventState::kPending;
      return pending && left-- > 0;
    });
  }
  for (const auto& key : needs.low_stock_events) {
    if (const auto* event = rows.low_stock_events.Find(key)) batch.rows.low_stock_events.Load(*event);
  }
}

std::vector<std::string> RuleRunner::UsersOfEstimate(const std::string& id) const {
  const storage::AvailabilityEstimateRecord* estimate = rows.availability_estimates.Find(id);
  std::vector<std::string> skus;
  for (const storage::ItemRecord* item : rows.items.All()) {
    const bool uses = estimate != nullptr && item->availability_estimate == estimate->uid;
    if (uses && skus.size() < pipeline::kMaxHolders) skus.push_back(item->sku);
  }
  return skus;
}

int64_t RuleRunner::OutstandingOf(const storage::QuotaRecord::Key& quota) const {
  const auto& [sku, channel_id] = quota;
  int64_t units = 0;
  for (const storage::ReservationLineRecord* line : rows.reservation_lines.All()) {
    const bool counts = line->sku == sku && rows.reservations.Find(line->reservation_id)->channel_id == channel_id;
    if (counts) units += line->reserved + line->backordered;
  }
  return units;
}

std::vector<std::string> RuleRunner::HoldersOf(const std::string& sku, absl::Time time) const {
  std::vector<std::string> ids;
  for (const auto* line : rows.reservation_lines.All()) {
    const storage::ReservationRecord& owner = *rows.reservations.Find(line->reservation_id);
    const bool dead = owner.expire_time && *owner.expire_time <= time;
    if (line->sku == sku && line->reserved + line->backordered > 0 && !dead)
      ids.insert(ids.begin(), line->reservation_id);
  }
  return ids;
}

storage::WarehouseUse RuleRunner::UseOf(const std::string& warehouse_id, absl::Time time) const {
  storage::WarehouseUse use;
  std::map<std::string, int64_t> dead;  // Units, by SKU.
  for (const auto* part : rows.allocations.All()) {
    if (part->warehouse_id != warehouse_id || part->reserved == 0) continue;
    if (part->expire_time && *part->expire_time <= time) {
      dead[part->sku] += part->reserved;
    } else {
      ++use.allocations;
    }
  }
  for (const auto* level : rows.levels.All()) {
    storage::Quantities live = level->quantities;
    live.reserved -= dead[level->sku];
    if (level->warehouse_id != warehouse_id || live == storage::Quantities()) continue;
    ++use.levels;
    if (use.example_skus.size() < 10) use.example_skus.push_back(level->sku);
  }
  for (const auto* shipment : rows.shipments.All()) {
    const bool open = shipment->state == storage::ShipmentState::kProcessing ||
                      shipment->state == storage::ShipmentState::kReadyToShip;
    if (shipment->warehouse_id == warehouse_id && open) ++use.open_shipments;
  }
  for (const auto* replenishment : rows.replenishments.All()) {
    const bool open = replenishment->state == storage::ReplenishmentState::kOpen;
    if (replenishment->warehouse_id == warehouse_id && open) ++use.open_replenishments;
  }
  for (const auto* transfer : rows.transfers.All()) {
    if (transfer->state != storage::TransferState::kInTransit) continue;
    if (transfer->from_warehouse_id == warehouse_id || transfer->to_warehouse_id == warehouse_id) ++use.open_transfers;
  }
  return use;
}

void RuleRunner::Store(const pipeline::Rows& batch) {
  StoreTable(batch.items, rows.items);
  StoreTable(batch.levels, rows.levels);
  StoreTable(batch.reservations, rows.reservations);
  StoreTable(batch.reservation_lines, rows.reservation_lines);
  StoreTable(batch.allocations, rows.allocations);
  StoreTable(batch.backorders, rows.backorders);
  StoreTable(batch.shipments, rows.shipments);
  StoreTable(batch.shipment_lines, rows.shipment_lines);
  StoreTable(batch.returns, rows.returns);
  StoreTable(batch.return_lines, rows.return_lines);
  StoreTable(batch.replenishments, rows.replenishments);
  StoreTable(batch.transfers, rows.transfers);
  StoreTable(batch.transfer_lines, rows.transfer_lines);
  StoreTable(batch.warehouses, rows.warehouses);
  StoreTable(batch.channels, rows.channels);
  StoreTable(batch.attachments, rows.attachments);
  StoreTable(batch.availability_estimates, rows.availability_estimates);
  StoreTable(batch.quotas, rows.quotas);
  StoreTable(batch.external_references, rows.external_references);
  StoreTable(batch.low_stock_rules, rows.low_stock_rules);
  StoreTable(batch.low_stock_events, rows.low_stock_events);
  for (const storage::MovementRecord* movement : batch.old_movements.Written()) {
    *std::find_if(rows.movements.begin(), rows.movements.end(),
                  [&](const auto& stored) { return stored.key() == movement->key(); }) = *movement;
  }
  for (const storage::MovementRecord* movement : batch.old_movements.Removed()) {
    std::erase_if(rows.movements, [&](const auto& stored) { return stored.key() == movement->key(); });
  }
  rows.movements.insert(rows.movements.end(), batch.movements.begin(), batch.movements.end());
  rows.Mark();
}

}  // namespace inventory
