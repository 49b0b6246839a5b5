// Why an order does not draw from warehouses.
#ifndef INVENTORY_SERVER_COMMANDS_UNUSED_WAREHOUSES_H_
#define INVENTORY_SERVER_COMMANDS_UNUSED_WAREHOUSES_H_

#include "google/protobuf/repeated_ptr_field.h"
#include "inventory/v1/sourcing.pb.h"
#include "server/pipeline/work.h"
#include "server/sourcing/plan.h"

namespace inventory::commands {

// Every warehouse that is not deleted and that the plan does not use, in order of id.
void ExplainUnused(const pipeline::Work& work, const storage::ReservationRecord& reservation,
                   const sourcing::Problem& problem, const sourcing::Plan& plan,
                   google::protobuf::RepeatedPtrField<v1::UnusedWarehouse>& out);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_UNUSED_WAREHOUSES_H_
