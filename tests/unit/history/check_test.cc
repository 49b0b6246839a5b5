// The check of histories finds what it is for, in a short history made by hand.
#include "tests/history/check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"

namespace inventory::history {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

absl::Time At(int second) { return absl::FromUnixSeconds(second); }

// Of one SKU in one warehouse, "w", from which the channel "web" sells. All writes take a second and are acknowledged.
class HistoryTest : public ::testing::Test {
 protected:
  // Five units are there and seven are asked for; then two come for the order that waits, and one for the next.
  HistoryTest() {
    history_.channels = {{"web", {"w"}}};
    history_.set_up = {"set-up"};
    Move("set-up", v1::MOVEMENT_TYPE_SET, 5, 0);
    Call("first", 10);
    Move("first", v1::MOVEMENT_TYPE_RESERVE, 0, 5, "A");
    history_.writes.back().reserves = "A";
    v1::Reservation& waiting = history_.writes.back().reservation.emplace();
    waiting.set_state(v1::RESERVATION_STATE_COMMITTED);
    waiting.set_channel_id("web");
    waiting.add_lines()->set_sku("x");
    waiting.mutable_lines(0)->set_backordered_quantity(2);
  }
  void Finish() {
    Call("delivery", 20);
    Move("delivery", v1::MOVEMENT_TYPE_ADJUST, 2, 0);
    Follow("delivery", 2, "A");
    Call("count", 30);
    Move("count", v1::MOVEMENT_TYPE_ADJUST, 1, 0);
    Order("second", 40, 1);
  }

  Write& Call(const std::string& request_id, int start) {
    return history_.writes.emplace_back(
        Write{.request_id = request_id, .end = Write::End::kAcknowledged, .start = At(start), .finish = At(start + 1)});
  }
  void Order(const std::string& request_id, int start, int64_t units) {
    Call(request_id, start).reserves = "of-" + request_id;
    Move(request_id, v1::MOVEMENT_TYPE_RESERVE, 0, units, "of-" + request_id);
  }
  // A movement that the last write was told of, if it is its own.
  void Move(const std::string& request_id, v1::MovementType type, int64_t on_hand, int64_t reserved,
            const std::string& document_id = "") {
    const v1::Movement& made = Append(request_id, type, on_hand, reserved, document_id);
    if (history_.writes.empty() || history_.writes.back().request_id != request_id) return;
    v1::LevelVersion& told = history_.writes.back().movements.emplace_back();
    told.set_sku("x");
    told.set_warehouse_id("w");
    told.set_version(made.version());
    told.set_sequence(made.sequence());
  }
  void Follow(const std::string& request_id, int64_t reserved, const std::string& document_id) {
    Append(request_id, v1::MOVEMENT_TYPE_FILL, 0, reserved, document_id);
  }
  std::vector<v1::Movement>& ledger() { return history_.ledgers["x"]; }

  // What the check has to say.
  std::string Complaints() const {
    std::string complaints;
    for (const Violation& violation : Check(history_)) {
      absl::StrAppend(&complaints, std::string(NameOf(violation.kind)), ": ", violation.what, "\n");
    }
    return complaints;
  }

  History history_;

 private:
  v1::Movement& Append(const std::string& request_id, v1::MovementType type, int64_t on_hand, int64_t reserved,
                       const std::string& document_id) {
    v1::Movement movement;
    if (!ledger().empty()) *movement.mutable_balance() = ledger().back().balance();
    movement.set_sku("x");
    movement.set_warehouse_id("w");
    movement.set_sequence(static_cast<int64_t>(ledger().size()) + 1);
    movement.set_version(movement.sequence());
    movement.set_type(type);
    movement.mutable_delta()->set_on_hand(on_hand);
    movement.mutable_delta()->set_reserved(reserved);
    movement.mutable_balance()->set_on_hand(movement.balance().on_hand() + on_hand);
    movement.mutable_balance()->set_reserved(movement.balance().reserved() + reserved);
    movement.set_document_id(document_id);
    movement.set_request_id(request_id);
    return ledger().emplace_back(std::move(movement));
  }
};

TEST_F(HistoryTest, ASoundOneIsAccepted) {
  Finish();
  EXPECT_THAT(Complaints(), IsEmpty());
}

TEST_F(HistoryTest, WhoWaitsMustNotBeOvertaken) {
  Call("delivery", 20);
  Move("delivery", v1::MOVEMENT_TYPE_ADJUST, 2, 0);
  Order("second", 30, 1);
  EXPECT_THAT(Complaints(), HasSubstr("A waited and was overtaken"));
  // Who gave up, or may have, is not overtaken.
  Call("cancel", 25).gives_up = "A";
  EXPECT_THAT(Complaints(), IsEmpty());
}

TEST_F(HistoryTest, WhoAskedBeforeMustBeServedBefore) {
  history_.writes.back().finish = At(15);
  Order("second", 14, 0);
  ledger().pop_back();
  history_.writes.back().movements.clear();
  Call("delivery", 20);
  Move("delivery", v1::MOVEMENT_TYPE_ADJUST, 1, 0);
  Follow("delivery", 1, "of-second");
  // At the same time, so nobody knows who was the first.
  EXPECT_THAT(Complaints(), IsEmpty());
  history_.writes[0].finish = At(13);
  EXPECT_THAT(Complaints(), HasSubstr("A waited and was overtaken"));
}

TEST_F(HistoryTest, NothingIsPromisedThatIsNotAvailable) {
  Order("second", 20, 1);
  EXPECT_THAT(Complaints(), HasSubstr("oversold"));
}

TEST_F(HistoryTest, AcknowledgedWritesAreThereAsTheyWereAnswered) {
  Finish();
  history_.writes.back().movements[0].set_version(7);
  EXPECT_THAT(Complaints(), HasSubstr("wrong answer: second"));
  history_.writes.back().movements.clear();
  EXPECT_THAT(Complaints(), HasSubstr("second"));
}

TEST_F(HistoryTest, RefusedAndUnknownWritesAreThereAsOftenAsTheyMayBe) {
  Finish();
  history_.writes.back().end = Write::End::kUnknown;
  EXPECT_THAT(Complaints(), IsEmpty());
  history_.writes.back().end = Write::End::kRefused;
  EXPECT_THAT(Complaints(), HasSubstr("second was refused and done"));
  Write& twice = Call("twice", 50);
  Move("twice", v1::MOVEMENT_TYPE_ADJUST, 1, 0);
  Move("twice", v1::MOVEMENT_TYPE_ADJUST, 1, 0);
  twice.end = Write::End::kUnknown;
  EXPECT_THAT(Complaints(), HasSubstr("twice was done twice"));
}

TEST_F(HistoryTest, WritesOfNobodyAreFound) {
  Finish();
  Move("stranger", v1::MOVEMENT_TYPE_ADJUST, 1, 0);
  EXPECT_THAT(Complaints(), HasSubstr("nobody made the write stranger"));
}

TEST_F(HistoryTest, WritesStandInAnOrderInWhichTheyCanHaveBeenMade) {
  Finish();
  Call("late", 5);
  Move("late", v1::MOVEMENT_TYPE_ADJUST, 1, 0);
  EXPECT_THAT(Complaints(), HasSubstr("wrong order"));
}

TEST_F(HistoryTest, TheLedgerIsDenseAndAddsUp) {
  Finish();
  const std::vector<v1::Movement> sound = ledger();
  ledger()[3].set_version(9);
  EXPECT_THAT(Complaints(), HasSubstr("version"));
  ledger() = sound;
  ledger()[3].set_sequence(9);
  EXPECT_THAT(Complaints(), HasSubstr("sequence"));
  ledger() = sound;
  ledger()[3].mutable_balance()->set_on_hand(8);
  EXPECT_THAT(Complaints(), HasSubstr("on_hand"));
}

TEST_F(HistoryTest, AnAnswerShowsABalanceOfTheLedger) {
  Finish();
  v1::StockLevel& level = history_.writes.back().level.emplace();
  level.set_sku("x");
  level.set_warehouse_id("w");
  level.set_version(6);
  level.set_on_hand(8);
  level.set_reserved(8);
  EXPECT_THAT(Complaints(), IsEmpty());
  level.set_reserved(7);
  EXPECT_THAT(Complaints(), HasSubstr("second"));
}

}  // namespace
}  // namespace inventory::history
