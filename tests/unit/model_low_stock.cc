// The model's low-stock rules.
#include "tests/unit/model.h"

namespace inventory::model {
namespace {

Outcome Find(State& state, const std::string& id, const std::string& etag, Rule*& found) {
  const auto it = state.rules.find(id);
  if (it == state.rules.end() || it->second.deleted) return NotFound("LOW_STOCK_RULE");
  found = &it->second;
  return CheckEtag(etag, found->version);
}

}  // namespace

Outcome Model::Do(const v1::CreateLowStockRuleRequest& request) {
  const v1::LowStockRule& wanted = request.rule();
  if (Outcome tracked = CheckTracked(wanted.sku()); !tracked.ok()) return tracked;
  if (!wanted.warehouse_id().empty() && !state_.WarehouseLives(wanted.warehouse_id())) return NotFound("WAREHOUSE");
  const auto channel = state_.channels.find(wanted.channel_id());
  const bool no_channel = channel == state_.channels.end() || channel->second.deleted;
  if (!wanted.channel_id().empty() && no_channel) return NotFound("CHANNEL");
  if (state_.rules.contains(wanted.rule_id())) return {absl::StatusCode::kAlreadyExists, "LOW_STOCK_RULE_EXISTS"};
  Rule& rule = state_.rules[wanted.rule_id()];
  rule = {.sku = wanted.sku(),
          .warehouse = wanted.warehouse_id(),
          .channel = wanted.channel_id(),
          .threshold = wanted.threshold(),
          .margin = wanted.rearm_margin()};
  JudgeRule(rule);
  return {};
}

Outcome Model::Do(const v1::UpdateLowStockRuleRequest& request) {
  Rule* rule = nullptr;
  Outcome found = Find(state_, request.rule().rule_id(), request.rule().etag(), rule);
  if (!found.ok()) return found;
  const Rule before = *rule;
  if (Names(request.update_mask(), "threshold")) rule->threshold = request.rule().threshold();
  if (Names(request.update_mask(), "rearm_margin")) rule->margin = request.rule().rearm_margin();
  if (rule->threshold == before.threshold && rule->margin == before.margin) return {};
  ++rule->version;
  JudgeRule(*rule);
  return {};
}

Outcome Model::Do(const v1::DeleteLowStockRuleRequest& request) {
  Rule* rule = nullptr;
  Outcome found = Find(state_, request.rule_id(), request.etag(), rule);
  if (!found.ok()) return found;
  rule->deleted = true;
  return {};
}

void Model::Judge(const std::string& sku) {
  for (auto& [id, rule] : state_.rules) {
    if (rule.sku == sku && !rule.deleted) JudgeRule(rule);
  }
}

void Model::JudgeRule(Rule& rule) {
  if (!state_.ItemOf(rule.sku).tracked) return;
  const int64_t available = state_.Watched(rule);
  const bool low = available <= rule.threshold + (rule.low ? rule.margin : 0);
  if (low == rule.low) return;
  rule.low = low;
  rule.crossings.emplace_back(available, rule.threshold);
}

}  // namespace inventory::model
