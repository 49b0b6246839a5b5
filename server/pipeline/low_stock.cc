#include "server/pipeline/low_stock.h"

#include <algorithm>
#include <set>
#include <vector>

namespace inventory::pipeline {
namespace {

using storage::LowStockEventRecord;
using storage::LowStockEventState;
using storage::LowStockEventType;
using storage::LowStockRuleRecord;

int64_t AvailableInChannel(const Work& work, const LowStockRuleRecord& rule) {
  const storage::ChannelRecord* channel = work.configuration().FindChannel(rule.channel_id);
  if (channel == nullptr || !channel->active) return 0;
  int64_t sum = 0;
  for (const int64_t units : work.AvailableIn(rule.sku, work.configuration().SourcesOf(rule.channel_id))) {
    sum += std::max<int64_t>(units, 0);
  }
  return sum;
}

bool IsActive(const Work& work, const std::string& warehouse_id) {
  const storage::WarehouseRecord* warehouse = work.configuration().FindWarehouse(warehouse_id);
  return warehouse != nullptr && warehouse->active;
}

std::vector<const LowStockEventRecord*> PendingOf(const Work& work, const std::string& rule_id) {
  std::vector<const LowStockEventRecord*> events = work.rows().low_stock_events.Range(
      {rule_id, 0}, [&](const LowStockEventRecord& event) { return event.rule_id == rule_id; });
  std::erase_if(events, [](const auto* event) { return event->state != LowStockEventState::kPending; });
  return events;
}

}  // namespace

int64_t WatchedQuantity(const Work& work, const LowStockRuleRecord& rule) {
  if (!rule.channel_id.empty()) return AvailableInChannel(work, rule);
  if (!rule.warehouse_id.empty()) {
    return IsActive(work, rule.warehouse_id) ? work.AvailableIn(rule.sku, {rule.warehouse_id}).front() : 0;
  }
  int64_t sum = 0;
  for (const storage::LevelRecord* level : work.LevelsOf(rule.sku)) {
    if (IsActive(work, level->warehouse_id)) sum += std::max<int64_t>(level->quantities.available(), 0);
  }
  return sum;
}

void JudgeRule(Work& work, const std::string& rule_id) {
  const LowStockRuleRecord& judged = *work.rows().low_stock_rules.Find(rule_id);
  if (!work.item(judged.sku).tracked) return;
  const int64_t available = WatchedQuantity(work, judged);
  const bool low = available <= judged.threshold + (judged.low ? judged.rearm_margin : 0);
  if (low == judged.low) return;
  LowStockRuleRecord& rule = work.rows().low_stock_rules.Edit(rule_id);
  rule.low = low;
  rule.last_event += 1;
  rule.pending_events += 1;
  LowStockEventRecord& event =
      work.rows().low_stock_events.Add({.rule_id = rule_id,
                                        .number = rule.last_event,
                                        .type = low ? LowStockEventType::kLow : LowStockEventType::kRecovered,
                                        .available = available,
                                        .threshold = rule.threshold,
                                        .activity = rule.activity,
                                        .create_time = work.now(),
                                        .update_time = work.now()});
  if (rule.pending_events == 1) event.next_attempt_time = work.now();
}

void JudgeRules(Work& work) {
  std::set<std::string> skus = work.rechecks();
  for (const storage::MovementRecord* movement : work.movements()) skus.insert(movement->sku);
  for (const std::string& sku : skus) {
    for (const LowStockRuleRecord* rule : work.LowStockRulesOf(sku)) JudgeRule(work, rule->rule_id);
  }
}

// A failed attempt leaves its error, and the next one clears it.
bool IsLeased(const LowStockEventRecord& event) {
  return event.state == LowStockEventState::kPending && event.attempts > 0 && event.last_error.empty();
}

void Schedule(Work& work, const LowStockEventRecord::Key& key, absl::Time time) {
  LowStockEventRecord& event = work.rows().low_stock_events.Edit(key);
  event.next_attempt_time = time;
  event.activity = work.rows().low_stock_rules.Find(key.first)->activity;
}

void FollowActivity(Work& work, const std::string& rule_id) {
  const std::string& activity = work.rows().low_stock_rules.Find(rule_id)->activity;
  for (const LowStockEventRecord* event : PendingOf(work, rule_id)) {
    work.rows().low_stock_events.Edit(event->key()).activity = activity;
  }
}

void EndEvent(Work& work, const LowStockEventRecord::Key& key, LowStockEventState state) {
  LowStockEventRecord& event = work.rows().low_stock_events.Edit(key);
  // If not, its success comes late: it has lost its turn to one that was made pending again.
  const bool was_next = event.next_attempt_time.has_value();
  event.state = state;
  event.next_attempt_time.reset();
  event.update_time = work.now();
  work.rows().low_stock_rules.Edit(event.rule_id).pending_events -= 1;
  const std::vector<const LowStockEventRecord*> pending = PendingOf(work, event.rule_id);
  if (was_next && !pending.empty()) Schedule(work, pending.front()->key(), work.now());
}

void RequeueEvent(Work& work, const LowStockEventRecord::Key& key) {
  const std::vector<const LowStockEventRecord*> pending = PendingOf(work, key.first);
  LowStockEventRecord& event = work.rows().low_stock_events.Edit(key);
  event.state = LowStockEventState::kPending;
  event.attempts = 0;
  event.update_time = work.now();
  LowStockRuleRecord& rule = work.rows().low_stock_rules.Edit(key.first);
  rule.pending_events += 1;
  if (rule.pending_events == 1) {
    Schedule(work, key, work.now());
    return;
  }
  // The next one is among the first two unless it is under way and others were made pending before it meanwhile.
  const auto next = std::find_if(pending.begin(), pending.end(),
                                 [](const auto* other) { return other->next_attempt_time.has_value(); });
  if (next == pending.end() || IsLeased(**next) || (*next)->number < event.number) return;
  work.rows().low_stock_events.Edit((*next)->key()).next_attempt_time.reset();
  Schedule(work, key, work.now());
}

}  // namespace inventory::pipeline
