// Dead holds, and the time before which nobody need look for any.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "server/pipeline/holds.h"
#include "tests/integration/pipeline_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::pipeline {
namespace {

// Holds one unit of the SKU "a" in w1 for so long.
Call HoldOne(const std::string& reservation_id, absl::Duration ttl) {
  return {.needs = {.skus = {"a"}, .create_items = true},
          .rule = [reservation_id, ttl](Work& work, std::string& reply) {
            storage::ReservationRecord reservation;
            reservation.reservation_id = reservation_id;
            reservation.expire_time = work.now() + ttl;
            reservation.create_time = reservation.update_time = work.now();
            work.rows().reservations.Add(reservation);
            work.rows().reservation_lines.Add({.reservation_id = reservation_id, .sku = "a", .requested = 1});
            return ReserveUnits(work, {reservation_id, "a", "w1"}, 1, reservation.expire_time,
                                storage::MovementType::kReserve);
          }};
}

class PipelineHoldsTest : public PipelineTest {
 protected:
  void SetUp() override {
    PipelineTest::SetUp();
    committer_ = Start();
    ASSERT_TRUE(committer_->Run(Add("a", 10)).status.ok());
  }

  void Run(const Call& call) {
    const Answer answer = committer_->Run(call);
    EXPECT_TRUE(answer.status.ok()) << answer.status;
  }

  // The hold ran out an hour ago, and the item knows of it as it would by then.
  void LetDie(const std::string& reservation_id) {
    const std::string past = "NOW(6) - INTERVAL 1 HOUR";
    storage::Must(
        connection(),
        {absl::Substitute("UPDATE reservation SET expire_time = $0 WHERE reservation_id = '$1'", past, reservation_id),
         absl::Substitute("UPDATE allocation SET expire_time = $0 WHERE reservation_id = '$1'", past, reservation_id),
         absl::Substitute("UPDATE item SET next_hold_expiry = $0", past)});
  }

  int64_t Reserved() { return storage::Must(connection(), {"SELECT reserved FROM stock_level"})[0].Int(0); }

  // The item's next expiry, as text; empty if there is none.
  std::string NextExpiry() {
    return std::string(storage::Must(connection(), {"SELECT next_hold_expiry FROM item"})[0].Text(0));
  }
  std::string ExpiryOf(const std::string& reservation_id) {
    return std::string(storage::Must(connection(), {absl::StrCat("SELECT expire_time FROM allocation WHERE "
                                                                 "reservation_id = '",
                                                                 reservation_id, "'")})[0]
                           .Text(0));
  }

  std::unique_ptr<Committer> committer_;
};

TEST_F(PipelineHoldsTest, TheNextExpiryIsThatOfTheHoldThatRunsOutFirst) {
  EXPECT_EQ(NextExpiry(), "");
  Run(HoldOne("second", absl::Minutes(2)));
  EXPECT_EQ(NextExpiry(), ExpiryOf("second"));
  Run(HoldOne("first", absl::Minutes(1)));
  EXPECT_EQ(NextExpiry(), ExpiryOf("first"));
  Run(HoldOne("third", absl::Minutes(3)));
  EXPECT_EQ(NextExpiry(), ExpiryOf("first"));
}

TEST_F(PipelineHoldsTest, AWriteReleasesTheHoldsThatHaveRunOutAndTheNextOneIsKnown) {
  Run(HoldOne("dead", absl::Minutes(1)));
  Run(HoldOne("live", absl::Minutes(2)));
  EXPECT_EQ(Reserved(), 2);
  LetDie("dead");
  Run(Add("a", 1));
  EXPECT_EQ(Reserved(), 1);
  EXPECT_EQ(NextExpiry(), ExpiryOf("live"));
  LetDie("live");
  Run(Add("a", 1));
  EXPECT_EQ(Reserved(), 0);
  EXPECT_EQ(NextExpiry(), "");
}

// Commands that change nothing leave what came before them.
TEST_F(PipelineHoldsTest, ARefusedCommandDoesNotTakeTheReleaseBack) {
  Run(HoldOne("dead", absl::Minutes(1)));
  LetDie("dead");
  Call refused = Add("a", 1);
  refused.rule = [](Work& work, std::string&) {
    absl::Status added = AddUnits(work, "a", 1);
    return added.ok() ? absl::FailedPreconditionError("refused") : added;
  };
  EXPECT_EQ(committer_->Run(refused).status.message(), "refused");
  EXPECT_EQ(Reserved(), 0);
  EXPECT_EQ(NextExpiry(), "");
}

// As an item has it that was made before there was this column.
TEST_F(PipelineHoldsTest, ATimeLongPastIsLookedIntoOnce) {
  Run(HoldOne("live", absl::Minutes(1)));
  storage::Must(connection(), {"UPDATE item SET next_hold_expiry = DEFAULT"});
  EXPECT_EQ(NextExpiry().substr(0, 4), "1970");
  Run(Add("a", 1));
  EXPECT_EQ(NextExpiry(), ExpiryOf("live"));
  EXPECT_EQ(Reserved(), 1);
}

}  // namespace
}  // namespace inventory::pipeline
