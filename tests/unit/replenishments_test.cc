// Replenishments: what is expected, what has come, and what will not.
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/replenishment.pb.h"
#include "inventory/v1/warehouse.pb.h"
#include "server/pipeline/work.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::MovementType;
using storage::Quantities;
using testing::IsEmpty;

class ReplenishmentsTest : public RuleTest {
 protected:
  static v1::CreateReplenishmentRequest Supply(const std::string& id, int64_t quantity) {
    v1::CreateReplenishmentRequest request;
    request.set_replenishment_id(id);
    request.set_sku("a");
    request.set_warehouse_id("w1");
    request.set_quantity(quantity);
    return request;
  }
  static v1::UpdateReplenishmentRequest Change(const std::string& id, const std::string& etag = "") {
    v1::UpdateReplenishmentRequest request;
    request.mutable_replenishment()->set_replenishment_id(id);
    request.mutable_replenishment()->set_etag(etag);
    return request;
  }
  static v1::ReceiveReplenishmentRequest Delivery(const std::string& id, int64_t quantity, bool over = false) {
    v1::ReceiveReplenishmentRequest request;
    request.set_replenishment_id(id);
    request.set_quantity(quantity);
    request.set_allow_over_receipt(over);
    return request;
  }

  absl::StatusOr<v1::CreateReplenishmentResponse> Create(const v1::CreateReplenishmentRequest& request) {
    return runner_.Call<v1::CreateReplenishmentResponse>(request);
  }
  absl::StatusOr<v1::UpdateReplenishmentResponse> Update(const v1::UpdateReplenishmentRequest& request) {
    return runner_.Call<v1::UpdateReplenishmentResponse>(request);
  }
  absl::StatusOr<v1::UpdateReplenishmentResponse> SetOrdered(const std::string& id, int64_t quantity) {
    v1::UpdateReplenishmentRequest request = Change(id);
    request.mutable_replenishment()->set_ordered_quantity(quantity);
    request.mutable_update_mask()->add_paths("ordered_quantity");
    return Update(request);
  }
  absl::StatusOr<v1::ReceiveReplenishmentResponse> Receive(const v1::ReceiveReplenishmentRequest& request) {
    return runner_.Call<v1::ReceiveReplenishmentResponse>(request);
  }
  absl::StatusOr<v1::ReceiveReplenishmentResponse> Receive(const std::string& id, int64_t quantity, bool over = false) {
    return Receive(Delivery(id, quantity, over));
  }
  absl::StatusOr<v1::CloseReplenishmentResponse> Close(const std::string& id, const std::string& etag = "") {
    v1::CloseReplenishmentRequest request;
    request.set_replenishment_id(id);
    request.set_etag(etag);
    request.set_reason("sold out");
    return runner_.Call<v1::CloseReplenishmentResponse>(request);
  }
  absl::Status SetTracking(v1::Tracking tracking) {
    v1::UpdateItemRequest request;
    request.mutable_item()->set_sku("a");
    request.mutable_item()->set_tracking(tracking);
    request.set_allow_missing(true);
    return runner_.Call<v1::Item>(request).status();
  }
  const storage::MovementRecord& LastMovement() const { return runner_.rows.movements.back(); }
};

TEST_F(ReplenishmentsTest, WhatIsOrderedIsIncomingAndCannotBeSold) {
  v1::CreateReplenishmentRequest request = Supply("p1", 10);
  request.set_reference("PO 7");
  request.mutable_expected_time()->set_seconds(1'800'000'000);
  request.mutable_expected_time()->set_nanos(123'456'789);
  auto created = Create(request);
  ASSERT_EQ(Answer(created), "OK");
  const v1::Replenishment& replenishment = created->replenishment();
  EXPECT_EQ(replenishment.state(), v1::REPLENISHMENT_STATE_OPEN);
  EXPECT_EQ(replenishment.ordered_quantity(), 10);
  EXPECT_EQ(replenishment.received_quantity(), 0);
  EXPECT_EQ(replenishment.outstanding_quantity(), 10);
  EXPECT_EQ(replenishment.reference(), "PO 7");
  EXPECT_EQ(replenishment.expected_time().nanos(), 123'456'000);
  EXPECT_EQ(replenishment.etag(), "1");
  EXPECT_EQ(At("a", "w1"), (Quantities{.incoming = 10}));
  EXPECT_EQ(At("a", "w1").available(), 0);
  ASSERT_EQ(created->movements_size(), 1);
  EXPECT_EQ(LastMovement().type, MovementType::kExpect);
  EXPECT_EQ(LastMovement().delta, (Quantities{.incoming = 10}));
  EXPECT_EQ(LastMovement().document_id, "p1");
}

TEST_F(ReplenishmentsTest, ANewLevelStartsWithTheDefaultSafetyStock) {
  Item("a").default_safety_stock = 3;
  auto created = Create(Supply("p1", 10));
  ASSERT_EQ(Answer(created), "OK");
  EXPECT_EQ(created->movements_size(), 2);
  EXPECT_EQ(At("a", "w1"), (Quantities{.safety_stock = 3, .incoming = 10}));
}

TEST_F(ReplenishmentsTest, NamesItselfOrTakesAFreeName) {
  auto unnamed = Create(Supply("", 1));
  ASSERT_EQ(Answer(unnamed), "OK");
  EXPECT_EQ(unnamed->replenishment().replenishment_id(), "fresh-1");
  ASSERT_EQ(Answer(Create(Supply("p1", 1))), "OK");
  EXPECT_EQ(Answer(Create(Supply("p1", 1))), "ALREADY_EXISTS REPLENISHMENT_EXISTS replenishment_id=p1");
  ASSERT_EQ(Answer(Close("p1")), "OK");
  EXPECT_EQ(Answer(Create(Supply("p1", 1))), "ALREADY_EXISTS REPLENISHMENT_EXISTS replenishment_id=p1");
}

TEST_F(ReplenishmentsTest, TheWarehouseMustExistButNeedNotBeActive) {
  Warehouse("w1").active = false;
  EXPECT_EQ(Answer(Create(Supply("p1", 1))), "OK");
  Warehouse("w1").delete_time = runner_.now;
  EXPECT_EQ(Answer(Create(Supply("p2", 1))), "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w1");
}

TEST_F(ReplenishmentsTest, UntrackedUnitsAreNotExpectedAndExpectedOnesStayTracked) {
  Item("a").tracked = false;
  EXPECT_EQ(Answer(Create(Supply("p1", 1))), "FAILED_PRECONDITION ITEM_UNTRACKED sku=a");
  Item("a").tracked = true;
  ASSERT_EQ(Answer(Create(Supply("p1", 1))), "OK");
  EXPECT_EQ(Answer(SetTracking(v1::TRACKING_UNTRACKED)), "FAILED_PRECONDITION ITEM_IN_USE warehouse_ids=w1");
  ASSERT_EQ(Answer(Close("p1")), "OK");
  EXPECT_EQ(Answer(SetTracking(v1::TRACKING_UNTRACKED)), "OK");
}

TEST_F(ReplenishmentsTest, AnItemIsDeletedOnlyWhenNothingIsExpected) {
  ASSERT_EQ(Answer(SetTracking(v1::TRACKING_TRACKED)), "OK");
  ASSERT_EQ(Answer(Create(Supply("p1", 1))), "OK");
  v1::DeleteItemRequest request;
  request.set_sku("a");
  EXPECT_EQ(Answer(runner_.Call<v1::DeleteItemResponse>(request)), "FAILED_PRECONDITION ITEM_IN_USE warehouse_ids=w1");
  ASSERT_EQ(Answer(Close("p1")), "OK");
  EXPECT_EQ(Answer(runner_.Call<v1::DeleteItemResponse>(request)), "OK");
}

TEST_F(ReplenishmentsTest, ReceivingMovesUnitsFromIncomingToOnHand) {
  ASSERT_EQ(Answer(Create(Supply("p1", 10))), "OK");
  v1::ReceiveReplenishmentRequest request = Delivery("p1", 4);
  request.set_reason("first pallet");
  auto received = Receive(request);
  ASSERT_EQ(Answer(received), "OK");
  EXPECT_EQ(received->replenishment().state(), v1::REPLENISHMENT_STATE_OPEN);
  EXPECT_EQ(received->replenishment().received_quantity(), 4);
  EXPECT_EQ(received->replenishment().outstanding_quantity(), 6);
  EXPECT_EQ(received->replenishment().etag(), "2");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 4, .incoming = 6}));
  ASSERT_EQ(received->movements_size(), 1);
  EXPECT_EQ(LastMovement().type, MovementType::kReceive);
  EXPECT_EQ(LastMovement().delta, (Quantities{.on_hand = 4, .incoming = -4}));
  EXPECT_EQ(LastMovement().reason, "first pallet");
  EXPECT_EQ(LastMovement().document_id, "p1");

  auto last = Receive("p1", 6);
  ASSERT_EQ(Answer(last), "OK");
  EXPECT_EQ(last->replenishment().state(), v1::REPLENISHMENT_STATE_RECEIVED);
  EXPECT_EQ(last->replenishment().outstanding_quantity(), 0);
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 10}));
}

TEST_F(ReplenishmentsTest, ReceivedUnitsMayBeUnsellable) {
  ASSERT_EQ(Answer(Create(Supply("p1", 10))), "OK");
  v1::ReceiveReplenishmentRequest request = Delivery("p1", 1);
  request.set_condition(v1::STOCK_CONDITION_DAMAGED);
  ASSERT_EQ(Answer(Receive(request)), "OK");
  request.set_condition(v1::STOCK_CONDITION_QUALITY_CONTROL);
  request.set_quantity(2);
  ASSERT_EQ(Answer(Receive(request)), "OK");
  request.set_condition(v1::STOCK_CONDITION_SELLABLE);
  request.set_quantity(3);
  ASSERT_EQ(Answer(Receive(request)), "OK");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 6, .damaged = 1, .quality_control = 2, .incoming = 4}));
  EXPECT_EQ(At("a", "w1").available(), 3);
}

TEST_F(ReplenishmentsTest, MoreThanIsOutstandingComesInOnlyIfAllowed) {
  ASSERT_EQ(Answer(Create(Supply("p1", 10))), "OK");
  ASSERT_EQ(Answer(Receive("p1", 7)), "OK");
  EXPECT_EQ(Answer(Receive("p1", 4)), "FAILED_PRECONDITION OVER_RECEIPT outstanding=3 replenishment_id=p1 requested=4");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 7, .incoming = 3}));
  auto over = Receive("p1", 5, true);
  ASSERT_EQ(Answer(over), "OK");
  EXPECT_EQ(over->replenishment().state(), v1::REPLENISHMENT_STATE_RECEIVED);
  EXPECT_EQ(over->replenishment().received_quantity(), 12);
  EXPECT_EQ(over->replenishment().outstanding_quantity(), 0);
  EXPECT_EQ(LastMovement().delta, (Quantities{.on_hand = 5, .incoming = -3}));
}

TEST_F(ReplenishmentsTest, ClosingShortTakesTheRestOffIncoming) {
  ASSERT_EQ(Answer(Create(Supply("p1", 10))), "OK");
  ASSERT_EQ(Answer(Receive("p1", 4)), "OK");
  auto closed = Close("p1", "2");
  ASSERT_EQ(Answer(closed), "OK");
  EXPECT_EQ(closed->replenishment().state(), v1::REPLENISHMENT_STATE_CLOSED);
  EXPECT_EQ(closed->replenishment().received_quantity(), 4);
  EXPECT_EQ(closed->replenishment().outstanding_quantity(), 0);
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 4}));
  EXPECT_EQ(LastMovement().type, MovementType::kExpect);
  EXPECT_EQ(LastMovement().delta, (Quantities{.incoming = -6}));
  EXPECT_EQ(LastMovement().reason, "sold out");
  auto again = Close("p1");
  ASSERT_EQ(Answer(again), "OK");
  EXPECT_THAT(again->movements(), IsEmpty());
  EXPECT_EQ(again->replenishment().etag(), "3");
}

TEST_F(ReplenishmentsTest, OnlyAnOpenReplenishmentChanges) {
  ASSERT_EQ(Answer(Create(Supply("received", 1))), "OK");
  ASSERT_EQ(Answer(Receive("received", 1)), "OK");
  ASSERT_EQ(Answer(Create(Supply("closed", 1))), "OK");
  ASSERT_EQ(Answer(Close("closed")), "OK");
  const std::string received = "FAILED_PRECONDITION REPLENISHMENT_STATE state=RECEIVED";
  const std::string closed = "FAILED_PRECONDITION REPLENISHMENT_STATE state=CLOSED";
  EXPECT_EQ(Answer(Receive("received", 1, true)), received);
  EXPECT_EQ(Answer(Receive("closed", 1, true)), closed);
  EXPECT_EQ(Answer(SetOrdered("received", 9)), received);
  EXPECT_EQ(Answer(SetOrdered("closed", 9)), closed);
  EXPECT_EQ(Answer(Close("received")), received);
}

TEST_F(ReplenishmentsTest, AnotherOrderedQuantityMovesIncoming) {
  ASSERT_EQ(Answer(Create(Supply("p1", 10))), "OK");
  ASSERT_EQ(Answer(Receive("p1", 4)), "OK");
  auto more = SetOrdered("p1", 12);
  ASSERT_EQ(Answer(more), "OK");
  EXPECT_EQ(more->movements_size(), 1);
  EXPECT_EQ(more->replenishment().outstanding_quantity(), 8);
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 4, .incoming = 8}));
  ASSERT_EQ(Answer(SetOrdered("p1", 5)), "OK");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 4, .incoming = 1}));
  EXPECT_EQ(Answer(SetOrdered("p1", 3)),
            "FAILED_PRECONDITION BELOW_RECEIVED minimum=4 replenishment_id=p1 requested=3");
  auto done = SetOrdered("p1", 4);
  ASSERT_EQ(Answer(done), "OK");
  EXPECT_EQ(done->replenishment().state(), v1::REPLENISHMENT_STATE_RECEIVED);
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 4}));
}

TEST_F(ReplenishmentsTest, AnUpdateCountsInTheUnitThatItNames) {
  Item("a").units_of_measure = {.base_unit = "kg", .precision = 3, .factors = {{"bag", 25}}};
  ASSERT_EQ(Answer(Create(Supply("p1", 1'000))), "OK");
  v1::UpdateReplenishmentRequest request = Change("p1");
  request.mutable_replenishment()->set_ordered_quantity(2);
  request.set_unit("bag");
  auto updated = Update(request);
  ASSERT_EQ(Answer(updated), "OK");
  EXPECT_EQ(updated->replenishment().ordered_quantity(), 50'000);
  EXPECT_EQ(At("a", "w1").incoming, 50'000);
  // Nothing is counted in it, and yet the item must have it.
  request = Change("p1");
  request.mutable_replenishment()->set_reference("PO 8");
  request.set_unit("box");
  EXPECT_EQ(Answer(Update(request)), "INVALID_ARGUMENT UNIT_UNKNOWN sku=a unit=box");
  // What the mask leaves out may be anything.
  request.set_unit("bag");
  request.mutable_replenishment()->set_ordered_quantity(std::numeric_limits<int64_t>::min());
  request.mutable_update_mask()->add_paths("reference");
  EXPECT_EQ(Update(request)->replenishment().ordered_quantity(), 50'000);
  request = Change("p1");
  request.mutable_replenishment()->set_ordered_quantity(pipeline::kMaxQuantity);
  request.set_unit("kg");
  EXPECT_EQ(Answer(Update(request)), "INVALID_ARGUMENT QUANTITY_OUT_OF_RANGE sku=a");

  request = Change("p2");
  request.set_allow_missing(true);
  request.mutable_replenishment()->set_sku("a");
  request.mutable_replenishment()->set_warehouse_id("w1");
  request.mutable_replenishment()->set_ordered_quantity(3);
  request.set_unit("kg");
  updated = Update(request);
  ASSERT_EQ(Answer(updated), "OK");
  EXPECT_EQ(updated->replenishment().ordered_quantity(), 3'000);
}

TEST_F(ReplenishmentsTest, AnUpdateThatWouldMoveOneIsRefused) {
  ASSERT_EQ(Answer(Create(Supply("p1", 10))), "OK");
  v1::UpdateReplenishmentRequest request = Change("p1");
  request.mutable_replenishment()->set_sku("a");
  request.mutable_replenishment()->set_warehouse_id("w2");
  request.mutable_replenishment()->set_reference("PO 8");
  EXPECT_EQ(Answer(Update(request)),
            "INVALID_ARGUMENT IMMUTABLE_FIELD field=replenishment.warehouse_id value=w1 replenishment.warehouse_id");
  request.mutable_replenishment()->set_sku("b");
  request.set_allow_missing(true);
  request.mutable_replenishment()->set_ordered_quantity(10);
  EXPECT_EQ(Answer(Update(request)),
            "INVALID_ARGUMENT IMMUTABLE_FIELD field=replenishment.sku value=a replenishment.sku "
            "replenishment.warehouse_id");
  EXPECT_EQ(runner_.rows.replenishments.Find("p1")->reference, "");
}

TEST_F(ReplenishmentsTest, AnUpdateChangesWhatItsMaskNames) {
  v1::CreateReplenishmentRequest order = Supply("p1", 10);
  order.set_reference("PO 7");
  order.mutable_expected_time()->set_seconds(5);
  ASSERT_EQ(Answer(Create(order)), "OK");
  v1::UpdateReplenishmentRequest request = Change("p1");
  request.mutable_replenishment()->set_reference("PO 8");
  auto updated = Update(request);
  ASSERT_EQ(Answer(updated), "OK");
  EXPECT_EQ(updated->replenishment().reference(), "PO 8");
  EXPECT_EQ(updated->replenishment().expected_time().seconds(), 5);
  EXPECT_EQ(updated->replenishment().ordered_quantity(), 10);
  EXPECT_THAT(updated->movements(), IsEmpty());
  EXPECT_EQ(updated->replenishment().etag(), "2");
  // What stays as it is leaves the etag.
  EXPECT_EQ(Update(request)->replenishment().etag(), "2");
  // What the mask names and the request leaves out is cleared.
  request = Change("p1", "2");
  request.mutable_update_mask()->add_paths("expected_time");
  request.mutable_update_mask()->add_paths("reference");
  updated = Update(request);
  ASSERT_EQ(Answer(updated), "OK");
  EXPECT_FALSE(updated->replenishment().has_expected_time());
  EXPECT_EQ(updated->replenishment().reference(), "");
  // What the server says is ignored without a mask, so that an answer can be sent back.
  request = Change("p1");
  *request.mutable_replenishment() = updated->replenishment();
  request.mutable_replenishment()->set_received_quantity(9);
  request.mutable_replenishment()->set_ordered_quantity(11);
  updated = Update(request);
  ASSERT_EQ(Answer(updated), "OK");
  EXPECT_EQ(updated->replenishment().sku(), "a");
  EXPECT_EQ(updated->replenishment().received_quantity(), 0);
  EXPECT_EQ(updated->replenishment().ordered_quantity(), 11);
}

TEST_F(ReplenishmentsTest, EtagsMustMatch) {
  ASSERT_EQ(Answer(Create(Supply("p1", 10))), "OK");
  const std::string mismatch = "ABORTED ETAG_MISMATCH actual=1 expected=7";
  v1::ReceiveReplenishmentRequest receive = Delivery("p1", 1);
  receive.set_etag("7");
  EXPECT_EQ(Answer(Receive(receive)), mismatch);
  EXPECT_EQ(Answer(Close("p1", "7")), mismatch);
  EXPECT_EQ(Answer(Update(Change("p1", "7"))), mismatch);
}

TEST_F(ReplenishmentsTest, AnUnknownOneIsNotFound) {
  const std::string not_found = "NOT_FOUND REPLENISHMENT_NOT_FOUND replenishment_id=p9";
  EXPECT_EQ(Answer(Receive("p9", 1)), not_found);
  EXPECT_EQ(Answer(Close("p9")), not_found);
  EXPECT_EQ(Answer(SetOrdered("p9", 1)), not_found);
}

TEST_F(ReplenishmentsTest, AWarehouseThatUnitsAreOnTheirWayToIsNotDeleted) {
  ASSERT_EQ(Answer(Create(Supply("p1", 10))), "OK");
  v1::DeleteWarehouseRequest request;
  request.set_warehouse_id("w1");
  EXPECT_EQ(Answer(runner_.Call<v1::Warehouse>(request)),
            "FAILED_PRECONDITION WAREHOUSE_IN_USE examples=a levels=1 replenishments=1 reservations=0 shipments=0 "
            "transfers=0 warehouse_id=w1");
  ASSERT_EQ(Answer(Close("p1")), "OK");
  EXPECT_EQ(Answer(runner_.Call<v1::Warehouse>(request)), "OK");
}

TEST_F(ReplenishmentsTest, NoSumGoesBeyondTheLargestQuantity) {
  ASSERT_EQ(Answer(Create(Supply("p1", pipeline::kMaxQuantity))), "OK");
  EXPECT_EQ(Answer(Create(Supply("p2", 1))), "INVALID_ARGUMENT QUANTITY_OUT_OF_RANGE sku=a");
  ASSERT_EQ(Answer(Receive("p1", pipeline::kMaxQuantity - 1)), "OK");
  EXPECT_EQ(Answer(Receive("p1", 2, true)), "INVALID_ARGUMENT QUANTITY_OUT_OF_RANGE sku=a");
  EXPECT_EQ(Answer(Receive("p1", 1)), "OK");
}

TEST_F(ReplenishmentsTest, ChecksItsFields) {
  v1::CreateReplenishmentRequest request = Supply("p/1", 0);
  request.set_sku("");
  request.set_warehouse_id("");
  request.set_reference(std::string(129, 'x'));
  request.mutable_expected_time()->set_nanos(-1);
  EXPECT_EQ(Answer(Create(request)),
            "INVALID_ARGUMENT INVALID_FIELDS replenishment_id sku warehouse_id quantity expected_time.nanos reference");
  v1::ReceiveReplenishmentRequest receive = Delivery("", 0);
  receive.set_reason("a\n");
  receive.set_condition(static_cast<v1::StockCondition>(99));
  EXPECT_EQ(Answer(Receive(receive)), "INVALID_ARGUMENT INVALID_FIELDS replenishment_id quantity condition reason");
  EXPECT_EQ(Answer(Close("")), "INVALID_ARGUMENT INVALID_FIELDS replenishment_id");
  v1::UpdateReplenishmentRequest update = Change("");
  update.mutable_update_mask()->add_paths("sku");
  EXPECT_EQ(Answer(Update(update)), "INVALID_ARGUMENT INVALID_FIELDS replenishment.replenishment_id update_mask");
  ASSERT_EQ(Answer(Create(Supply("p1", 1))), "OK");
  EXPECT_EQ(Answer(SetOrdered("p1", 0)), "INVALID_ARGUMENT INVALID_FIELDS replenishment.ordered_quantity");
}

}  // namespace
}  // namespace inventory
