#include <map>
#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/reservation.pb.h"
#include "server/background/expire_reservation.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::MovementType;
using storage::Quantities;
using storage::ReservationState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class ReservationLifeTest : public RuleTest {
 protected:
  ReservationLifeTest() {
    Stock("a", "w1", 10);
    Stock("b", "w1", 10);
  }

  void Expire(const std::string& id) {
    background::ExpireReservation command(id);
    ASSERT_EQ(Answer(runner_.RunCommand(command)), "OK");
  }

  void ShipAll(const std::string& id) {
    ASSERT_EQ(Answer(CreateShipment(Parcel(id + "-s", id, "w1"))), "OK");
    ASSERT_EQ(Answer(Ship(id + "-s")), "OK");
  }

  // One reservation of two units in each state of its life, named after it.
  void MakeOneInEachState() {
    for (const char* id : {"DEAD", "EXPIRED"}) Hold(id, {{"a", 2}});
    runner_.now += absl::Minutes(15);
    Expire("EXPIRED");
    Hold("HELD", {{"a", 2}});
    for (const char* id : {"COMMITTED", "FULFILLED", "CANCELLED"}) Commit(id, {{"a", 2}});
    ShipAll("FULFILLED");
    ASSERT_EQ(Answer(Cancel("CANCELLED")), "OK");
  }

  // What the command answers to a reservation in each of the states; where the answer is not OK nothing may change.
  template <typename Command>
  std::map<std::string, std::string> AnswersByState(Command command) {
    std::map<std::string, std::string> answers;
    for (const char* id : {"HELD", "COMMITTED", "FULFILLED", "CANCELLED", "EXPIRED", "DEAD"}) {
      const auto reservations = Copy(runner_.rows.reservations);
      const auto lines = Copy(runner_.rows.reservation_lines);
      answers[id] = Answer(command(id));
      if (answers[id] == "OK") continue;
      EXPECT_EQ(Copy(runner_.rows.reservations), reservations) << id;
      EXPECT_EQ(Copy(runner_.rows.reservation_lines), lines) << id;
    }
    return answers;
  }

  std::size_t movements() const { return runner_.rows.movements.size(); }
};

const char kExpired[] = "FAILED_PRECONDITION RESERVATION_EXPIRED";
const char kCancelled[] = "FAILED_PRECONDITION RESERVATION_CANCELLED";
const char kFulfilled[] = "FAILED_PRECONDITION RESERVATION_FULFILLED";

TEST_F(ReservationLifeTest, ConfirmInEveryState) {
  MakeOneInEachState();
  EXPECT_THAT(AnswersByState([this](const std::string& id) { return Confirm(id); }),
              ElementsAre(Pair("CANCELLED", kCancelled), Pair("COMMITTED", "OK"), Pair("DEAD", kExpired),
                          Pair("EXPIRED", kExpired), Pair("FULFILLED", "OK"), Pair("HELD", "OK")));
  EXPECT_EQ(StateOf("HELD"), ReservationState::kCommitted);
  EXPECT_EQ(StateOf("FULFILLED"), ReservationState::kFulfilled);
}

TEST_F(ReservationLifeTest, ExtendInEveryState) {
  MakeOneInEachState();
  const std::string not_held = "FAILED_PRECONDITION RESERVATION_NOT_HELD";
  EXPECT_THAT(AnswersByState([this](const std::string& id) { return Extend(id, absl::Hours(1)); }),
              ElementsAre(Pair("CANCELLED", kCancelled), Pair("COMMITTED", not_held), Pair("DEAD", kExpired),
                          Pair("EXPIRED", kExpired), Pair("FULFILLED", not_held), Pair("HELD", "OK")));
}

TEST_F(ReservationLifeTest, AmendInEveryState) {
  MakeOneInEachState();
  EXPECT_THAT(AnswersByState([this](const std::string& id) {
                return Amend(id, {{"a", 1}});
              }),
              ElementsAre(Pair("CANCELLED", kCancelled), Pair("COMMITTED", "OK"), Pair("DEAD", kExpired),
                          Pair("EXPIRED", kExpired), Pair("FULFILLED", kFulfilled), Pair("HELD", "OK")));
}

TEST_F(ReservationLifeTest, CancelInEveryState) {
  MakeOneInEachState();
  EXPECT_THAT(AnswersByState([this](const std::string& id) { return Cancel(id); }),
              ElementsAre(Pair("CANCELLED", "OK"), Pair("COMMITTED", "OK"), Pair("DEAD", "OK"), Pair("EXPIRED", "OK"),
                          Pair("FULFILLED", kFulfilled), Pair("HELD", "OK")));
  EXPECT_EQ(StateOf("HELD"), ReservationState::kCancelled);
  EXPECT_EQ(StateOf("COMMITTED"), ReservationState::kCancelled);
  EXPECT_EQ(StateOf("EXPIRED"), ReservationState::kExpired);
  EXPECT_EQ(At("a", "w1").reserved, 0);
}

TEST_F(ReservationLifeTest, CancelLinesInEveryState) {
  MakeOneInEachState();
  EXPECT_THAT(AnswersByState([this](const std::string& id) {
                return Cancel(id, {{"a", 1}});
              }),
              ElementsAre(Pair("CANCELLED", "OK"), Pair("COMMITTED", "OK"), Pair("DEAD", "OK"), Pair("EXPIRED", "OK"),
                          Pair("FULFILLED", kFulfilled), Pair("HELD", "OK")));
  EXPECT_EQ(StateOf("HELD"), ReservationState::kHeld);
  EXPECT_EQ(StateOf("COMMITTED"), ReservationState::kCommitted);
  EXPECT_EQ(At("a", "w1").reserved, 2);
}

TEST_F(ReservationLifeTest, ShipInEveryState) {
  MakeOneInEachState();
  EXPECT_THAT(AnswersByState([this](const std::string& id) { return CreateShipment(Parcel("s-" + id, id, "w1")); }),
              ElementsAre(Pair("CANCELLED", kCancelled), Pair("COMMITTED", "OK"), Pair("DEAD", kExpired),
                          Pair("EXPIRED", kExpired), Pair("FULFILLED", kFulfilled),
                          Pair("HELD", "FAILED_PRECONDITION RESERVATION_NOT_COMMITTED")));
}

TEST_F(ReservationLifeTest, AnUnknownReservationIsNotFound) {
  const std::string not_found = "NOT_FOUND RESERVATION_NOT_FOUND reservation_id=r9";
  EXPECT_EQ(Answer(Confirm("r9")), not_found);
  EXPECT_EQ(Answer(Extend("r9", absl::Hours(1))), not_found);
  EXPECT_EQ(Answer(Amend("r9", {{"a", 1}})), not_found);
  EXPECT_EQ(Answer(Cancel("r9")), not_found);
  EXPECT_EQ(Answer(CreateShipment(Parcel("s1", "r9", "w1"))), not_found);
}

TEST_F(ReservationLifeTest, EtagsMustMatchAndMoveWithEveryChange) {
  Hold("r1", {{"a", 5}});
  const std::string mismatch = "ABORTED ETAG_MISMATCH actual=1 expected=2";
  EXPECT_EQ(Answer(Extend("r1", absl::Hours(1), "2")), mismatch);
  EXPECT_EQ(Answer(Amend("r1", {{"a", 4}}, "2")), mismatch);
  EXPECT_EQ(Answer(Confirm("r1", "2")), mismatch);
  EXPECT_EQ(Answer(Cancel("r1", {}, "2")), mismatch);
  runner_.now += absl::Seconds(1);
  EXPECT_EQ(Extend("r1", absl::Hours(1), "1")->reservation().etag(), "2");
  EXPECT_EQ(Amend("r1", {{"a", 4}}, "2")->reservation().etag(), "3");
  EXPECT_EQ(Confirm("r1", "3")->reservation().etag(), "4");
  EXPECT_EQ(Confirm("r1", "4")->reservation().etag(), "4");
  EXPECT_EQ(Cancel("r1", {{"a", 1}}, "4")->reservation().etag(), "5");
  EXPECT_EQ(Cancel("r1", {}, "5")->reservation().etag(), "6");
  EXPECT_EQ(Cancel("r1", {}, "6")->reservation().etag(), "6");
  EXPECT_EQ(runner_.rows.reservations.Find("r1")->update_time, runner_.now);
  EXPECT_EQ(runner_.rows.reservations.Find("r1")->create_time, runner_.now - absl::Seconds(1));
}

TEST_F(ReservationLifeTest, ConfirmOutlivesTheExpiry) {
  Hold("r1", {{"a", 4}});
  auto confirmed = Confirm("r1");
  ASSERT_EQ(Answer(confirmed), "OK");
  EXPECT_EQ(confirmed->reservation().state(), v1::RESERVATION_STATE_COMMITTED);
  EXPECT_FALSE(confirmed->reservation().has_expire_time());
  runner_.now += absl::Hours(1);
  Stock("a", "w1", 11);
  EXPECT_EQ(At("a", "w1").reserved, 4);
}

TEST_F(ReservationLifeTest, ConfirmIsTooLateAtTheVeryMicrosecondOfExpiry) {
  Hold("r1", {{"a", 4}});
  Hold("r2", {{"b", 4}});
  runner_.now += absl::Minutes(15) - absl::Microseconds(1);
  EXPECT_EQ(Answer(Confirm("r1")), "OK");
  runner_.now += absl::Microseconds(1);
  EXPECT_EQ(Answer(Confirm("r2")), kExpired);
  EXPECT_EQ(At("a", "w1").reserved, 4);
  EXPECT_EQ(At("b", "w1").reserved, 0);
  EXPECT_EQ(LineOf("r2", "b").cancelled, 4);
}

TEST_F(ReservationLifeTest, ConfirmOfUntrackedItemsAloneFulfils) {
  Item("file").tracked = false;
  Hold("r1", {{"file", 3}});
  auto confirmed = Confirm("r1");
  ASSERT_EQ(Answer(confirmed), "OK");
  EXPECT_EQ(confirmed->reservation().state(), v1::RESERVATION_STATE_FULFILLED);
  EXPECT_EQ(confirmed->reservation().lines(0).shipped_quantity(), 3);
}

TEST_F(ReservationLifeTest, ADeadHoldOfSeveralSkusIsExpiredThoughOnlySomeWereReleased) {
  Hold("r1", {{"a", 2}, {"b", 3}});
  runner_.now += absl::Minutes(15);
  Stock("a", "w1", 11);
  EXPECT_EQ(At("a", "w1").reserved, 0);
  EXPECT_EQ(At("b", "w1").reserved, 3);
  EXPECT_EQ(Answer(Confirm("r1")), kExpired);
  EXPECT_EQ(At("b", "w1").reserved, 0);
  auto cancelled = Cancel("r1");
  ASSERT_EQ(Answer(cancelled), "OK");
  EXPECT_EQ(cancelled->reservation().state(), v1::RESERVATION_STATE_EXPIRED);
  EXPECT_EQ(cancelled->reservation().lines(0).cancelled_quantity(), 2);
  EXPECT_EQ(cancelled->reservation().lines(1).cancelled_quantity(), 3);
  EXPECT_EQ(cancelled->movements_size(), 0);
}

TEST_F(ReservationLifeTest, ExtendProlongsTheHoldAndItsUnits) {
  Hold("r1", {{"a", 2}});
  const absl::Time expiry = runner_.now + absl::Hours(1);
  auto extended = Extend("r1", absl::Hours(1));
  ASSERT_EQ(Answer(extended), "OK");
  EXPECT_EQ(extended->reservation().expire_time().seconds(), absl::ToUnixSeconds(expiry));
  runner_.now = expiry - absl::Microseconds(1);
  EXPECT_EQ(Answer(Extend("r1", absl::Milliseconds(1))), "OK");
  EXPECT_EQ(At("a", "w1").reserved, 2);
  runner_.now += absl::Milliseconds(1);
  EXPECT_EQ(Answer(Extend("r1", absl::Hours(1))), kExpired);
}

TEST_F(ReservationLifeTest, ExtendNeverShortens) {
  Hold("r1", {{"a", 2}});
  const auto expiry = runner_.rows.reservations.Find("r1")->expire_time;
  ASSERT_EQ(Answer(Extend("r1", absl::Minutes(1))), "OK");
  EXPECT_EQ(runner_.rows.reservations.Find("r1")->expire_time, expiry);
}

TEST_F(ReservationLifeTest, ExtendWithoutTtlTakesTheDefaultFromNow) {
  Hold("r1", {{"a", 2}});
  runner_.now += absl::Minutes(10);
  v1::ExtendReservationRequest request;
  request.set_reservation_id("r1");
  ASSERT_EQ(Answer(runner_.Call<v1::ExtendReservationResponse>(request)), "OK");
  EXPECT_EQ(runner_.rows.reservations.Find("r1")->expire_time, runner_.now + absl::Minutes(15));
  EXPECT_EQ(Answer(Extend("r1", absl::ZeroDuration())), "INVALID_ARGUMENT INVALID_FIELDS ttl");
  EXPECT_EQ(Answer(Extend("r1", runner_.bounds.max_hold_ttl + absl::Nanoseconds(1))),
            "INVALID_ARGUMENT INVALID_FIELDS ttl");
}

TEST_F(ReservationLifeTest, CancelReleasesExactlyWhatIsHeld) {
  Stock("a", "w2", 10);
  Hold("r1", {{"a", 12}, {"b", 1}});
  Hold("r2", {{"a", 3}});
  auto cancelled = Cancel("r1");
  ASSERT_EQ(Answer(cancelled), "OK");
  EXPECT_EQ(cancelled->reservation().state(), v1::RESERVATION_STATE_CANCELLED);
  EXPECT_FALSE(cancelled->reservation().has_expire_time());
  EXPECT_EQ(cancelled->reservation().lines(0).cancelled_quantity(), 12);
  EXPECT_EQ(cancelled->movements_size(), 3);
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 10}));
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 10, .reserved = 3}));
  EXPECT_EQ(runner_.rows.movements.back().type, MovementType::kRelease);
}

TEST_F(ReservationLifeTest, DoubleCancelReleasesOnce) {
  Hold("r1", {{"a", 4}});
  Hold("r2", {{"a", 4}});
  ASSERT_EQ(Answer(Cancel("r1")), "OK");
  const std::size_t before = movements();
  auto again = Cancel("r1");
  ASSERT_EQ(Answer(again), "OK");
  EXPECT_EQ(again->movements_size(), 0);
  EXPECT_EQ(movements(), before);
  EXPECT_EQ(At("a", "w1").reserved, 4);
}

TEST_F(ReservationLifeTest, TwoReservationsOnOneLevelReleaseEachItsOwn) {
  Hold("r1", {{"a", 3}});
  Commit("r2", {{"a", 4}});
  EXPECT_EQ(At("a", "w1").reserved, 7);
  ASSERT_EQ(Answer(Cancel("r1")), "OK");
  EXPECT_EQ(At("a", "w1").reserved, 4);
  ASSERT_EQ(Answer(Cancel("r2")), "OK");
  EXPECT_EQ(At("a", "w1").reserved, 0);
}

TEST_F(ReservationLifeTest, TwoDeadHoldsOnOneLevelAreReleasedTogether) {
  Hold("r1", {{"a", 3}});
  Hold("r2", {{"a", 4}});
  runner_.now += absl::Minutes(15);
  Hold("r3", {{"a", 10}});
  EXPECT_EQ(At("a", "w1").reserved, 10);
  EXPECT_EQ(movements(), 7);
}

TEST_F(ReservationLifeTest, CancelOfALineFreesTheLastWarehouseFirst) {
  Stock("a", "w2", 10);
  Hold("r1", {{"a", 12}});
  auto cancelled = Cancel("r1", {{"a", 5}});
  ASSERT_EQ(Answer(cancelled), "OK");
  EXPECT_EQ(cancelled->reservation().state(), v1::RESERVATION_STATE_HELD);
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w1", 7)));
  EXPECT_EQ(LineOf("r1", "a").requested, 12);
  EXPECT_EQ(LineOf("r1", "a").cancelled, 5);
}

TEST_F(ReservationLifeTest, CancelOfLinesNeverReleasesMoreThanIsHeldAndIsAtomic) {
  Hold("r1", {{"a", 4}, {"b", 2}});
  EXPECT_EQ(Answer(Cancel("r1", {{"a", 1}, {"b", 3}})),
            "FAILED_PRECONDITION EXCEEDS_RESERVED outstanding=2 requested=3 sku=b");
  EXPECT_EQ(Answer(Cancel("r1", {{"c", 1}})), "FAILED_PRECONDITION EXCEEDS_RESERVED outstanding=0 requested=1 sku=c");
  EXPECT_EQ(LineOf("r1", "a").reserved, 4);
  EXPECT_EQ(runner_.rows.reservations.Find("r1")->version, 1);
}

TEST_F(ReservationLifeTest, CancelOfEveryLineIsACancellation) {
  Hold("r1", {{"a", 4}, {"b", 2}});
  ASSERT_EQ(Answer(Cancel("r1", {{"a", 4}, {"b", 2}})), "OK");
  EXPECT_EQ(StateOf("r1"), ReservationState::kCancelled);
  Commit("r2", {{"a", 4}});
  ASSERT_EQ(Answer(Cancel("r2", {{"a", 4}})), "OK");
  EXPECT_EQ(StateOf("r2"), ReservationState::kCancelled);
}

TEST_F(ReservationLifeTest, CancelOfUntrackedUnitsMovesNothing) {
  Item("file").tracked = false;
  Hold("r1", {{"file", 5}});
  auto cancelled = Cancel("r1", {{"file", 2}});
  ASSERT_EQ(Answer(cancelled), "OK");
  EXPECT_EQ(cancelled->movements_size(), 0);
  EXPECT_EQ(LineOf("r1", "file").reserved, 3);
  ASSERT_EQ(Answer(Cancel("r1")), "OK");
  EXPECT_EQ(LineOf("r1", "file").cancelled, 5);
}

TEST_F(ReservationLifeTest, CancelChecksItsFields) {
  EXPECT_EQ(Answer(Cancel("", {{"a", 0}, {"", 1}, {"a", 1}})),
            "INVALID_ARGUMENT INVALID_FIELDS reservation_id lines[0].quantity lines[1].sku lines[2].sku");
  EXPECT_EQ(Answer(Confirm("a b")), "INVALID_ARGUMENT INVALID_FIELDS reservation_id");
  EXPECT_EQ(Answer(Extend("", absl::Hours(1))), "INVALID_ARGUMENT INVALID_FIELDS reservation_id");
}

TEST_F(ReservationLifeTest, ExpiryIsWrittenOnlyForDeadHolds) {
  Item("file").tracked = false;
  Hold("r1", {{"a", 2}, {"file", 3}});
  Expire("r1");
  EXPECT_EQ(StateOf("r1"), ReservationState::kHeld);
  runner_.now += absl::Minutes(15);
  Expire("r1");
  EXPECT_EQ(StateOf("r1"), ReservationState::kExpired);
  EXPECT_EQ(At("a", "w1").reserved, 0);
  EXPECT_EQ(LineOf("r1", "file").cancelled, 3);
  const auto reservations = Copy(runner_.rows.reservations);
  Expire("r1");
  EXPECT_EQ(Copy(runner_.rows.reservations), reservations);
}

TEST_F(ReservationLifeTest, ExpiryLeavesConfirmedReservationsAlone) {
  Hold("r1", {{"a", 2}});
  ASSERT_EQ(Answer(Confirm("r1")), "OK");
  runner_.now += absl::Hours(1);
  Expire("r1");
  EXPECT_EQ(StateOf("r1"), ReservationState::kCommitted);
  EXPECT_EQ(At("a", "w1").reserved, 2);
}

}  // namespace
}  // namespace inventory
