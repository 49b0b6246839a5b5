#include "server/commands/low_stock.h"
#include "server/reading/snapshot.h"
#include "server/rpc/rule.h"
#include "storage/low_stock_repository.h"

namespace inventory::queries {
namespace {

using storage::LowStockRuleRecord;

struct GetLowStockRule {
  using Request = v1::GetLowStockRuleRequest;
  using Response = v1::LowStockRule;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.rule_id(), "rule_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const std::string ids[] = {request.rule_id()};
    reading::Snapshot snapshot(reader.connection());
    const auto results =
        snapshot.ReadLast([&](storage::Sql& sql) { storage::AppendSelectByKeyPrefix<LowStockRuleRecord>(sql, ids); });
    if (!results.ok()) return results.status();
    const auto found = storage::ParseAll<LowStockRuleRecord>((*results)[0]);
    if (found.empty() || found[0].delete_time) return commands::LowStockRuleNotFound(ids[0]);
    ToProto(found[0], response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetLowStockRule> kGetLowStockRule;

}  // namespace
}  // namespace inventory::queries
