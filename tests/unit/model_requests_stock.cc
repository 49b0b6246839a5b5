// Random writes of items and stock.
#include "tests/unit/model_requests.h"

namespace inventory::model {

int64_t Requests::LevelVersion(const std::string& sku, const std::string& warehouse) const {
  const auto level = model_.state().levels.find({sku, warehouse});
  return level == model_.state().levels.end() ? 0 : level->second.version;
}

v1::Item Requests::AnyItem(const std::string& sku) {
  v1::Item item;
  item.set_sku(sku);
  item.set_tracking(OneIn(6) ? v1::TRACKING_UNTRACKED : v1::TRACKING_TRACKED);
  if (OneIn(2)) item.set_published(!OneIn(6));
  if (OneIn(4)) item.set_min_order_quantity(1 + Below(3));
  if (OneIn(4)) item.set_max_order_quantity(OneOf<int64_t>({0, 2, 6, 12}));
  if (OneIn(2)) item.set_multiple_order_quantity(1 + Below(3));
  if (OneIn(10)) {
    for (const int64_t quantity : {6, 2, 4, 3, 2}) item.add_allowed_order_quantities(quantity);
  }
  item.set_default_safety_stock(OneIn(2) ? 0 : Below(3));
  return item;
}

Requests::Request Requests::Create(const std::string& sku) {
  auto request = std::make_unique<v1::CreateItemRequest>();
  *request->mutable_item() = AnyItem(sku);
  return request;
}

Requests::Request Requests::UpdateItem() {
  auto request = std::make_unique<v1::UpdateItemRequest>();
  const std::string sku = Sku();
  *request->mutable_item() = AnyItem(sku);
  request->mutable_item()->set_etag(Etag(model_.ItemOf(sku).version));
  request->set_allow_missing(OneIn(2));
  if (OneIn(3)) {
    request->mutable_item()->set_tracking(model_.ItemOf(sku).tracked ? v1::TRACKING_UNTRACKED : v1::TRACKING_TRACKED);
    request->mutable_update_mask()->add_paths("tracking");
    return request;
  }
  if (OneIn(3)) {
    request->mutable_update_mask()->add_paths("*");
    return request;
  }
  const std::vector<std::string> fields = {"tracking",
                                           "published",
                                           "min_order_quantity",
                                           "max_order_quantity",
                                           "multiple_order_quantity",
                                           "allowed_order_quantities",
                                           "default_safety_stock"};
  for (int i = 0; i < 3; ++i) request->mutable_update_mask()->add_paths(OneOf(fields));
  return request;
}

Requests::Request Requests::DeleteItem() {
  auto request = std::make_unique<v1::DeleteItemRequest>();
  request->set_sku(Sku());
  request->set_etag(Etag(model_.ItemOf(request->sku()).version));
  return request;
}

Requests::Request Requests::SetStock() {
  auto request = std::make_unique<v1::SetStockRequest>();
  request->set_sku(Sku());
  request->set_warehouse_id(WarehouseId());
  request->set_on_hand(OneIn(4) ? 0 : Below(13));
  request->set_etag(Etag(LevelVersion(request->sku(), request->warehouse_id())));
  return request;
}

Requests::Request Requests::AdjustStock() {
  auto request = std::make_unique<v1::AdjustStockRequest>();
  request->set_sku(Sku());
  request->set_warehouse_id(WarehouseId());
  request->set_delta(Below(13) - 5);
  // Often to the very edge: nothing is available then.
  if (OneIn(3)) request->set_delta(-model_.Available(request->sku(), request->warehouse_id()));
  if (OneIn(4)) {
    // Mostly scraps all that is damaged.
    request->set_condition(OneIn(3) ? Condition() : v1::STOCK_CONDITION_DAMAGED);
    const auto level = model_.state().levels.find({request->sku(), request->warehouse_id()});
    if (level != model_.state().levels.end() && level->second.damaged > 0) request->set_delta(-level->second.damaged);
  }
  request->set_etag(Etag(LevelVersion(request->sku(), request->warehouse_id())));
  return request;
}

v1::StockCondition Requests::Condition() {
  return OneOf<v1::StockCondition>({v1::STOCK_CONDITION_UNSPECIFIED, v1::STOCK_CONDITION_SELLABLE,
                                    v1::STOCK_CONDITION_DAMAGED, v1::STOCK_CONDITION_QUALITY_CONTROL});
}

Requests::Request Requests::ReclassifyStock() {
  auto request = std::make_unique<v1::ReclassifyStockRequest>();
  request->set_sku(Sku());
  request->set_warehouse_id(WarehouseId());
  request->set_from_condition(Condition());
  request->set_to_condition(Condition());
  request->set_quantity(1 + Below(4));
  request->set_etag(Etag(LevelVersion(request->sku(), request->warehouse_id())));
  return request;
}

Requests::Request Requests::SetSafetyStock() {
  auto request = std::make_unique<v1::SetSafetyStockRequest>();
  request->set_sku(Sku());
  request->set_warehouse_id(WarehouseId());
  request->set_safety_stock(OneIn(2) ? 0 : Below(5));
  request->set_etag(Etag(LevelVersion(request->sku(), request->warehouse_id())));
  return request;
}

Requests::Request Requests::BatchUpdateStock() {
  auto request = std::make_unique<v1::BatchUpdateStockRequest>();
  request->set_error_policy(OneOf<v1::ErrorPolicy>(
      {v1::ERROR_POLICY_UNSPECIFIED, v1::ERROR_POLICY_ATOMIC, v1::ERROR_POLICY_PER_ROW, v1::ERROR_POLICY_PER_ROW}));
  const bool per_row = request->error_policy() == v1::ERROR_POLICY_PER_ROW;
  // Seldom more than one chunk.
  int64_t rows = per_row && OneIn(20) ? 501 + Below(100) : 1 + Below(5);
  while (rows-- > 0) AnyChange(*request->add_updates());
  return request;
}

void Requests::AnyChange(v1::StockUpdate& update) {
  update.set_sku(Sku());
  update.set_warehouse_id(WarehouseId());
  switch (Below(3)) {
    case 0:
      update.set_set_on_hand(OneIn(4) ? 0 : Below(13));
      break;
    case 1:
      update.set_adjust_on_hand(OneIn(200) ? 0 : OneOf<int64_t>({-5, -3, -1, 1, 2, 4, 7}));
      break;
    default:
      update.set_set_safety_stock(OneIn(2) ? 0 : Below(5));
  }
  update.set_etag(Etag(LevelVersion(update.sku(), update.warehouse_id())));
}

}  // namespace inventory::model
