#include "server/background/low_stock_keeper.h"

#include <memory>
#include <utility>
#include <vector>

#include "server/background/forget_rule.h"
#include "server/background/run_all.h"

namespace inventory::background {
namespace {

constexpr int64_t kMaxEvents = 1000;      // Done ones in one step: short enough that nobody waits for its locks.
constexpr int64_t kMaxRules = 20;         // In one step.
constexpr int64_t kMaxEventsOfRule = 50;  // In one step, which reads each by its key.

}  // namespace

LowStockKeeper::LowStockKeeper(Options options, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer)
    : options_(options), pool_(pool), committer_(committer), events_([this] { return ForgetEvents(); }), rules_([this] {
        return ForgetRules();
      }) {}

void LowStockKeeper::Stop() {
  events_.Stop();
  rules_.Stop();
}

// Nobody writes an event that is done, so no lock of its SKU is needed.
absl::Duration LowStockKeeper::ForgetEvents() {
  storage::Sql sql;
  storage::AppendDeleteOldEvents(sql, options_.event_retention, kMaxEvents);
  storage::BeginStatement(sql).Raw("SELECT ROW_COUNT()");
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return options_.interval;
  return results->back()[0].Int(0) >= kMaxEvents ? kPauseBetweenSteps : options_.interval;
}

absl::Duration LowStockKeeper::ForgetRules() {
  storage::Sql sql;
  storage::AppendSelectDeletedRules(sql, options_.rule_retention, after_, kMaxRules);
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return options_.interval;
  const std::vector<storage::DeletedRule> rules = storage::ParseDeletedRules(results->front());
  if (!rules.empty() && !ForgetSome(rules)) return options_.interval;
  after_ = rules.size() < kMaxRules ? storage::DeletedRule() : rules.back();
  return rules.size() < kMaxRules ? options_.interval : kPauseBetweenSteps;
}

// False if the database was away or busy. Of a rule with more events than a step looks at the rest goes in later walks.
bool LowStockKeeper::ForgetSome(const std::vector<storage::DeletedRule>& rules) {
  storage::Sql sql;
  for (const storage::DeletedRule& rule : rules) {
    storage::AppendSelectEventKeys(sql, rule.rule_id, kMaxEventsOfRule);
  }
  const auto results = Ask(pool_, sql);
  if (!results.ok()) return false;
  std::vector<std::unique_ptr<pipeline::Command>> commands;
  for (std::size_t i = 0; i < rules.size(); ++i) {
    auto events = storage::ParseEventKeys((*results)[i]);
    const bool all = events.size() < kMaxEventsOfRule;
    commands.push_back(std::make_unique<ForgetRule>(rules[i].rule_id, std::move(events), all));
  }
  return RunAll(committer_, std::move(commands)).could_not == 0;
}

}  // namespace inventory::background
