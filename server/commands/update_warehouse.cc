#include "inventory/v1/warehouse.pb.h"
#include "server/commands/configuration.h"
#include "server/commands/convert.h"
#include "server/commands/field_mask.h"
#include "server/commands/warehouses.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::WarehouseRecord;

struct UpdateWarehouse {
  using Request = v1::UpdateWarehouseRequest;
  using Response = v1::Warehouse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.warehouse().warehouse_id(), "warehouse.warehouse_id", violations);
    const auto mask =
        CheckUpdateMask(request.update_mask(), *v1::Warehouse::descriptor(), kFixedWarehouseFields, violations);
    // One coordinate may be 0 as long as the other is not.
    v1::Warehouse changed;
    changed.set_name("any");
    changed.mutable_location()->set_latitude(1);
    changed.mutable_location()->set_longitude(1);
    ApplyUpdate(mask, kFixedWarehouseFields, request.warehouse(), changed);
    CheckWarehouse(changed, "warehouse", violations);
  }

  static pipeline::Needs NeedsOf(const Request&) { return {.configuration = true}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.warehouse().warehouse_id();
    auto found = FindLive<WarehouseRecord>(work, id, request.warehouse().etag());
    if (!found.ok()) return found.status();
    v1::Warehouse wanted;
    ToProto(**found, wanted);
    ApplyUpdate(request.update_mask(), kFixedWarehouseFields, request.warehouse(), wanted);
    Violations violations;
    CheckWarehouse(wanted, "warehouse", violations);
    if (!violations.empty()) return violations.ToStatus();
    if (wanted.active() && !wanted.has_location()) {
      return Precondition("LOCATION_REQUIRED", "an active warehouse needs a location", {{"warehouse_id", id}});
    }
    Save(work, Configured(**found, wanted));
    ToProto(**found, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<UpdateWarehouse> kRegistered;

}  // namespace
}  // namespace inventory::commands
