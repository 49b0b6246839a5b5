#include "server/pipeline/work.h"

#include <map>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/errors.h"
#include "tests/unit/invariants.h"

namespace inventory::pipeline {
namespace {

using storage::MovementRecord;
using storage::MovementType;
using storage::Quantities;
using testing::ElementsAre;
using testing::IsEmpty;

class WorkTest : public testing::Test {
 protected:
  WorkTest() {
    LoadItem("a");
    LoadItem("b");
  }

  void LoadItem(const std::string& sku, int64_t default_safety_stock = 0) {
    storage::ItemRecord item;
    item.sku = sku;
    item.default_safety_stock = default_safety_stock;
    rows_.items.Load(item);
  }

  Work Start() {
    return Work(rows_, now_, configuration_, limits_, locked_,
                {.actor = "actor", .request_id = "request", .fresh_id = "fresh"});
  }

  // Makes the movement by a command of its own.
  absl::Status Move(const std::string& sku, const std::string& warehouse_id, const Quantities& delta) {
    Work work = Start();
    return work.Apply({.sku = sku, .warehouse_id = warehouse_id, .type = MovementType::kAdjust, .delta = delta})
        .status();
  }

  Quantities At(const std::string& sku, const std::string& warehouse_id) const {
    return rows_.levels.Find({sku, warehouse_id})->quantities;
  }

  Rows rows_;
  absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  Configuration configuration_;
  CommandLimits limits_;
  std::set<std::string> locked_ = {"a", "b"};
};

TEST_F(WorkTest, NumbersMovementsDenselyPerLevelAndPerSku) {
  for (const auto& [sku, warehouse_id] : std::vector<std::pair<std::string, std::string>>{
           {"a", "w1"}, {"a", "w2"}, {"b", "w1"}, {"a", "w1"}, {"a", "w2"}, {"b", "w1"}}) {
    ASSERT_TRUE(Move(sku, warehouse_id, {.on_hand = 1}).ok());
  }
  std::vector<int64_t> sequences;
  std::vector<int64_t> versions;
  for (const MovementRecord& movement : rows_.movements) {
    sequences.push_back(movement.sequence);
    versions.push_back(movement.version);
  }
  EXPECT_THAT(sequences, ElementsAre(1, 2, 1, 3, 4, 2));
  EXPECT_THAT(versions, ElementsAre(1, 1, 1, 2, 2, 2));
  EXPECT_EQ(rows_.items.Find("a")->sequence, 4);
  EXPECT_EQ(rows_.levels.Find({"a", "w2"})->version, 2);
  CheckInvariants(rows_);
}

TEST_F(WorkTest, ContinuesTheNumbersOfWhatIsStored) {
  rows_.items.Edit("a").sequence = 41;
  rows_.levels.Load(
      {.sku = "a", .warehouse_id = "w1", .quantities = {.on_hand = 5}, .version = 7, .update_time = now_});
  ASSERT_TRUE(Move("a", "w1", {.on_hand = -2}).ok());
  EXPECT_EQ(rows_.movements[0].sequence, 42);
  EXPECT_EQ(rows_.movements[0].version, 8);
  EXPECT_EQ(rows_.movements[0].balance, (Quantities{.on_hand = 3}));
}

TEST_F(WorkTest, AMovementSaysWhatWhoWhyWhenAndWhatIsLeft) {
  ASSERT_TRUE(Move("a", "w1", {.on_hand = 9}).ok());
  now_ += absl::Seconds(1);
  Work work = Start();
  auto made = work.Apply({.sku = "a",
                          .warehouse_id = "w1",
                          .type = MovementType::kReserve,
                          .delta = {.reserved = 4},
                          .reason = "reason",
                          .document_id = "document"});
  ASSERT_TRUE(made.ok());
  const MovementRecord& movement = **made;
  EXPECT_EQ(movement.sku, "a");
  EXPECT_EQ(movement.warehouse_id, "w1");
  EXPECT_EQ(movement.type, MovementType::kReserve);
  EXPECT_EQ(movement.delta, (Quantities{.reserved = 4}));
  EXPECT_EQ(movement.balance, (Quantities{.on_hand = 9, .reserved = 4}));
  EXPECT_EQ(movement.reason, "reason");
  EXPECT_EQ(movement.actor, "actor");
  EXPECT_EQ(movement.document_id, "document");
  EXPECT_EQ(movement.request_id, "request");
  EXPECT_EQ(movement.create_time, now_);
  EXPECT_EQ(rows_.levels.Find({"a", "w1"})->update_time, now_);
  EXPECT_EQ(rows_.items.Find("a")->last_movement_time, now_);
}

TEST_F(WorkTest, MovementsAreThoseOfThisCommandOnly) {
  ASSERT_TRUE(Move("a", "w1", {.on_hand = 1}).ok());
  Work work = Start();
  EXPECT_THAT(work.movements(), IsEmpty());
  ASSERT_TRUE(work.Apply({.sku = "b", .warehouse_id = "w1", .type = MovementType::kSet, .delta = {}}).ok());
  ASSERT_EQ(work.movements().size(), 1);
  EXPECT_EQ(work.movements()[0]->sku, "b");
}

TEST_F(WorkTest, ANewLevelStartsWithTheDefaultSafetyStock) {
  LoadItem("c", /*default_safety_stock=*/3);
  ASSERT_TRUE(Move("c", "w1", {.on_hand = 5}).ok());
  EXPECT_EQ(At("c", "w1"), (Quantities{.on_hand = 5, .safety_stock = 3}));
  ASSERT_EQ(rows_.movements.size(), 2);
  EXPECT_EQ(rows_.movements[0].type, MovementType::kSafetyStock);
  ASSERT_TRUE(Move("c", "w1", {.on_hand = 5}).ok());
  EXPECT_EQ(rows_.movements.size(), 3);
  CheckInvariants(rows_);
}

TEST_F(WorkTest, NoBucketFallsBelowZeroAndUndoLeavesNothing) {
  ASSERT_TRUE(Move("a", "w1", {1, 1, 1, 1, 1}).ok());
  rows_.Mark();
  for (const Quantities& delta : {Quantities{.on_hand = -2}, Quantities{.reserved = -2}, Quantities{.safety_stock = -2},
                                  Quantities{.damaged = -2}, Quantities{.quality_control = -2}}) {
    Work work = Start();
    ASSERT_TRUE(work.Apply({.sku = "b", .warehouse_id = "w1", .type = MovementType::kSet, .delta = {5}}).ok());
    const absl::Status refused =
        work.Apply({.sku = "a", .warehouse_id = "w1", .type = MovementType::kSet, .delta = delta}).status();
    EXPECT_EQ(ReasonOf(refused), "STOCK_MISMATCH");
    EXPECT_EQ(refused.code(), absl::StatusCode::kInternal) << refused;
    rows_.Undo();
    EXPECT_EQ(At("a", "w1"), (Quantities{1, 1, 1, 1, 1}));
    EXPECT_EQ(rows_.levels.Find({"b", "w1"}), nullptr);
    EXPECT_EQ(rows_.items.Find("b")->sequence, 0);
    EXPECT_EQ(rows_.movements.size(), 1);
  }
}

TEST_F(WorkTest, ARefusedFirstWriteLeavesNoLevelAfterUndo) {
  EXPECT_FALSE(Move("a", "w1", {.on_hand = -1}).ok());
  rows_.Undo();
  EXPECT_EQ(rows_.levels.Find({"a", "w1"}), nullptr);
  EXPECT_THAT(rows_.levels.Written(), IsEmpty());
}

TEST_F(WorkTest, NoBucketHoldsMoreThanTheMost) {
  ASSERT_TRUE(Move("a", "w1", {.on_hand = kMaxQuantity}).ok());
  const absl::Status refused = Move("a", "w1", {.on_hand = 1});
  EXPECT_EQ(refused.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(refused), "QUANTITY_OUT_OF_RANGE");
  EXPECT_EQ(ReasonOf(Move("b", "w1", {.safety_stock = kMaxQuantity + 1})), "QUANTITY_OUT_OF_RANGE");
}

TEST_F(WorkTest, ASkuWithoutItsRowCannotMove) {
  EXPECT_EQ(Move("c", "w1", {.on_hand = 1}).code(), absl::StatusCode::kInternal);
  EXPECT_THAT(rows_.movements, IsEmpty());
}

TEST_F(WorkTest, AnAttemptThatFailsTakesOnlyItsOwnChangesBack) {
  Work work = Start();
  const auto add = [&work](int64_t units) {
    return work.Apply({.sku = "a", .warehouse_id = "w1", .type = MovementType::kAdjust, .delta = {.on_hand = units}})
        .status();
  };
  ASSERT_TRUE(work.Attempt([&] { return add(5); }).ok());
  const absl::Status failed = work.Attempt([&] {
    EXPECT_TRUE(add(3).ok());
    return add(-9);
  });
  EXPECT_EQ(failed.code(), absl::StatusCode::kInternal);
  EXPECT_EQ(At("a", "w1").on_hand, 5);
  ASSERT_TRUE(add(1).ok());
  EXPECT_EQ(work.movements().size(), 2);
  EXPECT_EQ(work.movements().back()->version, 2);
  CheckInvariants(rows_);
}

TEST_F(WorkTest, ItemHasDefaultsWhereNoneIsStored) {
  Work work = Start();
  EXPECT_TRUE(work.item("unknown").tracked);
  EXPECT_EQ(work.item("unknown").max_order_quantity, 10'000);
  EXPECT_EQ(work.item("a").sku, "a");
}

TEST_F(WorkTest, FindsThePartsOfOneOwnerOnly) {
  for (const char* id : {"r", "r1", "r2"}) {
    for (const char* sku : {"a", "ab", "b"}) {
      rows_.reservation_lines.Load({.reservation_id = id, .sku = sku});
      for (const char* warehouse_id : {"w1", "w2"}) {
        rows_.allocations.Load({.reservation_id = id, .sku = sku, .warehouse_id = warehouse_id});
      }
    }
    rows_.shipment_lines.Load({.shipment_id = id, .sku = "a", .allocated_from = "w1"});
  }
  rows_.levels.Load({.sku = "a", .warehouse_id = "w1", .update_time = now_});
  rows_.levels.Load({.sku = "ab", .warehouse_id = "w1", .update_time = now_});
  Work work = Start();
  EXPECT_EQ(work.LinesOf("r1").size(), 3);
  EXPECT_EQ(work.AllocationsOf("r1").size(), 6);
  EXPECT_EQ(work.AllocationsOf("r1", "a").size(), 2);
  EXPECT_EQ(work.ShipmentLinesOf("r").size(), 1);
  EXPECT_EQ(work.LevelsOf("a").size(), 1);
  EXPECT_THAT(work.LinesOf("r3"), IsEmpty());
  EXPECT_THAT(work.LevelsOf("c"), IsEmpty());
}

TEST_F(WorkTest, RequireCollectsTheSkusThatAreNotLocked) {
  Work work = Start();
  EXPECT_TRUE(work.Require("a"));
  EXPECT_FALSE(work.Require("x"));
  EXPECT_FALSE(work.Require("y"));
  EXPECT_FALSE(work.Require("x"));
  EXPECT_THAT(work.required(), ElementsAre("x", "y"));
}

TEST_F(WorkTest, RequireHoldersCollectsTheSkusThatTheBatchHasNotLookedAt) {
  Work work = Start();
  EXPECT_FALSE(work.RequireHolders("a"));
  const std::map<std::string, std::vector<std::string>> holders = {{"b", {}}};
  work.holders = &holders;
  EXPECT_TRUE(work.RequireHolders("b"));
  EXPECT_FALSE(work.RequireHolders("c"));
  EXPECT_THAT(work.required_holders(), ElementsAre("a", "c"));
}

}  // namespace
}  // namespace inventory::pipeline
