#include "inventory/v1/stock.pb.h"
#include "server/commands/convert.h"
#include "server/commands/stock.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct SetStock {
  using Request = v1::SetStockRequest;
  using Response = v1::SetStockResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckSku(request.sku(), "sku", violations);
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
    rpc::CheckQuantity(request.on_hand(), 0, "on_hand", violations);
    rpc::CheckText(request.reason(), 255, "reason", violations);
    if (request.has_as_of_time()) rpc::CheckTimestamp(request.as_of_time(), "as_of_time", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return {.skus = {request.sku()},
            .create_items = true,
            .warehouses = {request.warehouse_id()},
            .past_levels = PastLevels(ChangeOf(request))};
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    bool changed = false;
    absl::Status done =
        Change(ChangeOf(request), work, *response.mutable_stock_level(), response.mutable_movement(), changed);
    if (!changed) response.clear_movement();
    return done;
  }

 private:
  static LevelChange ChangeOf(const Request& request) {
    LevelChange change{.sku = request.sku(),
                       .warehouse_id = request.warehouse_id(),
                       .kind = LevelChange::Kind::kSetOnHand,
                       .quantity = request.on_hand(),
                       .reason = request.reason(),
                       .etag = request.etag()};
    if (request.has_as_of_time()) change.as_of = ToStoredTime(request.as_of_time());
    return change;
  }
};

const rpc::Registered<SetStock> kSetStock;

}  // namespace
}  // namespace inventory::commands
