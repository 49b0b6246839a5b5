#include "inventory/v1/shipment.pb.h"
#include "server/commands/reservations.h"
#include "server/commands/shipments.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ShipmentRecord;
using storage::ShipmentState;

struct CancelShipment {
  using Request = v1::CancelShipmentRequest;
  using Response = v1::CancelShipmentResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.shipment_id(), "shipment_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.shipments = {request.shipment_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    auto found = FindShipment(work, request.shipment_id(), request.etag());
    if (!found.ok()) return found.status();
    const ShipmentState state = (*found)->state;
    if (state != ShipmentState::kCancelled) {
      if (!IsOpen(state)) return WrongState(state);
      ShipmentRecord& shipment = EditShipment(work, request.shipment_id());
      shipment.state = ShipmentState::kCancelled;
      for (const auto* line : work.ShipmentLinesOf(shipment.shipment_id)) {
        absl::Status restored = Unbind(shipment, *line, work);
        if (!restored.ok()) return restored;
      }
      EditReservation(work, shipment.reservation_id);
    }
    ShowShipment(work, request.shipment_id(), *response.mutable_shipment());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  // Units that were re-allocated go back where they were, unless those have been sold meanwhile: no cancellation
  // oversells.
  static absl::Status Unbind(const ShipmentRecord& shipment, const storage::ShipmentLineRecord& line,
                             pipeline::Work& work) {
    const storage::AllocationRecord::Key here{shipment.reservation_id, line.sku, shipment.warehouse_id};
    work.rows().allocations.Edit(here).in_shipment -= line.quantity;
    if (line.allocated_from == shipment.warehouse_id) return absl::OkStatus();
    const storage::LevelRecord* origin = work.rows().levels.Find({line.sku, line.allocated_from});
    const bool still_there = origin != nullptr && origin->quantities.available() >= line.quantity &&
                             work.configuration().FindWarehouse(line.allocated_from) != nullptr;
    if (!still_there) return absl::OkStatus();
    return Reallocate(work, here, line.allocated_from, line.quantity);
  }
};

const rpc::Registered<CancelShipment> kCancelShipment;

}  // namespace
}  // namespace inventory::commands
