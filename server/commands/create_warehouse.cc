#include "inventory/v1/warehouse.pb.h"
#include "server/commands/configuration.h"
#include "server/commands/convert.h"
#include "server/commands/warehouses.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct CreateWarehouse {
  using Request = v1::CreateWarehouseRequest;
  using Response = v1::Warehouse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    CheckWarehouse(request.warehouse(), "warehouse", violations);
    if (request.warehouse().active() && !request.warehouse().has_location()) {
      violations.Add("warehouse.location", "is required of an active warehouse");
    }
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return NeedsOfResource<storage::WarehouseRecord>(request.warehouse().external_reference_code());
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    storage::WarehouseRecord record;
    record.warehouse_id = request.warehouse().warehouse_id();
    auto created = Create(work, Configured(std::move(record), request.warehouse()));
    if (!created.ok()) return created.status();
    ToProto(**created, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<CreateWarehouse> kRegistered;

}  // namespace
}  // namespace inventory::commands
