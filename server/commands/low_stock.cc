#include "server/commands/low_stock.h"

#include <algorithm>
#include <set>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "server/activities/activity.h"
#include "server/commands/convert.h"
#include "server/rpc/bounds.h"

namespace inventory::commands {
namespace {

using storage::LowStockEventRecord;
using storage::LowStockRuleRecord;

constexpr int kMaxParameters = 32;
constexpr std::size_t kMaxParameterValueBytes = 2000;

std::string ParameterPath(const std::string& key) { return absl::StrCat("rule.parameters[", key, "]"); }

}  // namespace

void CheckLowStockRule(const v1::LowStockRule& rule, Violations& violations) {
  rpc::CheckQuantity(rule.threshold(), 0, "rule.threshold", violations);
  rpc::CheckQuantity(rule.rearm_margin(), 0, "rule.rearm_margin", violations);
  if (activities::Find(rule.activity()) == nullptr) {
    violations.Add("rule.activity", rule.activity().empty() ? "is required" : "is not an activity of this server");
  }
  rpc::CheckTexts(rule.parameters(), kMaxParameters, kMaxParameterValueBytes, "rule.parameters", violations);
}

void CheckParameters(const v1::LowStockRule& rule, Violations& violations) {
  const activities::Parameters parameters(rule.parameters().begin(), rule.parameters().end());
  for (const auto& [name, problem] : activities::CheckParameters(*activities::Find(rule.activity()), parameters)) {
    violations.Add(ParameterPath(name), problem);
  }
}

LowStockRuleRecord Configured(LowStockRuleRecord record, const v1::LowStockRule& rule) {
  record.threshold = rule.threshold();
  record.rearm_margin = rule.rearm_margin();
  record.activity = rule.activity();
  record.parameters = {rule.parameters().begin(), rule.parameters().end()};
  return record;
}

absl::StatusOr<const LowStockRuleRecord*> FindLowStockRule(pipeline::Work& work, const std::string& rule_id,
                                                           const std::string& etag) {
  const LowStockRuleRecord* rule = work.rows().low_stock_rules.Find(rule_id);
  if (rule == nullptr || rule->delete_time) return LowStockRuleNotFound(rule_id);
  if (!work.Require(rule->sku)) return absl::AbortedError("the rule's SKU is not locked yet");
  absl::Status matches = CheckEtag(etag, rule->version, "the low-stock rule");
  if (!matches.ok()) return matches;
  return rule;
}

absl::Status LowStockRuleNotFound(const std::string& rule_id) {
  return NotFound("LOW_STOCK_RULE_NOT_FOUND", absl::StrCat("there is no low-stock rule ", rule_id),
                  {{"rule_id", rule_id}});
}

std::string EventId(const LowStockEventRecord::Key& key) { return absl::StrCat(key.first, ":", key.second); }

std::optional<LowStockEventRecord::Key> ParseEventId(const std::string& event_id) {
  const std::size_t colon = event_id.rfind(':');
  if (colon == std::string::npos) return std::nullopt;
  LowStockEventRecord::Key key(event_id.substr(0, colon), 0);
  Violations violations;
  rpc::CheckId(key.first, "", violations);
  const bool numbered = absl::SimpleAtoi(event_id.substr(colon + 1), &key.second) && key.second > 0;
  // Only as EventId writes it: no sign and no zeros in front.
  if (!violations.empty() || !numbered || EventId(key) != event_id) return std::nullopt;
  return key;
}

}  // namespace inventory::commands

namespace inventory {

void ToProto(const storage::LowStockRuleRecord& rule, v1::LowStockRule& out) {
  out.set_rule_id(rule.rule_id);
  out.set_sku(rule.sku);
  out.set_warehouse_id(rule.warehouse_id);
  out.set_channel_id(rule.channel_id);
  out.set_threshold(rule.threshold);
  out.set_rearm_margin(rule.rearm_margin);
  out.set_activity(rule.activity);
  *out.mutable_parameters() = {rule.parameters.begin(), rule.parameters.end()};
  out.set_low(rule.low);
  *out.mutable_create_time() = ToTimestamp(rule.create_time);
  *out.mutable_update_time() = ToTimestamp(rule.update_time);
  out.set_etag(Etag(rule.version));
}

void ToProto(const storage::LowStockEventRecord& event, const storage::LowStockRuleRecord& rule,
             v1::LowStockEvent& out) {
  out.set_event_id(commands::EventId(event.key()));
  out.set_rule_id(event.rule_id);
  out.set_number(event.number);
  out.set_type(static_cast<v1::LowStockEventType>(event.type));
  out.set_sku(rule.sku);
  out.set_warehouse_id(rule.warehouse_id);
  out.set_channel_id(rule.channel_id);
  out.set_available(event.available);
  out.set_threshold(event.threshold);
  out.set_state(static_cast<v1::LowStockEventState>(event.state));
  out.set_attempts(event.attempts);
  if (event.next_attempt_time) *out.mutable_next_attempt_time() = ToTimestamp(*event.next_attempt_time);
  out.set_last_error(event.last_error);
  *out.mutable_create_time() = ToTimestamp(event.create_time);
  *out.mutable_update_time() = ToTimestamp(event.update_time);
}

}  // namespace inventory
