// Random writes of items and stock.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/unit/model_requests.h"

namespace inventory::model {

void Requests::AddStockMakers() {
  Add(20, [this] { return SetStock(); });
  Add(40, [this] { return AdjustStock(); });
  Add(12, [this] { return ReclassifyStock(); });
  Add(8, [this] { return SetSafetyStock(); });
  Add(20, [this] { return BatchUpdateStock(); });
  Add(4, [this] { return Create(Sku()); });
  Add(24, [this] { return UpdateItem(); });
  Add(4, [this] { return DeleteItem(); });
}

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
  if (OneIn(2)) {
    item.mutable_units_of_measure()->set_base_unit("piece");
    if (OneIn(8)) item.mutable_units_of_measure()->set_precision(1);
    for (const auto& [key, factor] : {std::pair<const char*, int64_t>{"pair", 2}, {"case", 3}}) {
      if (OneIn(3)) continue;
      v1::UnitsOfMeasure::Unit& unit = *item.mutable_units_of_measure()->add_units();
      unit.set_key(key);
      unit.set_factor(factor);
    }
  }
  item.set_backorder_policy(OneOf<v1::BackorderPolicy>({v1::BACKORDER_POLICY_UNSPECIFIED, v1::BACKORDER_POLICY_NONE,
                                                        v1::BACKORDER_POLICY_LIMITED, v1::BACKORDER_POLICY_LIMITED,
                                                        v1::BACKORDER_POLICY_UNLIMITED}));
  if (patient_ && !OneIn(8)) item.set_backorder_policy(v1::BACKORDER_POLICY_UNLIMITED);
  const bool limited = item.backorder_policy() == v1::BACKORDER_POLICY_LIMITED;
  if (limited != OneIn(40)) item.set_backorder_limit(1 + Below(8));
  if (OneIn(5)) item.set_external_reference_code(Code());
  if (OneIn(3)) item.set_availability_estimate_id(EstimateId());
  return item;
}

v1::Item Requests::ItemOrKit(const std::string& sku) {
  const bool mostly_kit = std::find(kits_.begin(), kits_.end(), sku) != kits_.end();
  return (mostly_kit ? !OneIn(4) : OneIn(12)) ? AnyKit(sku) : AnyItem(sku);
}

v1::Item Requests::AnyKit(const std::string& sku) {
  v1::Item kit;
  kit.set_sku(sku);
  std::set<std::string> parts;
  for (int64_t count = 1 + Below(3); count > 0; --count) parts.insert(OneOf(OneIn(3) ? kits_ : skus_));
  if (!OneIn(20)) parts.erase(sku);
  for (const std::string& part : parts) {
    v1::KitComponent& component = *kit.add_components();
    component.set_sku(part);
    component.set_quantity(1 + Below(3));
  }
  if (OneIn(3)) kit.set_multiple_order_quantity(1 + Below(2));
  if (OneIn(20)) kit.set_default_safety_stock(1);
  if (OneIn(5)) kit.set_external_reference_code(Code());
  return kit;
}

Requests::Request Requests::Create(const std::string& sku) {
  auto request = std::make_unique<v1::CreateItemRequest>();
  *request->mutable_item() = ItemOrKit(sku);
  return request;
}

Requests::Request Requests::UpdateItem() {
  auto request = std::make_unique<v1::UpdateItemRequest>();
  const std::string sku = Sku();
  *request->mutable_item() = ItemOrKit(sku);
  request->mutable_item()->set_etag(Etag(model_.state().ItemOf(sku).version));
  request->set_allow_missing(OneIn(2));
  if (OneIn(8)) {
    request->set_allow_missing(OneIn(8));
    request->mutable_item()->clear_sku();
    request->mutable_item()->set_external_reference_code(Code());
    request->mutable_item()->clear_etag();
  }
  if (OneIn(3)) {
    request->mutable_item()->set_tracking(model_.state().ItemOf(sku).tracked ? v1::TRACKING_UNTRACKED
                                                                             : v1::TRACKING_TRACKED);
    request->mutable_update_mask()->add_paths("tracking");
  } else {
    for (const std::string& field : AnyFieldsOf(request->item())) request->mutable_update_mask()->add_paths(field);
  }
  return request;
}

// Fields to change; none for those that are set.
std::vector<std::string> Requests::AnyFieldsOf(const v1::Item& item) {
  if (OneIn(8)) return {};
  if (OneIn(8)) return {OneOf<std::string>({"external_reference_code", "availability_estimate_id"})};
  if (!item.components().empty() && OneIn(2)) return {"components"};
  if (OneIn(3)) return {"*"};
  const std::vector<std::string> all = {"tracking",
                                        "published",
                                        "min_order_quantity",
                                        "max_order_quantity",
                                        "multiple_order_quantity",
                                        "allowed_order_quantities",
                                        "components",
                                        "units_of_measure",
                                        "backorder_policy",
                                        "backorder_limit",
                                        "default_safety_stock",
                                        "external_reference_code",
                                        "availability_estimate_id"};
  std::vector<std::string> fields = {OneOf(all), OneOf(all), OneOf(all)};
  if (OneIn(3)) fields.insert(fields.end(), {"backorder_policy", "backorder_limit"});
  return fields;
}

Requests::Request Requests::DeleteItem() {
  auto request = std::make_unique<v1::DeleteItemRequest>();
  request->set_sku(Sku());
  request->set_etag(Etag(model_.state().ItemOf(request->sku()).version));
  return request;
}

Requests::Request Requests::SetStock() {
  auto request = std::make_unique<v1::SetStockRequest>();
  request->set_sku(Sku());
  request->set_warehouse_id(WarehouseId());
  request->set_on_hand(OneIn(4) ? 0 : Below(13));
  if (OneIn(3)) *request->mutable_as_of_time() = CountTime();
  request->set_etag(Etag(LevelVersion(request->sku(), request->warehouse_id())));
  return request;
}

Requests::Request Requests::AdjustStock() {
  auto request = std::make_unique<v1::AdjustStockRequest>();
  request->set_sku(Sku());
  request->set_warehouse_id(WarehouseId());
  request->set_delta(Below(13) - 5);
  // Often to the very edge: nothing is available then.
  if (OneIn(3)) request->set_delta(-model_.state().Available(request->sku(), request->warehouse_id()));
  if (OneIn(4)) {
    // Mostly scraps all that is damaged.
    request->set_condition(OneIn(3) ? Condition() : v1::STOCK_CONDITION_DAMAGED);
    const auto level = model_.state().levels.find({request->sku(), request->warehouse_id()});
    if (level != model_.state().levels.end() && level->second.damaged > 0) request->set_delta(-level->second.damaged);
  }
  request->set_etag(Etag(LevelVersion(request->sku(), request->warehouse_id())));
  return request;
}

google::protobuf::Timestamp Requests::CountTime() {
  const absl::Duration ago = OneIn(30)  ? absl::Microseconds(-1)
                             : OneIn(4) ? absl::Microseconds(Below(3))
                                        : absl::Seconds(Below(300));
  const absl::Time time = model_.state().now - ago;
  google::protobuf::Timestamp as_of;
  as_of.set_seconds(absl::ToUnixSeconds(time));
  as_of.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(as_of.seconds()))));
  return as_of;
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
  int64_t rows = per_row && OneIn(12) ? 501 + Below(100) : 1 + Below(5);
  while (rows-- > 0) AnyChange(*request->add_updates());
  return request;
}

void Requests::AnyChange(v1::StockUpdate& update) {
  update.set_sku(Sku());
  update.set_warehouse_id(WarehouseId());
  switch (Below(3)) {
    case 0:
      update.set_set_on_hand(OneIn(4) ? 0 : Below(13));
      if (OneIn(4)) *update.mutable_as_of_time() = CountTime();
      break;
    case 1:
      update.set_adjust_on_hand(OneIn(200) ? 0 : OneOf<int64_t>({-5, -3, -1, 1, 2, 4, 7}));
      break;
    default:
      update.set_set_safety_stock(OneIn(2) ? 0 : Below(5));
  }
  update.set_etag(Etag(LevelVersion(update.sku(), update.warehouse_id())));
}

void Requests::AddLowStockMakers() {
  Add(10, [this] { return CreateLowStockRule(); });
  Add(10, [this] { return UpdateLowStockRule(); });
  Add(3, [this] { return DeleteLowStockRule(); });
  Add(10, [this] { return RetryLowStockEvent(); });
}

std::string Requests::RuleId() {
  return absl::StrCat("l", Below(static_cast<int64_t>(model_.state().rules.size()) + 1));
}

Requests::Request Requests::CreateLowStockRule() {
  auto request = std::make_unique<v1::CreateLowStockRuleRequest>();
  v1::LowStockRule& rule = *request->mutable_rule();
  rule.set_rule_id(OneIn(20) ? RuleId() : absl::StrCat("l", model_.state().rules.size()));
  rule.set_sku(Sku());
  const int64_t scope = Below(3);
  if (scope == 1) rule.set_warehouse_id(WarehouseId());
  if (scope == 2) rule.set_channel_id(ChannelId());
  rule.set_threshold(Below(8));
  rule.set_rearm_margin(Below(4));
  rule.set_activity("log");
  return request;
}

Requests::Request Requests::UpdateLowStockRule() {
  auto request = std::make_unique<v1::UpdateLowStockRuleRequest>();
  v1::LowStockRule& rule = *request->mutable_rule();
  rule.set_rule_id(RuleId());
  rule.set_threshold(Below(8));
  rule.set_rearm_margin(Below(4));
  if (OneIn(30)) rule.set_sku(Sku());
  request->mutable_update_mask()->add_paths("threshold");
  if (OneIn(2)) request->mutable_update_mask()->add_paths("rearm_margin");
  const auto found = model_.state().rules.find(rule.rule_id());
  if (found != model_.state().rules.end()) rule.set_etag(Etag(found->second.version));
  return request;
}

// Mostly one that is dead.
Requests::Request Requests::RetryLowStockEvent() {
  auto request = std::make_unique<v1::RetryLowStockEventRequest>();
  std::vector<std::string> any = {absl::StrCat(RuleId(), ":1000")};
  std::vector<std::string> dead;
  for (const auto& [id, rule] : model_.state().rules) {
    int64_t number = 0;
    for (const Event& event : rule.events) {
      any.push_back(absl::StrCat(id, ":", ++number));
      if (event.state == v1::LOW_STOCK_EVENT_STATE_DEAD) dead.push_back(any.back());
    }
  }
  request->set_event_id(dead.empty() || OneIn(6) ? OneOf(any) : OneOf(dead));
  return request;
}

Requests::Request Requests::DeleteLowStockRule() {
  auto request = std::make_unique<v1::DeleteLowStockRuleRequest>();
  request->set_rule_id(RuleId());
  const auto found = model_.state().rules.find(request->rule_id());
  if (found != model_.state().rules.end()) request->set_etag(Etag(found->second.version));
  return request;
}

}  // namespace inventory::model
