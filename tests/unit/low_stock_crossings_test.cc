// Goal (T23): whatever moves a quantity over a threshold, there is exactly one event for it, both ways.
#include <functional>
#include <string>

#include "absl/strings/substitute.h"
#include "inventory/v1/channel.pb.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/replenishment.pb.h"
#include "inventory/v1/stock_return.pb.h"
#include "inventory/v1/transfer.pb.h"
#include "inventory/v1/warehouse.pb.h"
#include "tests/unit/low_stock_fixture.h"

namespace inventory {
namespace {

class CrossingsTest : public LowStockTest {
 protected:
  void SetUp() override {
    ASSERT_EQ(Answer(Watch("sku")), "OK");
    ASSERT_EQ(Answer(Watch("w1", "warehouse_id: 'w1'")), "OK");
    ASSERT_EQ(Answer(Watch("w2", "warehouse_id: 'w2' threshold: 1 rearm_margin: 1")), "OK");
    ASSERT_EQ(Answer(Watch("shop", "channel_id: 'shop'")), "OK");
  }

  void Count(const std::string& warehouse_id, int64_t on_hand) { Stock("a", warehouse_id, on_hand); }
  void Adjust(int64_t delta) {
    Do<v1::AdjustStockRequest, v1::AdjustStockResponse>(
        absl::StrCat("sku: 'a' warehouse_id: 'w1' reason: 'x' delta: ", delta));
  }
  void SetSafetyStock(int64_t quantity) {
    Do<v1::SetSafetyStockRequest, v1::SetSafetyStockResponse>(
        absl::StrCat("sku: 'a' warehouse_id: 'w1' safety_stock: ", quantity));
  }
  void Reclassify(const std::string& from, const std::string& to) {
    Do<v1::ReclassifyStockRequest, v1::ReclassifyStockResponse>(
        absl::StrCat("sku: 'a' warehouse_id: 'w1' quantity: 6 reason: 'x' from_condition: STOCK_CONDITION_", from,
                     " to_condition: STOCK_CONDITION_", to));
  }
  void Move(const std::string& from, const std::string& to, int64_t quantity) {
    Do<v1::CreateTransferRequest, v1::CreateTransferResponse>(
        absl::StrCat("mode: TRANSFER_MODE_IMMEDIATE reason: 'x' from_warehouse_id: '", from, "' to_warehouse_id: '", to,
                     "' lines { sku: 'a' quantity: ", quantity, " }"));
  }
  void SetActive(bool active) {
    Do<v1::UpdateWarehouseRequest, v1::Warehouse>(absl::StrCat(
        "warehouse { warehouse_id: 'w1' name: 'One' location { latitude: 1 longitude: 1 } active: ", active,
        " } update_mask { paths: 'name' paths: 'location' paths: 'active' }"));
    runner_.Follow();
  }
};

TEST_F(CrossingsTest, RulesAreJudgedWhenTheyAreMade) {
  EXPECT_EQ(Events("sku"), "");
  EXPECT_EQ(Events("w2"), "LOW 0");
  EXPECT_TRUE(Rule("w2").low);
  auto low = Watch("high", "threshold: 10");
  ASSERT_EQ(Answer(low), "OK");
  EXPECT_TRUE(low->low());
  EXPECT_EQ(Events("high"), "LOW 10");
}

TEST_F(CrossingsTest, OnlyCrossingsMakeEvents) {
  Count("w1", 6);
  EXPECT_EQ(Events("sku"), "");
  Count("w1", 5);
  EXPECT_EQ(Events("sku"), "LOW 5");
  for (const int64_t on_hand : {4, 0, 5, 6, 7}) Count("w1", on_hand);
  EXPECT_EQ(Events("sku"), "LOW 5");
  Count("w1", 8);
  EXPECT_EQ(Events("sku"), "LOW 5, RECOVERED 8");
  for (const int64_t on_hand : {7, 6, 100, 6}) Count("w1", on_hand);
  EXPECT_EQ(Events("sku"), "LOW 5, RECOVERED 8");
  Count("w1", 2);
  EXPECT_EQ(Events("sku"), "LOW 5, RECOVERED 8, LOW 2");
  EXPECT_EQ(Event("sku", 3).threshold, 5);
}

// Every cause takes the available units of a in w1 from 10 to at most 5, and back above 7.
struct Cause {
  std::string name;
  std::function<void()> down;
  std::function<void()> up;
  std::string events;
};

TEST_F(CrossingsTest, EveryCauseCountsBothWays) {
  const Cause causes[] = {
      {"count", [this] { Count("w1", 4); }, [this] { Count("w1", 10); }, "LOW 4, RECOVERED 10"},
      {"adjustment", [this] { Adjust(-6); }, [this] { Adjust(6); }, "LOW 4, RECOVERED 10"},
      {"safety stock", [this] { SetSafetyStock(7); }, [this] { SetSafetyStock(0); }, "LOW 3, RECOVERED 10"},
      {"condition", [this] { Reclassify("SELLABLE", "DAMAGED"); }, [this] { Reclassify("DAMAGED", "SELLABLE"); },
       "LOW 4, RECOVERED 10"},
      {"reservation and cancellation",
       [this] {
         Commit("r1", {{"a", 5}});
       },
       [this] { EXPECT_EQ(Answer(Cancel("r1")), "OK"); }, "LOW 5, RECOVERED 10"},
      {"hold and its end",
       [this] {
         Hold("r2", {{"a", 9}});
       },
       [this] {
         runner_.now += absl::Minutes(16);
         runner_.Follow();
       },
       "LOW 1, RECOVERED 10"},
      {"amendment",
       [this] {
         Commit("r3", {{"a", 1}});
         EXPECT_EQ(Answer(Amend("r3", {{"a", 6}})), "OK");
       },
       [this] {
         EXPECT_EQ(Answer(Amend("r3", {{"a", 1}})), "OK");
       },
       "LOW 4, RECOVERED 9"},
      {"warehouse", [this] { SetActive(false); }, [this] { SetActive(true); }, "LOW 0, RECOVERED 9"},
  };
  std::string shown;
  for (const Cause& cause : causes) {
    SCOPED_TRACE(cause.name);
    cause.down();
    cause.up();
    absl::StrAppend(&shown, shown.empty() ? "" : ", ", cause.events);
    for (const char* rule : {"sku", "w1", "shop"}) EXPECT_EQ(Events(rule), shown) << rule;
  }
  EXPECT_EQ(Events("w2"), "LOW 0");
}

TEST_F(CrossingsTest, AShipmentAndAReturn) {
  Commit("r1", {{"a", 8}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1"))), "OK");
  ASSERT_EQ(Answer(Ship("s1")), "OK");
  EXPECT_EQ(Events("sku"), "LOW 2");
  Do<v1::ReturnStockRequest, v1::ReturnStockResponse>(
      "reservation_id: 'r1' reason: 'x' "
      "lines { sku: 'a' quantity: 3 warehouse_id: 'w1' disposition: DISPOSITION_DAMAGED }");
  EXPECT_EQ(Events("sku"), "LOW 2");
  Do<v1::ReturnStockRequest, v1::ReturnStockResponse>(
      "reservation_id: 'r1' reason: 'x' "
      "lines { sku: 'a' quantity: 5 warehouse_id: 'w2' disposition: DISPOSITION_RESTOCK }");
  EXPECT_EQ(Events("sku"), "LOW 2");
  EXPECT_EQ(Events("w2"), "LOW 0, RECOVERED 5");
}

TEST_F(CrossingsTest, AShipmentFromAnotherWarehouse) {
  Count("w2", 6);
  Commit("r1", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Anywhere(Parcel("s1", "r1", "w2", {{"a", 5}})))), "OK");
  ASSERT_EQ(Answer(Ship("s1")), "OK");
  EXPECT_EQ(Events("w1"), "LOW 5, RECOVERED 10");
  EXPECT_EQ(Events("w2"), "LOW 0, RECOVERED 6, LOW 1");
  EXPECT_EQ(Events("sku"), "");
}

TEST_F(CrossingsTest, ATransferAtOnceAndOnItsWay) {
  Move("w1", "w2", 6);
  EXPECT_EQ(Events("w1"), "LOW 4");
  EXPECT_EQ(Events("w2"), "LOW 0, RECOVERED 6");
  EXPECT_EQ(Events("sku"), "");
  Do<v1::CreateTransferRequest, v1::CreateTransferResponse>(
      "transfer_id: 't' mode: TRANSFER_MODE_IN_TRANSIT reason: 'x' from_warehouse_id: 'w2' to_warehouse_id: 'w1' "
      "lines { sku: 'a' quantity: 6 }");
  EXPECT_EQ(Events("sku"), "LOW 4");
  Do<v1::ReceiveTransferRequest, v1::ReceiveTransferResponse>(
      "transfer_id: 't' lines { sku: 'a' received_quantity: 6 }");
  EXPECT_EQ(Events("sku"), "LOW 4, RECOVERED 10");
  EXPECT_EQ(Events("w1"), "LOW 4, RECOVERED 10");
  EXPECT_EQ(Events("w2"), "LOW 0, RECOVERED 6, LOW 0");
}

TEST_F(CrossingsTest, AReplenishmentCountsWhenItComes) {
  Count("w1", 0);
  Do<v1::CreateReplenishmentRequest, v1::CreateReplenishmentResponse>(
      "replenishment_id: 'p' sku: 'a' warehouse_id: 'w1' quantity: 20");
  EXPECT_EQ(Events("sku"), "LOW 0");
  Do<v1::ReceiveReplenishmentRequest, v1::ReceiveReplenishmentResponse>("replenishment_id: 'p' quantity: 20");
  EXPECT_EQ(Events("sku"), "LOW 0, RECOVERED 20");
}

// What comes and is taken at once by those who wait never was available.
TEST_F(CrossingsTest, UnitsThatOnlyServeBackordersAreNoRecovery) {
  Item("a").backorder_policy = storage::BackorderPolicy::kUnlimited;
  v1::ReserveStockRequest order = Order("r1", {{"a", 30}});
  order.set_commit(true);
  order.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
  ASSERT_EQ(Answer(Reserve(order)), "OK");
  EXPECT_EQ(Events("sku"), "LOW 0");
  Adjust(20);
  EXPECT_EQ(Events("sku"), "LOW 0");
  Adjust(20);
  EXPECT_EQ(Events("sku"), "LOW 0, RECOVERED 20");
}

TEST_F(CrossingsTest, ChannelsLoseWarehousesAndGoInactive) {
  Do<v1::DetachWarehouseRequest, v1::Channel>("channel_id: 'shop' warehouse_id: 'w1'");
  EXPECT_EQ(Events("shop"), "") << "not before the change is followed";
  runner_.Follow();
  EXPECT_EQ(Events("shop"), "LOW 0");
  EXPECT_EQ(Events("sku"), "");
  Do<v1::AttachWarehouseRequest, v1::Channel>("channel_id: 'shop' warehouse_id: 'w1'");
  runner_.Follow();
  runner_.Follow();
  EXPECT_EQ(Events("shop"), "LOW 0, RECOVERED 10");
  Do<v1::UpdateChannelRequest, v1::Channel>(
      "channel { channel_id: 'shop' active: false } update_mask { paths: 'active' }");
  runner_.Follow();
  EXPECT_EQ(Events("shop"), "LOW 0, RECOVERED 10, LOW 0");
}

TEST_F(CrossingsTest, AnEditedRuleIsJudgedAtOnce) {
  auto edited = Edit("sku", "threshold: 10");
  ASSERT_EQ(Answer(edited), "OK");
  EXPECT_TRUE(edited->low());
  EXPECT_EQ(Events("sku"), "LOW 10");
  ASSERT_EQ(Answer(Edit("sku", "threshold: 8")), "OK");
  EXPECT_EQ(Events("sku"), "LOW 10") << "10 is not above 8 and the margin";
  ASSERT_EQ(Answer(Edit("sku", "rearm_margin: 1")), "OK");
  EXPECT_EQ(Events("sku"), "LOW 10, RECOVERED 10");
  ASSERT_EQ(Answer(Edit("sku", "parameters { key: 'x' value: 'y' }")).substr(0, 16), "INVALID_ARGUMENT");
}

TEST_F(CrossingsTest, DeficitsOfOneWarehouseDoNotHideWhatAnotherHas) {
  Count("w2", 8);
  Commit("r1", {{"a", 10}});
  Count("w1", 4);
  EXPECT_EQ(At("a", "w1").available(), -6);
  EXPECT_EQ(Events("sku"), "");
  EXPECT_EQ(Events("w1"), "LOW 0");
}

TEST_F(CrossingsTest, AnItemThatIsNotTrackedIsNotJudgedUntilItIsAgain) {
  const std::string tracking = "item { sku: 'a' tracking: TRACKING_$0 } allow_missing: true";
  const auto track = [&](const std::string& which) {
    Do<v1::UpdateItemRequest, v1::Item>(absl::Substitute(tracking, which));
  };
  track("UNTRACKED");
  ASSERT_EQ(Answer(Edit("sku", "threshold: 10")), "OK");
  EXPECT_EQ(Events("sku"), "");
  track("TRACKED");
  EXPECT_EQ(Events("sku"), "LOW 10");
}

TEST_F(CrossingsTest, RefusalsLeaveNoEvents) {
  EXPECT_NE(Answer(Reserve(Order("r1", {{"a", 11}}))), "OK");
  EXPECT_EQ(Events("sku"), "");
  EXPECT_FALSE(Rule("sku").low);
}

TEST_F(CrossingsTest, ADeletedRuleIsJudgedNoMore) {
  ASSERT_EQ(Answer(Delete("sku")), "OK");
  Count("w1", 0);
  EXPECT_EQ(Events("sku"), "");
  EXPECT_EQ(Events("w1"), "LOW 0");
}

}  // namespace
}  // namespace inventory
