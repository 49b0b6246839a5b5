#include "absl/strings/str_cat.h"
#include "server/commands/low_stock.h"
#include "server/pipeline/low_stock.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::LowStockEventRecord;

struct RetryLowStockEvent {
  using Request = v1::RetryLowStockEventRequest;
  using Response = v1::RetryLowStockEventResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    if (request.event_id().empty()) {
      violations.Add("event_id", "is required");
    } else if (!ParseEventId(request.event_id())) {
      violations.Add("event_id", "is not the id of an event: <rule_id>:<number>");
    }
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    const LowStockEventRecord::Key key = *ParseEventId(request.event_id());
    return {.low_stock_rules = {key.first}, .first_events = {key.first}, .low_stock_events = {key}};
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const LowStockEventRecord::Key key = *ParseEventId(request.event_id());
    const LowStockEventRecord* event = work.rows().low_stock_events.Find(key);
    if (event == nullptr) {
      return NotFound("LOW_STOCK_EVENT_NOT_FOUND", absl::StrCat("there is no low-stock event ", request.event_id()),
                      {{"event_id", request.event_id()}});
    }
    const storage::LowStockRuleRecord& rule = *work.rows().low_stock_rules.Find(key.first);
    if (!work.Require(rule.sku)) return absl::AbortedError("the event's SKU is not locked yet");
    if (event->state != storage::LowStockEventState::kDead) {
      std::string name = v1::LowStockEventState_Name(static_cast<v1::LowStockEventState>(event->state));
      name = name.substr(std::string("LOW_STOCK_EVENT_STATE_").size());
      return Precondition("LOW_STOCK_EVENT_STATE", absl::StrCat("the event is ", name), {{"state", name}});
    }
    pipeline::RequeueEvent(work, key);
    ToProto(*work.rows().low_stock_events.Find(key), rule, *response.mutable_event());
    return absl::OkStatus();
  }
};

const rpc::Registered<RetryLowStockEvent> kRetryLowStockEvent;

}  // namespace
}  // namespace inventory::commands
