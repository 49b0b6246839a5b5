#include "inventory/v1/warehouse.pb.h"
#include "server/commands/configuration.h"
#include "server/commands/convert.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::WarehouseRecord;

struct UndeleteWarehouse {
  using Request = v1::UndeleteWarehouseRequest;
  using Response = v1::Warehouse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request&) { return {.configuration = true}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    absl::Status undeleted = Undelete<WarehouseRecord>(work, request.warehouse_id(), request.etag());
    if (!undeleted.ok()) return undeleted;
    ToProto(*work.rows().warehouses.Find(request.warehouse_id()), response);
    return absl::OkStatus();
  }
};

const rpc::Registered<UndeleteWarehouse> kUndeleteWarehouse;

}  // namespace
}  // namespace inventory::commands
