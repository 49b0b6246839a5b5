#include "server/commands/low_stock.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

struct DeleteLowStockRule {
  using Request = v1::DeleteLowStockRuleRequest;
  using Response = v1::DeleteLowStockRuleResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.rule_id(), "rule_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.low_stock_rules = {request.rule_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response&) {
    auto found = FindLowStockRule(work, request.rule_id(), request.etag());
    if (!found.ok()) return found.status();
    // The row stays for its events, and so that its id is not used again as long as the ids of these are remembered.
    storage::LowStockRuleRecord& rule = work.rows().low_stock_rules.Edit(request.rule_id());
    rule.delete_time = work.now();
    work.rows().items.Edit(rule.sku).low_stock_rules -= 1;
    return absl::OkStatus();
  }
};

const rpc::Registered<DeleteLowStockRule> kDeleteLowStockRule;

}  // namespace
}  // namespace inventory::commands
