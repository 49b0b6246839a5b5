#include <utility>

#include "inventory/v1/item.pb.h"
#include "server/commands/convert.h"
#include "server/commands/items.h"
#include "server/commands/kits.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct DeleteItem {
  using Request = v1::DeleteItemRequest;
  using Response = v1::DeleteItemResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckSku(request.sku(), "sku", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.skus = {request.sku()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response&) {
    const storage::ItemRecord& stored = work.item(request.sku());
    if (!stored.configured) return ItemNotFound(request.sku());
    absl::Status allowed = CheckEtag(request.etag(), stored.config_version, "the item");
    if (!allowed.ok()) return allowed;
    allowed = CheckUnnamed(stored);
    if (!allowed.ok()) return allowed;
    allowed = CheckUnreserved(work, request.sku());
    if (!allowed.ok()) return allowed;
    allowed = CheckUnused(work, request.sku(), "there are still units of the item",
                          [](const storage::Quantities& level) { return !(level == storage::Quantities()); });
    if (!allowed.ok()) return allowed;
    // The row stays: it is the SKU's lock and numbers its movements.
    storage::ItemRecord unconfigured;
    unconfigured.sku = stored.sku;
    unconfigured.config_version = stored.config_version;
    unconfigured.sequence = stored.sequence;
    unconfigured.last_movement_time = stored.last_movement_time;
    unconfigured.next_hold_expiry = stored.next_hold_expiry;
    unconfigured.last_backorder = stored.last_backorder;
    return SaveItem(work, std::move(unconfigured));
  }
};

const rpc::Registered<DeleteItem> kDeleteItem;

}  // namespace
}  // namespace inventory::commands
