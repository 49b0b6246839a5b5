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

absl::Status HoldOne(Work& work, const std::string& sku, const std::string& reservation_id, absl::Duration ttl) {
  storage::ReservationRecord reservation;
  reservation.reservation_id = reservation_id;
  reservation.expire_time = work.now() + ttl;
  reservation.create_time = reservation.update_time = work.now();
  work.rows().reservations.Add(reservation);
  work.rows().reservation_lines.Add({.reservation_id = reservation_id, .sku = sku, .requested = 1});
  return ReserveUnits(work, {reservation_id, sku, "w1"}, 1, reservation.expire_time, storage::MovementType::kReserve);
}

// Holds one unit of the SKU "a" in w1 for so long.
Call HoldOne(const std::string& reservation_id, absl::Duration ttl) {
  return {.needs = {.skus = {"a"}, .create_items = true},
          .rule = [reservation_id, ttl](Work& work, std::string&) { return HoldOne(work, "a", reservation_id, ttl); }};
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

  void LetAllDie() {
    const std::string past = "expire_time = NOW(6) - INTERVAL 1 HOUR";
    storage::Must(connection(),
                  {absl::StrCat("UPDATE reservation SET ", past), absl::StrCat("UPDATE allocation SET ", past),
                   "UPDATE item SET next_hold_expiry = NOW(6) - INTERVAL 1 HOUR"});
  }
  int64_t Count(const std::string& sql) { return storage::Must(connection(), {sql})[0].Int(0); }

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

// More than one look finds: the write goes on only when none is left.
TEST_F(PipelineHoldsTest, AnyNumberOfHoldsThatHaveRunOutIsReleasedBeforeAWrite) {
  constexpr int kHolds = 2300;
  Run(Add("a", kHolds));
  Call many = HoldOne("", absl::Minutes(1));
  many.rule = [](Work& work, std::string&) {
    for (int i = 0; i < kHolds; ++i) {
      absl::Status held = HoldOne(work, "a", absl::StrCat("r", i), absl::Minutes(1));
      if (!held.ok()) return held;
    }
    return absl::OkStatus();
  };
  Run(many);
  EXPECT_EQ(Reserved(), kHolds);
  LetAllDie();
  Call all_free = Add("a", 1);
  all_free.rule = [](Work& work, std::string& reply) {
    reply = absl::StrCat(work.rows().levels.Find({"a", "w1"})->quantities.reserved);
    return absl::OkStatus();
  };
  EXPECT_EQ(committer_->Run(all_free).reply, "0");
  EXPECT_EQ(Reserved(), 0);
  EXPECT_EQ(NextExpiry(), "");
}

// The next expiry is looked up for a part of them only: the others' next write does it.
TEST_F(PipelineHoldsTest, HoldsOfManySkusAreReleasedTogether) {
  Call many = {.needs = {.create_items = true}};
  std::vector<std::string>& skus = many.needs.skus;
  for (int i = 0; i < 100; ++i) skus.push_back(absl::StrCat("s", 100 + i));
  many.rule = [skus](Work& work, std::string&) {
    for (const std::string& sku : skus) {
      absl::Status held = AddUnits(work, sku, 1);
      if (held.ok()) held = HoldOne(work, sku, absl::StrCat("of-", sku), absl::Minutes(1));
      if (!held.ok()) return held;
    }
    return absl::OkStatus();
  };
  Run(many);
  const std::string held = "SELECT SUM(reserved) FROM stock_level";
  const std::string due = "SELECT COUNT(*) FROM item WHERE next_hold_expiry IS NOT NULL";
  EXPECT_EQ(Count(held), 100);
  LetAllDie();
  Call nothing = many;
  nothing.rule = [](Work&, std::string&) { return absl::OkStatus(); };
  Run(nothing);
  EXPECT_EQ(Count(held), 0);
  EXPECT_GT(Count(due), 0);
  Run(nothing);
  EXPECT_EQ(Count(due), 1);  // That of "a", which is not written.
}

}  // namespace
}  // namespace inventory::pipeline
