#include "tests/integration/field_rules.h"

#include <cstdint>
#include <limits>
#include <map>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace inventory::integration {
namespace {

using google::protobuf::FieldDescriptor;
using Texts = std::vector<std::string>;

std::string Of(std::size_t bytes) { return std::string(bytes, 'a'); }

Texts With(Texts texts, const Texts& more) {
  texts.insert(texts.end(), more.begin(), more.end());
  return texts;
}

const std::string kNul("a\0b", 3);
const Texts kBadSku = {Of(129), " a", "a ", "a\u00A0", "\u3000a", "a\nb", "a\x7F", "a\u0085z", kNul};
const Texts kGoodSku = {Of(128), "a b", "\u00E4\u20AC\U0001F600", "'; DROP TABLE item; -- \\", "%_\"`"};
const Texts kBadId = {Of(65), "a b", "\u00E4", "a/b", "a\n", kNul};
const Texts kGoodId = {Of(64), "A.b_c:d-9"};

Rule Sku() { return {With({""}, kBadSku), kGoodSku}; }
Rule OptionalSku() { return {kBadSku, With({""}, kGoodSku)}; }
Rule SkuPrefix() { return {{Of(129), "a\tb", kNul}, {"", Of(128), " a "}}; }
Rule Id() { return {With({""}, kBadId), kGoodId}; }
Rule OptionalId() { return {kBadId, With({""}, kGoodId)}; }
Rule RequestId(std::size_t most) { return {{Of(most + 1), "\u00E4", "a\tb", "a\x7F", kNul}, {"", Of(most), "~!{"}}; }
Rule Text(std::size_t most) { return {{Of(most + 1), "a\nb", kNul}, {"", Of(most), "\u00E4 'x' \U0001F600"}}; }
Rule RequiredText(std::size_t most) { return {{Of(most + 1), "", "a\nb", kNul}, {Of(most)}}; }
Rule Multiline(std::size_t most) { return {{Of(most + 1), "a\x01", kNul}, {"", Of(most), "a\nb\tc"}}; }
Rule Country() { return {{"D", "de", "DEU", "D1"}, {"", "DE"}}; }
Rule Anything(const Texts& good = {}) { return {{}, good}; }
Rule Flag() { return {{}, {"true", "false"}}; }
Rule Etag() { return Anything({"", "0", "x", Of(1000), kNul}); }
Rule PageToken() { return {{"x", "AAAA", Of(5000), "\u00E4"}, {""}}; }
Rule Enum(int most) { return {{absl::StrCat(most + 1), "-1", "2147483647"}, {"0", absl::StrCat(most)}}; }

// UNSPECIFIED is not enough.
Rule RequiredEnum(int most) { return {With({"0"}, Enum(most).bad), {"1", absl::StrCat(most)}}; }

constexpr int64_t kMaxQuantity = 1'000'000'000'000'000;
constexpr int64_t kMin = std::numeric_limits<int64_t>::min();
constexpr int64_t kMax = std::numeric_limits<int64_t>::max();

Rule Range(int64_t least, int64_t most) {
  return {{absl::StrCat(least - 1), absl::StrCat(most + 1)}, {absl::StrCat(least), absl::StrCat(most)}};
}
Rule Quantity(int64_t least) {
  Rule rule = Range(least, kMaxQuantity);
  rule.bad = With(rule.bad, {absl::StrCat(kMin), absl::StrCat(kMax)});
  return rule;
}
// Not 0. The largest would overflow a level that has units, which another rule refuses.
Rule Delta() {
  return {{"0", absl::StrCat(kMaxQuantity + 1), absl::StrCat(-kMaxQuantity - 1), absl::StrCat(kMin)},
          {absl::StrCat(-kMaxQuantity), "1"}};
}
Rule PageSize() { return {{"-1", "-2147483648"}, {"0", "1", "2147483647"}}; }
Rule Degrees(int most) {
  return {{absl::StrCat(most, ".0001"), absl::StrCat("-", most, ".0001"), "nan", "inf"},
          {absl::StrCat(most), absl::StrCat("-", most)}};
}
Rule Ttl() {
  return {{"", "nanos: 999999", "seconds: 604800 nanos: 1", "seconds: -1", "seconds: 1 nanos: -1", "nanos: 1000000000",
           "seconds: 9223372036854775807"},
          {"nanos: 1000000", "seconds: 604800"}};
}
Rule Mask(const std::string& fixed, const std::string& changeable) {
  std::string many;
  for (int i = 0; i < 101; ++i) absl::StrAppend(&many, "paths: '", changeable, "' ");
  return {{absl::StrCat("paths: '", fixed, "'"), "paths: 'create_time'", "paths: 'etag'", "paths: 'nonsense'",
           "paths: ''", absl::StrCat("paths: '*' paths: '", changeable, "'"), many},
          {"", "paths: '*'", absl::StrCat("paths: '", changeable, "'")}};
}
// The elements' own rule, and how many there may be.
Rule Repeated(int least, int most, Rule rule = {}) {
  rule.least = least;
  rule.most = most;
  return rule;
}

// By the field's full name, without "inventory.v1.". A part of a request that is not here is looked into.
const std::map<std::string, Rule>& Rules() {
  static const auto& rules = *new std::map<std::string, Rule>{
      // Empty is only wrong where no code names the item.
      {"Item.sku", {kBadSku, kGoodSku}},
      {"Item.tracking", Enum(2)},
      {"Item.published", Flag()},
      {"Item.display_availability", Flag()},
      {"Item.display_stock_quantity", Flag()},
      {"Item.min_order_quantity", Quantity(1)},
      {"Item.max_order_quantity", Quantity(0)},
      {"Item.multiple_order_quantity", Quantity(1)},
      {"Item.allowed_order_quantities", Repeated(0, 100, Quantity(1))},
      {"Item.default_safety_stock", Quantity(0)},
      {"Item.labels", Anything()},
      {"Item.backorder_policy", Enum(3)},
      {"Item.units_of_measure", Anything({"", "base_unit: 'kg' precision: 9 units { key: 'bag' factor: 1000000 }"})},
      // A kit may not have what other rules try; kits_test tells what components may be.
      {"Item.components", Anything()},
      {"Item.availability_estimate_id", {kBadId, {""}}},
      {"Item.backorder_limit", {{"-1", "1", absl::StrCat(kMin), absl::StrCat(kMax)}, {"0"}}},
      {"Warehouse.warehouse_id", {kBadId, kGoodId}},
      {"Warehouse.name", RequiredText(255)},
      {"Warehouse.description", Multiline(2000)},
      {"Warehouse.active", Flag()},
      {"Warehouse.type", Text(64)},
      {"GeoPoint.latitude", Degrees(90)},
      {"GeoPoint.longitude", Degrees(180)},
      {"PostalAddress.street_lines", Repeated(0, 3, RequiredText(255))},
      {"PostalAddress.city", Text(255)},
      {"PostalAddress.postal_code", Text(255)},
      {"PostalAddress.region_code", Text(255)},
      {"PostalAddress.country_code", Country()},
      {"Channel.channel_id", {kBadId, kGoodId}},
      {"Channel.name", RequiredText(255)},
      {"Channel.active", Flag()},
      {"Channel.attachments", Anything()},
      {"Channel.sourcing_strategy", Enum(4)},
      {"AvailabilityEstimate.availability_estimate_id", {kBadId, kGoodId}},
      {"AvailabilityEstimate.title", RequiredText(255)},
      {"AvailabilityEstimate.localized_titles", Anything()},
      {"AvailabilityEstimate.priority", Range(0, 1'000'000)},
      {"UpdateAvailabilityEstimateRequest.update_mask", Mask("availability_estimate_id", "title")},
      {"DeleteAvailabilityEstimateRequest.clear_items", Flag()},
      {"UpdateItemRequest.update_mask", Mask("sku", "published")},
      {"UpdateWarehouseRequest.update_mask", Mask("warehouse_id", "type")},
      {"UpdateChannelRequest.update_mask", Mask("attachments", "name")},
      {"BatchUpdateStockRequest.request_id", RequestId(96)},
      {"BatchUpdateStockRequest.updates", Repeated(1, 1000)},
      {"BatchUpdateStockRequest.error_policy", Enum(2)},
      {"StockUpdate.set_on_hand", Quantity(0)},
      {"StockUpdate.adjust_on_hand", Delta()},
      {"StockUpdate.set_safety_stock", Quantity(0)},
      {"SetStockRequest.on_hand", Quantity(0)},
      {"AdjustStockRequest.delta", Delta()},
      {"AdjustStockRequest.condition", Enum(3)},
      {"StockUpdate.condition", Enum(3)},
      // Belongs to a count, which the good request is not.
      {"StockUpdate.as_of_time", {{"", "seconds: 1"}, {}}},
      {"ReclassifyStockRequest.from_condition", Enum(3)},
      // SELLABLE is where they come from.
      {"ReclassifyStockRequest.to_condition", {Enum(3).bad, {"2", "3"}}},
      {"ReclassifyStockRequest.quantity", Quantity(1)},
      {"SetSafetyStockRequest.safety_stock", Quantity(0)},
      {"GetAvailabilityRequest.skus", Repeated(1, 1000, Sku())},
      {"GetAvailabilityRequest.view", Enum(2)},
      {"GetAvailabilityRequest.locale",
       {{Of(36), "de_DE", "d", "-", "\u00E4", kNul}, {"", "de", "pt-BR", "abcdefgh-12345678-12345678-12345678"}}},
      {"GetAvailableToPromiseRequest.quantity", Quantity(1)},
      {"OrderLine.quantity", Quantity(1)},
      {"AmendReservationRequest.AmendLine.quantity", Quantity(0)},
      {"ReserveStockRequest.reservation_id", OptionalId()},
      {"ReserveStockRequest.order_reference", Text(128)},
      {"ReserveStockRequest.lines", Repeated(1, 200)},
      {"ReserveStockRequest.ttl", Ttl()},
      {"ReserveStockRequest.commit", Anything()},
      {"ReserveStockRequest.on_shortfall", Enum(3)},
      {"ReserveStockRequest.warehouse_ids", Repeated(0, 100, Id())},
      {"ReserveStockRequest.validate_only", Flag()},
      {"ReserveStockRequest.sourcing_strategy", Enum(4)},
      {"ReallocateReservationRequest.from_warehouse_ids", Repeated(0, 100, Id())},
      {"ReallocateReservationRequest.to_warehouse_ids", Repeated(0, 100, Id())},
      {"ReallocateReservationRequest.sourcing_strategy", Enum(4)},
      {"ReallocateReservationRequest.on_shortfall", Enum(3)},
      {"ExtendReservationRequest.ttl", Ttl()},
      {"AmendReservationRequest.lines", Repeated(1, 200)},
      {"AmendReservationRequest.on_shortfall", {{"2", "4", "-1", "2147483647"}, {"0", "3"}}},
      {"CancelReservationRequest.lines", Repeated(0, 200)},
      {"CreateShipmentRequest.shipment_id", OptionalId()},
      {"CreateShipmentRequest.lines", Repeated(0, 200)},
      {"CreateShipmentRequest.allow_reallocation", Flag()},
      {"ReturnStockRequest.return_id", OptionalId()},
      {"ReturnStockRequest.lines", Repeated(1, 200)},
      {"ReturnLine.quantity", Quantity(1)},
      {"ReturnLine.disposition", RequiredEnum(3)},
      // What an update ignores.
      {"Replenishment.replenishment_id", {kBadId, kGoodId}},
      {"Replenishment.sku", Anything()},
      {"Replenishment.warehouse_id", Anything()},
      {"Replenishment.received_quantity", Anything()},
      {"Replenishment.outstanding_quantity", Anything()},
      {"Replenishment.state", Anything()},
      {"Replenishment.ordered_quantity", {{"-1", "0", absl::StrCat(kMaxQuantity + 1)}, {"1"}}},
      {"Replenishment.reference", Text(128)},
      {"CreateReplenishmentRequest.replenishment_id", OptionalId()},
      // The largest would overflow a level that expects units, which another rule refuses.
      {"CreateReplenishmentRequest.quantity", {Quantity(1).bad, {"1"}}},
      {"CreateReplenishmentRequest.reference", Text(128)},
      {"UpdateReplenishmentRequest.update_mask", Mask("sku", "reference")},
      {"ReceiveReplenishmentRequest.quantity", Quantity(1)},
      {"ReceiveReplenishmentRequest.allow_over_receipt", Flag()},
      {"ReceiveReplenishmentRequest.condition", Enum(3)},
      {"CreateTransferRequest.transfer_id", OptionalId()},
      {"CreateTransferRequest.lines", Repeated(1, 200)},
      {"CreateTransferRequest.mode", Enum(2)},
      {"ReceiveTransferRequest.lines", Repeated(0, 200)},
      {"ReceiveTransferRequest.rest", Enum(3)},
      {"ReceiveTransferRequest.shortage_reason", RequiredText(255)},
      {"ReceiveTransferRequest.Line.received_quantity", Quantity(0)},
      {"ReceiveTransferRequest.Line.missing_quantity", Quantity(0)},
      {"AttachWarehouseRequest.priority", Range(0, 1'000'000)},
      {"SetQuotaRequest.quantity", Quantity(0)},
      {"LowStockRule.rule_id", {kBadId, kGoodId}},
      // What an update ignores; low_stock_rules_test tells what they may be in a new rule.
      {"LowStockRule.sku", Anything()},
      {"LowStockRule.warehouse_id", Anything()},
      {"LowStockRule.channel_id", Anything()},
      {"LowStockRule.low", Anything()},
      {"LowStockRule.threshold", Quantity(0)},
      {"LowStockRule.rearm_margin", Quantity(0)},
      {"LowStockRule.activity", {{"nonsense", "", kNul}, {"log", "unpublish"}}},
      {"LowStockRule.parameters", Anything()},
      {"UpdateLowStockRuleRequest.update_mask", Mask("sku", "threshold")},
      {"RetryLowStockEventRequest.event_id",
       {{"", "l", "l:", ":1", "l:0", "l:01", "l:-1", "l/:1", "l:99999999999999999999", kNul}, {"l:1", "l:a:1"}}},
      {"ListLowStockRulesRequest.Filter.low", Flag()},
      {"ListLowStockEventsRequest.Filter.state", Enum(3)},
      {"ListLowStockRulesRequest.Filter.activity", {{"A b", Of(65), kNul}, {"", "log", Of(64)}}},
      {"ListAvailabilityEstimatesRequest.Filter.title_prefix", Text(255)},
      {"ListItemsRequest.Filter.published", Flag()},
      {"ListStockLevelsRequest.Filter.status", Enum(3)},
      {"ListReservationsRequest.Filter.order_reference", Text(128)},
      {"ListReservationsRequest.Filter.state", Enum(5)},
      {"ListShipmentsRequest.Filter.state", Enum(5)},
      {"ListReplenishmentsRequest.Filter.state", Enum(3)},
      {"ListTransfersRequest.Filter.state", Enum(2)},
      {"ListMovementsRequest.Filter.type", Enum(17)},
      {"ListWarehousesRequest.Filter.active", Flag()},
      {"ListWarehousesRequest.Filter.country_code", Country()},
      {"ListChannelsRequest.Filter.active", Flag()},
      {"VerifyStockRequest.request_id", RequestId(96)},
      {"VerifyStockRequest.repair", Flag()},
      {"google.protobuf.Timestamp.seconds", Range(-62'135'596'800, 253'402'300'799)},
      {"google.protobuf.Timestamp.nanos", Range(0, 999'999'999)},
  };
  return rules;
}

// What fields of these names may hold wherever they have no rule of their own; those of filters may be left out.
const Rule* RuleByName(const FieldDescriptor& field) {
  static const auto& everywhere = *new std::map<std::string, Rule>{{"request_id", RequestId(128)},
                                                                   {"sku", Sku()},
                                                                   {"sku_prefix", SkuPrefix()},
                                                                   {"warehouse_id", Id()},
                                                                   {"channel_id", Id()},
                                                                   {"reservation_id", Id()},
                                                                   {"shipment_id", Id()},
                                                                   {"return_id", Id()},
                                                                   {"replenishment_id", Id()},
                                                                   {"transfer_id", Id()},
                                                                   {"availability_estimate_id", Id()},
                                                                   {"rule_id", Id()},
                                                                   {"from_warehouse_id", Id()},
                                                                   {"to_warehouse_id", Id()},
                                                                   {"reason", Text(255)},
                                                                   {"carrier", Text(128)},
                                                                   {"external_reference_code", Text(128)},
                                                                   {"allow_missing", Flag()},
                                                                   {"tracking_number", Text(128)},
                                                                   {"etag", Etag()},
                                                                   {"page_size", PageSize()},
                                                                   {"page_token", PageToken()},
                                                                   {"unit", {{Of(33), "KG", "a b", kNul}, {""}}},
                                                                   {"show_deleted", Flag()},
                                                                   {"create_time", Anything()},
                                                                   {"update_time", Anything()},
                                                                   {"delete_time", Anything()}};
  static const auto& in_filters = *new std::map<std::string, Rule>{{"sku", OptionalSku()},
                                                                   {"warehouse_id", OptionalId()},
                                                                   {"channel_id", OptionalId()},
                                                                   {"document_id", OptionalId()},
                                                                   {"from_warehouse_id", OptionalId()},
                                                                   {"to_warehouse_id", OptionalId()},
                                                                   {"reservation_id", OptionalId()},
                                                                   {"availability_estimate_id", OptionalId()},
                                                                   {"rule_id", OptionalId()}};
  if (field.containing_type()->name() == "Filter") {
    if (const auto found = in_filters.find(field.name()); found != in_filters.end()) return &found->second;
  }
  const auto found = everywhere.find(field.name());
  return found == everywhere.end() ? nullptr : &found->second;
}

}  // namespace

const Rule* RuleOf(const FieldDescriptor& field) {
  std::string name = field.full_name();
  if (absl::StartsWith(name, "inventory.v1.")) name = name.substr(sizeof("inventory.v1.") - 1);
  const auto found = Rules().find(name);
  return found == Rules().end() ? RuleByName(field) : &found->second;
}

}  // namespace inventory::integration
