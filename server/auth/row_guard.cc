#include "server/auth/row_guard.h"

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "server/errors.h"

namespace inventory::auth {
namespace {

// What documents that a command names belong to.
struct Owners {
  std::set<std::string> warehouses;
  std::set<std::string> channels;
};

void AddReservation(const std::string& id, const pipeline::Rows& rows, Owners& owners) {
  const storage::ReservationRecord* reservation = rows.reservations.Find(id);
  if (reservation != nullptr) owners.channels.insert(reservation->channel_id);
}

// One that does not exist belongs to nobody; the command says so.
Owners OwnersOf(const pipeline::Needs& needs, const pipeline::Rows& rows) {
  Owners owners;
  for (const std::string& id : needs.reservations) AddReservation(id, rows, owners);
  for (const std::string& id : needs.shipments) {
    const storage::ShipmentRecord* shipment = rows.shipments.Find(id);
    if (shipment == nullptr) continue;
    owners.warehouses.insert(shipment->warehouse_id);
    AddReservation(shipment->reservation_id, rows, owners);
  }
  for (const std::string& id : needs.replenishments) {
    const storage::ReplenishmentRecord* replenishment = rows.replenishments.Find(id);
    if (replenishment != nullptr) owners.warehouses.insert(replenishment->warehouse_id);
  }
  for (const std::string& id : needs.transfers) {
    const storage::TransferRecord* transfer = rows.transfers.Find(id);
    if (transfer != nullptr) owners.warehouses.insert(transfer->to_warehouse_id);
  }
  return owners;
}

bool Contains(const Scope& scope, const std::set<std::string>& ids) {
  return !scope || std::all_of(ids.begin(), ids.end(), [&scope](const auto& id) { return scope->contains(id); });
}

}  // namespace

absl::Status OutOfScope(std::string_view what) {
  return Refusal(absl::StatusCode::kPermissionDenied, "OUT_OF_SCOPE",
                 absl::StrCat("none of the caller's grants covers ", std::string(what)));
}

bool RowGuard::Covers(const Grant& grant, const pipeline::Needs& needs, const pipeline::Rows& rows) const {
  const Owners owners = OwnersOf(needs, rows);
  const bool by_warehouse = requirement_.warehouses.by == Confinement::By::kRows;
  const bool by_channel = requirement_.channels.by == Confinement::By::kRows;
  return (!by_warehouse || Contains(grant.warehouses, owners.warehouses)) &&
         (!by_channel || Contains(grant.channels, owners.channels));
}

absl::Status RowGuard::CheckRows(const pipeline::Needs& needs, const pipeline::Rows& rows) const {
  const auto covers = [&](const Grant* grant) { return Covers(*grant, needs, rows); };
  if (std::any_of(grants_.begin(), grants_.end(), covers)) return absl::OkStatus();
  return OutOfScope("what the call works on");
}

absl::Status RowGuard::CheckMovements(const pipeline::Needs& needs, const pipeline::Rows& rows,
                                      const std::vector<const storage::MovementRecord*>& movements) const {
  // A seller's grants are within channels and move whatever warehouses sell through them.
  std::set<std::string> warehouses;
  for (const storage::MovementRecord* movement : movements) warehouses.insert(movement->warehouse_id);
  const auto covers = [&](const Grant* grant) {
    return Covers(*grant, needs, rows) && Contains(grant->warehouses, warehouses);
  };
  if (std::any_of(grants_.begin(), grants_.end(), covers)) return absl::OkStatus();
  return OutOfScope("all warehouses whose stock the call would change");
}

}  // namespace inventory::auth
