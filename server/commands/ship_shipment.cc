#include <map>

#include "inventory/v1/shipment.pb.h"
#include "server/commands/conditions.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/commands/shipments.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ShipmentRecord;

struct ShipShipment {
  using Request = v1::ShipShipmentRequest;
  using Response = v1::ShipShipmentResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.shipment_id(), "shipment_id", violations);
    rpc::CheckText(request.carrier(), 128, "carrier", violations);
    rpc::CheckText(request.tracking_number(), 128, "tracking_number", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.shipments = {request.shipment_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    auto found = FindShipment(work, request.shipment_id(), request.etag());
    if (!found.ok()) return found.status();
    if (!IsOpen((*found)->state)) return WrongState((*found)->state);
    ShipmentRecord& shipment = EditShipment(work, request.shipment_id());
    shipment.state = storage::ShipmentState::kShipped;
    if (!request.carrier().empty()) shipment.carrier = request.carrier();
    if (!request.tracking_number().empty()) shipment.tracking_number = request.tracking_number();

    std::map<std::string, int64_t> units;
    for (const auto* line : work.ShipmentLinesOf(shipment.shipment_id)) units[line->sku] += line->quantity;
    for (const auto& [sku, quantity] : units) {
      absl::Status left = Leave(shipment, sku, quantity, work);
      if (!left.ok()) return left;
    }
    EditReservation(work, shipment.reservation_id);
    SettleIfDone(work, shipment.reservation_id);
    ShowShipment(work, shipment.shipment_id, *response.mutable_shipment());
    ShowReservation(work, shipment.reservation_id, *response.mutable_reservation());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  static absl::Status Leave(const ShipmentRecord& shipment, const std::string& sku, int64_t quantity,
                            pipeline::Work& work) {
    const storage::LevelRecord* level = work.rows().levels.Find({sku, shipment.warehouse_id});
    const storage::Quantities has = level == nullptr ? storage::Quantities() : level->quantities;
    if (has.sellable() < quantity) {
      return InsufficientOnHand(sku, shipment.warehouse_id, has, v1::STOCK_CONDITION_SELLABLE, {"requested", quantity});
    }
    absl::Status moved = work.Apply({.sku = sku,
                                     .warehouse_id = shipment.warehouse_id,
                                     .type = storage::MovementType::kShip,
                                     .delta = {.on_hand = -quantity, .reserved = -quantity},
                                     .document_id = shipment.shipment_id})
                             .status();
    if (!moved.ok()) return moved;
    storage::AllocationRecord& part =
        work.rows().allocations.Edit({shipment.reservation_id, sku, shipment.warehouse_id});
    part.reserved -= quantity;
    part.in_shipment -= quantity;
    part.shipped += quantity;
    storage::ReservationLineRecord& line = work.rows().reservation_lines.Edit({shipment.reservation_id, sku});
    line.reserved -= quantity;
    line.shipped += quantity;
    return absl::OkStatus();
  }
};

const rpc::Registered<ShipShipment> kShipShipment;

}  // namespace
}  // namespace inventory::commands
