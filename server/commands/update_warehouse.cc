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
    const v1::Warehouse& warehouse = request.warehouse();
    CheckNamed(warehouse.warehouse_id(), warehouse.external_reference_code(), "warehouse", "warehouse_id", violations);
    const auto mask =
        CheckUpdateMask(request.update_mask(), *v1::Warehouse::descriptor(), kFixedWarehouseFields, violations);
    // One coordinate may be 0 as long as the other is not.
    v1::Warehouse changed;
    changed.set_name("any");
    changed.mutable_location()->set_latitude(1);
    changed.mutable_location()->set_longitude(1);
    ApplyUpdate(mask, kFixedWarehouseFields, request.warehouse(), changed);
    if (request.allow_missing()) {
      CheckNewWarehouse(warehouse, "warehouse", violations);
    } else {
      CheckWarehouse(changed, "warehouse", violations);
    }
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return NeedsOfResource<WarehouseRecord>(request.warehouse().external_reference_code());
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& code = request.warehouse().external_reference_code();
    const std::string id = NamedBy<WarehouseRecord>(work, request.warehouse().warehouse_id(), code);
    if (request.allow_missing() && !FindAny<WarehouseRecord>(work, id).ok()) {
      absl::Status matches = CheckEtag(request.warehouse().etag(), 0, "the warehouse");
      return matches.ok() ? MakeWarehouse(work, request.warehouse(), response) : matches;
    }
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
    absl::Status saved = Save(work, Configured(**found, wanted));
    if (!saved.ok()) return saved;
    ToProto(**found, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<UpdateWarehouse> kUpdateWarehouse;

}  // namespace
}  // namespace inventory::commands
