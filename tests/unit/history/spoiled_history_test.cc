// Each fault that the check of histories is for is found in a sound history that was spoiled by it, and by its name.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "tests/history/check.h"
#include "tests/unit/history/sound_history.h"

namespace inventory::history {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using Kind = Violation::Kind;
using Kinds = std::set<std::string>;

Kinds KindsIn(const History& history) {
  Kinds kinds;
  for (const Violation& violation : Check(history)) kinds.insert(std::string(NameOf(violation.kind)));
  return kinds;
}

class SpoiledHistoryTest : public ::testing::TestWithParam<unsigned> {
 protected:
  SpoiledHistoryTest() : sound_(GetParam()) {}

  History& history() { return sound_.history(); }
  SoundHistory& sound() { return sound_; }
  Write& AnyCount() { return sound_.AnyWrite(1, v1::MOVEMENT_TYPE_ADJUST); }
  Write& AnyOrder() { return sound_.AnyWrite(2, v1::MOVEMENT_TYPE_RESERVE); }
  // A read that began after the write had ended, and whose ledger goes on after it.
  Read& ReadAfter(const Write& write) {
    Read read = {.start = write.finish + absl::Milliseconds(1), .finish = write.finish + absl::Milliseconds(2)};
    return history().reads.emplace_back(read);
  }
  void Expect(Kind kind) { EXPECT_THAT(KindsIn(history()), Contains(std::string(NameOf(kind)))); }

 private:
  SoundHistory sound_;
};

INSTANTIATE_TEST_SUITE_P(Seeds, SpoiledHistoryTest, ::testing::Range(1u, 9u));

TEST_P(SpoiledHistoryTest, ASoundOneIsAccepted) {
  for (const Violation& violation : Check(history())) ADD_FAILURE() << NameOf(violation.kind) << ": " << violation.what;
}

TEST_P(SpoiledHistoryTest, ALostWriteIsFound) {
  sound().Undo(AnyOrder());
  Expect(Kind::kLost);
}

TEST_P(SpoiledHistoryTest, AWriteThatLeftNoGapIsFoundToBeLost) {
  const Write& write = history().writes.back().end == Write::End::kAcknowledged ? history().writes.back() : AnyCount();
  sound().Undo(write);
  Expect(Kind::kLost);
}

TEST_P(SpoiledHistoryTest, ADoubledWriteIsFound) {
  sound().Redo(AnyOrder());
  EXPECT_THAT(KindsIn(history()), Contains("doubled"));
}

TEST_P(SpoiledHistoryTest, ADoubledWriteWhoseEndNobodyLearntIsFound) {
  Write& write = AnyCount();
  sound().Redo(write);
  write.end = Write::End::kUnknown;
  write.movements.clear();
  write.level.reset();
  EXPECT_EQ(KindsIn(history()), Kinds{"doubled"});
}

TEST_P(SpoiledHistoryTest, AWriteThatWasRefusedAndDoneIsFound) {
  AnyOrder().end = Write::End::kRefused;
  EXPECT_EQ(KindsIn(history()), Kinds{"refused and done"});
}

TEST_P(SpoiledHistoryTest, AnUnknownWriteMayBeDoneOrNot) {
  Write& done = AnyOrder();
  done.end = Write::End::kUnknown;
  done.movements.clear();
  Write never = done;
  never.request_id = "never";
  history().writes.push_back(never);
  EXPECT_THAT(KindsIn(history()), IsEmpty());
}

TEST_P(SpoiledHistoryTest, AWriteOfWhichOnlyAPartIsDoneIsFound) {
  Write& write = AnyOrder();
  const v1::LevelVersion told = write.movements.back();
  write.end = Write::End::kUnknown;
  write.movements.clear();
  sound().MovementOf(told).set_request_id(history().writes.front().request_id);
  Expect(Kind::kTorn);
}

TEST_P(SpoiledHistoryTest, AMovementOfNobodyIsFound) {
  const Write write = AnyCount();
  std::erase_if(history().writes, [&](const Write& other) { return other.request_id == write.request_id; });
  EXPECT_EQ(KindsIn(history()), Kinds{"invented"});
}

TEST_P(SpoiledHistoryTest, AVersionThatWasGivenTwiceIsFound) {
  Write& write = AnyCount();
  write.movements[0].set_version(write.movements[0].version() - 1);
  EXPECT_EQ(KindsIn(history()), Kinds{"wrong answer"});
}

TEST_P(SpoiledHistoryTest, AnAnswerThatShowsAnotherLevelIsFound) {
  Write& write = AnyCount();
  write.level->set_on_hand(write.level->on_hand() + 1);
  EXPECT_EQ(KindsIn(history()), Kinds{"wrong answer"});
}

TEST_P(SpoiledHistoryTest, WritesInAnOrderThatCannotBeAreFound) {
  // Both are in the ledger as they were answered, but the later one had ended before the earlier one began.
  Write& later = AnyCount();
  const auto earlier = std::find_if(history().writes.begin(), history().writes.end(), [&](const Write& write) {
    return !write.movements.empty() && write.movements[0].sku() == later.movements[0].sku();
  });
  ASSERT_NE(earlier, history().writes.end());
  later.start = earlier->start - absl::Seconds(2);
  later.finish = earlier->start - absl::Seconds(1);
  Expect(Kind::kOrder);
}

TEST_P(SpoiledHistoryTest, AnUnknownWriteThatWasDoneBeforeItWasAskedForIsFound) {
  // Others have seen long before what came after it.
  Write& write = *std::find_if(history().writes.begin(), history().writes.end(),
                               [](const Write& other) { return other.movements.size() == 1; });
  write.end = Write::End::kUnknown;
  write.movements.clear();
  write.level.reset();
  write.start = write.finish = absl::FromUnixSeconds(2'000'000);
  Expect(Kind::kOrder);
}

TEST_P(SpoiledHistoryTest, AStaleReadOfALevelIsFound) {
  const Write& write = AnyCount();
  const v1::LevelVersion& told = write.movements[0];
  // The set-up's, which was the first of every level.
  const auto& ledger = history().ledgers.at(told.sku());
  const auto first = std::find_if(ledger.begin(), ledger.end(), [&](const v1::Movement& movement) {
    return movement.warehouse_id() == told.warehouse_id();
  });
  v1::StockLevel& level = ReadAfter(write).level.emplace();
  level.set_sku(told.sku());
  level.set_warehouse_id(told.warehouse_id());
  level.set_version(1);
  level.set_on_hand(first->balance().on_hand());
  EXPECT_EQ(KindsIn(history()), Kinds{"stale read"});
}

TEST_P(SpoiledHistoryTest, AReadThatIsStaleTowardsAnotherReadIsFound) {
  Read newer = *std::find_if(history().reads.rbegin(), history().reads.rend(),
                             [](const Read& read) { return read.level && read.level->version() > 1; });
  const auto& ledger = history().ledgers.at(newer.level->sku());
  Read older = newer;
  older.start = newer.finish + absl::Milliseconds(1);
  older.finish = newer.finish + absl::Milliseconds(2);
  older.level->set_version(1);
  for (const v1::Movement& movement : ledger) {
    if (movement.warehouse_id() != newer.level->warehouse_id() || movement.version() != 1) continue;
    older.level->set_on_hand(movement.balance().on_hand());
    older.level->set_reserved(movement.balance().reserved());
  }
  history().reads.push_back(older);
  // All writes are unknown, so that only the other read tells.
  for (Write& write : history().writes) {
    if (write.end != Write::End::kAcknowledged) continue;
    write.end = Write::End::kUnknown;
    write.movements.clear();
    write.level.reset();
  }
  EXPECT_EQ(KindsIn(history()), Kinds{"stale read"});
}

TEST_P(SpoiledHistoryTest, AStaleReadOfAvailabilityIsFound) {
  Read& read = ReadAfter(history().writes.back());
  read.start = read.finish = absl::FromUnixSeconds(2'000'000);
  read.sku = "x";
  read.channel_id = "web";
  std::map<std::string, int64_t> last;
  for (const v1::Movement& movement : history().ledgers.at("x")) {
    last[movement.warehouse_id()] = Available(movement.balance());
  }
  read.available = last["a"] + last["b"];
  EXPECT_THAT(KindsIn(history()), IsEmpty());
  read.available += 1000;
  EXPECT_EQ(KindsIn(history()), Kinds{"stale read"});
}

TEST_P(SpoiledHistoryTest, AReadOfWhatWasNotAskedForYetIsFound) {
  Read& read = history().reads.emplace_back(*std::find_if(history().reads.rbegin(), history().reads.rend(),
                                                          [](const Read& other) { return other.level.has_value(); }));
  read.start = read.finish = absl::FromUnixSeconds(0);
  Expect(Kind::kFuture);
}

// A database that dies may take back what only reads have seen; but no read may miss what was acknowledged.
TEST_P(SpoiledHistoryTest, AReadOfWhatVanishedIsAcceptedUnlessItIsStale) {
  const Write& write = AnyCount();
  Read& read = ReadAfter(write);
  read.level = write.level;
  read.level->set_version(1'000'000);
  Expect(Kind::kAnswer);
  read.may_vanish = true;
  EXPECT_THAT(KindsIn(history()), IsEmpty());
  read.level->set_version(1);
  EXPECT_EQ(KindsIn(history()), Kinds{"stale read"});
}

TEST_P(SpoiledHistoryTest, OversellingIsFound) {
  const Write& write = AnyOrder();
  v1::Movement& movement = sound().MovementOf(write.movements[0]);
  const int64_t more = Available(movement.balance()) + 1;
  movement.mutable_delta()->set_reserved(movement.delta().reserved() + more);
  movement.mutable_balance()->set_reserved(movement.balance().reserved() + more);
  Expect(Kind::kOversold);
}

TEST_P(SpoiledHistoryTest, ABalanceThatIsNotTheSumIsFound) {
  v1::Movement& last = history().ledgers.at("y").back();
  last.mutable_balance()->set_incoming(1);
  Expect(Kind::kLedger);
}

TEST_P(SpoiledHistoryTest, ANumberThatIsMissingIsFound) {
  history().ledgers.at("y").erase(history().ledgers.at("y").begin() + 1);
  Expect(Kind::kLedger);
}

// A hold until second 100, by the database's clock.
class HoldTest : public ::testing::Test {
 protected:
  HoldTest() {
    history_.channels = {{"web", {"a"}}};
    Write& write = history_.writes.emplace_back();
    write.request_id = "hold";
    write.reserves = "R";
    write.end = Write::End::kUnknown;
    v1::Reservation& reservation = write.reservation.emplace();
    reservation.set_reservation_id("R");
    reservation.set_state(v1::RESERVATION_STATE_HELD);
    reservation.mutable_expire_time()->set_seconds(100);
    std::vector<v1::Movement>& ledger = history_.ledgers["x"];
    ledger.resize(3);
    for (std::size_t i = 0; i < ledger.size(); ++i) {
      ledger[i].set_sku("x");
      ledger[i].set_warehouse_id("a");
      ledger[i].set_sequence(static_cast<int64_t>(i) + 1);
      ledger[i].set_version(ledger[i].sequence());
      ledger[i].mutable_balance()->set_on_hand(1);
    }
    history_.set_up = {"set-up"};
    ledger[0].set_request_id("set-up");
    ledger[0].set_type(v1::MOVEMENT_TYPE_SET);
    ledger[0].mutable_delta()->set_on_hand(1);
    ledger[1].set_request_id("hold");
    ledger[1].set_type(v1::MOVEMENT_TYPE_RESERVE);
    ledger[1].mutable_delta()->set_reserved(1);
    ledger[1].mutable_balance()->set_reserved(1);
    ledger[2].set_type(v1::MOVEMENT_TYPE_EXPIRE);
    ledger[2].mutable_delta()->set_reserved(-1);
    ledger[2].set_document_id("R");
    ledger[2].mutable_create_time()->set_seconds(100);
  }

  v1::Movement& end() { return history_.ledgers["x"][2]; }
  History history_;
};

TEST_F(HoldTest, OneThatEndsInTimeIsAccepted) { EXPECT_THAT(KindsIn(history_), IsEmpty()); }

TEST_F(HoldTest, OneThatEndsEarlyIsFound) {
  end().mutable_create_time()->set_seconds(99);
  EXPECT_EQ(KindsIn(history_), Kinds{"expired early"});
}

// A service whose clock is ahead of the database's writes that into the ledger, too.
TEST_F(HoldTest, OneThatHasEndedEarlyWhateverTheLedgerSaysIsFound) {
  history_.end = absl::FromUnixSeconds(100);
  EXPECT_EQ(KindsIn(history_), Kinds{});
  history_.end = absl::FromUnixSeconds(99);
  EXPECT_EQ(KindsIn(history_), Kinds{"expired early"});
}

TEST_F(HoldTest, OneThatEndsAfterItWasConfirmedIsFound) {
  Write& confirm = history_.writes.emplace_back();
  confirm.request_id = "confirm";
  confirm.end = Write::End::kAcknowledged;
  confirm.reservation = history_.writes.front().reservation;
  confirm.reservation->set_state(v1::RESERVATION_STATE_COMMITTED);
  EXPECT_EQ(KindsIn(history_), Kinds{"expired early"});
}

}  // namespace
}  // namespace inventory::history
