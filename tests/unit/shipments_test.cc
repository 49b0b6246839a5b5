#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/shipment.pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::MovementType;
using storage::Quantities;
using storage::ReservationState;
using storage::ShipmentState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class ShipmentsTest : public RuleTest {
 protected:
  ShipmentState StateOfShipment(const std::string& id) const { return runner_.rows.shipments.Find(id)->state; }
  std::size_t movements() const { return runner_.rows.movements.size(); }
};

TEST_F(ShipmentsTest, CreatingBindsUnitsAndMovesNone) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  v1::CreateShipmentRequest request = Parcel("s1", "r1", "w1", {{"a", 3}});
  request.set_carrier("Post");
  request.set_tracking_number("123");
  auto created = CreateShipment(request);
  ASSERT_EQ(Answer(created), "OK");
  EXPECT_EQ(created->shipment().state(), v1::SHIPMENT_STATE_PROCESSING);
  EXPECT_EQ(created->shipment().carrier(), "Post");
  EXPECT_EQ(created->shipment().tracking_number(), "123");
  EXPECT_EQ(created->shipment().etag(), "1");
  ASSERT_EQ(created->shipment().lines_size(), 1);
  EXPECT_EQ(created->shipment().lines(0).quantity(), 3);
  EXPECT_EQ(created->movements_size(), 0);
  EXPECT_EQ(PartOf("r1", "a", "w1").in_shipment, 3);
  EXPECT_EQ(runner_.rows.reservations.Find("r1")->version, 2);
}

TEST_F(ShipmentsTest, WithoutLinesItTakesEverythingOfTheWarehouseThatIsUnbound) {
  Stock("a", "w1", 3);
  Stock("a", "w2", 9);
  Stock("b", "w1", 2);
  Commit("r1", {{"a", 5}, {"b", 2}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 1}}))), "OK");
  auto rest = CreateShipment(Parcel("s2", "r1", "w1"));
  ASSERT_EQ(Answer(rest), "OK");
  ASSERT_EQ(rest->shipment().lines_size(), 2);
  EXPECT_EQ(rest->shipment().lines(0).quantity(), 2);
  EXPECT_EQ(rest->shipment().lines(1).quantity(), 2);
  EXPECT_EQ(Answer(CreateShipment(Parcel("s3", "r1", "w1"))), "FAILED_PRECONDITION NOTHING_TO_SHIP");
  EXPECT_EQ(Answer(CreateShipment(Parcel("s3", "r1", "w3"))), "FAILED_PRECONDITION NOTHING_TO_SHIP");
}

TEST_F(ShipmentsTest, MoreThanIsOutstandingIsRefused) {
  Stock("a", "w1", 9);
  Commit("r1", {{"a", 5}});
  EXPECT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 6}}))),
            "FAILED_PRECONDITION EXCEEDS_RESERVED outstanding=5 requested=6 sku=a");
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 4}}))), "OK");
  EXPECT_EQ(Answer(CreateShipment(Anywhere(Parcel("s2", "r1", "w1", {{"a", 2}})))),
            "FAILED_PRECONDITION EXCEEDS_RESERVED outstanding=1 requested=2 sku=a");
  ASSERT_EQ(Answer(Ship("s1")), "OK");
  EXPECT_EQ(Answer(CreateShipment(Parcel("s2", "r1", "w1", {{"a", 2}}))),
            "FAILED_PRECONDITION EXCEEDS_RESERVED outstanding=1 requested=2 sku=a");
  EXPECT_EQ(Answer(CreateShipment(Parcel("s2", "r1", "w1", {{"b", 1}}))),
            "FAILED_PRECONDITION EXCEEDS_RESERVED outstanding=0 requested=1 sku=b");
}

TEST_F(ShipmentsTest, WarehouseMustExistButNeedNotBeActiveOrAttached) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  EXPECT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w9"))), "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w9");
  Warehouse("w1").active = false;
  runner_.rows.attachments.Remove({"shop", "w1"});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1"))), "OK");
  EXPECT_EQ(Answer(Ship("s1")), "OK");
}

TEST_F(ShipmentsTest, NamesItselfOrTakesAFreeName) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  auto unnamed = CreateShipment(Parcel("", "r1", "w1", {{"a", 1}}));
  ASSERT_EQ(Answer(unnamed), "OK");
  EXPECT_EQ(unnamed->shipment().shipment_id(), "fresh-3");
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 1}}))), "OK");
  ASSERT_EQ(Answer(CancelShipment("s1")), "OK");
  EXPECT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1"))), "ALREADY_EXISTS SHIPMENT_EXISTS shipment_id=s1");
}

TEST_F(ShipmentsTest, UntrackedUnitsNeedNoShipment) {
  Item("file").tracked = false;
  Stock("a", "w1", 1);
  Commit("r1", {{"a", 1}, {"file", 2}});
  EXPECT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"file", 1}}))),
            "FAILED_PRECONDITION ITEM_UNTRACKED sku=file");
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1"))), "OK");
  auto shipped = Ship("s1");
  ASSERT_EQ(Answer(shipped), "OK");
  EXPECT_EQ(shipped->reservation().state(), v1::RESERVATION_STATE_FULFILLED);
  EXPECT_EQ(LineOf("r1", "file").shipped, 2);
}

TEST_F(ShipmentsTest, ShippingLowersOnHandAndReservedTogether) {
  Stock("a", "w1", 9);
  Commit("r1", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 3}}))), "OK");
  auto shipped = Ship("s1");
  ASSERT_EQ(Answer(shipped), "OK");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 6, .reserved = 2}));
  EXPECT_EQ(shipped->shipment().state(), v1::SHIPMENT_STATE_SHIPPED);
  EXPECT_EQ(shipped->reservation().state(), v1::RESERVATION_STATE_COMMITTED);
  EXPECT_EQ(shipped->reservation().lines(0).shipped_quantity(), 3);
  ASSERT_EQ(shipped->movements_size(), 1);
  EXPECT_EQ(runner_.rows.movements.back().type, MovementType::kShip);
  EXPECT_EQ(runner_.rows.movements.back().delta, (Quantities{.on_hand = -3, .reserved = -3}));
  EXPECT_EQ(runner_.rows.movements.back().document_id, "s1");
}

TEST_F(ShipmentsTest, TheLastShipmentFulfils) {
  Stock("a", "w1", 3);
  Stock("a", "w2", 9);
  Commit("r1", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1"))), "OK");
  ASSERT_EQ(Answer(CreateShipment(Parcel("s2", "r1", "w2"))), "OK");
  EXPECT_EQ(Ship("s2")->reservation().state(), v1::RESERVATION_STATE_COMMITTED);
  EXPECT_EQ(Ship("s1")->reservation().state(), v1::RESERVATION_STATE_FULFILLED);
  EXPECT_EQ(At("a", "w1"), Quantities());
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 7}));
}

TEST_F(ShipmentsTest, OnesOwnHoldShipsWhenNothingIsAvailable) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  EXPECT_EQ(At("a", "w1").available(), 0);
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1"))), "OK");
  EXPECT_EQ(Answer(Ship("s1")), "OK");
}

TEST_F(ShipmentsTest, AHoldShipsFromALevelInDeficit) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 3}});
  Commit("r2", {{"a", 2}});
  Stock("a", "w1", 3);
  EXPECT_EQ(At("a", "w1").available(), -2);
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1"))), "OK");
  ASSERT_EQ(Answer(Ship("s1")), "OK");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 0, .reserved = 2}));
}

TEST_F(ShipmentsTest, ShippingUsesNewCarrierAndNumberIfGiven) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  v1::CreateShipmentRequest request = Parcel("s1", "r1", "w1");
  request.set_carrier("Post");
  request.set_tracking_number("123");
  ASSERT_EQ(Answer(CreateShipment(request)), "OK");
  v1::ShipShipmentRequest ship;
  ship.set_shipment_id("s1");
  ship.set_tracking_number("456");
  auto shipped = runner_.Call<v1::ShipShipmentResponse>(ship);
  ASSERT_EQ(Answer(shipped), "OK");
  EXPECT_EQ(shipped->shipment().carrier(), "Post");
  EXPECT_EQ(shipped->shipment().tracking_number(), "456");
}

TEST_F(ShipmentsTest, NothingShipsThatACountHasNotFound) {
  for (const char* sku : {"a", "b"}) Stock(sku, "w1", 5);
  Commit("r1", {{"a", 5}, {"b", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1"))), "OK");
  Stock("b", "w1", 4);
  const Stored before = Now();
  EXPECT_EQ(Answer(Ship("s1")),
            "FAILED_PRECONDITION INSUFFICIENT_ON_HAND condition=SELLABLE on_hand=4 requested=5 sku=b units=4 "
            "warehouse_id=w1");
  EXPECT_EQ(Now(), before);
  EXPECT_EQ(StateOfShipment("s1"), ShipmentState::kProcessing);
  Stock("b", "w1", 5);
  EXPECT_EQ(Answer(Ship("s1")), "OK");
}

TEST_F(ShipmentsTest, AnotherWarehouseShipsOnlyIfAllowed) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  Stock("a", "w2", 9);
  EXPECT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w2", {{"a", 2}}))),
            "FAILED_PRECONDITION NOT_ALLOCATED_HERE allocated=0 requested=2 sku=a warehouse_id=w2");
  auto created = CreateShipment(Anywhere(Parcel("s1", "r1", "w2", {{"a", 2}})));
  ASSERT_EQ(Answer(created), "OK");
  EXPECT_EQ(created->movements_size(), 2);
  EXPECT_EQ(runner_.rows.movements.back().type, MovementType::kReallocate);
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w1", 3), Pair("w2", 2)));
  ASSERT_EQ(Answer(Ship("s1")), "OK");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 5, .reserved = 3}));
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 7}));
}

TEST_F(ShipmentsTest, ReallocationTakesOwnUnitsFirstThenThoseOfOthers) {
  for (const char* id : {"w1", "w2"}) Stock("a", id, 3);
  Stock("a", "w3", 9);
  Commit("r1", {{"a", 7}});
  auto created = CreateShipment(Anywhere(Parcel("s1", "r1", "w3", {{"a", 5}})));
  ASSERT_EQ(Answer(created), "OK");
  ASSERT_EQ(created->shipment().lines_size(), 1);
  EXPECT_EQ(created->shipment().lines(0).quantity(), 5);
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w2", 2), Pair("w3", 5)));
  EXPECT_EQ(PartOf("r1", "a", "w3").in_shipment, 5);
}

TEST_F(ShipmentsTest, ReallocationTakesOnlyWhatIsAvailableAndAllOrNothing) {
  for (const char* sku : {"a", "b"}) Stock(sku, "w1", 5);
  Commit("r1", {{"a", 5}, {"b", 5}});
  Stock("a", "w2", 5);
  Stock("b", "w2", 3);
  const Stored before = Now();
  const std::size_t made = movements();
  EXPECT_EQ(Answer(CreateShipment(Anywhere(Parcel("s1", "r1", "w2", {{"a", 5}, {"b", 4}})))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=3 requested=4 sku=b");
  EXPECT_EQ(Answer(CreateShipment(Anywhere(Parcel("s1", "r1", "w3", {{"a", 1}})))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=a");
  EXPECT_EQ(Now(), before);
  EXPECT_EQ(movements(), made);
  EXPECT_THAT(runner_.rows.shipments.All(), IsEmpty());
}

TEST_F(ShipmentsTest, UnitsInAShipmentAreNotReallocated) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  Stock("a", "w2", 9);
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1", {{"a", 4}}))), "OK");
  EXPECT_EQ(Answer(CreateShipment(Anywhere(Parcel("s2", "r1", "w2", {{"a", 2}})))),
            "FAILED_PRECONDITION EXCEEDS_RESERVED outstanding=1 requested=2 sku=a");
}

TEST_F(ShipmentsTest, EveryStepInEveryState) {
  Stock("a", "w1", 99);
  const std::vector<std::string> states = {"PROCESSING", "READY_TO_SHIP", "SHIPPED", "DELIVERED", "CANCELLED"};
  // A shipment in each state for the step, which is tried on it.
  const auto allowed_in = [&](const std::string& step, auto run) {
    std::vector<std::string> allowed;
    for (const std::string& state : states) {
      const std::string id = step + state;
      Commit(id, {{"a", 2}});
      EXPECT_EQ(Answer(CreateShipment(Parcel(id, id, "w1"))), "OK");
      if (state == "READY_TO_SHIP") {
        EXPECT_EQ(Answer(MarkReady(id)), "OK");
      }
      if (state == "SHIPPED" || state == "DELIVERED") {
        EXPECT_EQ(Answer(Ship(id)), "OK");
      }
      if (state == "DELIVERED") {
        EXPECT_EQ(Answer(Deliver(id)), "OK");
      }
      if (state == "CANCELLED") {
        EXPECT_EQ(Answer(CancelShipment(id)), "OK");
      }
      const std::string answer = run(id);
      if (answer == "OK") {
        allowed.push_back(state);
      } else {
        EXPECT_EQ(answer, "FAILED_PRECONDITION SHIPMENT_STATE state=" + state);
      }
    }
    return allowed;
  };
  EXPECT_THAT(allowed_in("ready", [this](const std::string& id) { return Answer(MarkReady(id)); }),
              ElementsAre("PROCESSING"));
  EXPECT_THAT(allowed_in("ship", [this](const std::string& id) { return Answer(Ship(id)); }),
              ElementsAre("PROCESSING", "READY_TO_SHIP"));
  EXPECT_THAT(allowed_in("deliver", [this](const std::string& id) { return Answer(Deliver(id)); }),
              ElementsAre("SHIPPED"));
  EXPECT_THAT(allowed_in("cancel", [this](const std::string& id) { return Answer(CancelShipment(id)); }),
              ElementsAre("PROCESSING", "READY_TO_SHIP", "CANCELLED"));
}

TEST_F(ShipmentsTest, EtagsMustMatchAndMoveWithEveryChange) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1"))), "OK");
  const std::string mismatch = "ABORTED ETAG_MISMATCH actual=1 expected=7";
  EXPECT_EQ(Answer(MarkReady("s1", "7")), mismatch);
  EXPECT_EQ(Answer(Ship("s1", "7")), mismatch);
  EXPECT_EQ(Answer(Deliver("s1", "7")), mismatch);
  EXPECT_EQ(Answer(CancelShipment("s1", "7")), mismatch);
  EXPECT_EQ(MarkReady("s1", "1")->shipment().etag(), "2");
  EXPECT_EQ(Ship("s1", "2")->shipment().etag(), "3");
  EXPECT_EQ(Deliver("s1", "3")->shipment().etag(), "4");
  EXPECT_EQ(runner_.rows.reservations.Find("r1")->version, 3);
}

TEST_F(ShipmentsTest, AnUnknownShipmentIsNotFound) {
  const std::string not_found = "NOT_FOUND SHIPMENT_NOT_FOUND shipment_id=s9";
  EXPECT_EQ(Answer(MarkReady("s9")), not_found);
  EXPECT_EQ(Answer(Ship("s9")), not_found);
  EXPECT_EQ(Answer(Deliver("s9")), not_found);
  EXPECT_EQ(Answer(CancelShipment("s9")), not_found);
}

TEST_F(ShipmentsTest, ChecksItsFields) {
  v1::CreateShipmentRequest request = Parcel("s/1", "", "", {{"a", 0}, {"a", 1}});
  request.set_carrier(std::string(129, 'x'));
  request.set_tracking_number("a\n");
  EXPECT_EQ(Answer(CreateShipment(request)),
            "INVALID_ARGUMENT INVALID_FIELDS shipment_id reservation_id warehouse_id carrier tracking_number "
            "lines[0].quantity lines[1].sku");
  EXPECT_EQ(Answer(MarkReady("")), "INVALID_ARGUMENT INVALID_FIELDS shipment_id");
  EXPECT_EQ(Answer(Ship("")), "INVALID_ARGUMENT INVALID_FIELDS shipment_id");
  EXPECT_EQ(Answer(Deliver("")), "INVALID_ARGUMENT INVALID_FIELDS shipment_id");
  EXPECT_EQ(Answer(CancelShipment("")), "INVALID_ARGUMENT INVALID_FIELDS shipment_id");
}

}  // namespace
}  // namespace inventory
