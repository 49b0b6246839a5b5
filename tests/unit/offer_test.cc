#include "server/queries/offer.h"

#include <map>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "server/queries/estimate_text.h"
#include "server/queries/sku_rows.h"

namespace inventory::queries {
namespace {

using storage::BackorderPolicy;

TEST(TitleInTest, TakesTheMostSpecificLanguageThereIs) {
  storage::AvailabilityEstimateRecord estimate;
  estimate.title = "Soon";
  estimate.localized_titles = {{"de", "Bald"}, {"pt", "Em breve"}, {"pt-br", "Logo"}, {"zh-hant", "Hant"}};
  EXPECT_EQ(TitleIn(estimate, ""), "Soon");
  EXPECT_EQ(TitleIn(estimate, "de"), "Bald");
  EXPECT_EQ(TitleIn(estimate, "DE-at"), "Bald");
  EXPECT_EQ(TitleIn(estimate, "pt-BR"), "Logo");
  EXPECT_EQ(TitleIn(estimate, "pt-PT"), "Em breve");
  EXPECT_EQ(TitleIn(estimate, "zh-Hant-TW-x-a"), "Hant");
  EXPECT_EQ(TitleIn(estimate, "zh"), "Soon");
  EXPECT_EQ(TitleIn(estimate, "d"), "Soon");
}

// The channel "shop" sells from w1 and w2.
class SellableTest : public testing::Test {
 protected:
  storage::ItemRecord& Item(const std::string& sku) {
    if (!rows_[sku].item) rows_[sku].item.emplace().sku = sku;
    return *rows_[sku].item;
  }
  void Level(const std::string& sku, const std::string& warehouse_id, int64_t on_hand, int64_t reserved = 0) {
    rows_[sku].levels.push_back(
        {.sku = sku, .warehouse_id = warehouse_id, .quantities = {.on_hand = on_hand, .reserved = reserved}});
  }
  void Quota(const std::string& sku, const std::string& channel_id, int64_t quantity, int64_t outstanding = 0) {
    auto& quotas = rows_[sku].quotas;
    std::erase_if(quotas, [&](const storage::QuotaRecord& quota) { return quota.channel_id == channel_id; });
    quotas.push_back({.sku = sku, .channel_id = channel_id, .quantity = quantity, .outstanding = outstanding});
  }
  void Kit(const std::string& sku, const std::vector<storage::Component>& components) {
    Item(sku).components = components;
  }
  void Waits(const std::string& sku, BackorderPolicy policy, int64_t limit = 0, int64_t backordered = 0) {
    Item(sku).backorder_policy = policy;
    Item(sku).backorder_limit = limit;
    Item(sku).backordered = backordered;
  }

  reading::SkuStock StockOf(const std::string& sku) { return ToStock(rows_[sku]); }

  // "3", or "-" for no number; and "+" if one more may wait.
  std::string Shown(const std::string& sku) {
    std::map<std::string, reading::SkuStock> parts;
    const Sellable sellable =
        SellableOf(StockOf(sku), offer_,
                   [&](const std::string& part) -> const reading::SkuStock& { return parts[part] = StockOf(part); });
    return (sellable.quantity ? std::to_string(*sellable.quantity) : "-") + (sellable.may_wait ? "+" : "");
  }

  std::map<std::string, SkuRows> rows_;
  Offer offer_ = {.channel_id = "shop", .warehouses = {"w1", "w2"}, .reason = ""};
};

TEST_F(SellableTest, AnItemIsWhatItsWarehousesHaveDeficitsLeftOut) {
  Level("a", "w1", 5, 2);
  Level("a", "w2", 1, 4);
  Level("a", "w3", 100);
  EXPECT_EQ(Shown("a"), "3+");
  EXPECT_EQ(Shown("never-seen"), "0");
}

TEST_F(SellableTest, AQuotaCapsItAndLeavesNothingToWaitForOnceItIsUsedUp) {
  Waits("a", BackorderPolicy::kUnlimited);
  Level("a", "w1", 5);
  Quota("a", "other", 0);
  EXPECT_EQ(Shown("a"), "5+");
  Quota("a", "shop", 6, 4);
  EXPECT_EQ(Shown("a"), "2+");
  Quota("a", "shop", 6, 6);
  EXPECT_EQ(Shown("a"), "0");
  // The quota has been lowered.
  Quota("a", "shop", 3, 6);
  EXPECT_EQ(Shown("a"), "0");
}

TEST_F(SellableTest, OneMayWaitAsFarAsThePolicyGoes) {
  Waits("a", BackorderPolicy::kLimited, 5, 4);
  EXPECT_EQ(Shown("a"), "0+");
  Waits("a", BackorderPolicy::kLimited, 5, 5);
  EXPECT_EQ(Shown("a"), "0");
  Waits("a", BackorderPolicy::kUnlimited, 0, 100);
  EXPECT_EQ(Shown("a"), "0+");
}

TEST_F(SellableTest, AnUntrackedItemHasNoNumber) {
  Item("file").tracked = false;
  Level("file", "w1", 5);
  EXPECT_EQ(Shown("file"), "-+");
}

TEST_F(SellableTest, AKitIsWhatItsScarcestComponentSufficesFor) {
  Kit("kit", {{"a", 2}, {"b", 3}, {"file", 1}});
  Item("file").tracked = false;
  Level("a", "w1", 4);
  Level("a", "w2", 5);
  Level("b", "w1", 8);
  EXPECT_EQ(Shown("kit"), "2+");
  Quota("b", "shop", 5);
  EXPECT_EQ(Shown("kit"), "1+");
  Level("kit", "w1", 100);
  EXPECT_EQ(Shown("kit"), "1+");
}

TEST_F(SellableTest, AKitOfUntrackedComponentsHasNoNumber) {
  Kit("kit", {{"file", 1}, {"key", 2}});
  Item("file").tracked = false;
  Item("key").tracked = false;
  EXPECT_EQ(Shown("kit"), "-+");
}

TEST_F(SellableTest, AKitMayWaitIfEveryShortComponentMay) {
  Kit("kit", {{"a", 2}, {"b", 3}});
  Level("a", "w1", 2);
  Level("b", "w1", 1);
  EXPECT_EQ(Shown("kit"), "0");
  Waits("b", BackorderPolicy::kLimited, 2);
  EXPECT_EQ(Shown("kit"), "0+");
  Waits("b", BackorderPolicy::kLimited, 2, 1);
  EXPECT_EQ(Shown("kit"), "0");
  Waits("b", BackorderPolicy::kUnlimited);
  EXPECT_EQ(Shown("kit"), "0+");
  // Of both what waits and what is there counts against a quota.
  Quota("a", "shop", 1);
  EXPECT_EQ(Shown("kit"), "0");
  Quota("a", "shop", 2);
  Quota("b", "shop", 2);
  EXPECT_EQ(Shown("kit"), "0");
}

TEST(GiveToWaitingTest, GivesWhatIsFreedAndFitForSaleToWhoWaits) {
  storage::ItemRecord item;
  item.backordered = 3;
  storage::LevelRecord level{.quantities = {.on_hand = 5, .reserved = 1}};
  GiveToWaiting(2, item, level);
  EXPECT_EQ(level.quantities.reserved, 3);
  EXPECT_EQ(item.backordered, 1);
  GiveToWaiting(2, item, level);
  EXPECT_EQ(level.quantities.reserved, 4);
  EXPECT_EQ(item.backordered, 0);
  // A deficit takes what is freed.
  item.backordered = 3;
  level.quantities = {.on_hand = 1, .reserved = 4};
  GiveToWaiting(2, item, level);
  EXPECT_EQ(level.quantities.reserved, 4);
  EXPECT_EQ(item.backordered, 3);
}

TEST_F(SellableTest, ARuleIsLowForItsSkuOrItsChannel) {
  const auto low = [this](const std::string& warehouse_id, const std::string& channel_id, bool is_low = true) {
    storage::LowStockRuleRecord rule;
    rule.warehouse_id = warehouse_id;
    rule.channel_id = channel_id;
    rule.low = is_low;
    rows_["a"].rules = {rule};
    return IsLow(StockOf("a"), offer_);
  };
  EXPECT_TRUE(low("", ""));
  EXPECT_TRUE(low("", "shop"));
  EXPECT_FALSE(low("", "other"));
  EXPECT_FALSE(low("w1", ""));
  EXPECT_FALSE(low("", "", /*is_low=*/false));
  EXPECT_FALSE(IsLow(StockOf("b"), offer_));
}

TEST_F(SellableTest, ARestockIsTheFirstUnitThatNobodyWaitsForAndAQuotaAllows) {
  const absl::Time now = absl::FromUnixSeconds(1'700'000'000);
  const absl::Time day = now + absl::Hours(24);
  const auto restock = [&] { return RestockTime(StockOf("a"), offer_, now); };
  EXPECT_EQ(restock(), std::nullopt);
  rows_["a"].incoming = {{.sku = "a", .warehouse_id = "w1", .expected_time = day, .quantity = 3},
                         {.sku = "a", .warehouse_id = "w2", .expected_time = now + absl::Hours(48), .quantity = 3}};
  EXPECT_EQ(restock(), day);
  Waits("a", BackorderPolicy::kUnlimited, 0, 3);
  EXPECT_EQ(restock(), now + absl::Hours(48));
  Quota("a", "shop", 4, 4);
  EXPECT_EQ(restock(), std::nullopt);
}

}  // namespace
}  // namespace inventory::queries
