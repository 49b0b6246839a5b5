#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/channel.pb.h"
#include "tests/pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::MovementType;
using storage::SourcingStrategy;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class ReallocateReservationTest : public RuleTest {
 protected:
  ReallocateReservationTest() {
    Stock("a", "w1", 5);
    Stock("a", "w2", 5);
    Stock("a", "w3", 5);
    Stock("b", "w1", 5);
    Stock("b", "w3", 5);
  }

  // Text format besides the reservation's id.
  absl::StatusOr<v1::ReallocateReservationResponse> Reallocate(const std::string& id, const std::string& fields = "") {
    auto request = Pb<v1::ReallocateReservationRequest>(fields);
    request.set_reservation_id(id);
    return runner_.Call<v1::ReallocateReservationResponse>(request);
  }

  void Close(const std::string& warehouse_id) { Warehouse(warehouse_id).active = false; }

  // Types of the movements made since the `first` of them.
  std::vector<MovementType> TypesSince(std::size_t first) const {
    std::vector<MovementType> types;
    for (std::size_t i = first; i < runner_.rows.movements.size(); ++i) {
      types.push_back(runner_.rows.movements[i].type);
    }
    return types;
  }
};

TEST_F(ReallocateReservationTest, LeavesAClosedWarehouse) {
  Commit("r", {{"a", 3}, {"b", 2}});
  Close("w1");
  const std::size_t before = runner_.rows.movements.size();
  const auto moved = Reallocate("r");
  ASSERT_EQ(Answer(moved), "OK");
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w2", 3)));
  EXPECT_THAT(ReservedIn("r", "b"), ElementsAre(Pair("w3", 2)));
  EXPECT_EQ(At("a", "w1").reserved, 0);
  EXPECT_EQ(At("a", "w2").reserved, 3);
  EXPECT_EQ(LineOf("r", "a").reserved, 3);
  EXPECT_EQ(LineOf("r", "a").cancelled, 0);
  EXPECT_THAT(TypesSince(before), ElementsAre(MovementType::kReallocate, MovementType::kReallocate,
                                              MovementType::kReallocate, MovementType::kReallocate));
  EXPECT_EQ(runner_.rows.movements.back().document_id, "r");
  EXPECT_EQ(moved->movements_size(), 4);
  EXPECT_EQ(moved->reservation().etag(), "2");
  EXPECT_THAT(moved->reservation().warehouse_ids(), IsEmpty());
}

TEST_F(ReallocateReservationTest, LeavesADetachedWarehouse) {
  Commit("r", {{"a", 7}});
  v1::DetachWarehouseRequest detach;
  detach.set_channel_id("shop");
  detach.set_warehouse_id("w2");
  ASSERT_EQ(Answer(runner_.Call<v1::Channel>(detach)), "OK");
  ASSERT_EQ(Answer(Reallocate("r")), "OK");
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w1", 5), Pair("w3", 2)));
}

TEST_F(ReallocateReservationTest, LeavesOnlyTheNamedWarehouses) {
  Commit("r", {{"a", 12}});
  Stock("a", "w3", 9);
  ASSERT_EQ(Answer(Reallocate("r", "from_warehouse_ids: ['w2', 'nowhere']")), "OK");
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w1", 5), Pair("w3", 7)));
}

TEST_F(ReallocateReservationTest, LeavesSeveralWarehousesForSeveral) {
  Commit("r", {{"a", 10}});
  AddWarehouse("w4");
  runner_.rows.attachments.Load({.channel_id = "shop", .warehouse_id = "w4", .priority = 4});
  Stock("a", "w4", 7);
  ASSERT_EQ(Answer(Reallocate("r", "from_warehouse_ids: ['w1', 'w2']")), "OK");
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w3", 5), Pair("w4", 5)));
}

TEST_F(ReallocateReservationTest, ChangesNothingWhereNothingIsToMove) {
  Commit("r", {{"a", 3}});
  const auto same = Reallocate("r");
  ASSERT_EQ(Answer(same), "OK");
  EXPECT_EQ(same->movements_size(), 0);
  EXPECT_EQ(same->reservation().etag(), "1");
  ASSERT_EQ(Answer(Reallocate("r", "from_warehouse_ids: 'w2'")), "OK");
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w1", 3)));
}

TEST_F(ReallocateReservationTest, UnitsInAShipmentStay) {
  Commit("r", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("gone", "r", "w1", {{"a", 1}}))), "OK");
  ASSERT_EQ(Answer(Ship("gone")), "OK");
  ASSERT_EQ(Answer(CreateShipment(Parcel("open", "r", "w1", {{"a", 2}}))), "OK");
  Close("w1");
  ASSERT_EQ(Answer(Reallocate("r")), "OK");
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w1", 2), Pair("w2", 2)));
  EXPECT_EQ(PartOf("r", "a", "w1").in_shipment, 2);
  ASSERT_EQ(Answer(CancelShipment("open")), "OK");
  ASSERT_EQ(Answer(Reallocate("r")), "OK");
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w2", 4)));
  EXPECT_EQ(LineOf("r", "a").shipped, 1);
}

TEST_F(ReallocateReservationTest, FollowsTheReservationsStrategyOrTheRequests) {
  Stock("a", "w2", 1);
  v1::ReserveStockRequest order = Order("r1", {{"a", 3}});
  order.set_sourcing_strategy(v1::SOURCING_STRATEGY_FEWEST_SPLITS);
  ASSERT_EQ(Answer(Reserve(order)), "OK");
  Hold("r2", {{"a", 2}});
  Close("w1");
  ASSERT_EQ(Answer(Reallocate("r1")), "OK");
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w3", 3)));
  const auto balanced = Reallocate("r2", "sourcing_strategy: SOURCING_STRATEGY_BALANCED");
  ASSERT_EQ(Answer(balanced), "OK");
  EXPECT_THAT(ReservedIn("r2", "a"), ElementsAre(Pair("w2", 1), Pair("w3", 1)));
  EXPECT_EQ(balanced->reservation().sourcing_strategy(), v1::SOURCING_STRATEGY_PRIORITY);
}

TEST_F(ReallocateReservationTest, AHoldThatHasMovedRunsOutAsBefore) {
  Hold("r", {{"a", 5}});
  Close("w1");
  ASSERT_EQ(Answer(Reallocate("r")), "OK");
  runner_.now += absl::Minutes(15);
  Hold("next", {{"a", 10}});
  EXPECT_EQ(LineOf("r", "a").cancelled, 5);
}

TEST_F(ReallocateReservationTest, RejectsAShortfallOfAnySku) {
  Commit("r", {{"a", 3}, {"b", 3}});
  Stock("b", "w3", 2);
  Close("w1");
  const Stored before = Now();
  EXPECT_EQ(Answer(Reallocate("r")), "FAILED_PRECONDITION INSUFFICIENT_STOCK available=2 requested=3 sku=b");
  EXPECT_EQ(Now(), before);
  EXPECT_EQ(Answer(Reallocate("r", "from_warehouse_ids: ['w1', 'w2', 'w3']")),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=3 sku=a");
}

TEST_F(ReallocateReservationTest, PartialLeavesTheRestWhereItIs) {
  Commit("r", {{"a", 3}, {"b", 3}});
  Stock("b", "w3", 2);
  Close("w1");
  ASSERT_EQ(Answer(Reallocate("r", "on_shortfall: SHORTFALL_POLICY_PARTIAL")), "OK");
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w2", 3)));
  EXPECT_THAT(ReservedIn("r", "b"), ElementsAre(Pair("w1", 1), Pair("w3", 2)));
}

TEST_F(ReallocateReservationTest, BackorderLetsTheRestWait) {
  Commit("r", {{"a", 3}, {"b", 3}});
  Stock("b", "w3", 2);
  Close("w1");
  const std::string patient = "on_shortfall: SHORTFALL_POLICY_BACKORDER";
  EXPECT_EQ(Answer(Reallocate("r", patient)), "FAILED_PRECONDITION BACKORDER_NOT_ALLOWED requested=1 sku=b");
  Item("b").backorder_policy = storage::BackorderPolicy::kLimited;
  EXPECT_EQ(Answer(Reallocate("r", patient)),
            "FAILED_PRECONDITION BACKORDER_LIMIT_EXCEEDED backordered=0 limit=0 requested=1 sku=b");
  Item("b").backorder_limit = 1;
  const auto moved = Reallocate("r", patient);
  ASSERT_EQ(Answer(moved), "OK");
  EXPECT_EQ(moved->reservation().lines(1).backordered_quantity(), 1);
  EXPECT_THAT(ReservedIn("r", "b"), ElementsAre(Pair("w3", 2)));
  EXPECT_EQ(At("b", "w1").reserved, 0);
  EXPECT_EQ(LineOf("r", "b").cancelled, 0);
  Stock("b", "w2", 4);
  EXPECT_THAT(ReservedIn("r", "b"), ElementsAre(Pair("w2", 1), Pair("w3", 2)));
}

TEST_F(ReallocateReservationTest, WhatWaitsForAHoldDiesWithIt) {
  Item("b").backorder_policy = storage::BackorderPolicy::kUnlimited;
  Hold("r", {{"b", 5}});
  Stock("b", "w3", 0);
  Close("w1");
  ASSERT_EQ(Answer(Reallocate("r", "on_shortfall: SHORTFALL_POLICY_BACKORDER")), "OK");
  EXPECT_EQ(LineOf("r", "b").backordered, 5);
  runner_.now += absl::Minutes(15);
  Stock("b", "w2", 5);
  EXPECT_EQ(LineOf("r", "b").backordered, 0);
  EXPECT_EQ(At("b", "w2").reserved, 0);
}

// What is freed serves those who wait for it through another channel, in the same transaction.
TEST_F(ReallocateReservationTest, ServesOthersFromWhatItFrees) {
  Item("b").backorder_policy = storage::BackorderPolicy::kUnlimited;
  AddChannel("outlet", {"w1"});
  Commit("r", {{"b", 5}});
  v1::ReserveStockRequest patient = Order("other", {{"b", 2}});
  patient.set_channel_id("outlet");
  patient.set_commit(true);
  patient.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
  ASSERT_EQ(Answer(Reserve(patient)), "OK");
  ASSERT_EQ(Answer(Reallocate("r", "from_warehouse_ids: 'w1'")), "OK");
  EXPECT_THAT(ReservedIn("r", "b"), ElementsAre(Pair("w3", 5)));
  EXPECT_THAT(ReservedIn("other", "b"), ElementsAre(Pair("w1", 2)));
}

// The channel goes on selling from w1, so that only naming others keeps waiting units away from it.
TEST_F(ReallocateReservationTest, WaitingUnitsReturnToAWarehouseThatIsStillSoldFrom) {
  Item("b").backorder_policy = storage::BackorderPolicy::kUnlimited;
  Commit("r", {{"b", 5}});
  Stock("b", "w3", 2);
  const std::string leave = "from_warehouse_ids: 'w1' on_shortfall: SHORTFALL_POLICY_BACKORDER ";
  ASSERT_EQ(Answer(Reallocate("r", leave)), "OK");
  EXPECT_THAT(ReservedIn("r", "b"), ElementsAre(Pair("w1", 3), Pair("w3", 2)));
  ASSERT_EQ(Answer(Reallocate("r", leave + "to_warehouse_ids: ['w2', 'w3']")), "OK");
  EXPECT_THAT(ReservedIn("r", "b"), ElementsAre(Pair("w3", 2)));
  EXPECT_EQ(LineOf("r", "b").backordered, 3);
}

TEST_F(ReallocateReservationTest, DrawsFromTheNamedWarehousesFromThenOn) {
  Item("b").backorder_policy = storage::BackorderPolicy::kUnlimited;
  v1::ReserveStockRequest pickup = Order("r", {{"a", 2}, {"b", 7}});
  pickup.add_warehouse_ids("w1");
  pickup.set_commit(true);
  pickup.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
  ASSERT_EQ(Answer(Reserve(pickup)), "OK");
  Close("w1");
  EXPECT_EQ(Answer(Reallocate("r")), "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=2 sku=a");
  Stock("b", "w3", 6);
  const auto moved = Reallocate("r", "to_warehouse_ids: 'w3'");
  ASSERT_EQ(Answer(moved), "OK");
  EXPECT_THAT(moved->reservation().warehouse_ids(), ElementsAre("w3"));
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w3", 2)));
  // One of the two that had waited for w1 is served from what w3 had left.
  EXPECT_THAT(ReservedIn("r", "b"), ElementsAre(Pair("w3", 6)));
  Stock("b", "w2", 9);
  EXPECT_EQ(LineOf("r", "b").backordered, 1);
}

TEST_F(ReallocateReservationTest, RedirectsWithoutMovingAnything) {
  Commit("r", {{"a", 2}});
  const auto redirected = Reallocate("r", "to_warehouse_ids: ['w2', 'w1']");
  ASSERT_EQ(Answer(redirected), "OK");
  EXPECT_EQ(redirected->reservation().etag(), "2");
  EXPECT_THAT(ReservedIn("r", "a"), ElementsAre(Pair("w1", 2)));
  EXPECT_EQ(Reallocate("r", "to_warehouse_ids: ['w2', 'w1']")->reservation().etag(), "2");
}

TEST_F(ReallocateReservationTest, UntrackedUnitsAreNowhereAndStay) {
  Item("u").tracked = false;
  Commit("r", {{"a", 1}, {"u", 4}});
  Close("w1");
  ASSERT_EQ(Answer(Reallocate("r")), "OK");
  EXPECT_EQ(LineOf("r", "u").reserved, 4);
}

TEST_F(ReallocateReservationTest, RefusesAChannelThatCanNotTakeThem) {
  Commit("r", {{"a", 1}});
  EXPECT_EQ(Answer(Reallocate("r", "to_warehouse_ids: 'w9'")),
            "FAILED_PRECONDITION WAREHOUSE_NOT_IN_CHANNEL channel_id=shop warehouse_id=w9");
  for (const char* id : {"w1", "w2", "w3"}) Close(id);
  EXPECT_EQ(Answer(Reallocate("r")), "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE channel_id=shop");
  runner_.rows.channels.Edit("shop").active = false;
  EXPECT_EQ(Answer(Reallocate("r")), "FAILED_PRECONDITION CHANNEL_INACTIVE channel_id=shop");
  runner_.rows.channels.Edit("shop").delete_time = runner_.now;
  EXPECT_EQ(Answer(Reallocate("r")), "NOT_FOUND CHANNEL_NOT_FOUND channel_id=shop");
}

TEST_F(ReallocateReservationTest, RefusesWhatIsNotLiveUnknownOrChanged) {
  EXPECT_EQ(Answer(Reallocate("r")), "NOT_FOUND RESERVATION_NOT_FOUND reservation_id=r");
  Hold("r", {{"a", 1}});
  EXPECT_EQ(Answer(Reallocate("r", "etag: '2'")), "ABORTED ETAG_MISMATCH actual=1 expected=2");
  runner_.now += absl::Minutes(15);
  EXPECT_EQ(Answer(Reallocate("r")), "FAILED_PRECONDITION RESERVATION_EXPIRED");
  Commit("c", {{"a", 1}});
  ASSERT_EQ(Answer(Cancel("c")), "OK");
  EXPECT_EQ(Answer(Reallocate("c")), "FAILED_PRECONDITION RESERVATION_CANCELLED");
  Commit("f", {{"a", 1}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s", "f", "w1"))), "OK");
  ASSERT_EQ(Answer(Ship("s")), "OK");
  EXPECT_EQ(Answer(Reallocate("f")), "FAILED_PRECONDITION RESERVATION_FULFILLED");
}

TEST_F(ReallocateReservationTest, NamesEveryBrokenRuleOfTheRequest) {
  EXPECT_EQ(Answer(Reallocate("",
                              "from_warehouse_ids: ['w1', '/'] to_warehouse_ids: ['w1', ''] sourcing_strategy: 9 "
                              "on_shortfall: 9")),
            "INVALID_ARGUMENT INVALID_FIELDS reservation_id from_warehouse_ids[1] to_warehouse_ids[1] "
            "to_warehouse_ids sourcing_strategy on_shortfall");
}

}  // namespace
}  // namespace inventory
