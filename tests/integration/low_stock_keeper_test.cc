// What is forgotten of low stock after its time, and what is not.
#include "server/background/low_stock_keeper.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "storage/connection_pool.h"
#include "storage/low_stock_repository.h"
#include "tests/integration/pipeline_fixture.h"
#include "tests/integration/server_process.h"

namespace inventory::pipeline {
namespace {

using integration::Eventually;
using storage::LowStockEventRecord;
using storage::LowStockEventState;
using storage::LowStockRuleRecord;
using testing::ElementsAre;

class LowStockKeeperTest : public PipelineTest {
 protected:
  void SetUp() override {
    PipelineTest::SetUp();
    pool_ = std::make_unique<storage::ConnectionPool>(
        storage::ConnectionPool::Options{.database = options(), .max_connections = 4});
    const Observer ignore{.batch = [](const BatchReport&) {},
                          .retry = [](std::string_view) {},
                          .dropped = [](std::string_view) {},
                          .command = [](const Job&) {},
                          .busy = [](absl::Duration) {}};
    committer_ = std::make_unique<GroupCommitter>(Settings(), configurations_, ignore);
    Execute("INSERT INTO item (sku) VALUES ('a')");
  }
  void TearDown() override {
    committer_.reset();
    pool_.reset();
    PipelineTest::TearDown();
  }

  void Execute(const std::string& text) {
    storage::Sql sql;
    sql.Raw(text);
    const auto results = connection().Execute(sql);
    ASSERT_TRUE(results.ok()) << results.status();
  }

  // A rule on "a" with events of these states, all of them old.
  void Add(const std::string& rule_id, const std::vector<LowStockEventState>& states,
           std::optional<absl::Time> delete_time) {
    LowStockRuleRecord rule{.rule_id = rule_id, .sku = "a", .activity = "log", .delete_time = delete_time};
    std::vector<LowStockEventRecord> events;
    for (const LowStockEventState state : states) {
      events.push_back({.rule_id = rule_id,
                        .number = ++rule.last_event,
                        .state = state,
                        .activity = "log",
                        .create_time = kOld,
                        .update_time = kOld});
      if (state == LowStockEventState::kPending) ++rule.pending_events;
    }
    rule.create_time = rule.update_time = kOld;
    std::vector<const LowStockEventRecord*> pointers;
    for (const LowStockEventRecord& event : events) pointers.push_back(&event);
    storage::Sql sql;
    storage::AppendInsert<LowStockRuleRecord>(sql, {&rule});
    storage::AppendInsert(sql, pointers);
    ASSERT_TRUE(connection().Execute(sql).ok());
  }

  // The rules that there are, each with the states of its events in a letter each.
  std::vector<std::string> Left() {
    storage::Sql sql;
    storage::AppendSelectAll<LowStockRuleRecord>(sql);
    storage::AppendSelectAll<LowStockEventRecord>(sql);
    const auto results = connection().Execute(sql);
    std::vector<std::string> left;
    for (const auto& rule : storage::ParseAll<LowStockRuleRecord>(results->at(0))) {
      left.push_back(rule.rule_id + " ");
      for (const auto& event : storage::ParseAll<LowStockEventRecord>(results->at(1))) {
        if (event.rule_id == rule.rule_id) left.back() += "?pdx"[static_cast<int>(event.state)];
      }
    }
    return left;
  }

  static inline const absl::Time kOld = absl::Now() - absl::Hours(24 * 100);

  ConfigurationCache configurations_;
  std::unique_ptr<storage::ConnectionPool> pool_;
  std::unique_ptr<GroupCommitter> committer_;
};

constexpr auto kPending = LowStockEventState::kPending;
constexpr auto kDone = LowStockEventState::kDone;
constexpr auto kDead = LowStockEventState::kDead;

TEST_F(LowStockKeeperTest, DeletedRulesGoWithAllThatHasEnded) {
  Add("deleted", {kDone, kDead}, kOld);
  Add("deleted-later", {kDead}, absl::Now() - absl::Hours(1));
  Add("long", std::vector<LowStockEventState>(120, kDead), kOld);
  Add("never-low", {}, kOld);
  Add("pending", {kDone, kDead, kPending}, kOld);
  Add("rule", {kDone, kDead, kPending}, std::nullopt);
  background::LowStockKeeper keeper({.interval = absl::Milliseconds(10)}, *pool_, *committer_);
  EXPECT_TRUE(Eventually([this] { return Left().size() == 3; }, absl::Seconds(20)));
  keeper.Stop();
  EXPECT_THAT(Left(), ElementsAre("deleted-later x", "pending p", "rule xp"));
}

// One that can't go yet, of more than a step looks at, does not keep the later ones.
TEST_F(LowStockKeeperTest, RulesThatStayDoNotHoldUpOthers) {
  for (int i = 0; i < 30; ++i) Add(absl::StrCat("pending", i), {kPending}, kOld);
  Add("then", {kDead}, kOld + absl::Hours(1));
  background::LowStockKeeper keeper({.interval = absl::Milliseconds(10)}, *pool_, *committer_);
  EXPECT_TRUE(Eventually([this] { return Left().size() == 30; }, absl::Seconds(20)));
}

TEST_F(LowStockKeeperTest, EachHasItsOwnTime) {
  Add("deleted", {kDone, kDead}, kOld);
  Add("rule", {kDone, kDead}, std::nullopt);
  background::LowStockKeeper keeper({.event_retention = absl::Hours(24), .rule_retention = absl::Hours(24 * 365)},
                                    *pool_, *committer_);
  EXPECT_TRUE(Eventually(
      [this] {
        return Left() == std::vector<std::string>{"deleted x", "rule x"};
      },
      absl::Seconds(20)));
}

}  // namespace
}  // namespace inventory::pipeline
