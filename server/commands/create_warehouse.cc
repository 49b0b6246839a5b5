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
    CheckNewWarehouse(request.warehouse(), "warehouse", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return NeedsOfResource<storage::WarehouseRecord>(request.warehouse().external_reference_code());
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    return MakeWarehouse(work, request.warehouse(), response);
  }
};

const rpc::Registered<CreateWarehouse> kCreateWarehouse;

}  // namespace
}  // namespace inventory::commands
