#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "inventory/v1/warehouse.pb.h"
#include "server/commands/channels.h"
#include "server/commands/configuration.h"
#include "server/commands/convert.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::WarehouseRecord;

struct DeleteWarehouse {
  using Request = v1::DeleteWarehouseRequest;
  using Response = v1::Warehouse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return {.configuration = true, .exclusive_warehouses = {request.warehouse_id()}};
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.warehouse_id();
    auto found = FindLive<WarehouseRecord>(work, id, request.etag());
    if (!found.ok()) return found.status();
    const storage::WarehouseUse& use = work.warehouse_use->at(id);
    if (use.in_use()) return InUse(id, use);
    DetachEverywhere(work, id);
    WarehouseRecord record = **found;
    record.active = false;
    record.delete_time = work.now();
    absl::Status saved = Save(work, std::move(record));
    if (!saved.ok()) return saved;
    ToProto(**found, response);
    return absl::OkStatus();
  }

 private:
  static absl::Status InUse(const std::string& id, const storage::WarehouseUse& use) {
    return Precondition(
        "WAREHOUSE_IN_USE",
        absl::StrCat("warehouse ", id, " still has ", use.levels, " levels with units, ", use.allocations,
                     " reservations' allocations, ", use.open_shipments, " open shipments, ", use.open_replenishments,
                     " open replenishments and ", use.open_transfers, " transfers in transit"),
        {{"warehouse_id", id},
         {"levels", absl::StrCat(use.levels)},
         {"reservations", absl::StrCat(use.allocations)},
         {"shipments", absl::StrCat(use.open_shipments)},
         {"replenishments", absl::StrCat(use.open_replenishments)},
         {"transfers", absl::StrCat(use.open_transfers)},
         {"examples", absl::StrJoin(use.example_skus, ",")}});
  }
};

const rpc::Registered<DeleteWarehouse> kDeleteWarehouse;

}  // namespace
}  // namespace inventory::commands
