#include <cstdint>
#include <limits>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/stock.pb.h"
#include "server/pipeline/work.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using pipeline::kMaxQuantity;
using storage::MovementType;
using storage::Quantities;

class StockCommandsTest : public RuleTest {
 protected:
  template <typename Request>
  static Request Level(const std::string& sku, const std::string& warehouse_id, const std::string& etag) {
    Request request;
    request.set_sku(sku);
    request.set_warehouse_id(warehouse_id);
    request.set_reason("why");
    request.set_etag(etag);
    return request;
  }

  absl::StatusOr<v1::SetStockResponse> Set(const std::string& sku, const std::string& warehouse_id, int64_t on_hand,
                                           const std::string& etag = "") {
    auto request = Level<v1::SetStockRequest>(sku, warehouse_id, etag);
    request.set_on_hand(on_hand);
    return runner_.Call<v1::SetStockResponse>(request);
  }

  absl::StatusOr<v1::AdjustStockResponse> Adjust(const std::string& sku, const std::string& warehouse_id, int64_t delta,
                                                 const std::string& etag = "") {
    auto request = Level<v1::AdjustStockRequest>(sku, warehouse_id, etag);
    request.set_delta(delta);
    return runner_.Call<v1::AdjustStockResponse>(request);
  }

  absl::StatusOr<v1::SetSafetyStockResponse> SetSafety(const std::string& sku, const std::string& warehouse_id,
                                                       int64_t safety_stock, const std::string& etag = "") {
    auto request = Level<v1::SetSafetyStockRequest>(sku, warehouse_id, etag);
    request.set_safety_stock(safety_stock);
    return runner_.Call<v1::SetSafetyStockResponse>(request);
  }

  std::size_t movements() const { return runner_.rows.movements.size(); }
};

TEST_F(StockCommandsTest, SetMakesALevelWithItsFirstMovement) {
  auto set = Set("a", "w1", 7);
  ASSERT_EQ(Answer(set), "OK");
  EXPECT_EQ(set->stock_level().sku(), "a");
  EXPECT_EQ(set->stock_level().warehouse_id(), "w1");
  EXPECT_EQ(set->stock_level().on_hand(), 7);
  EXPECT_EQ(set->stock_level().available(), 7);
  EXPECT_EQ(set->stock_level().version(), 1);
  EXPECT_EQ(set->stock_level().etag(), "1");
  EXPECT_EQ(set->movement().version(), 1);
  EXPECT_EQ(set->movement().sequence(), 1);
  ASSERT_EQ(movements(), 1);
  const storage::MovementRecord& movement = runner_.rows.movements[0];
  EXPECT_EQ(movement.type, MovementType::kSet);
  EXPECT_EQ(movement.delta, (Quantities{.on_hand = 7}));
  EXPECT_EQ(movement.reason, "why");
  EXPECT_EQ(movement.actor, "tester");
  EXPECT_EQ(movement.create_time, runner_.now);
}

TEST_F(StockCommandsTest, SetToWhatIsThereChangesOnlyTheTimeOfTheCount) {
  ASSERT_TRUE(Set("a", "w1", 7).ok());
  runner_.now += absl::Seconds(1);
  auto before = Copy(runner_.rows.levels);
  before.front().count_time = runner_.now;
  auto again = Set("a", "w1", 7);
  ASSERT_EQ(Answer(again), "OK");
  EXPECT_FALSE(again->has_movement());
  EXPECT_EQ(again->stock_level().version(), 1);
  EXPECT_EQ(Copy(runner_.rows.levels), before);
  EXPECT_EQ(movements(), 1);
}

TEST_F(StockCommandsTest, SetToZeroOfANewLevelIsAMovement) {
  auto set = Set("a", "w1", 0);
  ASSERT_EQ(Answer(set), "OK");
  EXPECT_EQ(set->stock_level().version(), 1);
  EXPECT_TRUE(set->has_movement());
  EXPECT_EQ(Answer(Set("a", "w1", 0, "0")), "ABORTED ETAG_MISMATCH actual=1 expected=0");
}

TEST_F(StockCommandsTest, LevelsOfASkuShareItsSequenceButNotTheirVersions) {
  ASSERT_TRUE(Set("a", "w1", 1).ok());
  ASSERT_TRUE(Set("a", "w2", 1).ok());
  auto third = Adjust("a", "w1", 1);
  ASSERT_EQ(Answer(third), "OK");
  EXPECT_EQ(third->movement().sequence(), 3);
  EXPECT_EQ(third->movement().version(), 2);
}

TEST_F(StockCommandsTest, FirstWriteStartsWithTheItemsSafetyStock) {
  Item("a").default_safety_stock = 3;
  auto set = Set("a", "w1", 10, "0");
  ASSERT_EQ(Answer(set), "OK");
  EXPECT_EQ(set->stock_level().safety_stock(), 3);
  EXPECT_EQ(set->stock_level().available(), 7);
  EXPECT_EQ(set->stock_level().version(), 2);
  EXPECT_EQ(set->movement().version(), 2);
  ASSERT_EQ(movements(), 2);
  EXPECT_EQ(runner_.rows.movements[0].type, MovementType::kSafetyStock);
  EXPECT_EQ(runner_.rows.movements[0].delta, (Quantities{.safety_stock = 3}));
}

TEST_F(StockCommandsTest, LaterDefaultSafetyStockDoesNotTouchLevels) {
  Item("a").default_safety_stock = 3;
  ASSERT_TRUE(Set("a", "w1", 10).ok());
  Item("a").default_safety_stock = 5;
  auto set = Set("a", "w1", 11);
  ASSERT_EQ(Answer(set), "OK");
  EXPECT_EQ(set->stock_level().safety_stock(), 3);
}

TEST_F(StockCommandsTest, SetSafetyStockOfANewLevelReplacesTheDefault) {
  Item("a").default_safety_stock = 3;
  auto set = SetSafety("a", "w1", 1);
  ASSERT_EQ(Answer(set), "OK");
  EXPECT_EQ(set->stock_level().safety_stock(), 1);
  EXPECT_EQ(set->stock_level().available(), -1);
}

TEST_F(StockCommandsTest, CountBelowWhatIsReservedMakesADeficit) {
  Stock("a", "w1", 10);
  Hold("r1", {{"a", 8}});
  auto set = Set("a", "w1", 3);
  ASSERT_EQ(Answer(set), "OK");
  EXPECT_EQ(set->stock_level().on_hand(), 3);
  EXPECT_EQ(set->stock_level().reserved(), 8);
  EXPECT_EQ(set->stock_level().available(), -5);
}

TEST_F(StockCommandsTest, SafetyStockMayExceedWhatIsThere) {
  Stock("a", "w1", 2);
  auto set = SetSafety("a", "w1", 5);
  ASSERT_EQ(Answer(set), "OK");
  EXPECT_EQ(set->stock_level().available(), -3);
  EXPECT_EQ(runner_.rows.movements.back().type, MovementType::kSafetyStock);
  auto again = SetSafety("a", "w1", 5);
  ASSERT_EQ(Answer(again), "OK");
  EXPECT_FALSE(again->has_movement());
  EXPECT_EQ(again->stock_level().version(), 2);
}

TEST_F(StockCommandsTest, AdjustAddsAndTakesAway) {
  ASSERT_EQ(Answer(Adjust("a", "w1", 5)), "OK");
  auto adjusted = Adjust("a", "w1", -5);
  ASSERT_EQ(Answer(adjusted), "OK");
  EXPECT_EQ(adjusted->stock_level().on_hand(), 0);
  EXPECT_EQ(adjusted->stock_level().version(), 2);
  EXPECT_EQ(runner_.rows.movements.back().type, MovementType::kAdjust);
}

TEST_F(StockCommandsTest, AdjustNeverTakesMoreThanLiesThere) {
  Stock("a", "w1", 5);
  EXPECT_EQ(
      Answer(Adjust("a", "w1", -6)),
      "FAILED_PRECONDITION INSUFFICIENT_ON_HAND condition=SELLABLE delta=-6 on_hand=5 sku=a units=5 warehouse_id=w1");
  EXPECT_EQ(
      Answer(Adjust("b", "w1", -1)),
      "FAILED_PRECONDITION INSUFFICIENT_ON_HAND condition=SELLABLE delta=-1 on_hand=0 sku=b units=0 warehouse_id=w1");
  EXPECT_EQ(At("a", "w1").on_hand, 5);
  EXPECT_EQ(runner_.rows.levels.Find({"b", "w1"}), nullptr);
}

TEST_F(StockCommandsTest, AdjustMayTakeReservedUnits) {
  Stock("a", "w1", 5);
  Hold("r1", {{"a", 5}});
  auto adjusted = Adjust("a", "w1", -2);
  ASSERT_EQ(Answer(adjusted), "OK");
  EXPECT_EQ(adjusted->stock_level().available(), -2);
}

TEST_F(StockCommandsTest, EtagMustBeTheLevelsVersion) {
  EXPECT_EQ(Answer(Set("a", "w1", 1, "1")), "ABORTED ETAG_MISMATCH actual=0 expected=1");
  ASSERT_EQ(Answer(Set("a", "w1", 1, "0")), "OK");
  EXPECT_EQ(Answer(Set("a", "w1", 2, "0")), "ABORTED ETAG_MISMATCH actual=1 expected=0");
  EXPECT_EQ(Answer(Adjust("a", "w1", 1, "2")), "ABORTED ETAG_MISMATCH actual=1 expected=2");
  EXPECT_EQ(Answer(SetSafety("a", "w1", 1, "x")), "ABORTED ETAG_MISMATCH actual=1 expected=x");
  EXPECT_EQ(movements(), 1);
  EXPECT_EQ(Answer(Set("a", "w1", 2, "1")), "OK");
  EXPECT_EQ(Answer(Adjust("a", "w1", 1, "2")), "OK");
  EXPECT_EQ(Answer(SetSafety("a", "w1", 1, "3")), "OK");
  EXPECT_EQ(Answer(SetSafety("a", "w2", 1, "0")), "OK");
}

TEST_F(StockCommandsTest, EtagOfAnUnchangedLevelMustMatchToo) {
  Stock("a", "w1", 1);
  EXPECT_EQ(Answer(Set("a", "w1", 1, "9")), "ABORTED ETAG_MISMATCH actual=1 expected=9");
}

TEST_F(StockCommandsTest, WarehouseMustExist) {
  const std::string refused = "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w9";
  EXPECT_EQ(Answer(Set("a", "w9", 1)), refused);
  EXPECT_EQ(Answer(Adjust("a", "w9", 1)), refused);
  EXPECT_EQ(Answer(SetSafety("a", "w9", 1)), refused);
  Warehouse("w1").delete_time = runner_.now;
  EXPECT_EQ(Answer(Set("a", "w1", 1)), "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w1");
  EXPECT_EQ(movements(), 0);
}

TEST_F(StockCommandsTest, InactiveWarehousesAreCountedToo) {
  Warehouse("w1").active = false;
  EXPECT_EQ(Answer(Set("a", "w1", 1)), "OK");
}

TEST_F(StockCommandsTest, UntrackedItemsAreNeverCounted) {
  Item("a").tracked = false;
  const std::string refused = "FAILED_PRECONDITION ITEM_UNTRACKED sku=a";
  EXPECT_EQ(Answer(Set("a", "w1", 1)), refused);
  EXPECT_EQ(Answer(Adjust("a", "w1", 1)), refused);
  EXPECT_EQ(Answer(SetSafety("a", "w1", 1)), refused);
  EXPECT_EQ(movements(), 0);
}

TEST_F(StockCommandsTest, NoLevelHoldsMoreThanTheMost) {
  ASSERT_EQ(Answer(Set("a", "w1", kMaxQuantity)), "OK");
  EXPECT_EQ(Answer(Adjust("a", "w1", 1)), "INVALID_ARGUMENT QUANTITY_OUT_OF_RANGE sku=a");
  EXPECT_EQ(Answer(Adjust("a", "w1", kMaxQuantity)), "INVALID_ARGUMENT QUANTITY_OUT_OF_RANGE sku=a");
  EXPECT_EQ(At("a", "w1").on_hand, kMaxQuantity);
  ASSERT_EQ(Answer(SetSafety("a", "w1", kMaxQuantity)), "OK");
  EXPECT_EQ(Answer(Adjust("a", "w1", -kMaxQuantity)), "OK");
  EXPECT_EQ(At("a", "w1").available(), -kMaxQuantity);
}

TEST_F(StockCommandsTest, EveryFieldIsCheckedAndAllViolationsListed) {
  v1::SetStockRequest set;
  set.set_request_id("a b");
  set.set_on_hand(-1);
  set.set_reason(std::string(256, 'x'));
  EXPECT_EQ(Answer(runner_.Call<v1::SetStockResponse>(set)),
            "INVALID_ARGUMENT INVALID_FIELDS sku warehouse_id on_hand reason request_id");
  EXPECT_EQ(Answer(Set("a", "w1", kMaxQuantity + 1)), "INVALID_ARGUMENT INVALID_FIELDS on_hand");
  EXPECT_EQ(Answer(Set("a ", "w/1", std::numeric_limits<int64_t>::min())),
            "INVALID_ARGUMENT INVALID_FIELDS sku warehouse_id on_hand");
  EXPECT_EQ(Answer(Adjust("a", "w1", 0)), "INVALID_ARGUMENT INVALID_FIELDS delta");
  EXPECT_EQ(Answer(Adjust("a", "w1", kMaxQuantity + 1)), "INVALID_ARGUMENT INVALID_FIELDS delta");
  EXPECT_EQ(Answer(Adjust("a", "w1", -kMaxQuantity - 1)), "INVALID_ARGUMENT INVALID_FIELDS delta");
  EXPECT_EQ(Answer(SetSafety("", "", -1)), "INVALID_ARGUMENT INVALID_FIELDS sku warehouse_id safety_stock");
  EXPECT_EQ(Answer(SetSafety("a", "w1", kMaxQuantity + 1)), "INVALID_ARGUMENT INVALID_FIELDS safety_stock");
}

TEST_F(StockCommandsTest, SkusThatDifferInAnyByteAreOthers) {
  Stock("abc", "w1", 1);
  Stock("ABC", "w1", 2);
  Stock("abc\u00E4", "w1", 3);
  Stock("abca\u0308", "w1", 4);
  EXPECT_EQ(runner_.rows.levels.All().size(), 4);
  EXPECT_EQ(At("abc", "w1").on_hand, 1);
  EXPECT_EQ(At("ABC", "w1").on_hand, 2);
}

TEST_F(StockCommandsTest, WritesReleaseDeadHoldsFirst) {
  Stock("a", "w1", 5);
  Hold("r1", {{"a", 5}});
  runner_.now += absl::Minutes(15);
  auto adjusted = Adjust("a", "w1", 1);
  ASSERT_EQ(Answer(adjusted), "OK");
  EXPECT_EQ(adjusted->stock_level().reserved(), 0);
  EXPECT_EQ(adjusted->stock_level().available(), 6);
  EXPECT_EQ(adjusted->movement().version(), 4);
}

}  // namespace
}  // namespace inventory
