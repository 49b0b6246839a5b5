// Groups of commands and orders that wait: nobody overtakes, and nothing is touched whose SKU is not locked.
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "server/pipeline/backorders.h"
#include "tests/integration/pipeline_fixture.h"
#include "tests/integration/sessions.h"

namespace inventory::pipeline {
namespace {

using storage::ReservationState;
using testing::ElementsAre;

// The channel "shop" that sells from w1.
Call OpenShop() {
  return {.needs = {.configuration = true}, .rule = [](Work& work, std::string&) {
            Rows& rows = work.rows();
            rows.warehouses.Add({.warehouse_id = "w1", .name = "W", .active = true, .latitude = 1, .longitude = 1});
            rows.channels.Add({.channel_id = "shop", .name = "S"});
            rows.attachments.Add({.channel_id = "shop", .warehouse_id = "w1"});
            return absl::OkStatus();
          }};
}

// Committed reservations that wait for one unit of the SKU each.
Call Queue(const std::string& sku, int orders) {
  return {.needs = {.skus = {sku}, .create_items = true}, .rule = [sku, orders](Work& work, std::string&) {
            for (int i = 0; i < orders; ++i) {
              const std::string id = absl::StrCat("r", 100'000 + i);
              const storage::ReservationRecord order =
                  work.rows().reservations.Add({.reservation_id = id,
                                                .channel_id = "shop",
                                                .state = ReservationState::kCommitted,
                                                .version = 1,
                                                .create_time = work.now(),
                                                .update_time = work.now()});
              work.rows().reservation_lines.Add({.reservation_id = id, .sku = sku, .requested = 1});
              Wait(work, order, sku, 1);
            }
            return absl::OkStatus();
          }};
}

class PipelineBackordersTest : public PipelineTest {
 protected:
  int64_t Number(const std::string& select) { return storage::Must(connection(), {select})[0].Int(0); }
};

TEST_F(PipelineBackordersTest, ACommandDoesNotOvertakeAFillThatAnEarlierOneOfItsBatchHasBegun) {
  constexpr int kOrders = static_cast<int>(kMaxFilledLines) + 5;
  const auto committer = Start();
  ASSERT_TRUE(committer->Run(OpenShop()).status.ok());
  ASSERT_TRUE(committer->Run(Queue("a", kOrders)).status.ok());
  Pending blocked = Block(*committer);
  Pending arrival = committer->Submit(Add("a", kOrders + 1));
  int runs = 0;  // Only the lane's thread counts.
  Pending late = committer->Submit({.needs = {.skus = {"a"}}, .rule = [&runs](Work& work, std::string& reply) {
                                      ++runs;
                                      reply = absl::StrCat(work.AvailableIn("a", {"w1"})[0]);
                                      return absl::OkStatus();
                                    }});
  Pending other = committer->Submit(Add("b", 1));
  LetGo();
  EXPECT_TRUE(blocked.Get().status.ok());
  EXPECT_TRUE(arrival.Get().status.ok());
  EXPECT_EQ(late.Get(), (Answer{absl::OkStatus(), "1"}));
  EXPECT_EQ(runs, 1);
  EXPECT_TRUE(other.Get().status.ok());
  // The three were one batch; the late one came again once the fill was through.
  EXPECT_THAT(committer->batches(), ElementsAre(1, 1, 1, 3, 1));
  EXPECT_EQ(Number("SELECT backordered + fill_pending FROM item WHERE sku = 'a'"), 0);
}

// The reservation has gained a line through another server, and the hold has died since.
TEST_F(PipelineBackordersTest, WhatWaitsForASkuThatTheDirectoryDoesNotKnowOfIsReleasedOnceItIsLocked) {
  const auto committer = Start();
  const auto other_server = Start();
  ASSERT_TRUE(committer
                  ->Run({.needs = {.skus = {"a"}, .create_items = true},
                         .rule =
                             [](Work& work, std::string&) {
                               const storage::ReservationRecord hold =
                                   work.rows().reservations.Add({.reservation_id = "r",
                                                                 .channel_id = "shop",
                                                                 .expire_time = work.now() + absl::Hours(1),
                                                                 .version = 1,
                                                                 .create_time = work.now(),
                                                                 .update_time = work.now()});
                               work.rows().reservation_lines.Add({.reservation_id = "r", .sku = "a", .requested = 2});
                               Wait(work, hold, "a", 2);
                               return absl::OkStatus();
                             }})
                  .status.ok());
  ASSERT_TRUE(other_server
                  ->Run({.needs = {.skus = {"b"}, .create_items = true, .reservations = {"r"}},
                         .rule =
                             [](Work& work, std::string&) {
                               work.rows().reservation_lines.Add({.reservation_id = "r", .sku = "b", .requested = 3});
                               storage::ReservationRecord& hold = work.rows().reservations.Edit("r");
                               hold.version += 1;
                               Wait(work, hold, "b", 3);
                               hold.expire_time = work.now();
                               SetWaitingExpiry(work, hold);
                               return absl::OkStatus();
                             }})
                  .status.ok());
  std::vector<int64_t> waiting;  // Of both SKUs, as each run of the command sees it.
  const Answer answer = committer->Run({.needs = {.reservations = {"r"}}, .rule = [&waiting](Work& work, std::string&) {
                                          for (const auto* line : work.LinesOf("r")) {
                                            waiting.push_back(line->backordered);
                                            work.Require(line->sku);
                                          }
                                          return absl::OkStatus();
                                        }});
  EXPECT_TRUE(answer.status.ok()) << answer.status;
  EXPECT_THAT(waiting, ElementsAre(0, 3, 0, 0));
  EXPECT_EQ(Number("SELECT SUM(backordered) FROM item"), 0);
  EXPECT_EQ(Number("SELECT SUM(backordered) FROM reservation_line"), 0);
  EXPECT_EQ(Number("SELECT SUM(cancelled) FROM reservation_line"), 5);
  EXPECT_EQ(Number("SELECT COUNT(*) FROM backorder"), 0);
}

}  // namespace
}  // namespace inventory::pipeline
