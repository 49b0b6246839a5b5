// The model's items.
#include <algorithm>

#include "tests/unit/model.h"
#include "tests/unit/model_malformed.h"

namespace inventory::model {
namespace {

// `item` with the fields that the mask names as the request has them.
Item Changed(Item item, const v1::Item& wanted, const google::protobuf::FieldMask& mask) {
  const Item defaults;
  if (Names(mask, wanted, "tracking")) item.tracked = wanted.tracking() != v1::TRACKING_UNTRACKED;
  if (Names(mask, wanted, "published"))
    item.published = wanted.has_published() ? wanted.published() : defaults.published;
  if (Names(mask, wanted, "min_order_quantity")) {
    item.min = wanted.has_min_order_quantity() ? wanted.min_order_quantity() : defaults.min;
  }
  if (Names(mask, wanted, "max_order_quantity")) {
    item.max = wanted.has_max_order_quantity() ? wanted.max_order_quantity() : defaults.max;
  }
  if (Names(mask, wanted, "multiple_order_quantity")) {
    item.multiple = wanted.has_multiple_order_quantity() ? wanted.multiple_order_quantity() : defaults.multiple;
  }
  if (Names(mask, wanted, "allowed_order_quantities")) {
    item.allowed = {wanted.allowed_order_quantities().begin(), wanted.allowed_order_quantities().end()};
  }
  if (Names(mask, wanted, "backorder_policy")) {
    const bool chosen = wanted.backorder_policy() != v1::BACKORDER_POLICY_UNSPECIFIED;
    item.backorders = chosen ? wanted.backorder_policy() : defaults.backorders;
  }
  if (Names(mask, wanted, "backorder_limit")) item.backorder_limit = wanted.backorder_limit();
  if (Names(mask, wanted, "units_of_measure")) {
    item.base_unit = wanted.units_of_measure().base_unit();
    item.precision = wanted.units_of_measure().precision();
    item.factors.clear();
    for (const auto& unit : wanted.units_of_measure().units()) item.factors[unit.key()] = unit.factor();
  }
  if (Names(mask, wanted, "components")) {
    item.components.clear();
    for (const v1::KitComponent& component : wanted.components()) {
      item.components[component.sku()] = component.quantity();
    }
  }
  if (Names(mask, wanted, "default_safety_stock")) item.default_safety_stock = wanted.default_safety_stock();
  if (Names(mask, wanted, "external_reference_code")) item.code = wanted.external_reference_code();
  return item;
}

Item All(Item item, const v1::Item& wanted) {
  google::protobuf::FieldMask all;
  all.add_paths("*");
  return Changed(std::move(item), wanted, all);
}

bool LimitsNothing(const Item& item) { return item.max > 0 && item.max < item.min; }

// Whether it has what a kit leaves to its components, or is a part of itself.
bool BadKit(const std::string& sku, const Item& item) {
  const bool plain = item.tracked && item.default_safety_stock == 0 && item.backorders == v1::BACKORDER_POLICY_NONE &&
                     item.backorder_limit == 0;
  return item.components.contains(sku) || (!item.components.empty() && !plain);
}

bool Contradicts(const std::string& sku, const Item& item) {
  const bool limited = item.backorders == v1::BACKORDER_POLICY_LIMITED;
  return LimitsNothing(item) || BadKit(sku, item) || limited != (item.backorder_limit > 0);
}

}  // namespace

bool Malformed(const v1::CreateItemRequest& request) {
  return Contradicts(request.item().sku(), All({}, request.item()));
}

// An item that may be made of the request must be valid as a whole; otherwise what is named, by itself.
bool Malformed(const v1::UpdateItemRequest& request) {
  const std::string& sku = request.item().sku();
  if (sku.empty() && (request.allow_missing() || request.item().external_reference_code().empty())) return true;
  if (request.allow_missing()) return Contradicts(sku, All({}, request.item()));
  Item limitless;
  limitless.max = 0;
  const Item named = Changed(limitless, request.item(), request.update_mask());
  return LimitsNothing(named) || BadKit(sku, named);
}

Outcome Model::Do(const v1::CreateItemRequest& request) {
  const std::string& sku = request.item().sku();
  const Item stored = state_.ItemOf(sku);
  if (stored.configured) return {absl::StatusCode::kAlreadyExists, "ITEM_EXISTS"};
  Item wanted = All(stored, request.item());
  if (Outcome assigned = Assign(request.item().availability_estimate_id(), wanted); !assigned.ok()) return assigned;
  return SaveItem(sku, wanted);
}

Outcome Model::Do(const v1::UpdateItemRequest& request) {
  std::string sku = request.item().sku();
  if (sku.empty()) sku = OwnerOf(request.item().external_reference_code(), state_.items);
  const Item stored = state_.ItemOf(sku);
  if (!stored.configured && !request.allow_missing()) return NotFound("ITEM");
  if (Outcome etag = CheckEtag(request.item().etag(), stored.configured ? stored.version : 0); !etag.ok()) return etag;
  Item wanted = stored.configured ? Changed(stored, request.item(), request.update_mask())  //
                                  : All(stored, request.item());
  if (Contradicts(sku, wanted)) return {absl::StatusCode::kInvalidArgument, "INVALID_FIELDS"};
  const bool assigns = !stored.configured || Names(request.update_mask(), request.item(), "availability_estimate_id");
  const std::string estimate = assigns ? request.item().availability_estimate_id() : state_.EstimateOf(stored);
  if (Outcome assigned = Assign(estimate, wanted); !assigned.ok()) return assigned;
  return SaveItem(sku, wanted);
}

Outcome Model::Do(const v1::DeleteItemRequest& request) {
  const std::string& sku = request.sku();
  Item stored = state_.ItemOf(sku);
  if (!stored.configured) return NotFound("ITEM");
  if (Outcome etag = CheckEtag(request.etag(), stored.version); !etag.ok()) return etag;
  if (InUse(sku)) return Precondition("ITEM_IN_USE");
  for (const auto& [component, units] : stored.components) Touch(component);
  Item deleted;
  deleted.version = stored.version + 1;
  state_.items[sku] = deleted;
  return {};
}

// One that is gone is none, and the item says so once it is written.
Outcome Model::Assign(const std::string& estimate_id, Item& item) const {
  item.estimate = 0;
  if (estimate_id.empty()) return {};
  const auto found = state_.estimates.find(estimate_id);
  if (found == state_.estimates.end()) return Precondition("AVAILABILITY_ESTIMATE_NOT_FOUND");
  item.estimate = found->second.uid;
  return {};
}

bool Model::InUse(const std::string& sku) const {
  if (state_.KitsOf(sku) > 0 || state_.QuotasOf(sku) > 0 || state_.RulesOf(sku) > 0 || state_.Held(sku)) return true;
  return std::any_of(state_.levels.begin(), state_.levels.end(), [&](const auto& entry) {
    const auto& [key, level] = entry;
    return key.first == sku && (level.on_hand > 0 || level.safety_stock > 0 || state_.Reserved(sku, key.second) > 0 ||
                                state_.Incoming(sku, key.second) > 0);
  });
}

Outcome Model::SaveItem(const std::string& sku, Item item) {
  const Item stored = state_.ItemOf(sku);
  item.configured = true;
  if (item == stored) return {};
  if (item.tracked != stored.tracked) {
    if (state_.Held(sku)) return Precondition("ITEM_IN_USE");
    for (const auto& [key, level] : state_.levels) {
      if (key.first == sku && state_.Incoming(sku, key.second) > 0) return Precondition("ITEM_IN_USE");
    }
    rechecked_.insert(sku);
  }
  bool all_touched = true;
  const auto touch_new = [&](const auto& parts, const auto& than) {
    for (const auto& [component, units] : parts) {
      if (!than.contains(component)) all_touched = Touch(component) && all_touched;
    }
  };
  touch_new(item.components, stored.components);
  touch_new(stored.components, item.components);
  if (!all_touched) return {};
  if (stored.components.empty() && !item.components.empty() && InUse(sku)) return Precondition("ITEM_IN_USE");
  for (const auto& [component, units] : item.components) {
    const bool added = !stored.components.contains(component);
    if (added && !state_.ItemOf(component).components.empty()) return Precondition("COMPONENT_IS_KIT");
  }
  if (Outcome free = CheckCode(item.code, sku, state_.items); !free.ok()) return free;
  ++item.version;
  if (!item.tracked) state_.once_untracked.insert(sku);
  state_.items[sku] = item;
  return {};
}

}  // namespace inventory::model
