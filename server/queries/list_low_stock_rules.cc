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
    const Request::Filter& filter = request.filter();
    if (!filter.sku().empty()) rpc::CheckSku(filter.sku(), "filter.sku", violations);
    rpc::CheckOptionalId(filter.warehouse_id(), "filter.warehouse_id", violations);
    rpc::CheckOptionalId(filter.channel_id(), "filter.channel_id", violations);
    if (!filter.activity().empty() && !rpc::IsKey(filter.activity(), /*max_bytes=*/64)) {
      violations.Add("filter.activity", "must be the key of an activity, at most 64 of [a-z0-9._-], or empty");
    }
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    storage::LowStockRuleFilter filter = {.sku = request.filter().sku(),
                                          .warehouse_id = request.filter().warehouse_id(),
                                          .channel_id = request.filter().channel_id(),
                                          .activity = request.filter().activity()};
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

const rpc::Registered<ListLowStockRules> kListLowStockRules;

}  // namespace
}  // namespace inventory::queries
