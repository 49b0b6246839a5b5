// Goal: who holds units of an item keeps its tracking and its configuration as they are, however they are known: from
// the database, or from what earlier commands of the same batch have done.
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "server/commands/items.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::ReservationState;
using testing::ElementsAre;
using testing::IsEmpty;

class ItemHoldersTest : public RuleTest {
 protected:
  ItemHoldersTest() {
    storage::ItemRecord& song = Item("song");
    song.configured = true;
    song.tracked = false;
    runner_.check_invariants = false;  // They take a tracked item for one that always was.
  }

  absl::Status SetTracking(v1::Tracking tracking) {
    v1::UpdateItemRequest request;
    request.mutable_item()->set_sku("song");
    request.mutable_item()->set_tracking(tracking);
    return runner_.Call<v1::Item>(request).status();
  }
  absl::Status Delete() {
    v1::DeleteItemRequest request;
    request.set_sku("song");
    return runner_.Call<v1::DeleteItemResponse>(request).status();
  }
  // Both are refused for these reservations.
  void ExpectHolders(const std::string& reservation_ids) {
    const std::string expected = "FAILED_PRECONDITION ITEM_IN_USE reservation_ids=" + reservation_ids;
    EXPECT_EQ(Answer(SetTracking(v1::TRACKING_TRACKED)), expected);
    EXPECT_EQ(Answer(Delete()), expected);
  }
};

TEST_F(ItemHoldersTest, HoldsAndOpenOrdersCountUntilTheyEnd) {
  Stock("book", "w1", 5);
  Hold("a", {{"song", 3}});
  Commit("b", {{"song", 1}, {"book", 1}});
  ExpectHolders("b,a");
  ASSERT_TRUE(Cancel("a").ok());
  ExpectHolders("b");
  ASSERT_TRUE(CreateShipment(Parcel("s", "b", "w1")).ok());
  ASSERT_TRUE(Ship("s").ok());
  EXPECT_TRUE(SetTracking(v1::TRACKING_TRACKED).ok());
}

TEST_F(ItemHoldersTest, ADeadHoldIsNoHolder) {
  Hold("a", {{"song", 3}});
  runner_.now += absl::Minutes(15) - absl::Microseconds(1);
  ExpectHolders("a");
  runner_.now += absl::Microseconds(1);
  EXPECT_TRUE(Delete().ok());
}

TEST_F(ItemHoldersTest, OfATrackedItemToo) {
  Item("song").tracked = true;
  Stock("song", "w1", 5);
  Hold("a", {{"song", 3}});
  const std::string expected = "FAILED_PRECONDITION ITEM_IN_USE reservation_ids=a";
  EXPECT_EQ(Answer(SetTracking(v1::TRACKING_UNTRACKED)), expected);
  EXPECT_EQ(Answer(Delete()), expected);
  ASSERT_TRUE(Cancel("a").ok());
  EXPECT_EQ(Answer(Delete()), "FAILED_PRECONDITION ITEM_IN_USE warehouse_ids=w1");
  EXPECT_TRUE(SetTracking(v1::TRACKING_UNTRACKED).ok());
}

TEST_F(ItemHoldersTest, OfASkuThatIsConfiguredForTheFirstTimeToo) {
  Stock("book", "w1", 5);
  Hold("a", {{"book", 1}});
  v1::CreateItemRequest request;
  request.mutable_item()->set_sku("book");
  request.mutable_item()->set_tracking(v1::TRACKING_UNTRACKED);
  EXPECT_EQ(Answer(runner_.Call<v1::Item>(request)), "FAILED_PRECONDITION ITEM_IN_USE reservation_ids=a");
}

// One command in a batch with others.
class SharedBatchTest : public testing::Test {
 protected:
  SharedBatchTest() {
    rows_.items.Load({.sku = "song", .configured = true, .tracked = false});
    rows_.Mark();
  }

  // A reservation that the batch has loaded or made.
  void Put(const std::string& id, ReservationState state, int64_t reserved) {
    rows_.reservations.Add({.reservation_id = id, .state = state, .create_time = now_, .update_time = now_});
    if (state == ReservationState::kHeld) rows_.reservations.Edit(id).expire_time = now_;
    rows_.reservation_lines.Add({.reservation_id = id, .sku = "song", .reserved = reserved});
  }

  std::string Check(const std::vector<std::string>& stored) {
    holders_["song"] = stored;
    return Answer(commands::CheckUnreserved(Start(), "song"));
  }

  pipeline::Work& Start() {
    work_.emplace(rows_, now_, configuration_, limits_, locked_, pipeline::Work::Origin());
    work_->holders = &holders_;
    return *work_;
  }

  const absl::Time now_ = absl::FromUnixSeconds(1'700'000'000);
  pipeline::Rows rows_;
  pipeline::Configuration configuration_;
  pipeline::CommandLimits limits_;
  std::set<std::string> locked_ = {"song"};
  std::map<std::string, std::vector<std::string>> holders_;
  std::optional<pipeline::Work> work_;
};

TEST_F(SharedBatchTest, HoldersAreAskedForOnlyIfTheyMatter) {
  EXPECT_FALSE(commands::CheckUnreserved(Start(), "song").ok());
  EXPECT_THAT(work_->required_holders(), ElementsAre("song"));
  rows_.items.Edit("song").tracked = true;
  EXPECT_TRUE(commands::CheckUnreserved(Start(), "song").ok());
  EXPECT_THAT(work_->required_holders(), IsEmpty());
}

TEST_F(SharedBatchTest, WhatTheBatchHasLoadedCountsAsItIsNow) {
  EXPECT_EQ(Check({}), "OK");
  EXPECT_EQ(Check({"stored"}), "FAILED_PRECONDITION ITEM_IN_USE reservation_ids=stored");
  Put("cancelled", ReservationState::kCancelled, 0);
  Put("dead", ReservationState::kHeld, 1);
  EXPECT_EQ(Check({"cancelled", "dead"}), "OK");
  Put("new", ReservationState::kCommitted, 1);
  EXPECT_EQ(Check({"stored", "cancelled"}), "FAILED_PRECONDITION ITEM_IN_USE reservation_ids=stored,new");
}

TEST_F(SharedBatchTest, TheLastTenAreNamed) {
  std::vector<std::string> stored;
  for (int i = 19; i >= 10; --i) stored.push_back(absl::StrCat("r", i));
  Put("r20", ReservationState::kCommitted, 1);
  EXPECT_EQ(Check(stored), "FAILED_PRECONDITION ITEM_IN_USE reservation_ids=r20,r19,r18,r17,r16,r15,r14,r13,r12,r11");
}

}  // namespace
}  // namespace inventory
