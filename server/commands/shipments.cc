#include "server/commands/shipments.h"

#include "absl/strings/str_cat.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/errors.h"

namespace inventory::commands {

using pipeline::Work;
using storage::AllocationRecord;
using storage::ShipmentRecord;
using storage::ShipmentState;

absl::StatusOr<const ShipmentRecord*> FindShipment(Work& work, const std::string& shipment_id,
                                                   const std::string& etag) {
  const ShipmentRecord* shipment = work.rows().shipments.Find(shipment_id);
  if (shipment == nullptr) {
    return NotFound("SHIPMENT_NOT_FOUND", absl::StrCat("there is no shipment ", shipment_id),
                    {{"shipment_id", shipment_id}});
  }
  absl::Status reservation = FindReservation(work, shipment->reservation_id, "").status();
  if (!reservation.ok()) return reservation;
  absl::Status matches = CheckEtag(etag, shipment->version, "the shipment");
  if (!matches.ok()) return matches;
  return shipment;
}

ShipmentRecord& EditShipment(Work& work, const std::string& shipment_id) {
  ShipmentRecord& shipment = work.rows().shipments.Edit(shipment_id);
  shipment.version += 1;
  shipment.update_time = work.now();
  return shipment;
}

bool IsOpen(ShipmentState state) { return state == ShipmentState::kProcessing || state == ShipmentState::kReadyToShip; }

absl::Status WrongState(ShipmentState state) {
  std::string name = v1::ShipmentState_Name(static_cast<v1::ShipmentState>(state));
  name = name.substr(std::string("SHIPMENT_STATE_").size());
  return Precondition("SHIPMENT_STATE", absl::StrCat("the shipment is ", name), {{"state", name}});
}

int64_t Unbound(const AllocationRecord& part) { return part.reserved - part.in_shipment; }

absl::Status Reallocate(Work& work, const AllocationRecord::Key& from, const std::string& to_warehouse_id,
                        int64_t quantity) {
  const auto& [reservation_id, sku, from_warehouse_id] = from;
  for (const auto& [warehouse_id, units] : {std::pair{from_warehouse_id, -quantity}, {to_warehouse_id, quantity}}) {
    absl::Status moved = work.Apply({.sku = sku,
                                     .warehouse_id = warehouse_id,
                                     .type = storage::MovementType::kReallocate,
                                     .delta = {.reserved = units},
                                     .document_id = reservation_id})
                             .status();
    if (!moved.ok()) return moved;
  }
  auto& allocations = work.rows().allocations;
  AllocationRecord& source = allocations.Edit(from);
  const AllocationRecord::Key to{reservation_id, sku, to_warehouse_id};
  AllocationRecord& target =
      allocations.Find(to) != nullptr
          ? allocations.Edit(to)
          : allocations.Add({.reservation_id = reservation_id, .sku = sku, .warehouse_id = to_warehouse_id});
  target.reserved += quantity;
  target.expire_time = source.expire_time;
  source.reserved -= quantity;
  if (source.reserved == 0) source.expire_time.reset();
  return absl::OkStatus();
}

void ShowShipment(const Work& work, const std::string& shipment_id, v1::Shipment& out) {
  ToProto(*work.rows().shipments.Find(shipment_id), work.ShipmentLinesOf(shipment_id), out);
}

}  // namespace inventory::commands
