#include "server/commands/field_mask.h"
#include "server/commands/low_stock.h"
#include "server/pipeline/low_stock.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::LowStockRuleRecord;

struct UpdateLowStockRule {
  using Request = v1::UpdateLowStockRuleRequest;
  using Response = v1::LowStockRule;

  static constexpr std::string_view kImmutable[] = {"sku", "warehouse_id", "channel_id"};

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.rule().rule_id(), "rule.rule_id", violations);
    const auto mask =
        CheckUpdateMask(request.update_mask(), *v1::LowStockRule::descriptor(), kFixedLowStockRuleFields, violations);
    // Which parameters are right depends on the activity, which may be the stored one.
    v1::LowStockRule changed;
    changed.set_activity("log");
    ApplyUpdate(mask, kFixedLowStockRuleFields, request.rule(), changed);
    CheckLowStockRule(changed, violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    return {.low_stock_rules = {request.rule().rule_id()}, .first_events = {request.rule().rule_id()}};
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.rule().rule_id();
    auto found = FindLowStockRule(work, id, request.rule().etag());
    if (!found.ok()) return found.status();
    v1::LowStockRule wanted;
    ToProto(**found, wanted);
    absl::Status kept = CheckImmutable(kImmutable, request.rule(), wanted, "rule");
    if (!kept.ok()) return kept;
    ApplyUpdate(request.update_mask(), kFixedLowStockRuleFields, request.rule(), wanted);
    Violations violations;
    CheckLowStockRule(wanted, violations);
    if (violations.empty()) CheckParameters(wanted, violations);
    if (!violations.empty()) return violations.ToStatus();
    LowStockRuleRecord record = Configured(**found, wanted);
    if (record != **found) {
      record.version += 1;
      record.update_time = work.now();
      work.rows().low_stock_rules.Edit(id) = std::move(record);
      pipeline::FollowActivity(work, id);
      pipeline::JudgeRule(work, id);
    }
    ToProto(*work.rows().low_stock_rules.Find(id), response);
    return absl::OkStatus();
  }
};

const rpc::Registered<UpdateLowStockRule> kUpdateLowStockRule;

}  // namespace
}  // namespace inventory::commands
