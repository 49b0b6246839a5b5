// Requests made from arguments.
#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <sstream>
#include <string>
#include <vector>

#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "client/cli/parse.h"
#include "client/cli/request_builder.h"
#include "client/cli/values.h"
#include "inventory/v1/inventory_service.pb.h"
#include "inventory/v1/warehouse_service.pb.h"

namespace inventory::cli {
namespace {

using google::protobuf::MethodDescriptor;
using ::testing::HasSubstr;

const MethodDescriptor& MethodOf(const std::string& name) {
  return *google::protobuf::DescriptorPool::generated_pool()->FindMethodByName("inventory.v1." + name);
}

// What BuildRequest answers to the words after the command's own; `in` is standard input.
template <typename Request>
absl::Status Build(const std::string& method, const std::vector<std::string>& words, Request& request,
                   const std::string& in = "") {
  std::vector<std::string> all = words;
  for (const Command& command : AllCommands()) {
    if (command.method != MethodOf(method).full_name() || command.group != Group::kApi) continue;
    all.insert(all.begin(), command.words.begin(), command.words.end());
  }
  const CommandLine line = Parse(all, AllCommands(), Options());
  EXPECT_EQ(line.problem, "");
  std::istringstream input(in);
  return BuildRequest(MethodOf(method), FieldsOf(MethodOf(method)), line.arguments, input, request);
}

// The request of these words is this one in text format.
template <typename Request>
void ExpectRequest(const std::string& method, const std::vector<std::string>& words, const std::string& expected,
                   const std::string& in = "") {
  Request built;
  EXPECT_EQ(Build(method, words, built, in), absl::OkStatus());
  Request parsed;
  ASSERT_TRUE(google::protobuf::TextFormat::ParseFromString(expected, &parsed)) << expected;
  EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(built, parsed))
      << "built " << built.ShortDebugString() << "\nexpected " << parsed.ShortDebugString();
}

template <typename Request>
std::string ProblemOf(const std::string& method, const std::vector<std::string>& words, const std::string& in = "") {
  Request request;
  return std::string(Build(method, words, request, in).message());
}

TEST(RequestsTest, FillIdsQuantitiesAndFlags) {
  ExpectRequest<v1::SetStockRequest>(
      "InventoryService.SetStock",
      {"JEANS-M", "ber-1", "12", "--reason", "count", "--as-of-time", "2026-01-31T08:00:00.5+01:00"},
      "sku: 'JEANS-M' warehouse_id: 'ber-1' on_hand: 12 reason: 'count' "
      "as_of_time { seconds: 1769842800 nanos: 500000000 }");
}

TEST(RequestsTest, FillFiltersWithoutPrefix) {
  ExpectRequest<v1::ListStockLevelsRequest>("InventoryService.ListStockLevels",
                                            {"--sku-prefix", "A", "--status", "in-stock"},
                                            "filter { sku_prefix: 'A' status: STOCK_STATUS_IN_STOCK }");
  ExpectRequest<v1::ListItemsRequest>("InventoryService.ListItems", {"--published=false"},
                                      "filter { published: false }");
}

TEST(RequestsTest, FillLinesByPosition) {
  ExpectRequest<v1::ReserveStockRequest>(
      "InventoryService.ReserveStock",
      {"web-eu", "A=2", "B=C=1", "--ttl", "1h30m", "--warehouse-id", "w1", "--warehouse-id", "w2", "--on-shortfall",
       "SHORTFALL_POLICY_PARTIAL", "--destination-latitude", "52.5", "--commit", "--unit", "case"},
      "channel_id: 'web-eu' lines { sku: 'A' quantity: 2 unit: 'case' } lines { sku: 'B=C' quantity: 1 unit: 'case' } "
      "ttl { seconds: 5400 } warehouse_ids: 'w1' warehouse_ids: 'w2' on_shortfall: SHORTFALL_POLICY_PARTIAL "
      "destination { latitude: 52.5 } commit: true");
}

TEST(RequestsTest, FillLinesByFlag) {
  ExpectRequest<v1::ReserveStockRequest>(
      "InventoryService.ReserveStock",
      {"web-eu", "A=2", "--line", "sku=\"B,\"\"1\"\"\",quantity=3,unit=kg", "--unit", "case"},
      "channel_id: 'web-eu' lines { sku: 'A' quantity: 2 unit: 'case' } "
      "lines { sku: 'B,\"1\"' quantity: 3 unit: 'kg' }");
  ExpectRequest<v1::ReturnStockRequest>("InventoryService.ReturnStock",
                                        {"R-1", "A=1", "--warehouse-id", "w1", "--disposition", "quality-control"},
                                        "reservation_id: 'R-1' lines { sku: 'A' quantity: 1 warehouse_id: 'w1' "
                                        "disposition: DISPOSITION_QUALITY_CONTROL }");
  ExpectRequest<v1::BatchUpdateStockRequest>(
      "InventoryService.BatchUpdateStock",
      {"--update", "sku=A,warehouse_id=w,set-on-hand=0", "--error-policy", "per-row"},
      "updates { sku: 'A' warehouse_id: 'w' set_on_hand: 0 } error_policy: ERROR_POLICY_PER_ROW");
}

TEST(RequestsTest, FillResourcesWithoutPrefix) {
  ExpectRequest<v1::CreateWarehouseRequest>("WarehouseService.CreateWarehouse",
                                            {"ber-1", "--name", "Berlin", "--active", "--address-city", "Berlin",
                                             "--address-street-line", "1", "--address-street-line", "2"},
                                            "warehouse { warehouse_id: 'ber-1' name: 'Berlin' active: true "
                                            "address { city: 'Berlin' street_lines: '1' street_lines: '2' } }");
  ExpectRequest<v1::CreateItemRequest>(
      "InventoryService.CreateItem",
      {"KIT", "--component", "sku=A,quantity=2", "--label", "a=b=c", "--label", "x=", "--allowed-order-quantity", "5"},
      "item { sku: 'KIT' components { sku: 'A' quantity: 2 } labels { key: 'a' value: 'b=c' } "
      "labels { key: 'x' value: '' } allowed_order_quantities: 5 }");
}

TEST(RequestsTest, UpdateWhatArgumentsName) {
  ExpectRequest<v1::UpdateWarehouseRequest>(
      "WarehouseService.UpdateWarehouse",
      {"ber-1", "--name", "", "--address-city", "Berlin", "--active=false", "--etag", "7", "--clear", "description"},
      "warehouse { warehouse_id: 'ber-1' address { city: 'Berlin' } etag: '7' } "
      "update_mask { paths: 'name' paths: 'active' paths: 'address.city' paths: 'description' }");
}

TEST(RequestsTest, KeepOutOfTheMaskWhatNeverChanges) {
  ExpectRequest<v1::UpdateReplenishmentRequest>(
      "InventoryService.UpdateReplenishment",
      {"PO-1", "--sku", "A", "--warehouse-id", "w", "--ordered-quantity", "5", "--allow-missing"},
      "replenishment { replenishment_id: 'PO-1' sku: 'A' warehouse_id: 'w' ordered_quantity: 5 } "
      "update_mask { paths: 'ordered_quantity' } allow_missing: true");
}

TEST(RequestsTest, TakeAMaskThatIsGiven) {
  ExpectRequest<v1::UpdateItemRequest>("InventoryService.UpdateItem", {"A", "--update-mask", "labels,backorder-limit"},
                                       "item { sku: 'A' } update_mask { paths: 'labels' paths: 'backorder_limit' }");
}

TEST(RequestsTest, RefuseToUpdateNothing) {
  EXPECT_EQ(ProblemOf<v1::UpdateItemRequest>("InventoryService.UpdateItem", {"A", "--etag", "1"}),
            "nothing to change: name at least one field of the item");
}

TEST(RequestsTest, ComeFromJsonWithArgumentsOnTop) {
  ExpectRequest<v1::ReserveStockRequest>(
      "InventoryService.ReserveStock", {"--json", "-", "--order-reference", "2", "app", "A=1"},
      "channel_id: 'app' on_shortfall: SHORTFALL_POLICY_PARTIAL order_reference: '2' lines { sku: 'A' quantity: 1 }",
      R"({"channel_id": "web", "onShortfall": "SHORTFALL_POLICY_PARTIAL", "order_reference": "1", "lines": [{"sku": "B", "quantity": "5"}]})");
}

TEST(RequestsTest, SayAllThatIsWrong) {
  EXPECT_EQ(ProblemOf<v1::ReserveStockRequest>("InventoryService.ReserveStock",
                                               {"web", "A", "B=x", "--ttl", "soon", "--on-shortfall", "cry"}),
            "SKU=QUANTITY: expected SKU=QUANTITY, not \"A\"\n"
            "SKU=QUANTITY: expected a whole number from -9223372036854775808 to 9223372036854775807, not \"x\"\n"
            "--ttl: expected a duration as 90s, 15m or 1h30m, not \"soon\"\n"
            "--on-shortfall: expected one of reject, partial, backorder, not \"cry\"");
  EXPECT_THAT(ProblemOf<v1::SetStockRequest>("InventoryService.SetStock", {"A", "w", "1", "--as-of-time", "today"}),
              HasSubstr("--as-of-time: expected a time as 2026-01-31T08:00:00Z"));
  EXPECT_EQ(ProblemOf<v1::SetStockRequest>("InventoryService.SetStock", {"caf\xE9", "w", "1"}),
            "SKU: expected UTF-8; is the terminal set to it?");
  EXPECT_THAT(ProblemOf<v1::CreateItemRequest>("InventoryService.CreateItem", {"A", "--label", "b"}),
              HasSubstr("--label: expected KEY=VALUE, not \"b\""));
  EXPECT_THAT(ProblemOf<v1::SetStockRequest>("InventoryService.SetStock", {"--json", "-"}, "{\"skuu\": 1}"),
              HasSubstr("--json: - is not a SetStockRequest in JSON: "));
  EXPECT_THAT(ProblemOf<v1::SetStockRequest>("InventoryService.SetStock", {"--json", "/nowhere.json"}),
              HasSubstr("--json: can't read /nowhere.json"));
}

TEST(RequestsTest, RefuseRecordsThatAreNone) {
  const auto problem = [](const std::string& record) {
    return ProblemOf<v1::ReserveStockRequest>("InventoryService.ReserveStock", {"web", "--line", record});
  };
  EXPECT_THAT(problem("A=1"), HasSubstr("--line: expected one of sku, quantity, unit, not \"A\""));
  EXPECT_THAT(problem("sku=A,quantity"), HasSubstr("expected name=value parted by commas"));
  EXPECT_THAT(problem("sku=A,sku=B"), HasSubstr("sku is given twice"));
  EXPECT_THAT(problem("sku=\"A"), HasSubstr("expected a closing quote"));
  EXPECT_THAT(problem("sku=\"A\"b"), HasSubstr("expected a comma after a closing quote"));
  EXPECT_THAT(problem("sku=A,quantity=1.5"), HasSubstr("quantity: expected a whole number"));
}

TEST(RequestsTest, KnowTheArgumentOfAField) {
  const auto argument = [](const std::string& method, const std::string& field) {
    return ArgumentFor(FieldsOf(MethodOf(method)), field);
  };
  EXPECT_EQ(argument("InventoryService.ReserveStock", "lines[2].quantity"), "SKU=QUANTITY");
  EXPECT_EQ(argument("InventoryService.ReserveStock", "ttl"), "--ttl");
  EXPECT_EQ(argument("InventoryService.ReserveStock", "warehouse_ids[0]"), "--warehouse-id");
  EXPECT_EQ(argument("InventoryService.SetStock", "on_hand"), "ON_HAND");
  EXPECT_EQ(argument("WarehouseService.CreateWarehouse", "warehouse.address.country_code"), "--address-country-code");
  EXPECT_EQ(argument("InventoryService.ListMovements", "filter.end_time"), "--end-time");
  EXPECT_EQ(argument("InventoryService.ListMovements", "page_token"), "");
}

}  // namespace
}  // namespace inventory::cli
