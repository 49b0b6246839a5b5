#include "inventory/v1/stock.pb.h"
#include "server/commands/stock.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct SetSafetyStock {
  using Request = v1::SetSafetyStockRequest;
  using Response = v1::SetSafetyStockResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckSku(request.sku(), "sku", violations);
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
    rpc::CheckQuantity(request.safety_stock(), 0, "safety_stock", violations);
    rpc::CheckText(request.reason(), 255, "reason", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return {.skus = {request.sku()}, .create_items = true, .warehouses = {request.warehouse_id()}};
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    bool changed = false;
    absl::Status done = Change({.sku = request.sku(),
                                .warehouse_id = request.warehouse_id(),
                                .kind = LevelChange::Kind::kSetSafetyStock,
                                .quantity = request.safety_stock(),
                                .reason = request.reason(),
                                .etag = request.etag()},
                               work, *response.mutable_stock_level(), response.mutable_movement(), changed);
    if (!changed) response.clear_movement();
    return done;
  }
};

const rpc::Registered<SetSafetyStock> kSetSafetyStock;

}  // namespace
}  // namespace inventory::commands
