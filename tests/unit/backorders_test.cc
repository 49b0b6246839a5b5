#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/channel.pb.h"
#include "inventory/v1/item.pb.h"
#include "server/background/expire_reservation.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::BackorderPolicy;
using storage::MovementType;
using storage::ReservationState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class BackordersTest : public RuleTest {
 protected:
  // "a" may wait without limit.
  BackordersTest() { Allow("a", BackorderPolicy::kUnlimited); }

  void Allow(const std::string& sku, BackorderPolicy policy, int64_t limit = 0) {
    storage::ItemRecord& item = Item(sku);
    item.backorder_policy = policy;
    item.backorder_limit = limit;
  }

  static v1::ReserveStockRequest Patient(v1::ReserveStockRequest request) {
    request.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
    return request;
  }

  // A committed reservation that takes what there is and waits for the rest.
  void Wait(const std::string& id, const Lines& lines, const std::string& channel = "shop") {
    v1::ReserveStockRequest request = Patient(Order(id, lines));
    request.set_channel_id(channel);
    request.set_commit(true);
    ASSERT_EQ(Answer(Reserve(request)), "OK");
  }

  // A hold that does the same.
  void WaitHeld(const std::string& id, const Lines& lines) {
    ASSERT_EQ(Answer(Reserve(Patient(Order(id, lines)))), "OK");
  }

  void Expire(const std::string& id) {
    background::ExpireReservation command(id);
    ASSERT_EQ(Answer(runner_.RunCommand(command)), "OK");
  }

  // Who waits for the SKU and for how much, in order of service.
  std::vector<std::pair<std::string, int64_t>> Waiting(const std::string& sku) const {
    std::vector<std::pair<std::string, int64_t>> waiting;
    for (const storage::BackorderRecord* backorder : runner_.rows.backorders.All()) {
      if (backorder->sku == sku) waiting.emplace_back(backorder->reservation_id, backorder->quantity);
    }
    return waiting;
  }
  int64_t Reserved(const std::string& id, const std::string& sku = "a") const { return LineOf(id, sku).reserved; }
};

TEST_F(BackordersTest, ALineTakesWhatThereIsAndWaitsForTheRest) {
  Stock("a", "w1", 3);
  auto response = Reserve(Patient(Order("r", {{"a", 5}})));
  ASSERT_EQ(Answer(response), "OK");
  EXPECT_EQ(response->line_results(0).reserved_quantity(), 3);
  EXPECT_EQ(response->line_results(0).backordered_quantity(), 2);
  EXPECT_EQ(response->line_results(0).reason(), "INSUFFICIENT_STOCK");
  EXPECT_EQ(response->reservation().lines(0).backordered_quantity(), 2);
  EXPECT_THAT(Waiting("a"), ElementsAre(Pair("r", 2)));
  EXPECT_EQ(runner_.rows.items.Find("a")->backordered, 2);
}

TEST_F(BackordersTest, NothingWaitsWhereEverythingIsThere) {
  Stock("a", "w1", 5);
  WaitHeld("r", {{"a", 5}});
  EXPECT_THAT(Waiting("a"), IsEmpty());
}

TEST_F(BackordersTest, OnlyWhatTheItemPermitsMayWait) {
  EXPECT_EQ(Answer(Reserve(Patient(Order("r", {{"b", 1}})))),
            "FAILED_PRECONDITION BACKORDER_NOT_ALLOWED requested=1 sku=b");
  Allow("b", BackorderPolicy::kLimited, 5);
  WaitHeld("r1", {{"b", 3}});
  EXPECT_EQ(Answer(Reserve(Patient(Order("r2", {{"b", 3}})))),
            "FAILED_PRECONDITION BACKORDER_LIMIT_EXCEEDED backordered=3 limit=5 requested=3 sku=b");
  WaitHeld("r3", {{"b", 2}});
  EXPECT_THAT(Waiting("b"), ElementsAre(Pair("r1", 3), Pair("r3", 2)));
}

TEST_F(BackordersTest, OneLineThatMayNotWaitStopsAllLines) {
  EXPECT_EQ(Answer(Reserve(Patient(Order("r", {{"a", 1}, {"b", 1}})))),
            "FAILED_PRECONDITION BACKORDER_NOT_ALLOWED requested=1 sku=b");
  EXPECT_THAT(Waiting("a"), IsEmpty());
}

TEST_F(BackordersTest, ADeadHoldDoesNotCountAgainstTheLimit) {
  Allow("b", BackorderPolicy::kLimited, 5);
  WaitHeld("dead", {{"b", 5}});
  runner_.now += absl::Minutes(15);
  WaitHeld("r", {{"b", 5}});
  EXPECT_THAT(Waiting("b"), ElementsAre(Pair("r", 5)));
  EXPECT_EQ(LineOf("dead", "b").cancelled, 5);
}

TEST_F(BackordersTest, GrowingStockServesFirstInFirstOutAndPartly) {
  Wait("r1", {{"a", 3}});
  Wait("r2", {{"a", 3}});
  Wait("r3", {{"a", 1}});
  Stock("a", "w1", 5);
  EXPECT_EQ(Reserved("r1"), 3);
  EXPECT_EQ(Reserved("r2"), 2);
  EXPECT_EQ(Reserved("r3"), 0);
  EXPECT_THAT(Waiting("a"), ElementsAre(Pair("r2", 1), Pair("r3", 1)));
  EXPECT_EQ(At("a", "w1").available(), 0);
  EXPECT_EQ(runner_.rows.movements.back().type, MovementType::kFill);
  EXPECT_EQ(runner_.rows.movements.back().document_id, "r2");
}

TEST_F(BackordersTest, UnitsThatAnotherOrderGivesUpServeToo) {
  Stock("a", "w1", 2);
  Commit("holder", {{"a", 2}});
  Wait("r", {{"a", 1}});
  ASSERT_EQ(Answer(Cancel("holder")), "OK");
  EXPECT_EQ(Reserved("r"), 1);
  EXPECT_EQ(At("a", "w1").available(), 1);
}

TEST_F(BackordersTest, UnitsOfADeadHoldServeBeforeAnyNewOrder) {
  Stock("a", "w1", 2);
  Hold("dying", {{"a", 2}});
  Wait("r", {{"a", 2}});
  runner_.now += absl::Minutes(15);
  EXPECT_EQ(Answer(Reserve(Order("new", {{"a", 1}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=a");
  EXPECT_EQ(Reserved("r"), 2);
}

TEST_F(BackordersTest, LessSafetyStockServes) {
  Stock("a", "w1", 2);
  v1::SetSafetyStockRequest request;
  request.set_sku("a");
  request.set_warehouse_id("w1");
  request.set_safety_stock(2);
  ASSERT_EQ(Answer(runner_.Call<v1::SetSafetyStockResponse>(request)), "OK");
  Wait("r", {{"a", 1}});
  request.set_safety_stock(1);
  ASSERT_EQ(Answer(runner_.Call<v1::SetSafetyStockResponse>(request)), "OK");
  EXPECT_EQ(Reserved("r"), 1);
}

TEST_F(BackordersTest, OnlyChannelsThatTheWarehouseServesAreServed) {
  AddChannel("east", {"w2"});
  Wait("in-east", {{"a", 1}}, "east");
  Wait("in-shop", {{"a", 1}});
  Stock("a", "w1", 1);
  EXPECT_EQ(Reserved("in-east"), 0);
  EXPECT_EQ(Reserved("in-shop"), 1);
  Stock("a", "w2", 1);
  EXPECT_EQ(Reserved("in-east"), 1);
}

TEST_F(BackordersTest, OnlyTheWarehousesThatTheOrderNamedServeIt) {
  v1::ReserveStockRequest pickup = Patient(Order("pickup", {{"a", 1}}));
  pickup.add_warehouse_ids("w2");
  ASSERT_EQ(Answer(Reserve(pickup)), "OK");
  Stock("a", "w1", 1);
  EXPECT_EQ(Reserved("pickup"), 0);
  Stock("a", "w2", 1);
  EXPECT_THAT(ReservedIn("pickup", "a"), ElementsAre(Pair("w2", 1)));
}

TEST_F(BackordersTest, AWarehouseThatBecomesAttachedServesBeforeAnyNewOrder) {
  AddChannel("east", {"w2"});
  Wait("r", {{"a", 1}}, "east");
  Stock("a", "w1", 1);
  v1::AttachWarehouseRequest attach;
  attach.set_channel_id("east");
  attach.set_warehouse_id("w1");
  ASSERT_EQ(Answer(runner_.Call<v1::Channel>(attach)), "OK");
  EXPECT_EQ(Reserved("r"), 0);
  v1::ReserveStockRequest late = Order("late", {{"a", 1}});
  late.set_channel_id("east");
  EXPECT_EQ(Answer(Reserve(late)), "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=a");
  EXPECT_EQ(Reserved("r"), 1);
}

TEST_F(BackordersTest, AWarehouseThatBecomesAttachedServesOnceTheBackgroundHasCome) {
  AddChannel("east", {"w2"});
  Wait("r", {{"a", 1}}, "east");
  Stock("a", "w1", 1);
  v1::AttachWarehouseRequest attach;
  attach.set_channel_id("east");
  attach.set_warehouse_id("w1");
  ASSERT_EQ(Answer(runner_.Call<v1::Channel>(attach)), "OK");
  runner_.Follow();
  EXPECT_EQ(Reserved("r"), 1);
}

TEST_F(BackordersTest, CancellingOneLeavesTheOthers) {
  Wait("r1", {{"a", 2}});
  Wait("r2", {{"a", 2}});
  ASSERT_EQ(Answer(Cancel("r1")), "OK");
  EXPECT_THAT(Waiting("a"), ElementsAre(Pair("r2", 2)));
  EXPECT_EQ(StateOf("r1"), ReservationState::kCancelled);
  EXPECT_EQ(LineOf("r1", "a").cancelled, 2);
}

TEST_F(BackordersTest, ACancelledLineGivesUpWhatWaitsFirst) {
  Stock("a", "w1", 1);
  Wait("r", {{"a", 3}});
  ASSERT_EQ(Answer(Cancel("r", {{"a", 1}})), "OK");
  EXPECT_EQ(Reserved("r"), 1);
  EXPECT_THAT(Waiting("a"), ElementsAre(Pair("r", 1)));
  EXPECT_EQ(Answer(Cancel("r", {{"a", 3}})), "FAILED_PRECONDITION EXCEEDS_RESERVED outstanding=2 requested=3 sku=a");
}

TEST_F(BackordersTest, WhatWaitsDiesWithItsHoldAndLivesOnOnceCommitted) {
  WaitHeld("dies", {{"a", 1}});
  WaitHeld("lives", {{"a", 1}});
  ASSERT_EQ(Answer(Confirm("lives")), "OK");
  runner_.now += absl::Minutes(15);
  Expire("dies");
  EXPECT_EQ(StateOf("dies"), ReservationState::kExpired);
  EXPECT_THAT(Waiting("a"), ElementsAre(Pair("lives", 1)));
  Stock("a", "w1", 2);
  EXPECT_EQ(Reserved("lives"), 1);
  EXPECT_EQ(At("a", "w1").available(), 1);
}

TEST_F(BackordersTest, ExtendingAHoldExtendsItsWait) {
  WaitHeld("r", {{"a", 1}});
  ASSERT_EQ(Answer(Extend("r", absl::Hours(1))), "OK");
  runner_.now += absl::Minutes(30);
  Stock("a", "w1", 1);
  EXPECT_EQ(Reserved("r"), 1);
}

TEST_F(BackordersTest, AnOrderIsFulfilledOnlyOnceNothingWaits) {
  Stock("a", "w1", 1);
  Wait("r", {{"a", 2}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r", "w1"))), "OK");
  ASSERT_EQ(Answer(Ship("s1")), "OK");
  EXPECT_EQ(StateOf("r"), ReservationState::kCommitted);
  Stock("a", "w1", 1);
  ASSERT_EQ(Answer(CreateShipment(Parcel("s2", "r", "w1"))), "OK");
  ASSERT_EQ(Answer(Ship("s2")), "OK");
  EXPECT_EQ(StateOf("r"), ReservationState::kFulfilled);
}

TEST_F(BackordersTest, AnAmendedLineMayWaitIfAskedTo) {
  Stock("a", "w1", 1);
  Commit("r", {{"a", 1}});
  EXPECT_EQ(Answer(Amend("r", {{"a", 3}})), "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=2 sku=a");
  v1::AmendReservationRequest request;
  request.set_reservation_id("r");
  request.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
  auto& line = *request.add_lines();
  line.set_sku("a");
  line.set_quantity(3);
  ASSERT_EQ(Answer(runner_.Call<v1::AmendReservationResponse>(request)), "OK");
  EXPECT_THAT(Waiting("a"), ElementsAre(Pair("r", 2)));
  ASSERT_EQ(Answer(Amend("r", {{"a", 2}})), "OK");
  EXPECT_EQ(Reserved("r"), 1);
  EXPECT_THAT(Waiting("a"), ElementsAre(Pair("r", 1)));
  request.set_on_shortfall(v1::SHORTFALL_POLICY_PARTIAL);
  EXPECT_EQ(Answer(runner_.Call<v1::AmendReservationResponse>(request)),
            "INVALID_ARGUMENT INVALID_FIELDS on_shortfall");
}

TEST_F(BackordersTest, AFillOfManyLinesGoesOnInFurtherSteps) {
  runner_.max_filled_lines = 2;
  for (int i = 1; i <= 5; ++i) Wait(absl::StrCat("r", i), {{"a", 1}});
  Stock("a", "w1", 6);
  EXPECT_THAT(Waiting("a"), ElementsAre(Pair("r3", 1), Pair("r4", 1), Pair("r5", 1)));
  EXPECT_TRUE(runner_.rows.items.Find("a")->fill_pending);
  // Whatever touches the SKU next goes on with it first.
  EXPECT_EQ(Answer(Reserve(Order("new", {{"a", 2}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=1 requested=2 sku=a");
  EXPECT_THAT(Waiting("a"), IsEmpty());
  EXPECT_FALSE(runner_.rows.items.Find("a")->fill_pending);
  EXPECT_EQ(At("a", "w1").available(), 1);
}

TEST_F(BackordersTest, WhoAFillHasPassedByComesFirstOnceTheConfigurationLetsIt) {
  AddChannel("east", {"w2"});
  runner_.max_filled_lines = 1;
  Wait("first", {{"a", 1}}, "east");
  Wait("second", {{"a", 1}});
  Wait("third", {{"a", 1}});
  Stock("a", "w1", 2);
  EXPECT_THAT(Waiting("a"), ElementsAre(Pair("first", 1), Pair("third", 1)));
  v1::AttachWarehouseRequest attach;
  attach.set_channel_id("east");
  attach.set_warehouse_id("w1");
  ASSERT_EQ(Answer(runner_.Call<v1::Channel>(attach)), "OK");
  runner_.Follow();
  EXPECT_THAT(Waiting("a"), ElementsAre(Pair("third", 1)));
}

TEST_F(BackordersTest, LongFillsOfSeveralSkusThatServeNobodyEnd) {
  Allow("b", BackorderPolicy::kUnlimited);
  AddChannel("east", {"w2", "w3"});
  runner_.max_filled_lines = 1;
  for (int i = 1; i <= 3; ++i) {
    v1::ReserveStockRequest pickup = Patient(Order(absl::StrCat("r", i), {{"a", 1}, {"b", 1}}));
    pickup.set_channel_id("east");
    pickup.add_warehouse_ids("w3");
    ASSERT_EQ(Answer(Reserve(pickup)), "OK");
  }
  Stock("a", "w2", 1);
  Stock("b", "w2", 1);
  v1::DetachWarehouseRequest detach;
  detach.set_channel_id("shop");
  detach.set_warehouse_id("w3");
  ASSERT_EQ(Answer(runner_.Call<v1::Channel>(detach)), "OK");
  EXPECT_EQ(Answer(Confirm("r1")), "OK");
  EXPECT_EQ(Waiting("a").size() + Waiting("b").size(), 6u);
}

TEST_F(BackordersTest, AnItemThatOrdersWaitForStaysConfiguredAndTracked) {
  Item("a").configured = true;
  Wait("r", {{"a", 1}});
  v1::DeleteItemRequest deletion;
  deletion.set_sku("a");
  EXPECT_THAT(Answer(runner_.Call<v1::DeleteItemResponse>(deletion)),
              testing::StartsWith("FAILED_PRECONDITION ITEM_IN_USE"));
}

TEST_F(BackordersTest, TheLimitBelongsToTheLimitedPolicy) {
  v1::CreateItemRequest request;
  request.mutable_item()->set_sku("new");
  request.mutable_item()->set_backorder_policy(v1::BACKORDER_POLICY_LIMITED);
  EXPECT_EQ(Answer(runner_.Call<v1::Item>(request)), "INVALID_ARGUMENT INVALID_FIELDS item.backorder_limit");
  request.mutable_item()->set_backorder_limit(1);
  EXPECT_EQ(Answer(runner_.Call<v1::Item>(request)), "OK");
  request.mutable_item()->set_sku("newer");
  request.mutable_item()->set_backorder_policy(v1::BACKORDER_POLICY_UNLIMITED);
  EXPECT_EQ(Answer(runner_.Call<v1::Item>(request)), "INVALID_ARGUMENT INVALID_FIELDS item.backorder_limit");
}

}  // namespace
}  // namespace inventory
