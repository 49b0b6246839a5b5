// Orders of kits: what is reserved, what waits, and what is refused.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/quota.pb.h"
#include "inventory/v1/reservation.pb.h"
#include "server/pipeline/work.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::BackorderPolicy;
using storage::ReservationState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

// The kit "set" is made of 2 "a" and 1 "b".
class KitOrdersTest : public RuleTest {
 protected:
  KitOrdersTest() { Kit("set", {{"a", 2}, {"b", 1}}); }

  void Kit(const std::string& sku, const Lines& components) {
    v1::UpdateItemRequest request;
    request.set_allow_missing(true);
    request.mutable_item()->set_sku(sku);
    for (const auto& [component, quantity] : components) {
      v1::KitComponent& added = *request.mutable_item()->add_components();
      added.set_sku(component);
      added.set_quantity(quantity);
    }
    ASSERT_EQ(Answer(runner_.Call<v1::Item>(request)), "OK");
  }
  void Allow(const std::string& sku, BackorderPolicy policy, int64_t limit = 0) {
    Item(sku).backorder_policy = policy;
    Item(sku).backorder_limit = limit;
  }

  static v1::ReserveStockRequest With(v1::ShortfallPolicy policy, v1::ReserveStockRequest request) {
    request.set_on_shortfall(policy);
    return request;
  }
  static v1::ReserveStockRequest Partial(const Lines& lines) {
    return With(v1::SHORTFALL_POLICY_PARTIAL, Order("r", lines));
  }
  static v1::ReserveStockRequest Patient(const Lines& lines) {
    return With(v1::SHORTFALL_POLICY_BACKORDER, Order("r", lines));
  }

  // One text per demand: SKU, reserved and waiting of requested, reason.
  std::vector<std::string> Results(const v1::ReserveStockRequest& request) {
    const auto response = Reserve(request);
    if (!response.ok()) return {Answer(response)};
    std::vector<std::string> results;
    for (const v1::LineResult& line : response->line_results()) {
      results.push_back(absl::StrCat(line.sku(), " ", line.reserved_quantity(), "+", line.backordered_quantity(), "/",
                                     line.requested_quantity(), line.reason().empty() ? "" : " ", line.reason()));
    }
    return results;
  }
  // Reserved and waiting of requested.
  std::string Line(const std::string& sku, const std::string& id = "r") const {
    const storage::ReservationLineRecord line = LineOf(id, sku);
    return absl::StrCat(line.reserved, "+", line.backordered, "/", line.requested);
  }
};

TEST_F(KitOrdersTest, AKitIsReservedAsItsComponents) {
  Stock("a", "w1", 3);
  Stock("a", "w2", 5);
  Stock("b", "w2", 4);
  const auto response = Reserve(Order("r", {{"set", 3}}));
  ASSERT_EQ(Answer(response), "OK");
  ASSERT_EQ(response->line_results_size(), 1);
  EXPECT_EQ(response->line_results(0).sku(), "set");
  EXPECT_EQ(response->line_results(0).reserved_quantity(), 3);
  const v1::Reservation& made = response->reservation();
  ASSERT_EQ(made.kits_size(), 1);
  EXPECT_EQ(made.kits(0).sku(), "set");
  EXPECT_EQ(made.kits(0).quantity(), 3);
  ASSERT_EQ(made.lines_size(), 2);
  EXPECT_EQ(Line("a"), "6+0/6");
  EXPECT_EQ(Line("b"), "3+0/3");
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w1", 3), Pair("w2", 3)));
  EXPECT_THAT(ReservedIn("r", "b"), ElementsAre(Pair("w2", 3)));
  EXPECT_EQ(runner_.rows.levels.Find({"set", "w1"}), nullptr);
}

TEST_F(KitOrdersTest, ARefusalNamesTheComponentThatIsShort) {
  Stock("a", "w1", 10);
  Stock("b", "w1", 2);
  EXPECT_EQ(Answer(Reserve(Order("r", {{"set", 3}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=2 requested=3 sku=b");
  EXPECT_EQ(Answer(Reserve(Order("r", {{"set", 6}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=10 requested=12 sku=a");
  EXPECT_THAT(runner_.rows.reservations.All(), IsEmpty());
}

TEST_F(KitOrdersTest, PartOfAnOrderIsWholeKits) {
  Stock("a", "w1", 7);
  Stock("b", "w1", 9);
  EXPECT_THAT(Results(Partial({{"set", 5}})), ElementsAre("set 3+0/5 INSUFFICIENT_STOCK"));
  EXPECT_EQ(Line("a"), "6+0/10");
  EXPECT_EQ(Line("b"), "3+0/5");
}

TEST_F(KitOrdersTest, PartOfAnOrderKeepsToTheKitsMultiple) {
  Item("set").multiple_order_quantity = 2;
  Item("a").multiple_order_quantity = 7;
  Stock("a", "w1", 7);
  Stock("b", "w1", 9);
  EXPECT_THAT(Results(Partial({{"set", 4}})), ElementsAre("set 2+0/4 INSUFFICIENT_STOCK"));
  EXPECT_EQ(Line("a"), "4+0/8");
}

TEST_F(KitOrdersTest, NothingOfAnOrderIsNoOrder) {
  Stock("a", "w1", 1);
  Stock("b", "w1", 9);
  EXPECT_THAT(Results(Partial({{"set", 4}})),
              ElementsAre("FAILED_PRECONDITION INSUFFICIENT_STOCK available=1 requested=8 sku=a"));
}

TEST_F(KitOrdersTest, EachComponentWaitsForWhatItLacks) {
  Allow("a", BackorderPolicy::kUnlimited);
  Stock("a", "w1", 3);
  Stock("b", "w1", 9);
  EXPECT_THAT(Results(Patient({{"set", 4}})), ElementsAre("set 1+3/4 INSUFFICIENT_STOCK"));
  EXPECT_EQ(Line("a"), "3+5/8");
  EXPECT_EQ(Line("b"), "4+0/4");
  Stock("a", "w1", 6);
  EXPECT_EQ(Line("a"), "6+2/8");
  Stock("a", "w2", 2);
  EXPECT_EQ(Line("a"), "8+0/8");
}

TEST_F(KitOrdersTest, AComponentWaitsOnlyAsFarAsItMay) {
  Stock("b", "w1", 1);
  EXPECT_THAT(Results(Patient({{"set", 2}})),
              ElementsAre("FAILED_PRECONDITION BACKORDER_NOT_ALLOWED requested=4 sku=a"));
  Allow("a", BackorderPolicy::kLimited, 4);
  EXPECT_THAT(Results(Patient({{"set", 2}})),
              ElementsAre("FAILED_PRECONDITION BACKORDER_NOT_ALLOWED requested=1 sku=b"));
  Allow("b", BackorderPolicy::kUnlimited);
  EXPECT_THAT(Results(Patient({{"set", 3}})),
              ElementsAre("FAILED_PRECONDITION BACKORDER_LIMIT_EXCEEDED backordered=0 limit=4 requested=6 sku=a"));
  EXPECT_THAT(Results(Patient({{"set", 2}})), ElementsAre("set 0+2/2 INSUFFICIENT_STOCK"));
  EXPECT_EQ(Line("a"), "0+4/4");
  EXPECT_EQ(Line("b"), "1+1/2");
}

TEST_F(KitOrdersTest, AKitAndItsComponentInOneOrderShareTheUnits) {
  Stock("a", "w1", 7);
  Stock("b", "w1", 9);
  EXPECT_EQ(Answer(Reserve(Order("r", {{"set", 3}, {"a", 2}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=1 requested=2 sku=a");
  EXPECT_THAT(Results(Partial({{"a", 2}, {"set", 3}})), ElementsAre("a 2+0/2", "set 2+0/3 INSUFFICIENT_STOCK"));
  EXPECT_EQ(Line("a"), "6+0/8");
  EXPECT_EQ(Line("b"), "2+0/3");
}

TEST_F(KitOrdersTest, TwoKitsShareAComponent) {
  Kit("pair", {{"b", 2}});
  Stock("a", "w1", 10);
  Stock("b", "w1", 5);
  EXPECT_EQ(Answer(Reserve(Order("r", {{"set", 2}, {"pair", 2}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=3 requested=4 sku=b");
  EXPECT_THAT(Results(Order("r", {{"set", 1}, {"pair", 2}})), ElementsAre("set 1+0/1", "pair 2+0/2"));
  EXPECT_EQ(Line("b"), "5+0/5");
  EXPECT_EQ(runner_.rows.reservations.Find("r")->kits.size(), 2u);
}

TEST_F(KitOrdersTest, UntrackedComponentsAreAlwaysThere) {
  Kit("course", {{"book", 1}, {"file", 3}});
  Item("file").tracked = false;
  Stock("book", "w1", 2);
  EXPECT_EQ(Answer(Reserve(Order("r", {{"course", 3}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=2 requested=3 sku=book");
  Hold("r", {{"course", 2}});
  EXPECT_EQ(Line("file"), "6+0/6");
  EXPECT_THAT(ReservedIn("r", "file"), IsEmpty());
}

TEST_F(KitOrdersTest, AKitOfUntrackedComponentsIsFulfilledAtOnce) {
  Kit("bundle", {{"file", 1}});
  Item("file").tracked = false;
  Commit("r", {{"bundle", 3}});
  EXPECT_EQ(StateOf("r"), ReservationState::kFulfilled);
  EXPECT_EQ(LineOf("r", "file").shipped, 3);
}

TEST_F(KitOrdersTest, OrderRulesAreTheKitsOwn) {
  Stock("a", "w1", 100);
  Stock("b", "w1", 100);
  Item("a").max_order_quantity = 1;
  Item("a").published = false;
  Item("set").min_order_quantity = 2;
  Item("set").max_order_quantity = 4;
  EXPECT_EQ(Answer(Reserve(Order("r", {{"set", 1}}))), "FAILED_PRECONDITION ORDER_RULE_VIOLATED lines[0].quantity");
  EXPECT_EQ(Answer(Reserve(Order("r", {{"set", 5}}))), "FAILED_PRECONDITION ORDER_RULE_VIOLATED lines[0].quantity");
  Hold("r", {{"set", 4}});
  EXPECT_EQ(Line("a"), "8+0/8");
}

TEST_F(KitOrdersTest, AnUnpublishedKitIsNotSold) {
  Stock("a", "w1", 100);
  Stock("b", "w1", 100);
  Item("set").published = false;
  EXPECT_EQ(Answer(Reserve(Order("r", {{"set", 1}}))), "FAILED_PRECONDITION ITEM_UNPUBLISHED sku=set");
  Hold("r", {{"a", 1}});
}

TEST_F(KitOrdersTest, AQuotaOnAComponentBindsTheKit) {
  Allow("a", BackorderPolicy::kUnlimited);
  Stock("a", "w1", 100);
  Stock("b", "w1", 100);
  v1::SetQuotaRequest quota;
  quota.set_channel_id("shop");
  quota.set_sku("a");
  quota.set_quantity(5);
  ASSERT_EQ(Answer(runner_.Call<v1::Quota>(quota)), "OK");
  const std::string exceeded =
      "FAILED_PRECONDITION QUOTA_EXCEEDED channel_id=shop outstanding=0 quota=5 requested=6 sku=a";
  EXPECT_EQ(Answer(Reserve(Order("r", {{"set", 3}}))), exceeded);
  EXPECT_EQ(Answer(Reserve(Patient({{"set", 3}}))), exceeded);
  EXPECT_THAT(Results(Partial({{"set", 3}})), ElementsAre("set 2+0/3 QUOTA_EXCEEDED"));
  EXPECT_EQ(runner_.rows.quotas.Find({"a", "shop"})->outstanding, 4);
  ASSERT_EQ(Answer(Cancel("r")), "OK");
  EXPECT_EQ(runner_.rows.quotas.Find({"a", "shop"})->outstanding, 0);
}

TEST_F(KitOrdersTest, AnAmendmentNamesComponents) {
  Stock("a", "w1", 10);
  Stock("b", "w1", 10);
  Hold("r", {{"set", 2}});
  EXPECT_EQ(Answer(Amend("r", {{"set", 3}})), "FAILED_PRECONDITION ITEM_IS_KIT sku=set");
  ASSERT_EQ(Answer(Amend("r", {{"a", 5}, {"b", 1}})), "OK");
  EXPECT_EQ(Line("a"), "5+0/5");
  EXPECT_EQ(Line("b"), "1+0/1");
}

TEST_F(KitOrdersTest, AReservationKeepsTheComponentsOfItsTime) {
  Stock("a", "w1", 10);
  Stock("b", "w1", 10);
  Commit("r", {{"set", 2}});
  Kit("set", {{"c", 1}});
  EXPECT_EQ(Line("a"), "4+0/4");
  ASSERT_EQ(Answer(CreateShipment(Parcel("s", "r", "w1"))), "OK");
  ASSERT_EQ(Answer(Ship("s")), "OK");
  EXPECT_EQ(StateOf("r"), ReservationState::kFulfilled);
  EXPECT_EQ(At("a", "w1").on_hand, 6);
  EXPECT_EQ(At("b", "w1").on_hand, 8);
}

TEST_F(KitOrdersTest, TheUnitsOfManyKitsStayWithinBounds) {
  Item("set").max_order_quantity = 0;
  EXPECT_EQ(Answer(Reserve(Order("r", {{"set", pipeline::kMaxQuantity / 2 + 1}}))),
            "INVALID_ARGUMENT QUANTITY_OUT_OF_RANGE sku=a");
}

TEST_F(KitOrdersTest, AnOrderOfKitsHasNoMoreSkusThanAReservationMay) {
  Lines kits;
  for (int kit = 0; kit < 21; ++kit) {
    Lines components;
    for (int i = 0; i < 50; ++i) {
      components.emplace_back(absl::StrCat("part", kit * 50 + i), 1);
      Item(components.back().first).tracked = false;
    }
    kits.emplace_back(absl::StrCat("kit", kit), 1);
    Kit(kits.back().first, components);
  }
  EXPECT_EQ(Answer(Reserve(Order("r", kits))), "FAILED_PRECONDITION TOO_MANY_SKUS limit=1000 skus=1050");
  kits.back() = {"part7", 1};
  ASSERT_EQ(Answer(Reserve(Order("r", kits))), "OK") << "it is one of the first kit's components";
  Item("one more").tracked = false;
  v1::AmendReservationRequest more;
  more.set_reservation_id("r");
  auto& line = *more.add_lines();
  line.set_sku("one more");
  line.set_quantity(1);
  EXPECT_EQ(Answer(runner_.Call<v1::AmendReservationResponse>(more)),
            "FAILED_PRECONDITION TOO_MANY_SKUS limit=1000 skus=1001");
  EXPECT_EQ(runner_.rows.reservation_lines.Find({"r", "one more"}), nullptr);
}

TEST_F(KitOrdersTest, AKitOfAsManyComponentsAsMayBeIsReserved) {
  Lines components;
  for (int i = 0; i < 50; ++i) {
    components.emplace_back(absl::StrCat("part", i), i + 1);
    Stock(components.back().first, i % 2 == 0 ? "w1" : "w2", int64_t{2} * (i + 1));
  }
  Kit("machine", components);
  Hold("r", {{"machine", 2}});
  for (const auto& [sku, quantity] : components) EXPECT_EQ(LineOf("r", sku).reserved, 2 * quantity) << sku;
}

}  // namespace
}  // namespace inventory
