#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/reservation.pb.h"
#include "server/pipeline/work.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::ReservationState;
using testing::ElementsAre;
using testing::Pair;

class AmendReservationTest : public RuleTest {
 protected:
  AmendReservationTest() {
    Stock("a", "w1", 5);
    Stock("a", "w2", 5);
    Stock("b", "w1", 5);
  }
};

TEST_F(AmendReservationTest, GrowsByPriority) {
  Hold("r1", {{"a", 4}});
  auto amended = Amend("r1", {{"a", 7}});
  ASSERT_EQ(Answer(amended), "OK");
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w1", 5), Pair("w2", 2)));
  EXPECT_EQ(LineOf("r1", "a").requested, 7);
  EXPECT_EQ(amended->movements_size(), 2);
  EXPECT_EQ(amended->reservation().lines(0).reserved_quantity(), 7);
}

TEST_F(AmendReservationTest, ShrinksTheLastWarehouseFirst) {
  Hold("r1", {{"a", 7}});
  ASSERT_EQ(Answer(Amend("r1", {{"a", 3}})), "OK");
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w1", 3)));
  EXPECT_EQ(LineOf("r1", "a").requested, 3);
  EXPECT_EQ(LineOf("r1", "a").cancelled, 4);
}

TEST_F(AmendReservationTest, AddsDropsAndLeavesLines) {
  Stock("c", "w1", 5);
  Hold("r1", {{"a", 1}, {"b", 2}});
  ASSERT_EQ(Answer(Amend("r1", {{"c", 3}, {"a", 0}})), "OK");
  EXPECT_EQ(LineOf("r1", "a").reserved, 0);
  EXPECT_EQ(LineOf("r1", "b").reserved, 2);
  EXPECT_EQ(LineOf("r1", "c").reserved, 3);
  ASSERT_EQ(Answer(Amend("r1", {{"a", 2}})), "OK");
  EXPECT_EQ(LineOf("r1", "a").reserved, 2);
}

TEST_F(AmendReservationTest, WhatIsAddedToAHoldRunsOutWithIt) {
  Hold("r1", {{"a", 1}});
  runner_.now += absl::Minutes(10);
  ASSERT_EQ(Answer(Amend("r1", {{"a", 2}, {"b", 1}})), "OK");
  runner_.now += absl::Minutes(5);
  Hold("r2", {{"a", 10}, {"b", 5}});
}

TEST_F(AmendReservationTest, IsAtomicOverItsLines) {
  Hold("r1", {{"a", 8}, {"b", 2}});
  const auto lines = Copy(runner_.rows.reservation_lines);
  const auto reservations = Copy(runner_.rows.reservations);
  EXPECT_EQ(Answer(Amend("r1", {{"a", 1}, {"b", 6}})),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=3 requested=4 sku=b");
  EXPECT_EQ(Copy(runner_.rows.reservation_lines), lines);
  EXPECT_EQ(Copy(runner_.rows.reservations), reservations);
  EXPECT_EQ(At("a", "w1").reserved, 5);
}

TEST_F(AmendReservationTest, GrowthMayNotTakeWhatOthersHold) {
  Hold("r1", {{"a", 4}});
  Hold("r2", {{"a", 5}});
  EXPECT_EQ(Answer(Amend("r1", {{"a", 6}})), "FAILED_PRECONDITION INSUFFICIENT_STOCK available=1 requested=2 sku=a");
  EXPECT_EQ(Answer(Amend("r1", {{"a", 5}})), "OK");
}

TEST_F(AmendReservationTest, ANewSkuThatWasNeverSeenHasNoStock) {
  Hold("r1", {{"a", 1}});
  EXPECT_EQ(Answer(Amend("r1", {{"x", 1}})), "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=x");
  EXPECT_EQ(Answer(Amend("r1", {{"x", 0}})), "OK");
}

TEST_F(AmendReservationTest, KeepsToTheWarehousesTheReservationNamed) {
  v1::ReserveStockRequest request = Order("r1", {{"a", 1}});
  request.add_warehouse_ids("w2");
  ASSERT_EQ(Answer(Reserve(request)), "OK");
  EXPECT_EQ(Answer(Amend("r1", {{"a", 6}})), "FAILED_PRECONDITION INSUFFICIENT_STOCK available=4 requested=5 sku=a");
  ASSERT_EQ(Answer(Amend("r1", {{"a", 5}})), "OK");
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w2", 5)));
}

TEST_F(AmendReservationTest, GrowthNeedsAnOpenChannelAndShrinkingDoesNot) {
  Hold("r1", {{"a", 2}});
  runner_.rows.channels.Edit("shop").active = false;
  EXPECT_EQ(Answer(Amend("r1", {{"a", 3}})), "FAILED_PRECONDITION CHANNEL_INACTIVE channel_id=shop");
  EXPECT_EQ(Answer(Amend("r1", {{"a", 1}})), "OK");
}

TEST_F(AmendReservationTest, GrowthNeedsAPublishedItemAndShrinkingDoesNot) {
  Hold("r1", {{"a", 2}});
  Item("a").published = false;
  EXPECT_EQ(Answer(Amend("r1", {{"a", 3}})), "FAILED_PRECONDITION ITEM_UNPUBLISHED sku=a");
  EXPECT_EQ(Answer(Amend("r1", {{"a", 1}})), "OK");
}

TEST_F(AmendReservationTest, OrderRulesApplyToTheNewTotals) {
  Hold("r1", {{"a", 3}, {"b", 3}});
  storage::ItemRecord& a = Item("a");
  a.min_order_quantity = 4;
  a.multiple_order_quantity = 2;
  Item("b").max_order_quantity = 3;
  EXPECT_EQ(Answer(Amend("r1", {{"b", 4}, {"a", 1}})),
            "FAILED_PRECONDITION ORDER_RULE_VIOLATED lines[0].quantity lines[1].quantity lines[1].quantity");
  EXPECT_EQ(Answer(Amend("r1", {{"a", 3}, {"b", 2}})), "OK") << "what stays as it is breaks no rule";
  EXPECT_EQ(Answer(Amend("r1", {{"a", 0}})), "OK") << "what is given up breaks no rule";
}

TEST_F(AmendReservationTest, APartialLineIsMadeWholeOrSettledForWhatItHas) {
  v1::ReserveStockRequest request = Order("r1", {{"b", 9}});
  request.set_on_shortfall(v1::SHORTFALL_POLICY_PARTIAL);
  ASSERT_EQ(Answer(Reserve(request)), "OK");
  EXPECT_EQ(LineOf("r1", "b").reserved, 5);
  Stock("b", "w1", 8);
  EXPECT_EQ(Answer(Amend("r1", {{"b", 9}})), "FAILED_PRECONDITION INSUFFICIENT_STOCK available=3 requested=4 sku=b");
  ASSERT_EQ(Answer(Amend("r1", {{"b", 5}})), "OK");
  EXPECT_EQ(LineOf("r1", "b").requested, 5);
  EXPECT_EQ(LineOf("r1", "b").reserved, 5);
}

TEST_F(AmendReservationTest, NeverGoesBelowWhatIsShippedOrInAShipment) {
  Commit("r1", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 1}}))), "OK");
  ASSERT_EQ(Answer(Ship("s1")), "OK");
  ASSERT_EQ(Answer(CreateShipment(Parcel("s2", "r1", "w1", {{"a", 2}}))), "OK");
  EXPECT_EQ(Answer(Amend("r1", {{"a", 2}})), "FAILED_PRECONDITION BELOW_SHIPPED minimum=3 requested=2 sku=a");
  EXPECT_EQ(Answer(Amend("r1", {{"a", 0}})), "FAILED_PRECONDITION BELOW_SHIPPED minimum=3 requested=0 sku=a");
  ASSERT_EQ(Answer(Amend("r1", {{"a", 3}})), "OK");
  EXPECT_EQ(LineOf("r1", "a").reserved, 2);
  EXPECT_EQ(LineOf("r1", "a").shipped, 1);
}

TEST_F(AmendReservationTest, DownToWhatIsShippedFulfils) {
  Commit("r1", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 2}}))), "OK");
  ASSERT_EQ(Answer(Ship("s1")), "OK");
  ASSERT_EQ(Answer(Amend("r1", {{"a", 2}})), "OK");
  EXPECT_EQ(StateOf("r1"), ReservationState::kFulfilled);
  EXPECT_EQ(At("a", "w1").reserved, 0);
}

TEST_F(AmendReservationTest, MustLeaveSomething) {
  Hold("r1", {{"a", 2}, {"b", 1}});
  EXPECT_EQ(Answer(Amend("r1", {{"a", 0}, {"b", 0}})), "FAILED_PRECONDITION NOTHING_LEFT");
  EXPECT_EQ(At("a", "w1").reserved, 2);
  EXPECT_EQ(Answer(Amend("r1", {{"a", 0}})), "OK");
}

TEST_F(AmendReservationTest, UntrackedLinesGrowAndShrinkFreely) {
  Item("file").tracked = false;
  Hold("r1", {{"a", 1}});
  ASSERT_EQ(Answer(Amend("r1", {{"file", 5}})), "OK");
  EXPECT_EQ(LineOf("r1", "file").reserved, 5);
  auto shrunk = Amend("r1", {{"file", 2}});
  ASSERT_EQ(Answer(shrunk), "OK");
  EXPECT_EQ(shrunk->movements_size(), 0);
  EXPECT_EQ(LineOf("r1", "file").reserved, 2);
  EXPECT_EQ(LineOf("r1", "file").cancelled, 3);
}

TEST_F(AmendReservationTest, GivingTheLastTrackedLineUpFulfilsACommittedRest) {
  Item("file").tracked = false;
  Commit("r1", {{"a", 1}, {"file", 2}});
  ASSERT_EQ(Answer(Amend("r1", {{"a", 0}})), "OK");
  EXPECT_EQ(StateOf("r1"), ReservationState::kFulfilled);
  EXPECT_EQ(LineOf("r1", "file").shipped, 2);
}

TEST_F(AmendReservationTest, ChecksItsFields) {
  EXPECT_EQ(Answer(Amend("", {{"", -1}, {"a", 1}, {"a", pipeline::kMaxQuantity + 1}})),
            "INVALID_ARGUMENT INVALID_FIELDS reservation_id lines[0].sku lines[0].quantity lines[2].quantity "
            "lines[2].sku");
  EXPECT_EQ(Answer(Amend("r1", {})), "INVALID_ARGUMENT INVALID_FIELDS lines");
  Lines lines;
  for (int i = 0; i < 201; ++i) lines.emplace_back("sku" + std::to_string(i), 1);
  EXPECT_EQ(Answer(Amend("r1", lines)), "INVALID_ARGUMENT INVALID_FIELDS lines");
}

}  // namespace
}  // namespace inventory
