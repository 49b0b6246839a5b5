#include "absl/strings/str_cat.h"
#include "server/commands/low_stock.h"
#include "server/commands/reservations.h"
#include "server/commands/stock.h"
#include "server/pipeline/low_stock.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::LowStockRuleRecord;

struct CreateLowStockRule {
  using Request = v1::CreateLowStockRuleRequest;
  using Response = v1::LowStockRule;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const v1::LowStockRule& rule = request.rule();
    rpc::CheckOptionalId(rule.rule_id(), "rule.rule_id", violations);
    rpc::CheckSku(rule.sku(), "rule.sku", violations);
    rpc::CheckOptionalId(rule.warehouse_id(), "rule.warehouse_id", violations);
    rpc::CheckOptionalId(rule.channel_id(), "rule.channel_id", violations);
    if (!rule.warehouse_id().empty() && !rule.channel_id().empty()) {
      violations.Add("rule.channel_id", "can't be given together with warehouse_id");
    }
    CheckLowStockRule(rule, violations);
    if (violations.empty()) CheckParameters(rule, violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    const v1::LowStockRule& rule = request.rule();
    pipeline::Needs needs{.skus = {rule.sku()}, .create_items = true};
    if (!rule.warehouse_id().empty()) needs.warehouses = {rule.warehouse_id()};
    if (!rule.rule_id().empty()) needs.new_low_stock_rules = {rule.rule_id()};
    return needs;
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const v1::LowStockRule& rule = request.rule();
    absl::Status allowed = CheckScope(rule, work);
    if (!allowed.ok()) return allowed;
    const std::string id = rule.rule_id().empty() ? work.fresh_id() : rule.rule_id();
    if (work.rows().low_stock_rules.Find(id) != nullptr) {
      return Refusal(absl::StatusCode::kAlreadyExists, "LOW_STOCK_RULE_EXISTS",
                     absl::StrCat("there is, or was, a low-stock rule ", id), {{"rule_id", id}});
    }
    LowStockRuleRecord record{.rule_id = id,
                              .sku = rule.sku(),
                              .warehouse_id = rule.warehouse_id(),
                              .channel_id = rule.channel_id(),
                              .version = 1,
                              .create_time = work.now(),
                              .update_time = work.now()};
    work.rows().low_stock_rules.Add(Configured(std::move(record), rule));
    work.rows().items.Edit(rule.sku()).low_stock_rules += 1;
    pipeline::JudgeRule(work, id);
    ToProto(*work.rows().low_stock_rules.Find(id), response);
    return absl::OkStatus();
  }

 private:
  static absl::Status CheckScope(const v1::LowStockRule& rule, pipeline::Work& work) {
    absl::Status allowed = CheckTracked(work, rule.sku());
    if (allowed.ok() && !rule.warehouse_id().empty()) allowed = CheckWarehouseExists(work, rule.warehouse_id());
    if (!allowed.ok()) return allowed;
    if (!rule.channel_id().empty() && work.configuration().FindChannel(rule.channel_id()) == nullptr) {
      return NotFound("CHANNEL_NOT_FOUND", absl::StrCat("there is no channel ", rule.channel_id()),
                      {{"channel_id", rule.channel_id()}});
    }
    if (work.item(rule.sku()).low_stock_rules < pipeline::kMaxLowStockRules) return absl::OkStatus();
    return Precondition("TOO_MANY_LOW_STOCK_RULES",
                        absl::StrCat(rule.sku(), " has ", pipeline::kMaxLowStockRules, " low-stock rules already"),
                        {{"sku", rule.sku()}});
  }
};

const rpc::Registered<CreateLowStockRule> kCreateLowStockRule;

}  // namespace
}  // namespace inventory::commands
