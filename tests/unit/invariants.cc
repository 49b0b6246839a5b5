#include "tests/unit/invariants.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "server/pipeline/work.h"

namespace inventory {
namespace {

using storage::AllocationRecord;
using storage::LevelRecord;
using storage::MovementRecord;
using storage::Quantities;
using storage::ReservationLineRecord;
using storage::ReservationRecord;
using storage::ReservationState;
using storage::ShipmentState;

class Checker {
 public:
  explicit Checker(const pipeline::Rows& rows) : rows_(rows) {}

  std::vector<std::string> Run() {
    CheckLedger();
    CheckReplenishments();
    CheckTransfers();
    CheckLevels();
    CheckShipments();
    CheckAllocations();
    CheckLines();
    CheckReturns();
    CheckBackorders();
    CheckQuotas();
    CheckKits();
    CheckLowStock();
    CheckReservations();
    return std::move(broken_);
  }

 private:
  template <typename... Words>
  void Expect(bool holds, const Words&... words) {
    if (!holds) broken_.push_back(absl::StrCat(words...));
  }

  void CheckLedger() {
    std::map<std::string, const MovementRecord*> last_of_sku;
    std::map<std::string, int64_t> made;  // Movements of the SKU, those that gave way to a balance forward included.
    for (const MovementRecord& movement : rows_.movements) {
      const std::string name = absl::StrCat("movement ", movement.sequence, " of ", movement.sku);
      const MovementRecord*& last = last_of_sku[movement.sku];
      Expect(movement.sequence > (last == nullptr ? 0 : last->sequence), name, " is out of order");
      Expect(last == nullptr || movement.create_time >= last->create_time, name, " is older than the one before");
      LevelRecord& level = ledger_[{movement.sku, movement.warehouse_id}];
      const bool forward = movement.type == storage::MovementType::kBalanceForward;
      Expect(!forward || level.version == 0, name, " is a balance forward after others");
      const int64_t before = level.version;
      level.version = forward ? movement.version : before + 1;
      made[movement.sku] += level.version - before;
      Expect(movement.version == level.version, name, " makes version ", movement.version, ", not ", level.version);
      level.quantities += movement.delta;
      Expect(movement.balance == level.quantities, name, " has another balance than the sum so far");
      last = &movement;
    }
    for (const storage::ItemRecord* item : rows_.items.All()) {
      const MovementRecord* last = last_of_sku[item->sku];
      Expect(item->sequence == (last == nullptr ? 0 : last->sequence), item->sku, " does not know its last movement");
      Expect(item->sequence == made[item->sku], item->sku, " has ", made[item->sku], " movements numbered up to ",
             item->sequence);
    }
  }

  void CheckReplenishments() {
    for (const storage::ReplenishmentRecord* replenishment : rows_.replenishments.All()) {
      const std::string name = absl::StrCat("replenishment ", replenishment->replenishment_id);
      const int64_t rest = replenishment->ordered - replenishment->received;
      const bool received = replenishment->state == storage::ReplenishmentState::kReceived;
      Expect(replenishment->ordered > 0 && replenishment->received >= 0, name, " has no units");
      Expect(received == (rest <= 0), name, " has ", rest, " units outstanding in its state");
      incoming_[{replenishment->sku, replenishment->warehouse_id}] += replenishment->outstanding();
    }
  }

  void CheckTransfers() {
    std::map<std::string, int64_t> in_transit;
    for (const storage::TransferLineRecord* line : rows_.transfer_lines.All()) {
      const std::string name = absl::StrCat("line ", line->sku, " of transfer ", line->transfer_id);
      Expect(line->received >= 0 && line->missing >= 0 && line->in_transit() >= 0, name, " is below zero");
      Expect((line->missing > 0) == !line->shortage_reason.empty(), name, " misses units without a reason");
      in_transit[line->transfer_id] += line->in_transit();
      const storage::TransferRecord* transfer = rows_.transfers.Find(line->transfer_id);
      Expect(transfer != nullptr && line->quantity > 0, name, " is void");
      if (transfer != nullptr) incoming_[{line->sku, transfer->to_warehouse_id}] += line->in_transit();
    }
    for (const storage::TransferRecord* transfer : rows_.transfers.All()) {
      const int64_t units = in_transit[transfer->transfer_id];
      Expect((transfer->state == storage::TransferState::kInTransit) == (units > 0), "transfer ", transfer->transfer_id,
             " has ", units, " units in transit in its state");
    }
  }

  void CheckLevels() {
    std::map<LevelRecord::Key, int64_t> allocated;
    for (const AllocationRecord* part : rows_.allocations.All()) {
      allocated[{part->sku, part->warehouse_id}] += part->reserved;
    }
    for (const LevelRecord* level : rows_.levels.All()) {
      const std::string name = absl::StrCat("level ", level->sku, " in ", level->warehouse_id);
      const Quantities& has = level->quantities;
      for (const storage::QuantityField& field : storage::kQuantities) {
        const int64_t value = has.*field.value;
        Expect(value >= 0 && value <= pipeline::kMaxQuantity, name, " has ", field.name, " of ", value);
      }
      Expect(has.damaged + has.quality_control <= has.on_hand, name, " has more unsellable units than units");
      Expect(has == ledger_[level->key()].quantities, name, " is not the sum of its movements");
      Expect(level->version == ledger_[level->key()].version, name, " has version ", level->version, " after ",
             ledger_[level->key()].version, " movements");
      Expect(has.reserved == allocated[level->key()], name, " has ", has.reserved, " reserved and ",
             allocated[level->key()], " allocated");
      Expect(has.incoming == incoming_[level->key()], name, " has ", has.incoming, " incoming and ",
             incoming_[level->key()], " are expected");
      ledger_.erase(level->key());
      allocated.erase(level->key());
      incoming_.erase(level->key());
    }
    for (const auto& [key, level] : ledger_) Expect(false, "no level ", key.first, " in ", key.second, ", yet moved");
    for (const auto& [key, units] : allocated) {
      Expect(units == 0, "no level ", key.first, " in ", key.second, ", yet allocated");
    }
    for (const auto& [key, units] : incoming_) {
      Expect(units == 0, "no level ", key.first, " in ", key.second, ", yet expected");
    }
  }

  void CheckShipments() {
    for (const storage::ShipmentLineRecord* line : rows_.shipment_lines.All()) {
      const storage::ShipmentRecord* shipment = rows_.shipments.Find(line->shipment_id);
      Expect(shipment != nullptr && line->quantity > 0, "a line of shipment ", line->shipment_id, " is void");
      if (shipment == nullptr || shipment->state == ShipmentState::kCancelled) continue;
      const bool left = shipment->state == ShipmentState::kShipped || shipment->state == ShipmentState::kDelivered;
      auto& units = left ? shipped_ : in_shipment_;
      units[{shipment->reservation_id, line->sku, shipment->warehouse_id}] += line->quantity;
    }
  }

  void CheckAllocations() {
    for (const AllocationRecord* part : rows_.allocations.All()) {
      const std::string name =
          absl::StrCat("allocation of ", part->sku, " in ", part->warehouse_id, " to ", part->reservation_id);
      Expect(part->reserved >= 0 && part->in_shipment >= 0, name, " is below zero");
      Expect(part->in_shipment <= part->reserved, name, " ships more than it has");
      Expect(part->in_shipment == in_shipment_[part->key()], name, " and its open shipments differ");
      Expect(part->shipped == shipped_[part->key()], name, " and its past shipments differ");
      const ReservationRecord* owner = rows_.reservations.Find(part->reservation_id);
      Expect(owner != nullptr, name, " has no reservation");
      if (owner == nullptr) continue;
      const auto expiry = part->reserved > 0 ? owner->expire_time : std::nullopt;
      Expect(part->expire_time == expiry, name, " does not run out with its reservation");
      in_shipment_.erase(part->key());
      shipped_.erase(part->key());
    }
    Expect(in_shipment_.empty() && shipped_.empty(), "a shipment has units without an allocation");
  }

  void CheckLines() {
    for (const ReservationLineRecord* line : rows_.reservation_lines.All()) {
      const std::string name = absl::StrCat("line ", line->sku, " of ", line->reservation_id);
      Expect(line->reserved >= 0 && line->shipped >= 0 && line->cancelled >= 0 && line->backordered >= 0, name,
             " is below zero");
      Expect(line->reserved + line->backordered + line->shipped <= line->requested, name,
             " has more than was asked for");
      const storage::ItemRecord* item = rows_.items.Find(line->sku);
      if (item != nullptr && !item->tracked) continue;
      int64_t reserved = 0;
      int64_t shipped = 0;
      for (const AllocationRecord* part : PartsOf(*line)) {
        reserved += part->reserved;
        shipped += part->shipped;
      }
      Expect(line->reserved == reserved, name, " has ", line->reserved, " reserved and ", reserved, " allocated");
      Expect(line->shipped == shipped, name, " has ", line->shipped, " shipped, its allocations ", shipped);
    }
  }

  void CheckReturns() {
    std::map<ReservationLineRecord::Key, int64_t> returned;
    for (const storage::ReturnLineRecord* line : rows_.return_lines.All()) {
      const storage::ReturnRecord* owner = rows_.returns.Find(line->return_id);
      Expect(owner != nullptr && line->quantity > 0, "a line of return ", line->return_id, " is void");
      if (owner != nullptr) returned[{owner->reservation_id, line->sku}] += line->quantity;
    }
    for (const ReservationLineRecord* line : rows_.reservation_lines.All()) {
      const std::string name = absl::StrCat("line ", line->sku, " of ", line->reservation_id);
      Expect(line->returned == returned[line->key()], name, " has ", line->returned, " returned, its returns ",
             returned[line->key()]);
      Expect(line->returned <= line->shipped, name, " has more returned than shipped");
      returned.erase(line->key());
    }
    Expect(returned.empty(), "a return has units without a line");
  }

  std::vector<const AllocationRecord*> PartsOf(const ReservationLineRecord& line) const {
    return rows_.allocations.Range({line.reservation_id, line.sku, ""}, [&line](const AllocationRecord& part) {
      return part.reservation_id == line.reservation_id && part.sku == line.sku;
    });
  }

  void CheckBackorders() {
    std::map<ReservationLineRecord::Key, int64_t> waiting;
    std::map<std::string, int64_t> of_sku;
    for (const storage::BackorderRecord* backorder : rows_.backorders.All()) {
      const std::string name = absl::StrCat("backorder ", backorder->place, " of ", backorder->sku);
      Expect(backorder->quantity > 0, name, " is void");
      Expect(waiting.emplace(std::pair(backorder->reservation_id, backorder->sku), backorder->quantity).second, name,
             " is its line's second");
      of_sku[backorder->sku] += backorder->quantity;
      const ReservationRecord* owner = rows_.reservations.Find(backorder->reservation_id);
      Expect(owner != nullptr, name, " has no reservation");
      if (owner == nullptr) continue;
      Expect(backorder->expire_time == owner->expire_time, name, " does not run out with its reservation");
      Expect(backorder->channel_id == owner->channel_id, name, " has another channel than its reservation");
    }
    for (const ReservationLineRecord* line : rows_.reservation_lines.All()) {
      Expect(line->backordered == waiting[line->key()], "line ", line->sku, " of ", line->reservation_id, " has ",
             line->backordered, " backordered, and ", waiting[line->key()], " wait");
    }
    for (const storage::ItemRecord* item : rows_.items.All()) {
      Expect(item->backordered == of_sku[item->sku], item->sku, " has ", item->backordered, " backordered, and ",
             of_sku[item->sku], " wait");
    }
  }

  void CheckQuotas() {
    std::map<storage::QuotaRecord::Key, int64_t> unshipped;
    for (const ReservationLineRecord* line : rows_.reservation_lines.All()) {
      const ReservationRecord* owner = rows_.reservations.Find(line->reservation_id);
      if (owner != nullptr) unshipped[{line->sku, owner->channel_id}] += line->reserved + line->backordered;
    }
    std::map<std::string, int64_t> of_sku;
    for (const storage::QuotaRecord* quota : rows_.quotas.All()) {
      Expect(quota->outstanding == unshipped[quota->key()], "quota of ", quota->sku, " in ", quota->channel_id, " has ",
             quota->outstanding, " outstanding, its lines ", unshipped[quota->key()]);
      ++of_sku[quota->sku];
    }
    for (const storage::ItemRecord* item : rows_.items.All()) {
      Expect(item->quotas == of_sku[item->sku], item->sku, " knows of ", item->quotas, " quotas and has ",
             of_sku[item->sku]);
    }
  }

  void CheckKits() {
    std::map<std::string, int64_t> kits;  // By component.
    for (const storage::ItemRecord* item : rows_.items.All()) {
      for (const storage::Component& component : item->components) {
        ++kits[component.sku];
        const storage::ItemRecord* part = rows_.items.Find(component.sku);
        Expect(part != nullptr && !part->is_kit() && component.quantity > 0, item->sku, " can't be made of ",
               component.sku);
      }
    }
    for (const storage::ItemRecord* item : rows_.items.All()) {
      Expect(item->kits == kits[item->sku], item->sku, " knows of ", item->kits, " kits and is in ", kits[item->sku]);
    }
    for (const LevelRecord* level : rows_.levels.All()) {
      const storage::ItemRecord* item = rows_.items.Find(level->sku);
      const bool kit = item != nullptr && item->is_kit();
      Expect(!kit || level->quantities == Quantities(), level->sku, " is a kit and has units of its own");
    }
  }

  void CheckLowStock() {
    std::map<std::string, int64_t> rules;  // By SKU.
    std::map<std::string, int64_t> pending;
    std::map<std::string, int64_t> next;
    std::map<std::string, const storage::LowStockEventRecord*> last;
    for (const storage::LowStockEventRecord* event : rows_.low_stock_events.All()) {
      const std::string name = absl::StrCat("event ", event->number, " of low-stock rule ", event->rule_id);
      const bool low = event->type == storage::LowStockEventType::kLow;
      const storage::LowStockEventRecord*& before = last[event->rule_id];
      Expect(event->number == (before == nullptr ? 0 : before->number) + 1, name, " does not follow the one before");
      Expect(low == (before == nullptr || before->type == storage::LowStockEventType::kRecovered), name,
             " says what the one before did");
      Expect(low == (event->available <= event->threshold), name, " saw ", event->available, " and a threshold of ",
             event->threshold);
      const bool waits = event->state == storage::LowStockEventState::kPending;
      Expect(waits || !event->next_attempt_time, name, " is over and has a next attempt");
      pending[event->rule_id] += waits ? 1 : 0;
      next[event->rule_id] += event->next_attempt_time ? 1 : 0;
      before = event;
    }
    for (const storage::LowStockRuleRecord* rule : rows_.low_stock_rules.All()) {
      const std::string name = absl::StrCat("low-stock rule ", rule->rule_id);
      const storage::LowStockEventRecord* event = last[rule->rule_id];
      Expect(rule->last_event == (event == nullptr ? 0 : event->number), name, " does not know its last event");
      Expect(rule->low == (event != nullptr && event->type == storage::LowStockEventType::kLow), name,
             " is not as its last event says");
      Expect(rule->pending_events == pending[rule->rule_id], name, " has ", rule->pending_events,
             " pending events, not ", pending[rule->rule_id]);
      Expect(next[rule->rule_id] == (rule->pending_events > 0 ? 1 : 0), name, " has ", next[rule->rule_id],
             " events with a next attempt");
      rules[rule->sku] += rule->delete_time ? 0 : 1;
      last.erase(rule->rule_id);
    }
    Expect(last.empty(), "an event has no low-stock rule");
    for (const storage::ItemRecord* item : rows_.items.All()) {
      Expect(item->low_stock_rules == rules[item->sku], item->sku, " knows of ", item->low_stock_rules,
             " low-stock rules and has ", rules[item->sku]);
    }
  }

  void CheckReservations() {
    std::map<std::string, int64_t> outstanding;
    for (const auto* line : rows_.reservation_lines.All()) {
      outstanding[line->reservation_id] += line->reserved + line->backordered;
    }
    for (const ReservationRecord* reservation : rows_.reservations.All()) {
      const std::string name = absl::StrCat("reservation ", reservation->reservation_id);
      const int64_t units = outstanding[reservation->reservation_id];
      const bool held = reservation->state == ReservationState::kHeld;
      const bool committed = reservation->state == ReservationState::kCommitted;
      Expect(held == reservation->expire_time.has_value(), name, " has an expiry without a hold, or none with one");
      // A dead hold keeps its state until somebody writes it.
      if (!held) Expect(committed == (units > 0), name, " has ", units, " units outstanding in its state");
      outstanding.erase(reservation->reservation_id);
    }
    Expect(outstanding.empty(), "a line has no reservation");
  }

  const pipeline::Rows& rows_;
  std::map<LevelRecord::Key, LevelRecord> ledger_;
  std::map<LevelRecord::Key, int64_t> incoming_;
  std::map<AllocationRecord::Key, int64_t> in_shipment_;
  std::map<AllocationRecord::Key, int64_t> shipped_;
  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> BrokenInvariants(const pipeline::Rows& rows) { return Checker(rows).Run(); }

void CheckInvariants(const pipeline::Rows& rows) {
  for (const std::string& broken : BrokenInvariants(rows)) ADD_FAILURE() << broken;
}

}  // namespace inventory
