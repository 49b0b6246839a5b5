// Kits: how items become kits and stop being some, and that a kit has no stock of its own.
#include "server/commands/kits.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/low_stock.pb.h"
#include "inventory/v1/quota.pb.h"
#include "inventory/v1/replenishment.pb.h"
#include "inventory/v1/transfer.pb.h"
#include "tests/pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory::commands {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

std::string BrokenKit(const std::string& fields) {
  Violations violations;
  CheckComponents(Pb<v1::Item>("sku: 'kit' " + fields), "item", violations);
  return std::string(violations.ToStatus().message());
}

TEST(CheckComponentsTest, ReportsEveryBrokenRule) {
  EXPECT_EQ(BrokenKit("components { sku: 'a' quantity: 1 } components { sku: 'b' quantity: 1000000 }"), "");
  const std::string broken = BrokenKit(
      "components { sku: 'a' quantity: 0 } components { sku: ' b' quantity: 1000001 } components { sku: 'a' quantity: "
      "1 "
      "} components { sku: 'kit' quantity: 1 } tracking: TRACKING_UNTRACKED default_safety_stock: 1 "
      "backorder_policy: BACKORDER_POLICY_UNLIMITED");
  for (const char* rule :
       {"item.components[0].quantity", "item.components[1].sku", "item.components[1].quantity",
        "item.components[2].sku: is named more than once", "item.components[3].sku: is the kit itself", "item.tracking",
        "item.default_safety_stock", "item.backorder_policy"}) {
    EXPECT_THAT(broken, HasSubstr(rule));
  }
  EXPECT_THAT(broken, Not(HasSubstr("item.components[0].sku")));
  std::string many;
  for (int i = 0; i < 51; ++i) absl::StrAppend(&many, "components { sku: 's", i, "' quantity: 1 } ");
  EXPECT_THAT(BrokenKit(many), HasSubstr("item.components"));
}

class KitsTest : public RuleTest {
 protected:
  // Gives the SKU this configuration, and otherwise the defaults.
  absl::StatusOr<v1::Item> Configure(const std::string& sku, const std::string& fields) {
    return runner_.Call<v1::Item>(Pb<v1::UpdateItemRequest>(
        absl::Substitute("item { sku: '$0' $1 } update_mask { paths: '*' } allow_missing: true", sku, fields)));
  }
  absl::StatusOr<v1::Item> Kit(const std::string& sku, const Lines& components) {
    std::string fields;
    for (const auto& [component, quantity] : components) {
      absl::StrAppend(&fields, "components { sku: '", component, "' quantity: ", quantity, " } ");
    }
    return Configure(sku, fields);
  }
  std::string Delete(const std::string& sku) {
    v1::DeleteItemRequest request;
    request.set_sku(sku);
    return Answer(runner_.Call<v1::DeleteItemResponse>(request));
  }
  int64_t KitsOf(const std::string& sku) const { return runner_.rows.items.Find(sku)->kits; }

  template <typename Request, typename Response>
  std::string Try(const std::string& fields) {
    return Answer(runner_.Call<Response>(Pb<Request>(fields)));
  }
};

TEST_F(KitsTest, ComponentsKnowInHowManyKitsTheyAre) {
  const auto made = Kit("k1", {{"b", 2}, {"a", 1}});
  ASSERT_EQ(Answer(made), "OK");
  ASSERT_EQ(made->components_size(), 2);
  EXPECT_EQ(made->components(0).sku(), "a");
  EXPECT_EQ(made->components(1).sku(), "b");
  EXPECT_EQ(made->components(1).quantity(), 2);
  ASSERT_EQ(Answer(Kit("k2", {{"b", 1}})), "OK");
  EXPECT_EQ(KitsOf("a"), 1);
  EXPECT_EQ(KitsOf("b"), 2);

  ASSERT_EQ(Answer(Kit("k1", {{"b", 3}, {"c", 1}})), "OK");
  EXPECT_EQ(KitsOf("a"), 0);
  EXPECT_EQ(KitsOf("b"), 2);
  EXPECT_EQ(KitsOf("c"), 1);
  ASSERT_EQ(Answer(Kit("k1", {})), "OK");
  ASSERT_EQ(Delete("k2"), "OK");
  for (const char* sku : {"a", "b", "c"}) EXPECT_EQ(KitsOf(sku), 0) << sku;
}

TEST_F(KitsTest, AnUpdateOfSomethingElseKeepsThem) {
  const auto made = Kit("k", {{"a", 1}});
  ASSERT_EQ(Answer(made), "OK");
  const std::string publish = "item { sku: 'k' published: false } update_mask { paths: 'published' }";
  const auto changed = runner_.Call<v1::Item>(Pb<v1::UpdateItemRequest>(publish));
  ASSERT_EQ(Answer(changed), "OK");
  EXPECT_EQ(changed->components_size(), 1);
  EXPECT_EQ(KitsOf("a"), 1);
}

TEST_F(KitsTest, AKitIsNoPartOfAKit) {
  ASSERT_EQ(Answer(Kit("k", {{"a", 1}})), "OK");
  EXPECT_EQ(Answer(Kit("box", {{"b", 1}, {"k", 1}})), "FAILED_PRECONDITION COMPONENT_IS_KIT sku=k");
  EXPECT_EQ(Answer(Kit("a", {{"b", 1}})), "FAILED_PRECONDITION ITEM_IN_USE used_by=kits");
  // The box was never made, so nothing is in it.
  EXPECT_EQ(KitsOf("a"), 1);
  EXPECT_EQ(KitsOf("k"), 0);
}

TEST_F(KitsTest, AnItemBecomesAKitOnlyWhileItHasNoUnits) {
  Stock("k", "w2", 1);
  EXPECT_EQ(Answer(Kit("k", {{"a", 1}})), "FAILED_PRECONDITION ITEM_IN_USE warehouse_ids=w2");
  Hold("r", {{"k", 1}});
  EXPECT_EQ(Answer(Kit("k", {{"a", 1}})), "FAILED_PRECONDITION ITEM_IN_USE reservation_ids=r");
  ASSERT_EQ(Answer(Cancel("r")), "OK");
  Stock("k", "w2", 0);
  ASSERT_EQ((Try<v1::CreateReplenishmentRequest, v1::CreateReplenishmentResponse>(
                "replenishment_id: 'p' sku: 'k' warehouse_id: 'w1' quantity: 5")),
            "OK");
  EXPECT_EQ(Answer(Kit("k", {{"a", 1}})), "FAILED_PRECONDITION ITEM_IN_USE warehouse_ids=w1");
  ASSERT_EQ((Try<v1::CloseReplenishmentRequest, v1::CloseReplenishmentResponse>("replenishment_id: 'p'")), "OK");
  EXPECT_EQ(Answer(Kit("k", {{"a", 1}})), "OK");
}

TEST_F(KitsTest, AnItemWithQuotasOrRulesBecomesNoKit) {
  ASSERT_EQ((Try<v1::SetQuotaRequest, v1::Quota>("channel_id: 'shop' sku: 'k' quantity: 5")), "OK");
  EXPECT_EQ(Answer(Kit("k", {{"a", 1}})), "FAILED_PRECONDITION ITEM_IN_USE used_by=quotas");
}

TEST_F(KitsTest, AnUntrackedItemThatOrdersHoldBecomesNoKit) {
  Item("file").tracked = false;
  Hold("r", {{"file", 1}});
  EXPECT_EQ(Answer(Kit("file", {{"a", 1}})), "FAILED_PRECONDITION ITEM_IN_USE reservation_ids=r");
}

TEST_F(KitsTest, AComponentIsDeletedAfterItsKits) {
  ASSERT_EQ(Answer(Kit("k", {{"a", 1}})), "OK");
  ASSERT_EQ(Answer(Configure("a", "")), "OK");
  EXPECT_EQ(Delete("a"), "FAILED_PRECONDITION ITEM_IN_USE used_by=kits");
  EXPECT_EQ(Delete("k"), "OK");
  EXPECT_EQ(Delete("a"), "OK");
}

TEST_F(KitsTest, AKitTakesPartInNoWriteOfStock) {
  ASSERT_EQ(Answer(Kit("k", {{"a", 1}})), "OK");
  const std::string refused = "FAILED_PRECONDITION ITEM_IS_KIT sku=k";
  const std::string level = "sku: 'k' warehouse_id: 'w1' ";
  EXPECT_EQ((Try<v1::SetStockRequest, v1::SetStockResponse>(level + "on_hand: 0")), refused);
  EXPECT_EQ((Try<v1::AdjustStockRequest, v1::AdjustStockResponse>(level + "delta: 1")), refused);
  EXPECT_EQ((Try<v1::SetSafetyStockRequest, v1::SetSafetyStockResponse>(level + "safety_stock: 1")), refused);
  EXPECT_EQ((Try<v1::ReclassifyStockRequest, v1::ReclassifyStockResponse>(
                level + "quantity: 1 to_condition: STOCK_CONDITION_DAMAGED")),
            refused);
  EXPECT_EQ((Try<v1::BatchUpdateStockRequest, v1::BatchUpdateStockResponse>(
                absl::Substitute("updates { $0 set_on_hand: 1 }", level))),
            "FAILED_PRECONDITION ITEM_IS_KIT row=0 sku=k");
  EXPECT_EQ((Try<v1::CreateReplenishmentRequest, v1::CreateReplenishmentResponse>(level + "quantity: 1")), refused);
  EXPECT_EQ((Try<v1::CreateTransferRequest, v1::CreateTransferResponse>(
                "from_warehouse_id: 'w1' to_warehouse_id: 'w2' lines { sku: 'k' quantity: 1 }")),
            refused);
  EXPECT_EQ((Try<v1::SetQuotaRequest, v1::Quota>("channel_id: 'shop' sku: 'k' quantity: 5")), refused);
  EXPECT_TRUE(runner_.rows.movements.empty());
}

TEST_F(KitsTest, AKitKeepsTheRulesOfOne) {
  ASSERT_EQ(Answer(Kit("k", {{"a", 1}})), "OK");
  const auto update = [this](const std::string& fields, const std::string& path) {
    return Answer(runner_.Call<v1::Item>(
        Pb<v1::UpdateItemRequest>(absl::Substitute("item { sku: 'k' $0 } update_mask { paths: '$1' }", fields, path))));
  };
  EXPECT_EQ(update("tracking: TRACKING_UNTRACKED", "tracking"), "INVALID_ARGUMENT INVALID_FIELDS item.tracking");
  EXPECT_EQ(update("default_safety_stock: 1", "default_safety_stock"),
            "INVALID_ARGUMENT INVALID_FIELDS item.default_safety_stock");
  EXPECT_EQ(update("backorder_policy: BACKORDER_POLICY_UNLIMITED", "backorder_policy"),
            "INVALID_ARGUMENT INVALID_FIELDS item.backorder_policy");
}

}  // namespace
}  // namespace inventory::commands
