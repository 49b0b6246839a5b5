#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/shipment.pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::Quantities;
using storage::ReservationState;
using testing::ElementsAre;
using testing::Pair;

// What becomes of units when a shipment or the rest of its reservation is cancelled.
class CancelShipmentTest : public RuleTest {};

TEST_F(CancelShipmentTest, CancellingRestoresExactlyTheStateBefore) {
  Stock("a", "w1", 5);
  Stock("b", "w1", 5);
  Commit("r1", {{"a", 4}, {"b", 2}});
  const Stored before = Now();
  const auto levels = Copy(runner_.rows.levels);
  const auto allocations = Copy(runner_.rows.allocations);
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 3}, {"b", 2}}))), "OK");
  ASSERT_EQ(Answer(MarkReady("s1")), "OK");
  auto cancelled = CancelShipment("s1");
  ASSERT_EQ(Answer(cancelled), "OK");
  EXPECT_EQ(cancelled->shipment().state(), v1::SHIPMENT_STATE_CANCELLED);
  EXPECT_EQ(cancelled->movements_size(), 0);
  EXPECT_EQ(Now(), before);
  EXPECT_EQ(Copy(runner_.rows.levels), levels);
  EXPECT_EQ(Copy(runner_.rows.allocations), allocations);
  EXPECT_EQ(Answer(CreateShipment(Parcel("s2", "r1", "w1"))), "OK");
}

TEST_F(CancelShipmentTest, CancellingTakesAReallocationBack) {
  for (const char* id : {"w1", "w2"}) Stock("a", id, 3);
  Commit("r1", {{"a", 6}});
  Stock("a", "w3", 9);
  const Stored before = Now();
  ASSERT_EQ(Answer(CreateShipment(Anywhere(Parcel("s1", "r1", "w3", {{"a", 5}})))), "OK");
  EXPECT_NE(Now(), before);
  auto cancelled = CancelShipment("s1");
  ASSERT_EQ(Answer(cancelled), "OK");
  EXPECT_EQ(cancelled->movements_size(), 4);
  EXPECT_EQ(Now(), before);
}

TEST_F(CancelShipmentTest, CancellingNeverOversellsWhatWasSoldMeanwhile) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  Stock("a", "w2", 5);
  ASSERT_EQ(Answer(CreateShipment(Anywhere(Parcel("s1", "r1", "w2")))), "FAILED_PRECONDITION NOTHING_TO_SHIP");
  ASSERT_EQ(Answer(CreateShipment(Anywhere(Parcel("s1", "r1", "w2", {{"a", 5}})))), "OK");
  Commit("r2", {{"a", 1}});
  ASSERT_EQ(Answer(CancelShipment("s1")), "OK");
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w2", 5)));
  EXPECT_THAT(ReservedIn("r2", "a"), ElementsAre(Pair("w1", 1)));
  EXPECT_EQ(PartOf("r1", "a", "w2").in_shipment, 0);
}

TEST_F(CancelShipmentTest, CancellingAfterAPartialShipmentReleasesOnlyTheRest) {
  Stock("a", "w1", 9);
  Commit("r1", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 2}}))), "OK");
  ASSERT_EQ(Answer(Ship("s1")), "OK");
  auto cancelled = Cancel("r1");
  ASSERT_EQ(Answer(cancelled), "OK");
  EXPECT_EQ(cancelled->reservation().state(), v1::RESERVATION_STATE_CANCELLED);
  EXPECT_EQ(cancelled->reservation().lines(0).shipped_quantity(), 2);
  EXPECT_EQ(cancelled->reservation().lines(0).cancelled_quantity(), 3);
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 7}));
  EXPECT_EQ(Answer(Deliver("s1")), "OK");
}

TEST_F(CancelShipmentTest, CancellingTheRestByLinesFulfils) {
  Stock("a", "w1", 9);
  Commit("r1", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 2}}))), "OK");
  ASSERT_EQ(Answer(Ship("s1")), "OK");
  ASSERT_EQ(Answer(Cancel("r1", {{"a", 3}})), "OK");
  EXPECT_EQ(StateOf("r1"), ReservationState::kFulfilled);
}

TEST_F(CancelShipmentTest, UnitsMustLeaveTheirShipmentBeforeTheyAreCancelled) {
  Stock("a", "w1", 9);
  Commit("r1", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 2}}))), "OK");
  EXPECT_EQ(Answer(Cancel("r1")), "FAILED_PRECONDITION UNITS_IN_SHIPMENT in_shipment=2 sku=a");
  EXPECT_EQ(Answer(Cancel("r1", {{"a", 4}})), "FAILED_PRECONDITION UNITS_IN_SHIPMENT in_shipment=2 sku=a");
  EXPECT_EQ(At("a", "w1").reserved, 5);
  EXPECT_EQ(Answer(Cancel("r1", {{"a", 3}})), "OK");
  ASSERT_EQ(Answer(CancelShipment("s1")), "OK");
  ASSERT_EQ(Answer(Cancel("r1")), "OK");
  EXPECT_EQ(StateOf("r1"), ReservationState::kCancelled);
}

}  // namespace
}  // namespace inventory
