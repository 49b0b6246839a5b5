// Goal: what retention leaves of a ledger says of every moment it still knows what the whole ledger said.
#include "server/background/fold_movements.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/stock.pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using background::FoldMovements;
using storage::MovementRecord;
using storage::MovementType;
using testing::ElementsAre;

class FoldMovementsTest : public RuleTest {
 protected:
  // Adjusts a level of "a", an hour after the last time.
  void Adjust(const std::string& warehouse_id, int64_t delta) {
    v1::AdjustStockRequest request;
    request.set_sku("a");
    request.set_warehouse_id(warehouse_id);
    request.set_delta(delta);
    request.set_reason("reason");
    runner_.now += absl::Hours(1);
    ASSERT_EQ(Answer(runner_.Call<v1::AdjustStockResponse>(request)), "OK");
  }

  // Folds all of "a" that is older than the age, in steps of so many movements, and says how many there were.
  int Fold(absl::Duration age, int64_t limit = 1000) {
    FoldMovements::Progress progress;
    int steps = 0;
    do {
      FoldMovements command("a", runner_.now - age, limit, progress);
      const std::size_t before = runner_.rows.movements.size();
      EXPECT_EQ(Answer(runner_.RunCommand(command)), "OK");
      EXPECT_LE(before - runner_.rows.movements.size(), static_cast<std::size_t>(limit));
      ++steps;
    } while (progress.more);
    return steps;
  }

  // "w1 3 = 12 of 2" for a movement that makes version 3 and changes on_hand by 2 to 12; a balance forward ends in
  // "...".
  std::vector<std::string> Ledger() const {
    std::vector<std::string> shown;
    for (const MovementRecord& movement : runner_.rows.movements) {
      const char* end = movement.type == MovementType::kBalanceForward ? "..." : "";
      shown.push_back(absl::StrCat(movement.warehouse_id, " ", movement.version, " = ", movement.balance.on_hand,
                                   " of ", movement.delta.on_hand, end));
    }
    return shown;
  }
};

TEST_F(FoldMovementsTest, TheLastOldMovementOfALevelStandsForAllBefore) {
  Adjust("w1", 5);
  Adjust("w2", 1);
  Adjust("w1", 3);
  Adjust("w1", -2);
  Adjust("w2", 4);
  Adjust("w1", 10);
  const auto levels = Now();
  const std::vector<MovementRecord> before = runner_.rows.movements;
  Fold(absl::Minutes(90));
  EXPECT_THAT(Ledger(), ElementsAre("w2 1 = 1 of 1", "w1 3 = 6 of 6...", "w2 2 = 5 of 4", "w1 4 = 16 of 10"));
  EXPECT_EQ(Now(), levels);
  const MovementRecord& forward = runner_.rows.movements[1];
  EXPECT_EQ(forward.sequence, 4);
  EXPECT_EQ(forward.create_time, before[3].create_time);
  EXPECT_EQ(forward.actor, "system");
  EXPECT_EQ(forward.reason, "");
  EXPECT_EQ(runner_.rows.movements.back(), before.back());
}

TEST_F(FoldMovementsTest, TheStepsDoNotMatter) {
  for (int i = 0; i < 20; ++i) Adjust(i % 3 == 0 ? "w1" : "w2", 1 + i);
  const auto levels = Now();
  std::vector<std::vector<std::string>> ledgers;
  const std::vector<MovementRecord> whole = runner_.rows.movements;
  for (const int64_t limit : {1, 2, 3, 7, 16, 17, 1000}) {
    runner_.rows.movements = whole;
    EXPECT_EQ(Fold(absl::Minutes(210), limit), 16 / limit + 1) << limit;
    ledgers.push_back(Ledger());
    EXPECT_EQ(ledgers.back(), ledgers.front()) << limit;
    EXPECT_EQ(Now(), levels);
  }
  EXPECT_EQ(ledgers.front().size(), 2u + 4u);
}

TEST_F(FoldMovementsTest, FoldingAgainGoesOnFromTheBalance) {
  for (int i = 0; i < 4; ++i) Adjust("w1", 1);
  Fold(absl::Minutes(150));
  EXPECT_THAT(Ledger(), ElementsAre("w1 1 = 1 of 1", "w1 2 = 2 of 1", "w1 3 = 3 of 1", "w1 4 = 4 of 1"));
  Fold(absl::Minutes(90));
  EXPECT_THAT(Ledger(), ElementsAre("w1 2 = 2 of 2...", "w1 3 = 3 of 1", "w1 4 = 4 of 1"));
  Fold(absl::Minutes(90));
  EXPECT_THAT(Ledger(), ElementsAre("w1 2 = 2 of 2...", "w1 3 = 3 of 1", "w1 4 = 4 of 1"));
  Fold(absl::ZeroDuration());
  EXPECT_THAT(Ledger(), ElementsAre("w1 3 = 3 of 3...", "w1 4 = 4 of 1"));
  Adjust("w1", 1);
  Fold(-absl::Hours(1));
  EXPECT_THAT(Ledger(), ElementsAre("w1 5 = 5 of 5..."));
}

TEST_F(FoldMovementsTest, AMovementThatStandsAloneStaysAsItIs) {
  Adjust("w1", 5);
  Adjust("w2", 6);
  Fold(-absl::Hours(1));
  EXPECT_THAT(Ledger(), ElementsAre("w1 1 = 5 of 5", "w2 1 = 6 of 6"));
  EXPECT_EQ(runner_.rows.movements.front().reason, "reason");
}

TEST_F(FoldMovementsTest, ReservationsGoOnAfterIt) {
  Adjust("w1", 5);
  Hold("r", {{"a", 3}});
  runner_.now += absl::Minutes(1);
  Fold(absl::ZeroDuration());
  EXPECT_EQ(runner_.rows.movements.size(), 1u);
  EXPECT_EQ(runner_.rows.movements.front().delta.reserved, 3);
  ASSERT_EQ(Answer(Cancel("r")), "OK");
  EXPECT_EQ(At("a", "w1").reserved, 0);
}

TEST_F(FoldMovementsTest, WhatDoesNotAddUpStaysAsItIs) {
  runner_.check_invariants = false;
  for (int i = 0; i < 4; ++i) Adjust("w1", 1);
  const std::vector<MovementRecord> whole = runner_.rows.movements;
  // One is missing, one was changed, the first is missing.
  runner_.rows.movements.erase(runner_.rows.movements.begin() + 1);
  Fold(absl::ZeroDuration());
  EXPECT_THAT(Ledger(), ElementsAre("w1 1 = 1 of 1", "w1 3 = 3 of 1", "w1 4 = 4 of 1"));
  runner_.rows.movements = whole;
  runner_.rows.movements[1].delta.on_hand = 2;
  Fold(absl::ZeroDuration());
  EXPECT_EQ(runner_.rows.movements.size(), 4u);
  runner_.rows.movements = whole;
  runner_.rows.movements.erase(runner_.rows.movements.begin());
  Fold(absl::ZeroDuration());
  EXPECT_EQ(runner_.rows.movements.size(), 3u);
}

}  // namespace
}  // namespace inventory
