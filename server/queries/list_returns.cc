#include "inventory/v1/stock_return.pb.h"
#include "server/commands/convert.h"
#include "server/queries/parts.h"
#include "server/reading/snapshot.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/return_repository.h"

namespace inventory::queries {
namespace {

using storage::ReturnLineRecord;
using storage::ReturnRecord;

struct ListReturns {
  using Request = v1::ListReturnsRequest;
  using Response = v1::ListReturnsResponse;
  using Key = ReturnRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const Request::Filter& filter = request.filter();
    rpc::CheckPage<Key>(request, violations);
    rpc::CheckOptionalId(filter.reservation_id(), "filter.reservation_id", violations);
    if (!filter.sku().empty()) rpc::CheckSku(filter.sku(), "filter.sku", violations);
    rpc::CheckOptionalId(filter.warehouse_id(), "filter.warehouse_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    const storage::ReturnFilter filter = {.reservation_id = request.filter().reservation_id(),
                                          .sku = request.filter().sku(),
                                          .warehouse_id = request.filter().warehouse_id()};
    reading::Snapshot snapshot(reader.connection());
    const auto listed =
        snapshot.Read([&](storage::Sql& sql) { storage::AppendListReturns(sql, filter, page.after(), page.fetch()); });
    if (!listed.ok()) return listed.status();
    std::vector<ReturnRecord> returns = storage::ParseAll<ReturnRecord>((*listed)[0]);
    if (returns.empty()) return absl::OkStatus();
    response.set_next_page_token(page.Cut(returns));

    std::vector<std::string> ids;
    for (const ReturnRecord& listed_return : returns) ids.push_back(listed_return.return_id);
    const auto results =
        snapshot.ReadLast([&](storage::Sql& sql) { storage::AppendSelectByKeyPrefix<ReturnLineRecord>(sql, ids); });
    if (!results.ok()) return results.status();
    const Parts<ReturnLineRecord> lines((*results)[0], &ReturnLineRecord::return_id);
    for (const ReturnRecord& listed_return : returns) {
      ToProto(listed_return, lines.Of(listed_return.return_id), *response.add_stock_returns());
    }
    return absl::OkStatus();
  }
};

const rpc::Registered<ListReturns> kListReturns;

}  // namespace
}  // namespace inventory::queries
