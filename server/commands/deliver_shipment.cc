#include "inventory/v1/shipment.pb.h"
#include "server/commands/shipments.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ShipmentState;

struct DeliverShipment {
  using Request = v1::DeliverShipmentRequest;
  using Response = v1::DeliverShipmentResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.shipment_id(), "shipment_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.shipments = {request.shipment_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    auto shipment = FindShipment(work, request.shipment_id(), request.etag());
    if (!shipment.ok()) return shipment.status();
    if ((*shipment)->state != ShipmentState::kShipped) return WrongState((*shipment)->state);
    EditShipment(work, request.shipment_id()).state = ShipmentState::kDelivered;
    ShowShipment(work, request.shipment_id(), *response.mutable_shipment());
    return absl::OkStatus();
  }
};

const rpc::Registered<DeliverShipment> kDeliverShipment;

}  // namespace
}  // namespace inventory::commands
