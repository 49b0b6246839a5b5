#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "server/commands/low_stock.h"
#include "server/reading/snapshot.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/low_stock_repository.h"

namespace inventory::queries {
namespace {

using storage::LowStockEventRecord;
using storage::LowStockRuleRecord;

struct ListLowStockEvents {
  using Request = v1::ListLowStockEventsRequest;
  using Response = v1::ListLowStockEventsResponse;
  using Key = LowStockEventRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckPage<Key>(request, violations);
    rpc::CheckOptionalId(request.filter().rule_id(), "filter.rule_id", violations);
    if (!request.filter().sku().empty()) rpc::CheckSku(request.filter().sku(), "filter.sku", violations);
    rpc::CheckEnum<v1::LowStockEventState_IsValid>(request.filter().state(), "filter.state", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    storage::LowStockEventFilter filter;
    if (request.filter().state() != v1::LOW_STOCK_EVENT_STATE_UNSPECIFIED) {
      filter.state = static_cast<storage::LowStockEventState>(request.filter().state());
    }
    reading::Snapshot snapshot(reader.connection());
    auto rule_ids = RuleIdsOf(request.filter(), snapshot);
    if (!rule_ids.ok()) return rule_ids.status();
    filter.rule_ids = *std::move(rule_ids);
    const auto listed = snapshot.ReadLast(
        [&](storage::Sql& sql) { storage::AppendListLowStockEvents(sql, filter, page.after(), page.fetch()); });
    if (!listed.ok()) return listed.status();
    constexpr int kRule = storage::kColumnCount<LowStockEventRecord>;
    std::vector<std::pair<LowStockEventRecord, LowStockRuleRecord>> events;
    for (const storage::Row& row : (*listed)[0]) {
      events.emplace_back(storage::Parse<LowStockEventRecord>(row), storage::Parse<LowStockRuleRecord>(row, kRule));
    }
    response.set_next_page_token(page.Cut(events, [](const auto& event) { return event.first.key(); }));
    for (const auto& [event, rule] : events) ToProto(event, rule, *response.add_events());
    return absl::OkStatus();
  }

 private:
  using RuleIds = std::optional<std::vector<std::string>>;

  // The rules that the filter names by id or by SKU; unset means all.
  static absl::StatusOr<RuleIds> RuleIdsOf(const Request::Filter& filter, reading::Snapshot& snapshot) {
    const std::string& rule_id = filter.rule_id();
    if (filter.sku().empty()) return rule_id.empty() ? RuleIds() : RuleIds({rule_id});
    const auto found = snapshot.Read([&](storage::Sql& sql) { storage::AppendSelectRuleIdsOf(sql, filter.sku()); });
    if (!found.ok()) return found.status();
    std::vector<std::string> rule_ids = storage::ParseTexts((*found)[0]);
    if (!rule_id.empty()) std::erase_if(rule_ids, [&](const std::string& id) { return id != rule_id; });
    return rule_ids;
  }
};

const rpc::Registered<ListLowStockEvents> kListLowStockEvents;

}  // namespace
}  // namespace inventory::queries
