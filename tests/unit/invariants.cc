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
    CheckLevels();
    CheckShipments();
    CheckAllocations();
    CheckLines();
    CheckReservations();
    return std::move(broken_);
  }

 private:
  template <typename... Words>
  void Expect(bool holds, const Words&... words) {
    if (!holds) broken_.push_back(absl::StrCat(words...));
  }

  static void Add(Quantities& sum, const Quantities& delta) {
    sum.on_hand += delta.on_hand;
    sum.reserved += delta.reserved;
    sum.safety_stock += delta.safety_stock;
    sum.damaged += delta.damaged;
    sum.quality_control += delta.quality_control;
  }

  void CheckLedger() {
    std::map<std::string, const MovementRecord*> last_of_sku;
    for (const MovementRecord& movement : rows_.movements) {
      const std::string name = absl::StrCat("movement ", movement.sequence, " of ", movement.sku);
      const MovementRecord*& last = last_of_sku[movement.sku];
      Expect(movement.sequence == (last == nullptr ? 0 : last->sequence) + 1, name, " is out of order");
      Expect(last == nullptr || movement.create_time >= last->create_time, name, " is older than the one before");
      LevelRecord& level = ledger_[{movement.sku, movement.warehouse_id}];
      level.version += 1;
      Expect(movement.version == level.version, name, " makes version ", movement.version, ", not ", level.version);
      Add(level.quantities, movement.delta);
      Expect(movement.balance == level.quantities, name, " has another balance than the sum so far");
      last = &movement;
    }
    for (const storage::ItemRecord* item : rows_.items.All()) {
      const MovementRecord* last = last_of_sku[item->sku];
      Expect(item->sequence == (last == nullptr ? 0 : last->sequence), item->sku, " does not know its last movement");
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
      for (int64_t bucket : {has.on_hand, has.reserved, has.safety_stock, has.damaged, has.quality_control}) {
        Expect(bucket >= 0 && bucket <= pipeline::kMaxQuantity, name, " has a bucket of ", bucket);
      }
      Expect(has == ledger_[level->key()].quantities, name, " is not the sum of its movements");
      Expect(level->version == ledger_[level->key()].version, name, " has version ", level->version, " after ",
             ledger_[level->key()].version, " movements");
      Expect(has.reserved == allocated[level->key()], name, " has ", has.reserved, " reserved and ",
             allocated[level->key()], " allocated");
      ledger_.erase(level->key());
      allocated.erase(level->key());
    }
    for (const auto& [key, level] : ledger_) Expect(false, "no level ", key.first, " in ", key.second, ", yet moved");
    for (const auto& [key, units] : allocated) {
      Expect(units == 0, "no level ", key.first, " in ", key.second, ", yet allocated");
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
      Expect(line->reserved >= 0 && line->shipped >= 0 && line->cancelled >= 0, name, " is below zero");
      Expect(line->reserved + line->shipped <= line->requested, name, " has more than was asked for");
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

  std::vector<const AllocationRecord*> PartsOf(const ReservationLineRecord& line) const {
    return rows_.allocations.Range({line.reservation_id, line.sku, ""}, [&line](const AllocationRecord& part) {
      return part.reservation_id == line.reservation_id && part.sku == line.sku;
    });
  }

  void CheckReservations() {
    std::map<std::string, int64_t> outstanding;
    for (const auto* line : rows_.reservation_lines.All()) outstanding[line->reservation_id] += line->reserved;
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
