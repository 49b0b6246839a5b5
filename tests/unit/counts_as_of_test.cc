// Goal: a count that arrives late takes nothing back that has happened since the moment it was true of.
#include <optional>
#include <string>

#include "gtest/gtest.h"
#include "inventory/v1/stock.pb.h"
#include "server/commands/convert.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::MovementType;

class CountsAsOfTest : public RuleTest {
 protected:
  const absl::Time start_ = runner_.now;

  absl::StatusOr<v1::SetStockResponse> Count(int64_t on_hand, std::optional<absl::Time> as_of = std::nullopt) {
    v1::SetStockRequest request;
    request.set_sku("a");
    request.set_warehouse_id("w1");
    request.set_on_hand(on_hand);
    if (as_of) *request.mutable_as_of_time() = ToTimestamp(*as_of);
    return runner_.Call<v1::SetStockResponse>(request);
  }

  void Adjust(int64_t delta) {
    v1::AdjustStockRequest request;
    request.set_sku("a");
    request.set_warehouse_id("w1");
    request.set_delta(delta);
    ASSERT_EQ(Answer(runner_.Call<v1::AdjustStockResponse>(request)), "OK");
  }

  // Some seconds after the start.
  absl::Time At(int seconds) const { return start_ + absl::Seconds(seconds); }
  void GoTo(int seconds) { runner_.now = At(seconds); }
  int64_t OnHand() const { return RuleTest::At("a", "w1").on_hand; }
  std::optional<absl::Time> CountTime() const { return runner_.rows.levels.Find({"a", "w1"})->count_time; }
  static std::string Show(absl::Time time) { return absl::FormatTime(absl::RFC3339_full, time, absl::UTCTimeZone()); }
};

TEST_F(CountsAsOfTest, WhatHasMovedSinceIsKept) {
  Stock("a", "w1", 10);
  GoTo(10);
  Adjust(5);
  GoTo(20);
  Adjust(-2);
  GoTo(30);
  // At 15 there were 14, where the ledger has 15; two have gone since.
  const auto counted = Count(14, At(15));
  ASSERT_EQ(Answer(counted), "OK");
  EXPECT_EQ(counted->stock_level().on_hand(), 12);
  EXPECT_EQ(counted->stock_level().count_time().seconds(), absl::ToUnixSeconds(At(15)));
  EXPECT_EQ(runner_.rows.movements.back().type, MovementType::kSet);
  EXPECT_EQ(runner_.rows.movements.back().delta.on_hand, -1);
}

TEST_F(CountsAsOfTest, MovementsOfTheMomentItselfCameBefore) {
  Stock("a", "w1", 10);
  GoTo(10);
  Adjust(5);
  GoTo(20);
  ASSERT_EQ(Answer(Count(15, At(10))), "OK");
  EXPECT_EQ(OnHand(), 15);
}

TEST_F(CountsAsOfTest, OfNowIsAPlainCount) {
  Stock("a", "w1", 10);
  GoTo(10);
  ASSERT_EQ(Answer(Count(7, At(10))), "OK");
  EXPECT_EQ(OnHand(), 7);
  EXPECT_EQ(CountTime(), At(10));
}

TEST_F(CountsAsOfTest, APlainCountIsOfNowAlsoIfNothingElseChanges) {
  Stock("a", "w1", 10);
  EXPECT_EQ(CountTime(), At(0));
  GoTo(10);
  const auto same = Count(10);
  ASSERT_EQ(Answer(same), "OK");
  EXPECT_FALSE(same->has_movement());
  EXPECT_EQ(same->stock_level().version(), 1);
  EXPECT_EQ(same->stock_level().count_time().seconds(), absl::ToUnixSeconds(At(10)));
  EXPECT_EQ(CountTime(), At(10));
  Adjust(1);
  EXPECT_EQ(CountTime(), At(10));
}

TEST_F(CountsAsOfTest, OneOfBeforeTheLastCountIsOutdated) {
  Stock("a", "w1", 10);
  GoTo(20);
  ASSERT_EQ(Answer(Count(9, At(10))), "OK");
  EXPECT_EQ(Answer(Count(5, At(9))),
            "FAILED_PRECONDITION COUNT_OUTDATED count_time=" + Show(At(10)) + " sku=a warehouse_id=w1");
  ASSERT_EQ(Answer(Count(8, At(10))), "OK");
  EXPECT_EQ(OnHand(), 8);
}

// The correction that the first count made is written after the second one's moment, but nothing moved then.
TEST_F(CountsAsOfTest, ALateCountIsNoMovementForALaterOne) {
  Stock("a", "w1", 10);
  GoTo(30);
  ASSERT_EQ(Answer(Count(8, At(10))), "OK");
  Adjust(3);
  GoTo(40);
  ASSERT_EQ(Answer(Count(8, At(20))), "OK");
  EXPECT_EQ(OnHand(), 11);
}

TEST_F(CountsAsOfTest, RowsOfOneBatchCountEachOther) {
  Stock("a", "w1", 10);
  GoTo(30);
  v1::BatchUpdateStockRequest request;
  for (int seconds : {10, 20}) {
    v1::StockUpdate& row = *request.add_updates();
    row.set_sku("a");
    row.set_warehouse_id("w1");
    row.set_set_on_hand(8);
    *row.mutable_as_of_time() = ToTimestamp(At(seconds));
  }
  v1::StockUpdate& sold = *request.add_updates();
  sold.set_sku("a");
  sold.set_warehouse_id("w1");
  sold.set_adjust_on_hand(-1);
  *request.add_updates() = request.updates(1);
  const auto done = runner_.Call<v1::BatchUpdateStockResponse>(request);
  ASSERT_EQ(Answer(done), "OK");
  EXPECT_EQ(done->results(1).stock_level().on_hand(), 8);
  EXPECT_EQ(done->results(3).stock_level().on_hand(), 7);
  EXPECT_FALSE(done->results(3).has_movement());
}

TEST_F(CountsAsOfTest, ALateRowFailsAlone) {
  Stock("a", "w1", 10);
  GoTo(30);
  v1::BatchUpdateStockRequest request;
  request.set_error_policy(v1::ERROR_POLICY_PER_ROW);
  for (const absl::Time time : {At(-1), At(31), At(30)}) {
    v1::StockUpdate& row = *request.add_updates();
    row.set_sku("a");
    row.set_warehouse_id("w1");
    row.set_set_on_hand(8);
    *row.mutable_as_of_time() = ToTimestamp(time);
  }
  const auto done = runner_.Call<v1::BatchUpdateStockResponse>(request);
  ASSERT_EQ(Answer(done), "OK");
  EXPECT_EQ(ReasonOf(FromProto(done->results(0).error())), "COUNT_OUTDATED");
  EXPECT_EQ(ReasonOf(FromProto(done->results(1).error())), "AS_OF_IN_FUTURE");
  EXPECT_EQ(done->results(2).stock_level().on_hand(), 8);

  request.mutable_updates(2)->clear_change();
  request.mutable_updates(2)->set_adjust_on_hand(1);
  EXPECT_EQ(Answer(runner_.Call<v1::BatchUpdateStockResponse>(request)),
            "INVALID_ARGUMENT INVALID_FIELDS updates[2].as_of_time");
}

TEST_F(CountsAsOfTest, TheFutureCannotBeCounted) {
  EXPECT_EQ(Answer(Count(1, At(1))),
            "INVALID_ARGUMENT AS_OF_IN_FUTURE as_of_time=" + Show(At(1)) + " now=" + Show(At(0)));
}

TEST_F(CountsAsOfTest, OfBeforeTheFirstMovementThereWasNothing) {
  Adjust(3);
  ASSERT_EQ(Answer(Count(2, At(-10))), "OK");
  EXPECT_EQ(OnHand(), 5);
}

TEST_F(CountsAsOfTest, AResultBelowZeroOrWhatIsUnsellableIsRefused) {
  Stock("a", "w1", 10);
  GoTo(10);
  Adjust(-8);
  GoTo(20);
  EXPECT_EQ(Answer(Count(7, At(5))),
            "FAILED_PRECONDITION BELOW_UNSELLABLE damaged=0 on_hand=-1 quality_control=0 sku=a warehouse_id=w1");
  v1::AdjustStockRequest damaged;
  damaged.set_sku("a");
  damaged.set_warehouse_id("w1");
  damaged.set_delta(2);
  damaged.set_condition(v1::STOCK_CONDITION_DAMAGED);
  ASSERT_EQ(Answer(runner_.Call<v1::AdjustStockResponse>(damaged)), "OK");
  EXPECT_EQ(Answer(Count(7, At(5))),
            "FAILED_PRECONDITION BELOW_UNSELLABLE damaged=2 on_hand=1 quality_control=0 sku=a warehouse_id=w1");
  EXPECT_EQ(OnHand(), 4);
}

TEST_F(CountsAsOfTest, ALedgerThatWasCutBackCannotTellOfBefore) {
  Adjust(10);
  GoTo(10);
  Adjust(2);
  GoTo(20);
  Adjust(-1);
  // What retention leaves.
  storage::MovementRecord& forward = runner_.rows.movements[1];
  forward.type = MovementType::kBalanceForward;
  forward.delta = forward.balance;
  runner_.rows.movements.erase(runner_.rows.movements.begin());
  EXPECT_EQ(Answer(Count(9, At(9))),
            "FAILED_PRECONDITION LEDGER_TOO_SHORT begin_time=" + Show(At(10)) + " sku=a warehouse_id=w1");
  ASSERT_EQ(Answer(Count(11, At(10))), "OK");
  EXPECT_EQ(OnHand(), 10);
}

}  // namespace
}  // namespace inventory
