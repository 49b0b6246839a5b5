// Goal: what comes back is booked once, where it lies and as what it is good for, and never more than was shipped.
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/stock_return.pb.h"
#include "server/pipeline/work.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::Disposition;
using storage::MovementType;
using storage::Quantities;
using storage::ReservationState;

struct Back {
  std::string sku;
  int64_t quantity;
  std::string warehouse_id = "w1";
  v1::Disposition disposition = v1::DISPOSITION_RESTOCK;
};

class ReturnStockTest : public RuleTest {
 protected:
  // 10 of a and b each lay in w1; 5 of a and 2 of b are shipped.
  void SetUp() override {
    for (const char* sku : {"a", "b"}) Stock(sku, "w1", 10);
    Commit("r1", {{"a", 5}, {"b", 2}});
    Shipped("s1", "r1");
  }

  void Shipped(const std::string& id, const std::string& reservation_id, const Lines& lines = {}) {
    ASSERT_EQ(Answer(CreateShipment(Parcel(id, reservation_id, "w1", lines))), "OK");
    ASSERT_EQ(Answer(Ship(id)), "OK");
  }

  static v1::ReturnStockRequest Request(const std::string& reservation_id, const std::vector<Back>& lines,
                                        const std::string& id = "") {
    v1::ReturnStockRequest request;
    request.set_return_id(id);
    request.set_reservation_id(reservation_id);
    request.set_reason("too small");
    for (const Back& back : lines) {
      v1::ReturnLine& line = *request.add_lines();
      line.set_sku(back.sku);
      line.set_quantity(back.quantity);
      line.set_warehouse_id(back.warehouse_id);
      line.set_disposition(back.disposition);
    }
    return request;
  }
  absl::StatusOr<v1::ReturnStockResponse> Return(const std::string& reservation_id, const std::vector<Back>& lines,
                                                 const std::string& id = "") {
    return runner_.Call<v1::ReturnStockResponse>(Request(reservation_id, lines, id));
  }
};

TEST_F(ReturnStockTest, BooksUnitsBackAsWhatTheyAreGoodFor) {
  auto returned = Return(
      "r1", {{"a", 1}, {"a", 2, "w2", v1::DISPOSITION_DAMAGED}, {"b", 1, "w1", v1::DISPOSITION_QUALITY_CONTROL}}, "b1");
  ASSERT_EQ(Answer(returned), "OK");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 6}));
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 2, .damaged = 2}));
  EXPECT_EQ(At("b", "w1"), (Quantities{.on_hand = 9, .quality_control = 1}));
  EXPECT_EQ(LineOf("r1", "a").returned, 3);
  EXPECT_EQ(LineOf("r1", "a").shipped, 5);
  EXPECT_EQ(LineOf("r1", "b").returned, 1);
  EXPECT_EQ(Copy(runner_.rows.return_lines),
            (std::vector<storage::ReturnLineRecord>{{"b1", "a", "w1", Disposition::kRestock, 1},
                                                    {"b1", "a", "w2", Disposition::kDamaged, 2},
                                                    {"b1", "b", "w1", Disposition::kQualityControl, 1}}));
}

TEST_F(ReturnStockTest, TheAnswerShowsTheReturnTheReservationAndTheMovements) {
  auto returned = Return("r1", {{"b", 1}, {"a", 2}}, "b1");
  ASSERT_EQ(Answer(returned), "OK");
  EXPECT_EQ(returned->stock_return().return_id(), "b1");
  EXPECT_EQ(returned->stock_return().reservation_id(), "r1");
  EXPECT_EQ(returned->stock_return().reason(), "too small");
  ASSERT_EQ(returned->stock_return().lines_size(), 2);
  EXPECT_EQ(returned->stock_return().lines(0).sku(), "a");
  EXPECT_EQ(returned->stock_return().lines(0).quantity(), 2);
  EXPECT_EQ(returned->reservation().lines(0).returned_quantity(), 2);
  EXPECT_EQ(returned->reservation().etag(), std::to_string(runner_.rows.reservations.Find("r1")->version));
  ASSERT_EQ(returned->movements_size(), 2);
  const storage::MovementRecord& movement = runner_.rows.movements.back();
  EXPECT_EQ(movement.type, MovementType::kReturn);
  EXPECT_EQ(movement.delta, (Quantities{.on_hand = 1}));
  EXPECT_EQ(movement.document_id, "b1");
  EXPECT_EQ(movement.reason, "too small");
}

TEST_F(ReturnStockTest, EqualLinesAreSummed) {
  auto returned = Return("r1", {{"a", 1}, {"a", 1, "w1", v1::DISPOSITION_DAMAGED}, {"a", 2}});
  ASSERT_EQ(Answer(returned), "OK");
  ASSERT_EQ(returned->stock_return().lines_size(), 2);
  EXPECT_EQ(returned->stock_return().lines(0).quantity(), 3);
  EXPECT_EQ(returned->movements_size(), 2);
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 9, .damaged = 1}));
}

TEST_F(ReturnStockTest, NeverMoreThanWasShippedAndHasNotComeBack) {
  const Stored before = Now();
  EXPECT_EQ(Answer(Return("r1", {{"b", 1}, {"a", 3}, {"a", 3, "w2"}})),
            "FAILED_PRECONDITION EXCEEDS_SHIPPED requested=6 returnable=5 sku=a");
  EXPECT_EQ(Now(), before);
  ASSERT_EQ(Answer(Return("r1", {{"a", 4}})), "OK");
  EXPECT_EQ(Answer(Return("r1", {{"a", 2}})), "FAILED_PRECONDITION EXCEEDS_SHIPPED requested=2 returnable=1 sku=a");
  ASSERT_EQ(Answer(Return("r1", {{"a", 1}})), "OK");
  EXPECT_EQ(Answer(Return("r1", {{"a", 1}})), "FAILED_PRECONDITION EXCEEDS_SHIPPED requested=1 returnable=0 sku=a");
  EXPECT_EQ(Answer(Return("r1", {{"c", 1}})), "FAILED_PRECONDITION EXCEEDS_SHIPPED requested=1 returnable=0 sku=c");
  EXPECT_EQ(At("a", "w1").on_hand, 10);
}

TEST_F(ReturnStockTest, WhatHasNotLeftCannotComeBack) {
  Commit("r2", {{"a", 3}});
  Shipped("s2", "r2", {{"a", 1}});
  EXPECT_EQ(Answer(Return("r2", {{"a", 2}})), "FAILED_PRECONDITION EXCEEDS_SHIPPED requested=2 returnable=1 sku=a");
  Hold("r3", {{"a", 1}});
  EXPECT_EQ(Answer(Return("r3", {{"a", 1}})), "FAILED_PRECONDITION EXCEEDS_SHIPPED requested=1 returnable=0 sku=a");
  runner_.now += absl::Hours(1);
  EXPECT_EQ(Answer(Return("r3", {{"a", 1}})), "FAILED_PRECONDITION EXCEEDS_SHIPPED requested=1 returnable=0 sku=a");
}

TEST_F(ReturnStockTest, AReturnReopensNothing) {
  ASSERT_EQ(StateOf("r1"), ReservationState::kFulfilled);
  ASSERT_EQ(Answer(Return("r1", {{"a", 5}, {"b", 2}})), "OK");
  EXPECT_EQ(StateOf("r1"), ReservationState::kFulfilled);
  EXPECT_EQ(At("a", "w1").reserved, 0);

  Commit("r2", {{"a", 3}});
  Shipped("s2", "r2", {{"a", 2}});
  ASSERT_EQ(Answer(Return("r2", {{"a", 1}})), "OK");
  EXPECT_EQ(StateOf("r2"), ReservationState::kCommitted);
  EXPECT_EQ(LineOf("r2", "a").reserved, 1);
  ASSERT_EQ(Answer(Cancel("r2")), "OK");
  ASSERT_EQ(Answer(Return("r2", {{"a", 1}})), "OK");
  EXPECT_EQ(StateOf("r2"), ReservationState::kCancelled);
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 10}));
}

TEST_F(ReturnStockTest, AnyWarehouseThatExistsTakesUnits) {
  Warehouse("w2").active = false;
  EXPECT_EQ(Answer(Return("r1", {{"a", 1, "w2"}})), "OK");
  Warehouse("w3").delete_time = runner_.now;
  EXPECT_EQ(Answer(Return("r1", {{"a", 1, "w3"}})), "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w3");
  EXPECT_EQ(Answer(Return("r1", {{"a", 1, "w9"}})), "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w9");
  EXPECT_EQ(LineOf("r1", "a").returned, 1);
}

TEST_F(ReturnStockTest, ANewLevelStartsWithTheItemsSafetyStock) {
  Item("a").default_safety_stock = 3;
  auto returned = Return("r1", {{"a", 1, "w2"}});
  ASSERT_EQ(Answer(returned), "OK");
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 1, .safety_stock = 3}));
  EXPECT_EQ(returned->movements_size(), 2);
}

TEST_F(ReturnStockTest, UntrackedUnitsWereNeverCounted) {
  Item("song").tracked = false;
  Commit("r2", {{"song", 2}});
  ASSERT_EQ(LineOf("r2", "song").shipped, 2);
  EXPECT_EQ(Answer(Return("r2", {{"song", 1}})), "FAILED_PRECONDITION ITEM_UNTRACKED sku=song");
  Item("a").tracked = false;
  EXPECT_EQ(Answer(Return("r1", {{"a", 1}})), "FAILED_PRECONDITION ITEM_UNTRACKED sku=a");
}

TEST_F(ReturnStockTest, UnitsThatLeftUntrackedStayUncountedOnceTheItemIsTracked) {
  Item("song").tracked = false;
  Commit("r2", {{"song", 2}});
  runner_.check_invariants = false;  // They take a tracked item for one that always was.
  Item("song").tracked = true;
  EXPECT_EQ(Answer(Return("r2", {{"song", 1}})),
            "FAILED_PRECONDITION EXCEEDS_SHIPPED requested=1 returnable=0 sku=song");
}

TEST_F(ReturnStockTest, IdsAreUniqueAndMadeIfThereIsNone) {
  auto made = Return("r1", {{"a", 1}});
  ASSERT_EQ(Answer(made), "OK");
  EXPECT_THAT(made->stock_return().return_id(), ::testing::StartsWith("fresh-"));
  ASSERT_EQ(Answer(Return("r1", {{"a", 1}}, "b1")), "OK");
  EXPECT_EQ(Answer(Return("r1", {{"a", 1}}, "b1")), "ALREADY_EXISTS RETURN_EXISTS return_id=b1");
  EXPECT_EQ(Answer(Return("r9", {{"a", 1}})), "NOT_FOUND RESERVATION_NOT_FOUND reservation_id=r9");
  EXPECT_EQ(LineOf("r1", "a").returned, 2);
}

TEST_F(ReturnStockTest, NoLevelHoldsMoreThanTheMost) {
  Stock("a", "w1", pipeline::kMaxQuantity);
  EXPECT_EQ(Answer(Return("r1", {{"a", 1}})), "INVALID_ARGUMENT QUANTITY_OUT_OF_RANGE sku=a");
  EXPECT_EQ(LineOf("r1", "a").returned, 0);
}

TEST_F(ReturnStockTest, EveryFieldIsCheckedAndAllViolationsListed) {
  v1::ReturnStockRequest request;
  request.set_return_id("a b");
  request.set_reason(std::string(256, 'x'));
  EXPECT_EQ(Answer(runner_.Call<v1::ReturnStockResponse>(request)),
            "INVALID_ARGUMENT INVALID_FIELDS return_id reservation_id reason lines");
  EXPECT_EQ(Answer(Return("r1", {{"", 0, "", v1::DISPOSITION_UNSPECIFIED}})),
            "INVALID_ARGUMENT INVALID_FIELDS lines[0].sku lines[0].quantity lines[0].warehouse_id "
            "lines[0].disposition");
  EXPECT_EQ(Answer(Return("r1", {{"a", 1}, {"a", 1, "w1", static_cast<v1::Disposition>(4)}})),
            "INVALID_ARGUMENT INVALID_FIELDS lines[1].disposition");
  EXPECT_EQ(Answer(Return("r1", std::vector<Back>(201, Back{"a", 1}))), "INVALID_ARGUMENT INVALID_FIELDS lines");
}

}  // namespace
}  // namespace inventory
