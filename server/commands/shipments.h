// What the commands on shipments share.
#ifndef INVENTORY_SERVER_COMMANDS_SHIPMENTS_H_
#define INVENTORY_SERVER_COMMANDS_SHIPMENTS_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "inventory/v1/shipment.pb.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// The loaded shipment with all SKUs of its reservation locked. SHIPMENT_NOT_FOUND, ETAG_MISMATCH.
absl::StatusOr<const storage::ShipmentRecord*> FindShipment(pipeline::Work& work, const std::string& shipment_id,
                                                            const std::string& etag);

// The shipment for changing, with its version and update time moved on.
storage::ShipmentRecord& EditShipment(pipeline::Work& work, const std::string& shipment_id);

// True in PROCESSING and READY_TO_SHIP: it has not left and binds units.
bool IsOpen(storage::ShipmentState state);

// FAILED_PRECONDITION, reason SHIPMENT_STATE {state}.
absl::Status WrongState(storage::ShipmentState state);

// Units of the allocation that are in no shipment.
int64_t Unbound(const storage::AllocationRecord& part);

// Moves unbound units of an allocation to another warehouse, with a movement for each side.
absl::Status Reallocate(pipeline::Work& work, const storage::AllocationRecord::Key& from,
                        const std::string& to_warehouse_id, int64_t quantity);

// The shipment as it is now.
void ShowShipment(const pipeline::Work& work, const std::string& shipment_id, v1::Shipment& out);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_SHIPMENTS_H_
