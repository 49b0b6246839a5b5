// Goal: every unit on hand is in exactly one condition, whatever changes it.
#include <string>

#include "gtest/gtest.h"
#include "inventory/v1/stock.pb.h"
#include "server/pipeline/work.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::MovementType;
using storage::Quantities;

constexpr v1::StockCondition kSellable = v1::STOCK_CONDITION_SELLABLE;
constexpr v1::StockCondition kDamaged = v1::STOCK_CONDITION_DAMAGED;
constexpr v1::StockCondition kQualityControl = v1::STOCK_CONDITION_QUALITY_CONTROL;
constexpr v1::StockCondition kUnset = v1::STOCK_CONDITION_UNSPECIFIED;

class StockConditionsTest : public RuleTest {
 protected:
  // Of SKU a in w1.
  absl::StatusOr<v1::ReclassifyStockResponse> Reclassify(v1::StockCondition from, v1::StockCondition to,
                                                         int64_t quantity, const std::string& etag = "") {
    v1::ReclassifyStockRequest request;
    request.set_sku("a");
    request.set_warehouse_id("w1");
    request.set_from_condition(from);
    request.set_to_condition(to);
    request.set_quantity(quantity);
    request.set_reason("dropped");
    request.set_etag(etag);
    return runner_.Call<v1::ReclassifyStockResponse>(request);
  }

  absl::StatusOr<v1::AdjustStockResponse> Adjust(v1::StockCondition condition, int64_t delta) {
    v1::AdjustStockRequest request;
    request.set_sku("a");
    request.set_warehouse_id("w1");
    request.set_delta(delta);
    request.set_condition(condition);
    return runner_.Call<v1::AdjustStockResponse>(request);
  }

  absl::StatusOr<v1::SetStockResponse> Count(int64_t on_hand) {
    v1::SetStockRequest request;
    request.set_sku("a");
    request.set_warehouse_id("w1");
    request.set_on_hand(on_hand);
    return runner_.Call<v1::SetStockResponse>(request);
  }

  static std::string Insufficient(const std::string& metadata) {
    return "FAILED_PRECONDITION INSUFFICIENT_ON_HAND " + metadata + " warehouse_id=w1";
  }
};

TEST_F(StockConditionsTest, ReclassifyMovesUnitsWithinOnHand) {
  Stock("a", "w1", 10);
  auto moved = Reclassify(kSellable, kQualityControl, 4);
  ASSERT_EQ(Answer(moved), "OK");
  EXPECT_EQ(moved->stock_level().on_hand(), 10);
  EXPECT_EQ(moved->stock_level().quality_control(), 4);
  EXPECT_EQ(moved->stock_level().available(), 6);
  EXPECT_EQ(moved->movement().version(), 2);
  const storage::MovementRecord& movement = runner_.rows.movements.back();
  EXPECT_EQ(movement.type, MovementType::kReclassify);
  EXPECT_EQ(movement.delta, (Quantities{.quality_control = 4}));
  EXPECT_EQ(movement.reason, "dropped");

  ASSERT_EQ(Answer(Reclassify(kQualityControl, kDamaged, 1)), "OK");
  EXPECT_EQ(runner_.rows.movements.back().delta, (Quantities{.damaged = 1, .quality_control = -1}));
  ASSERT_EQ(Answer(Reclassify(kQualityControl, kUnset, 3)), "OK");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 10, .damaged = 1}));
}

TEST_F(StockConditionsTest, ReclassifyTakesNoMoreThanIsInTheCondition) {
  Stock("a", "w1", 10);
  ASSERT_EQ(Answer(Reclassify(kUnset, kDamaged, 3)), "OK");
  EXPECT_EQ(Answer(Reclassify(kSellable, kDamaged, 8)),
            Insufficient("condition=SELLABLE on_hand=10 requested=8 sku=a units=7"));
  EXPECT_EQ(Answer(Reclassify(kUnset, kQualityControl, 8)),
            Insufficient("condition=SELLABLE on_hand=10 requested=8 sku=a units=7"));
  EXPECT_EQ(Answer(Reclassify(kDamaged, kSellable, 4)),
            Insufficient("condition=DAMAGED on_hand=10 requested=4 sku=a units=3"));
  EXPECT_EQ(Answer(Reclassify(kQualityControl, kDamaged, 1)),
            Insufficient("condition=QUALITY_CONTROL on_hand=10 requested=1 sku=a units=0"));
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 10, .damaged = 3}));
}

TEST_F(StockConditionsTest, PromisedUnitsMayTurnOutDamaged) {
  Stock("a", "w1", 5);
  Hold("r1", {{"a", 5}});
  auto moved = Reclassify(kSellable, kDamaged, 2);
  ASSERT_EQ(Answer(moved), "OK");
  EXPECT_EQ(moved->stock_level().reserved(), 5);
  EXPECT_EQ(moved->stock_level().available(), -2);
}

TEST_F(StockConditionsTest, UnsellableUnitsAreNotPromised) {
  Stock("a", "w1", 5);
  ASSERT_EQ(Answer(Reclassify(kSellable, kDamaged, 2)), "OK");
  ASSERT_EQ(Answer(Reclassify(kSellable, kQualityControl, 2)), "OK");
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 2}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=1 requested=2 sku=a");
  ASSERT_EQ(Answer(Reclassify(kQualityControl, kSellable, 1)), "OK");
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 2}}))), "OK");
}

TEST_F(StockConditionsTest, UnsellableUnitsAreNotShipped) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  ASSERT_EQ(Answer(Reclassify(kSellable, kDamaged, 1)), "OK");
  ASSERT_EQ(Answer(CreateShipment(Parcel("s1", "r1", "w1"))), "OK");
  EXPECT_EQ(Answer(Ship("s1")), Insufficient("condition=SELLABLE on_hand=5 requested=5 sku=a units=4"));
  ASSERT_EQ(Answer(Reclassify(kDamaged, kSellable, 1)), "OK");
  EXPECT_EQ(Answer(Ship("s1")), "OK");
  EXPECT_EQ(At("a", "w1"), Quantities());
}

TEST_F(StockConditionsTest, ReclassifyChecksLevelWarehouseItemAndEtag) {
  Stock("a", "w1", 5);
  EXPECT_EQ(Answer(Reclassify(kSellable, kDamaged, 1, "2")), "ABORTED ETAG_MISMATCH actual=1 expected=2");
  EXPECT_EQ(Answer(Reclassify(kSellable, kDamaged, 1, "1")), "OK");
  Warehouse("w1").active = false;
  EXPECT_EQ(Answer(Reclassify(kSellable, kDamaged, 1)), "OK");
  Warehouse("w1").delete_time = runner_.now;
  EXPECT_EQ(Answer(Reclassify(kSellable, kDamaged, 1)), "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w1");
  Warehouse("w1").delete_time.reset();
  Item("a").tracked = false;
  EXPECT_EQ(Answer(Reclassify(kSellable, kDamaged, 1)), "FAILED_PRECONDITION ITEM_UNTRACKED sku=a");
}

TEST_F(StockConditionsTest, ReclassifyOfALevelThatWasNeverWrittenIsRefusedAndMakesNone) {
  EXPECT_EQ(Answer(Reclassify(kSellable, kDamaged, 1)),
            Insufficient("condition=SELLABLE on_hand=0 requested=1 sku=a units=0"));
  EXPECT_EQ(runner_.rows.levels.Find({"a", "w1"}), nullptr);
}

TEST_F(StockConditionsTest, ReclassifyListsAllViolations) {
  v1::ReclassifyStockRequest request;
  request.set_reason(std::string(256, 'x'));
  EXPECT_EQ(Answer(runner_.Call<v1::ReclassifyStockResponse>(request)),
            "INVALID_ARGUMENT INVALID_FIELDS sku warehouse_id quantity reason to_condition");
  const std::string same = "INVALID_ARGUMENT INVALID_FIELDS to_condition";
  EXPECT_EQ(Answer(Reclassify(kUnset, kSellable, 1)), same);
  EXPECT_EQ(Answer(Reclassify(kDamaged, kDamaged, 1)), same);
  const auto unknown = static_cast<v1::StockCondition>(4);
  EXPECT_EQ(Answer(Reclassify(kSellable, unknown, 1)), same);
  EXPECT_EQ(Answer(Reclassify(unknown, unknown, 1)), "INVALID_ARGUMENT INVALID_FIELDS from_condition to_condition");
  EXPECT_EQ(Answer(Reclassify(kSellable, kDamaged, pipeline::kMaxQuantity + 1)),
            "INVALID_ARGUMENT INVALID_FIELDS quantity");
}

TEST_F(StockConditionsTest, AdjustChangesOnHandAndTheConditionTogether) {
  Stock("a", "w1", 5);
  auto found = Adjust(kDamaged, 3);
  ASSERT_EQ(Answer(found), "OK");
  EXPECT_EQ(found->stock_level().on_hand(), 8);
  EXPECT_EQ(found->stock_level().damaged(), 3);
  EXPECT_EQ(found->stock_level().available(), 5);
  EXPECT_EQ(runner_.rows.movements.back().type, MovementType::kAdjust);
  EXPECT_EQ(runner_.rows.movements.back().delta, (Quantities{.on_hand = 3, .damaged = 3}));
  ASSERT_EQ(Answer(Adjust(kDamaged, -3)), "OK");
  ASSERT_EQ(Answer(Adjust(kQualityControl, 1)), "OK");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 6, .quality_control = 1}));
}

TEST_F(StockConditionsTest, AdjustTakesNoMoreThanIsInTheCondition) {
  Stock("a", "w1", 5);
  ASSERT_EQ(Answer(Adjust(kDamaged, 3)), "OK");
  EXPECT_EQ(Answer(Adjust(kDamaged, -4)), Insufficient("condition=DAMAGED delta=-4 on_hand=8 sku=a units=3"));
  EXPECT_EQ(Answer(Adjust(kQualityControl, -1)),
            Insufficient("condition=QUALITY_CONTROL delta=-1 on_hand=8 sku=a units=0"));
  EXPECT_EQ(Answer(Adjust(kUnset, -6)), Insufficient("condition=SELLABLE delta=-6 on_hand=8 sku=a units=5"));
  ASSERT_EQ(Answer(Adjust(kSellable, -5)), "OK");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 3, .damaged = 3}));
}

// The count does not say which of the unsellable units are missing.
TEST_F(StockConditionsTest, ACountBelowWhatIsUnsellableIsRefused) {
  Stock("a", "w1", 5);
  ASSERT_EQ(Answer(Reclassify(kSellable, kDamaged, 2)), "OK");
  ASSERT_EQ(Answer(Reclassify(kSellable, kQualityControl, 1)), "OK");
  EXPECT_EQ(Answer(Count(2)),
            "FAILED_PRECONDITION BELOW_UNSELLABLE damaged=2 on_hand=2 quality_control=1 sku=a warehouse_id=w1");
  EXPECT_EQ(At("a", "w1").on_hand, 5);
  auto counted = Count(3);
  ASSERT_EQ(Answer(counted), "OK");
  EXPECT_EQ(counted->stock_level().available(), 0);
  ASSERT_EQ(Answer(Adjust(kDamaged, -2)), "OK");
  EXPECT_EQ(Answer(Count(1)), "OK");
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 1, .quality_control = 1}));
}

TEST_F(StockConditionsTest, SafetyStockKnowsNoCondition) {
  Stock("a", "w1", 5);
  ASSERT_EQ(Answer(Reclassify(kSellable, kDamaged, 5)), "OK");
  v1::SetSafetyStockRequest request;
  request.set_sku("a");
  request.set_warehouse_id("w1");
  request.set_safety_stock(2);
  ASSERT_EQ(Answer(runner_.Call<v1::SetSafetyStockResponse>(request)), "OK");
  EXPECT_EQ(At("a", "w1").available(), -2);
}

}  // namespace
}  // namespace inventory
