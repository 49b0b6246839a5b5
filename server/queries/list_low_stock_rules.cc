#include "server/commands/low_stock.h"
#include "server/reading/snapshot.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/low_stock_repository.h"

namespace inventory::queries {
namespace {

using storage::LowStockRuleRecord;

struct ListLowStockRules {
  using Request = v1::ListLowStockRulesRequest;
  using Response = v1::ListLowStockRulesResponse;
  using Key = LowStockRuleRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckPage<Key>(request, violations);
    if (!request.filter().sku().empty()) rpc::CheckSku(request.filter().sku(), "filter.sku", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    storage::LowStockRuleFilter filter = {.sku = request.filter().sku()};
    if (request.filter().has_low()) filter.low = request.filter().low();
    reading::Snapshot snapshot(reader.connection());
    const auto listed = snapshot.ReadLast(
        [&](storage::Sql& sql) { storage::AppendListLowStockRules(sql, filter, page.after(), page.fetch()); });
    if (!listed.ok()) return listed.status();
    auto rules = storage::ParseAll<LowStockRuleRecord>((*listed)[0]);
    response.set_next_page_token(page.Cut(rules));
    for (const LowStockRuleRecord& rule : rules) ToProto(rule, *response.add_rules());
    return absl::OkStatus();
  }
};

const rpc::Registered<ListLowStockRules> kRegistered;

}  // namespace
}  // namespace inventory::queries
