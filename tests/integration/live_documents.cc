#include "tests/integration/live_documents.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

void AddTexts(const Message& message, std::set<std::string>& texts) {
  const auto& reflection = *message.GetReflection();
  std::vector<const FieldDescriptor*> fields;
  reflection.ListFields(message, &fields);
  for (const FieldDescriptor* field : fields) {
    const int count = field->is_repeated() ? reflection.FieldSize(message, field) : 1;
    for (int i = 0; i < count; ++i) {
      if (field->cpp_type() == FieldDescriptor::CPPTYPE_STRING) {
        texts.insert(field->is_repeated() ? reflection.GetRepeatedString(message, field, i)
                                          : reflection.GetString(message, field));
      } else if (field->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
        AddTexts(field->is_repeated() ? reflection.GetRepeatedMessage(message, field, i)
                                      : reflection.GetMessage(message, field),
                 texts);
      }
    }
  }
}

// One kind of resource: what it needs, and the calls that make it, with the suffix for $0.
struct Recipe {
  std::vector<std::string> needs;
  std::function<void(const Client&, const std::function<std::string(const char*)>&)> make;
};

template <typename Request>
Recipe Calling(const char* text, std::vector<std::string> needs = {}) {
  return {std::move(needs),
          [text](const Client& client, const auto& with_suffix) { Must(client.Call(Pb<Request>(with_suffix(text)))); }};
}

void DieAtOnce(const Client& client, const std::string& rule_id) {
  EXPECT_TRUE(Eventually([&] {
    const auto events =
        Must(client.Call(Pb<v1::ListLowStockEventsRequest>(absl::Substitute("filter { rule_id: '$0' }", rule_id))));
    return events.events_size() == 1 && events.events(0).state() == v1::LOW_STOCK_EVENT_STATE_DEAD;
  }));
}

// By name.
const std::map<std::string, Recipe>& Recipes() {
  static const auto& recipes = *new std::map<std::string, Recipe>{
      {"item", Calling<v1::CreateItemRequest>("item { sku: 'item$0' }")},
      // Three units of which one has been shipped.
      {"r",
       {{},
        [](const Client& client, const auto& with_suffix) {
          Must(client.Call(Pb<v1::ReserveStockRequest>(
              with_suffix("reservation_id: 'r$0' channel_id: 'web' lines { sku: 'sku' quantity: 3 } commit: true"))));
          Must(client.Call(Pb<v1::CreateShipmentRequest>(
              with_suffix("shipment_id: 'first$0' reservation_id: 'r$0' warehouse_id: 'w1' "
                          "lines { sku: 'sku' quantity: 1 }"))));
          Must(client.Call(Pb<v1::ShipShipmentRequest>(with_suffix("shipment_id: 'first$0'"))));
        }}},
      {"held",
       Calling<v1::ReserveStockRequest>("reservation_id: 'held$0' channel_id: 'web' lines { sku: 'sku' quantity: 3 }")},
      {"waits",
       {{},
        [](const Client& client, const auto& with_suffix) {
          Must(client.Call(Pb<v1::CreateItemRequest>(
              with_suffix("item { sku: 'short$0' backorder_policy: BACKORDER_POLICY_UNLIMITED }"))));
          Must(client.Call(Pb<v1::ReserveStockRequest>(
              with_suffix("reservation_id: 'waits$0' channel_id: 'web' lines { sku: 'short$0' quantity: 3 } "
                          "commit: true on_shortfall: SHORTFALL_POLICY_BACKORDER"))));
        }}},
      {"s", Calling<v1::CreateShipmentRequest>(
                "shipment_id: 's$0' reservation_id: 'r$0' warehouse_id: 'w1' lines { sku: 'sku' quantity: 1 }", {"r"})},
      {"sent",
       {{"r"},
        [](const Client& client, const auto& with_suffix) {
          Must(client.Call(Pb<v1::CreateShipmentRequest>(
              with_suffix("shipment_id: 'sent$0' reservation_id: 'r$0' warehouse_id: 'w1'"))));
          Must(client.Call(Pb<v1::ShipShipmentRequest>(with_suffix("shipment_id: 'sent$0'"))));
        }}},
      {"b", Calling<v1::ReturnStockRequest>("return_id: 'b$0' reservation_id: 'r$0' lines { sku: 'sku' quantity: 1 "
                                            "warehouse_id: 'w1' disposition: DISPOSITION_RESTOCK }",
                                            {"r"})},
      {"p",
       Calling<v1::CreateReplenishmentRequest>("replenishment_id: 'p$0' sku: 'sku' warehouse_id: 'w1' quantity: 1000")},
      {"t", Calling<v1::CreateTransferRequest>("transfer_id: 't$0' from_warehouse_id: 'w1' to_warehouse_id: 'w2' "
                                               "lines { sku: 'sku' quantity: 2 }")},
      {"e", Calling<v1::CreateAvailabilityEstimateRequest>(
                "availability_estimate { availability_estimate_id: 'e$0' title: 'Live' }")},
      {"l", Calling<v1::CreateLowStockRuleRequest>("rule { rule_id: 'l$0' sku: 'low$0' activity: 'log' }")},
      // No private address may be called: the event of this one is dead.
      {"dead",
       {{},
        [](const Client& client, const auto& with_suffix) {
          Must(client.Call(Pb<v1::CreateLowStockRuleRequest>(
              with_suffix("rule { rule_id: 'dead$0' sku: 'low$0' activity: 'webhook' parameters { key: 'url' value: "
                          "'http://127.0.0.1:1/' } }"))));
          DieAtOnce(client, with_suffix("dead$0"));
        }}},
      {"dead:1", {{"dead"}, [](const Client&, const auto&) {}}},
      {"limited", Calling<v1::SetQuotaRequest>("channel_id: 'web' sku: 'limited$0' quantity: 5")},
      {"site", Calling<v1::CreateWarehouseRequest>(
                   "warehouse { warehouse_id: 'site$0' name: 'Live' location { latitude: 1 longitude: 1 } }")},
      {"closed",
       {{},
        [](const Client& client, const auto& with_suffix) {
          Must(client.Call(
              Pb<v1::CreateWarehouseRequest>(with_suffix("warehouse { warehouse_id: 'closed$0' name: 'x' }"))));
          Must(client.Call(Pb<v1::DeleteWarehouseRequest>(with_suffix("warehouse_id: 'closed$0'"))));
        }}},
      {"shop",
       {{}, [](const Client& client, const auto& with_suffix) { MakeChannel(client, with_suffix("shop$0"), {"w1"}); }}},
      {"ended",
       {{},
        [](const Client& client, const auto& with_suffix) {
          Must(client.Call(Pb<v1::CreateChannelRequest>(with_suffix("channel { channel_id: 'ended$0' name: 'x' }"))));
          Must(client.Call(Pb<v1::DeleteChannelRequest>(with_suffix("channel_id: 'ended$0'"))));
        }}},
  };
  return recipes;
}

}  // namespace

LiveDocuments::LiveDocuments(const Client& client, std::string suffix) : client_(client), suffix_(std::move(suffix)) {}

void LiveDocuments::MakeFor(const Message& request) {
  std::set<std::string> texts;
  AddTexts(request, texts);
  for (const auto& [name, recipe] : Recipes()) {
    const std::size_t colon = name.find(':');
    const std::string full =
        absl::StrCat(name.substr(0, colon), suffix_, colon == std::string::npos ? "" : name.substr(colon));
    if (texts.contains(full)) Make(name);
  }
}

void LiveDocuments::Make(const std::string& name) {
  if (!made_.insert(name).second) return;
  const Recipe& recipe = Recipes().at(name);
  for (const std::string& needed : recipe.needs) Make(needed);
  recipe.make(client_, [this](const char* text) { return absl::Substitute(text, suffix_); });
}

}  // namespace inventory::integration
