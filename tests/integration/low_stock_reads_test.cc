// What is done over and over with low-stock rules and events reads about as many rows as it needs, however many others
// there are.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/low_stock_repository.h"
#include "tests/integration/repositories_fixture.h"

namespace inventory::storage {
namespace {

constexpr int kRules =
    2000;  // With an event each that is done, one in kRareEvent with one that is dead and one pending.
constexpr int kRareEvent = 200;
constexpr int kLongRule = 2000;  // Events of the rule "long", all done but the last.
constexpr int64_t kEventsPage = 3;
// The counters themselves are rows too.
constexpr int64_t kMostEventReads = 1500;

class LowStockReadsTest : public RepositoriesTest {
 protected:
  void SetUp() override {
    RepositoriesTest::SetUp();
    for (int i = 0; i < kRules; ++i) {
      const std::string id = absl::StrFormat("r%05d", i);
      AddRule(id, absl::StrCat("sku", i));
      AddEvent(id, 1, LowStockEventState::kDone);
      if (i % kRareEvent != 0) continue;
      AddEvent(id, 2, LowStockEventState::kDead);
      AddEvent(id, 3, LowStockEventState::kPending).next_attempt_time = kTime;
      AddEvent(id, 4, LowStockEventState::kPending);
    }
    AddRule("long", "sku");
    for (int i = 1; i < kLongRule; ++i) AddEvent("long", i, LowStockEventState::kDone);
    AddEvent("long", kLongRule, LowStockEventState::kPending).next_attempt_time = kFuture;
    Insert(rules_);
    Insert(events_);
    Run([](Sql& sql) {
      sql.Raw("ANALYZE TABLE low_stock_rule, low_stock_event");
      return true;
    });
  }

  void AddRule(const std::string& id, const std::string& sku) {
    // Every kRareEvent-th one is not like the others.
    const bool rare = rules_.size() % kRareEvent == 7;
    rules_.push_back({.rule_id = id,
                      .sku = sku,
                      .warehouse_id = rare ? "w1" : "w2",
                      .channel_id = rare ? "c1" : "c2",
                      .activity = rare ? "unpublish" : "log",
                      .low = rare,
                      .version = 1,
                      .create_time = kTime,
                      .update_time = kTime});
  }
  LowStockEventRecord& AddEvent(const std::string& rule_id, int64_t number, LowStockEventState state) {
    events_.push_back({.rule_id = rule_id,
                       .number = number,
                       .state = state,
                       .activity = "log",
                       .create_time = kTime,
                       .update_time = kTime});
    return events_.back();
  }

  // The number of rows, which must not have taken too many reads.
  template <typename Append>
  std::size_t Count(Append append) {
    const int64_t before = Reads();
    const Rows rows = Run(append);
    EXPECT_LT(Reads() - before, kMostEventReads);
    return rows.size();
  }
  std::size_t CountEvents(const LowStockEventFilter& filter, const LowStockEventRecord::Key& after = {}) {
    return Count([&](Sql& sql) { return AppendListLowStockEvents(sql, filter, after, kEventsPage); });
  }

 private:
  std::vector<LowStockRuleRecord> rules_;
  std::vector<LowStockEventRecord> events_;
};

TEST_F(LowStockReadsTest, RulesOfASkuAndEventsThatAreDue) {
  const std::vector<std::string> skus = {"sku7", "sku1999"};
  EXPECT_EQ(Count([&](Sql& sql) { return AppendSelectRulesOf(sql, skus); }), 2u);
  EXPECT_EQ(Count([](Sql& sql) { return AppendSelectDueEvents(sql, "log", {}, 100); }),
            std::size_t{kRules / kRareEvent});
  EXPECT_EQ(Count([](Sql& sql) { return AppendSelectDueEvents(sql, "webhook", {}, 100); }), 0u);
  EXPECT_EQ(Count([](Sql& sql) { return AppendSelectRuleIdsOf(sql, "sku7"); }), 1u);
  EXPECT_EQ(Count([](Sql& sql) { return AppendSelectFirstEvents(sql, "long"); }), 1u);
  EXPECT_EQ(Count([](Sql& sql) { return AppendSelectFirstEvents(sql, "r00200"); }), 2u);
}

// All are due since the same moment, and are told apart by their rules.
TEST_F(LowStockReadsTest, PagesOfEventsThatAreDue) {
  Run([](Sql& sql) {
    sql.Raw("UPDATE low_stock_event SET next_attempt_time = IF(number = 1, ").Time(kTime).Raw(", NULL)");
    return true;
  });
  DueEvent last;
  int found = 0;
  for (std::size_t size = 500; size == 500; found += static_cast<int>(size)) {
    const int64_t before = Reads();
    const std::vector<DueEvent> page =
        ParseDueEvents(Run([&](Sql& sql) { return AppendSelectDueEvents(sql, "log", last, 500); }));
    EXPECT_LT(Reads() - before, kMostEventReads);
    for (const DueEvent& event : page) {
      EXPECT_TRUE(event.key.first > last.key.first || event.due_time > last.due_time);
      last = event;
    }
    size = page.size();
  }
  EXPECT_EQ(found, kRules + 1);
  EXPECT_EQ(last.key.first, "r01999");
}

TEST_F(LowStockReadsTest, ListsOfRules) {
  const auto list = [this](const LowStockRuleFilter& filter, const std::string& after) {
    return Count([&](Sql& sql) { return AppendListLowStockRules(sql, filter, after, kEventsPage); });
  };
  EXPECT_EQ(list({}, ""), 3u);
  EXPECT_EQ(list({}, "r01998"), 1u);
  EXPECT_EQ(list({.sku = "sku1500"}, ""), 1u);
  EXPECT_EQ(list({.sku = "sku1500", .low = true}, ""), 0u);
  EXPECT_EQ(list({.low = true}, ""), 3u);
  EXPECT_EQ(list({.low = true}, "r01607"), 1u);
  EXPECT_EQ(list({.warehouse_id = "w1"}, "r01607"), 1u);
  EXPECT_EQ(list({.channel_id = "c1"}, "r01607"), 1u);
  EXPECT_EQ(list({.activity = "unpublish"}, "r01607"), 1u);
  EXPECT_EQ(list({.low = true, .warehouse_id = "w1", .channel_id = "c1", .activity = "unpublish"}, "r01607"), 1u);
  EXPECT_EQ(list({.low = false, .warehouse_id = "w1"}, ""), 0u);
}

TEST_F(LowStockReadsTest, RulesThatWereDeletedLongAgoAndTheirEvents) {
  Run([](Sql& sql) {
    sql.Raw("UPDATE low_stock_rule SET delete_time = create_time WHERE rule_id IN ('r00300', 'r00200', 'r00400')");
    return true;
  });
  const auto find = [this](const DeletedRule& after, absl::Duration age) {
    std::vector<std::string> ids;
    const int64_t before = Reads();
    const Rows rows = Run([&](Sql& sql) { return AppendSelectDeletedRules(sql, age, after, 2); });
    EXPECT_LT(Reads() - before, kMostEventReads);
    for (const DeletedRule& rule : ParseDeletedRules(rows)) ids.push_back(rule.rule_id);
    return ids;
  };
  EXPECT_EQ(find({}, absl::Hours(1)), (std::vector<std::string>{"r00200", "r00300"}));
  EXPECT_EQ(find({kTime, "r00300"}, absl::Hours(1)), std::vector<std::string>{"r00400"});
  Run([](Sql& sql) {
    sql.Raw("UPDATE low_stock_rule SET delete_time = create_time");
    return true;
  });
  EXPECT_EQ(find({kTime, "r01998"}, absl::Hours(1)), std::vector<std::string>{"r01999"}) << "deleted at once";
  EXPECT_EQ(find({}, absl::Now() - kTime + absl::Hours(1)), std::vector<std::string>());
  EXPECT_EQ(Count([](Sql& sql) { return AppendSelectEventKeys(sql, "r00200", 3); }), 3u);
  EXPECT_EQ(Count([](Sql& sql) { return AppendSelectEventKeys(sql, "long", 50); }), 50u);
}

TEST_F(LowStockReadsTest, ListsOfEvents) {
  EXPECT_EQ(CountEvents({}), 3u);
  EXPECT_EQ(CountEvents({}, {"r01998", 1}), 1u);
  EXPECT_EQ(CountEvents({}, {"long", kLongRule - 4}), 3u) << "far into the events of a rule";
  EXPECT_EQ(CountEvents({.state = LowStockEventState::kDone}, {"long", kLongRule - 4}), 3u);
  EXPECT_EQ(CountEvents({.rule_ids = {{"long"}}}, {"long", kLongRule - 2}), 2u);
  EXPECT_EQ(CountEvents({.rule_ids = {{"long"}}, .state = LowStockEventState::kPending}), 1u);
  EXPECT_EQ(CountEvents({.rule_ids = {{"long", "r00200", "r00201"}}}, {"long", kLongRule}), 3u);
  EXPECT_EQ(CountEvents({.rule_ids = {{"long", "r00200"}}, .state = LowStockEventState::kDead}, {"long", 1}), 1u);
  EXPECT_EQ(CountEvents({.rule_ids = {{"long", "r00200"}}}, {"r00200", 3}), 1u);
  EXPECT_EQ(CountEvents({.rule_ids = std::vector<std::string>()}), 0u);
  // From the beginning of a long one.
  EXPECT_EQ(CountEvents({.rule_ids = {{"long"}}}), 3u);
  EXPECT_EQ(CountEvents({.rule_ids = {{"long"}}, .state = LowStockEventState::kDone}), 3u);
  EXPECT_EQ(CountEvents({.rule_ids = {{"long", "r00200"}}}), 3u);
  EXPECT_EQ(CountEvents({.rule_ids = {{"long", "r00200"}}, .state = LowStockEventState::kDone}), 3u);
  EXPECT_EQ(CountEvents({.state = LowStockEventState::kDead}), 3u);
  EXPECT_EQ(CountEvents({.state = LowStockEventState::kDead}, {"r01600", 2}), 1u);
  EXPECT_EQ(CountEvents({.state = LowStockEventState::kDone}, {"r01998", 1}), 1u);
}

TEST_F(LowStockReadsTest, OldEventsThatAreDoneAreForgotten) {
  const auto forget = [this](absl::Duration age) {
    Count([&](Sql& sql) { return AppendDeleteOldEvents(sql, age, 100); });
    return Run([](Sql& sql) {
      sql.Raw("SELECT COUNT(*), SUM(state = 1), SUM(state = 3) FROM low_stock_event");
      return true;
    });
  };
  const int64_t all = kRules + 3 * kRules / kRareEvent + kLongRule;
  EXPECT_EQ(forget(absl::Now() - kTime + absl::Hours(1))[0].Int(0), all) << "none is so old";
  Rows left;
  for (int i = 0; i < (kRules + kLongRule) / 100 + 1; ++i) left = forget(absl::Hours(1));
  EXPECT_EQ(left[0].Int(0), 3 * kRules / kRareEvent + 1);
  EXPECT_EQ(left[0].Int(1), 2 * kRules / kRareEvent + 1);
  EXPECT_EQ(left[0].Int(2), kRules / kRareEvent);
}

}  // namespace
}  // namespace inventory::storage
