#include "inventory/v1/shipment.pb.h"
#include "server/commands/shipments.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ShipmentState;

struct MarkShipmentReady {
  using Request = v1::MarkShipmentReadyRequest;
  using Response = v1::MarkShipmentReadyResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.shipment_id(), "shipment_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.shipments = {request.shipment_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    auto shipment = FindShipment(work, request.shipment_id(), request.etag());
    if (!shipment.ok()) return shipment.status();
    if ((*shipment)->state != ShipmentState::kProcessing) return WrongState((*shipment)->state);
    EditShipment(work, request.shipment_id()).state = ShipmentState::kReadyToShip;
    ShowShipment(work, request.shipment_id(), *response.mutable_shipment());
    return absl::OkStatus();
  }
};

const rpc::Registered<MarkShipmentReady> kMarkShipmentReady;

}  // namespace
}  // namespace inventory::commands
