// What the commands on warehouses share.
#ifndef INVENTORY_SERVER_COMMANDS_WAREHOUSES_H_
#define INVENTORY_SERVER_COMMANDS_WAREHOUSES_H_

#include <string>
#include <string_view>

#include "inventory/v1/warehouse.pb.h"
#include "server/errors.h"
#include "server/pipeline/work.h"
#include "storage/records.h"

namespace inventory::commands {

// What UpdateWarehouse never changes, besides the fields of every resource; see field_mask.h.
inline constexpr std::string_view kFixedWarehouseFields[] = {"warehouse_id"};

// Notes every broken rule of a warehouse but that its id may be missing and that an active one needs a location;
// `field` is where the request has it.
void CheckWarehouse(const v1::Warehouse& warehouse, const std::string& field, Violations& violations);

// Notes every broken rule of a point on the globe.
void CheckLocation(const v1::GeoPoint& location, const std::string& field, Violations& violations);

// The same of a warehouse that is to be made, which needs a location if it is active.
void CheckNewWarehouse(const v1::Warehouse& warehouse, const std::string& field, Violations& violations);

// The record with everything that the caller decides of a valid warehouse.
storage::WarehouseRecord Configured(storage::WarehouseRecord record, const v1::Warehouse& warehouse);

// Makes a valid warehouse and shows it. Refusals as Create in configuration.h.
absl::Status MakeWarehouse(pipeline::Work& work, const v1::Warehouse& warehouse, v1::Warehouse& out);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_WAREHOUSES_H_
