#include "server/background/forget_rule.h"

#include "server/pipeline/work.h"

namespace inventory::background {

absl::Status ForgetRule::Apply(pipeline::Work& work) {
  const storage::LowStockRuleRecord* rule = work.rows().low_stock_rules.Find(rule_id_);
  if (rule == nullptr || !rule->delete_time) return absl::OkStatus();
  if (!work.Require(rule->sku)) return absl::AbortedError("the rule's SKU is not locked yet");
  for (const storage::LowStockEventRecord::Key& key : events_) {
    const storage::LowStockEventRecord* event = work.rows().low_stock_events.Find(key);
    const bool ended = event != nullptr && event->state != storage::LowStockEventState::kPending;
    if (ended) work.rows().low_stock_events.Remove(key);
  }
  // A dead event may have been made pending again meanwhile.
  if (all_ && rule->pending_events == 0) work.rows().low_stock_rules.Remove(rule_id_);
  return absl::OkStatus();
}

}  // namespace inventory::background
