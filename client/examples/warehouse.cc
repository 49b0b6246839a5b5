// warehouse ADDRESS WAREHOUSE: packs and ships all that is sold from one warehouse. It may be killed and begun anew at
// any point, and several may run at once: what is to do is what the service says.
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "inventory/client/connection.h"
#include "inventory/client/errors.h"
#include "inventory/v1/inventory_service.client.h"

namespace {

namespace v1 = inventory::v1;
using inventory::client::InventoryClient;
using inventory::client::ReasonOf;

// Whether the error only says that another packer was faster, or the customer: then there is nothing to do.
bool IsDone(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return reason == "NOTHING_TO_SHIP" || reason == "RESERVATION_CANCELLED" || reason == "RESERVATION_FULFILLED" ||
         reason == "SHIPMENT_STATE";
}

// Makes a shipment of what is reserved here for each paid order and in no shipment yet.
absl::Status Pack(InventoryClient& inventory, const std::string& warehouse_id) {
  v1::ListReservationsRequest paid;
  paid.mutable_filter()->set_state(v1::RESERVATION_STATE_COMMITTED);
  paid.mutable_filter()->set_warehouse_id(warehouse_id);
  for (const absl::StatusOr<v1::Reservation>& reservation : inventory.ListReservations(paid)) {
    if (!reservation.ok()) return reservation.status();
    v1::CreateShipmentRequest request;
    request.set_reservation_id(reservation->reservation_id());
    request.set_warehouse_id(warehouse_id);
    absl::Status packed = inventory.CreateShipment(request).status();
    if (!packed.ok() && !IsDone(packed)) return packed;
  }
  return absl::OkStatus();
}

// Hands all shipments that stand ready over to the carrier.
absl::Status Ship(InventoryClient& inventory, const std::string& warehouse_id) {
  v1::ListShipmentsRequest open;
  open.mutable_filter()->set_state(v1::SHIPMENT_STATE_PROCESSING);
  open.mutable_filter()->set_warehouse_id(warehouse_id);
  for (const absl::StatusOr<v1::Shipment>& shipment : inventory.ListShipments(open)) {
    if (!shipment.ok()) return shipment.status();
    v1::ShipShipmentRequest request;
    request.set_shipment_id(shipment->shipment_id());
    request.set_carrier("Example Parcels");
    absl::Status shipped = inventory.ShipShipment(request).status();
    if (IsDone(shipped)) continue;
    if (!shipped.ok()) return shipped;
    for (const v1::OrderLine& line : shipment->lines()) {
      std::cout << "Shipped " << line.quantity() << " x " << line.sku() << " for reservation "
                << shipment->reservation_id() << "\n";
    }
  }
  return absl::OkStatus();
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "Usage: warehouse ADDRESS WAREHOUSE\n";
    return 2;
  }
  // A job has more patience than a page.
  auto connection = inventory::client::Connect(
      {.addresses = {argv[1]}, .plaintext = true, .user_agent = "warehouse", .timeout = absl::Minutes(5)});
  if (!connection.ok()) {
    std::cerr << connection.status().message() << "\n";
    return 2;
  }
  std::unique_ptr<InventoryClient> inventory = inventory::client::MakeInventoryClient(*connection);
  absl::Status status = Pack(*inventory, argv[2]);
  if (status.ok()) status = Ship(*inventory, argv[2]);
  if (status.ok()) return 0;
  std::cerr << "Begin again later: " << status << "\n";
  return 1;
}
