#include "server/background/low_stock_attempt.h"

#include "server/commands/low_stock.h"
#include "server/pipeline/low_stock.h"
#include "server/pipeline/work.h"

namespace inventory::background {
namespace {

using storage::LowStockEventRecord;
using storage::LowStockEventState;
using storage::LowStockRuleRecord;

pipeline::Needs NeedsOf(const LowStockEventRecord::Key& event) {
  return {.low_stock_rules = {event.first}, .first_events = {event.first}, .low_stock_events = {event}};
}

activities::LowStockEvent ToEvent(const LowStockEventRecord& event, const LowStockRuleRecord& rule) {
  const bool low = event.type == storage::LowStockEventType::kLow;
  return {.event_id = commands::EventId(event.key()),
          .rule_id = event.rule_id,
          .number = event.number,
          .type = low ? activities::LowStockEvent::Type::kLow : activities::LowStockEvent::Type::kRecovered,
          .sku = rule.sku,
          .warehouse_id = rule.warehouse_id,
          .channel_id = rule.channel_id,
          .available = event.available,
          .threshold = event.threshold,
          .margin = rule.rearm_margin,
          .time = event.create_time,
          .parameters = {rule.parameters.begin(), rule.parameters.end()},
          .attempt = event.attempts};
}

// The event, if it is pending and its SKU is locked.
const LowStockEventRecord* FindPending(pipeline::Work& work, const LowStockEventRecord::Key& key) {
  const LowStockEventRecord* event = work.rows().low_stock_events.Find(key);
  const bool pending = event != nullptr && event->state == LowStockEventState::kPending;
  return pending && work.Require(work.rows().low_stock_rules.Find(key.first)->sku) ? event : nullptr;
}

}  // namespace

pipeline::Needs BeginAttempt::needs() const { return NeedsOf(event_); }

absl::Status BeginAttempt::Apply(pipeline::Work& work) {
  taken_.reset();
  const LowStockEventRecord* found = FindPending(work, event_);
  if (found == nullptr || !found->next_attempt_time || *found->next_attempt_time > work.now()) return absl::OkStatus();
  const LowStockRuleRecord& rule = *work.rows().low_stock_rules.Find(event_.first);
  if (activity_.empty() ? activities::Find(rule.activity) == nullptr : rule.activity != activity_) {
    if (found->activity != rule.activity) work.rows().low_stock_events.Edit(event_).activity = rule.activity;
    return absl::OkStatus();
  }
  LowStockEventRecord& event = work.rows().low_stock_events.Edit(event_);
  event.update_time = work.now();
  if (event.attempts >= max_attempts_) {
    event.last_error = "the last attempt did not end: its server was lost or took too long";
    pipeline::EndEvent(work, event_, LowStockEventState::kDead);
    return absl::OkStatus();
  }
  event.attempts += 1;
  event.last_error.clear();
  pipeline::Schedule(work, event_, work.now() + lease_);
  taken_ = {.event = ToEvent(event, rule), .activity = rule.activity};
  return absl::OkStatus();
}

pipeline::Needs EndAttempt::needs() const { return NeedsOf(event_); }

absl::Status EndAttempt::Apply(pipeline::Work& work) {
  const LowStockEventRecord* found = FindPending(work, event_);
  if (found == nullptr) return absl::OkStatus();
  if (outcome_ == Outcome::kDone) {
    work.rows().low_stock_events.Edit(event_).last_error.clear();
    pipeline::EndEvent(work, event_, LowStockEventState::kDone);
    return absl::OkStatus();
  }
  if (!pipeline::IsLeased(*found) || found->attempts != attempt_) return absl::OkStatus();
  LowStockEventRecord& event = work.rows().low_stock_events.Edit(event_);
  event.last_error = error_;
  event.update_time = work.now();
  pipeline::Schedule(work, event_, work.now() + pause_);
  if (outcome_ == Outcome::kGivenBack) event.attempts -= 1;
  if (outcome_ == Outcome::kDead) pipeline::EndEvent(work, event_, LowStockEventState::kDead);
  return absl::OkStatus();
}

}  // namespace inventory::background
