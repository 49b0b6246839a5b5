#include "absl/strings/str_cat.h"
#include "inventory/v1/warehouse.pb.h"
#include "server/commands/convert.h"
#include "server/queries/configuration.h"
#include "server/rpc/rule.h"

namespace inventory::queries {
namespace {

struct GetWarehouse {
  using Request = v1::GetWarehouseRequest;
  using Response = v1::Warehouse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const auto configuration = CurrentConfiguration(reader);
    if (!configuration.ok()) return configuration.status();
    const auto found = (*configuration)->warehouses.find(request.warehouse_id());
    if (found == (*configuration)->warehouses.end()) {
      return NotFound("WAREHOUSE_NOT_FOUND", absl::StrCat("there is no warehouse ", request.warehouse_id()),
                      {{"warehouse_id", request.warehouse_id()}});
    }
    ToProto(found->second, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetWarehouse> kGetWarehouse;

}  // namespace
}  // namespace inventory::queries
