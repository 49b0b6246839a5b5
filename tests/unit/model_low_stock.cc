// The model's low-stock rules.
#include <algorithm>
#include <functional>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
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
  const v1::LowStockRule& wanted = request.rule();
  const auto other = [](const std::string& value, const std::string& stored) {
    return !value.empty() && value != stored;
  };
  if (other(wanted.sku(), rule->sku) || other(wanted.warehouse_id(), rule->warehouse) ||
      other(wanted.channel_id(), rule->channel)) {
    return {absl::StatusCode::kInvalidArgument, "IMMUTABLE_FIELD"};
  }
  if (Names(request.update_mask(), wanted, "threshold")) rule->threshold = request.rule().threshold();
  if (Names(request.update_mask(), wanted, "rearm_margin")) rule->margin = request.rule().rearm_margin();
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
  Event event{.available = available, .threshold = rule.threshold};
  const bool alone = std::none_of(rule.events.begin(), rule.events.end(), std::mem_fn(&Event::pending));
  if (alone) event.due = state_.now;
  rule.events.push_back(event);
}

void Model::Recheck(const std::string& sku) {
  Enter({sku});
  Judge(sku);
}

Event* Model::FindEvent(const std::string& id, int64_t number) {
  const auto rule = state_.rules.find(id);
  if (rule == state_.rules.end()) return nullptr;
  Enter({rule->second.sku});
  std::vector<Event>& events = rule->second.events;
  const bool known = number >= 1 && number <= static_cast<int64_t>(events.size());
  return known ? &events[static_cast<std::size_t>(number - 1)] : nullptr;
}

bool Model::BeginAttempt(const std::string& rule, int64_t number, absl::Duration lease, int max_attempts) {
  Event* event = FindEvent(rule, number);
  if (event == nullptr || !event->due || *event->due > state_.now) return false;
  if (event->attempts >= max_attempts) {
    End(state_.rules.at(rule), *event, v1::LOW_STOCK_EVENT_STATE_DEAD);
    return false;
  }
  ++event->attempts;
  event->under_way = true;
  event->due = state_.now + lease;
  return true;
}

// A success counts whenever it comes; a failure only if no later attempt has begun.
void Model::EndAttempt(const std::string& rule, int64_t number, int attempt, Ending ending, absl::Duration pause) {
  Event* event = FindEvent(rule, number);
  if (event == nullptr || !event->pending()) return;
  if (ending == Ending::kDone) return End(state_.rules.at(rule), *event, v1::LOW_STOCK_EVENT_STATE_DONE);
  if (!event->under_way || event->attempts != attempt) return;
  event->under_way = false;
  event->due = state_.now + pause;
  if (ending == Ending::kGivenBack) --event->attempts;
  if (ending == Ending::kFailedForGood) End(state_.rules.at(rule), *event, v1::LOW_STOCK_EVENT_STATE_DEAD);
}

void Model::End(Rule& rule, Event& event, v1::LowStockEventState state) {
  const bool had_its_turn = event.due.has_value();
  event.state = state;
  event.under_way = false;
  event.due.reset();
  const auto first = std::find_if(rule.events.begin(), rule.events.end(), std::mem_fn(&Event::pending));
  if (had_its_turn && first != rule.events.end()) first->due = state_.now;
}

// It goes before the later ones, unless one of them is under way.
Outcome Model::Do(const v1::RetryLowStockEventRequest& request) {
  const std::pair<std::string, std::string> id = absl::StrSplit(request.event_id(), ':');
  int64_t number = 0;
  const bool numbered = absl::SimpleAtoi(id.second, &number);
  Event* event = numbered ? FindEvent(id.first, number) : nullptr;
  if (event == nullptr) return NotFound("LOW_STOCK_EVENT");
  if (event->state != v1::LOW_STOCK_EVENT_STATE_DEAD) return Precondition("LOW_STOCK_EVENT_STATE");
  event->state = v1::LOW_STOCK_EVENT_STATE_PENDING;
  event->attempts = 0;
  std::vector<Event>& events = state_.rules.at(id.first).events;
  const auto turn = std::find_if(events.begin(), events.end(), [](const Event& other) { return other.due; });
  if (turn != events.end() && (turn->under_way || &*turn < event)) return {};
  if (turn != events.end()) turn->due.reset();
  event->due = state_.now;
  return {};
}

}  // namespace inventory::model
