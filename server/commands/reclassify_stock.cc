#include "inventory/v1/stock.pb.h"
#include "server/commands/conditions.h"
#include "server/commands/stock.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct ReclassifyStock {
  using Request = v1::ReclassifyStockRequest;
  using Response = v1::ReclassifyStockResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckSku(request.sku(), "sku", violations);
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
    rpc::CheckQuantity(request.quantity(), 1, "quantity", violations);
    rpc::CheckText(request.reason(), 255, "reason", violations);
    CheckConditions(request.from_condition(), request.to_condition(), violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return {.skus = {request.sku()}, .create_items = true, .warehouses = {request.warehouse_id()}};
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    bool changed = false;
    return Change({.sku = request.sku(),
                   .warehouse_id = request.warehouse_id(),
                   .kind = LevelChange::Kind::kReclassify,
                   .quantity = request.quantity(),
                   .condition = request.from_condition(),
                   .to_condition = request.to_condition(),
                   .reason = request.reason(),
                   .etag = request.etag()},
                  work, *response.mutable_stock_level(), response.mutable_movement(), changed);
  }

 private:
  static void CheckConditions(v1::StockCondition from, v1::StockCondition to, Violations& violations) {
    rpc::CheckEnum<v1::StockCondition_IsValid>(from, "from_condition", violations);
    rpc::CheckEnum<v1::StockCondition_IsValid>(to, "to_condition", violations);
    const bool known = v1::StockCondition_IsValid(from) && v1::StockCondition_IsValid(to);
    if (known && SameCondition(from, to)) violations.Add("to_condition", "must differ from from_condition");
  }
};

const rpc::Registered<ReclassifyStock> kReclassifyStock;

}  // namespace
}  // namespace inventory::commands
