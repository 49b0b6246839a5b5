#include "inventory/v1/stock.pb.h"
#include "server/commands/convert.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/level_repository.h"

namespace inventory::queries {
namespace {

using storage::LevelRecord;
using storage::LevelStatus;

LevelStatus StatusOf(v1::StockStatus status) {
  switch (status) {
    case v1::STOCK_STATUS_IN_STOCK:
      return LevelStatus::kInStock;
    case v1::STOCK_STATUS_OUT_OF_STOCK:
      return LevelStatus::kOutOfStock;
    case v1::STOCK_STATUS_DEFICIT:
      return LevelStatus::kDeficit;
    default:
      return LevelStatus::kAny;
  }
}

struct ListStockLevels {
  using Request = v1::ListStockLevelsRequest;
  using Response = v1::ListStockLevelsResponse;
  using Key = LevelRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckPage<Key>(request, violations);
    rpc::CheckSkuPrefix(request.filter().sku_prefix(), "filter.sku_prefix", violations);
    rpc::CheckOptionalId(request.filter().warehouse_id(), "filter.warehouse_id", violations);
    rpc::CheckEnum<v1::StockStatus_IsValid>(request.filter().status(), "filter.status", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    const storage::LevelFilter filter = {.sku_prefix = request.filter().sku_prefix(),
                                         .warehouse_id = request.filter().warehouse_id(),
                                         .status = StatusOf(request.filter().status())};
    storage::Sql sql;
    storage::AppendListLiveLevels(sql, filter, page.after(), page.fetch());
    const auto results = reader.connection().Execute(sql);
    if (!results.ok()) return results.status();
    std::vector<LevelRecord> levels = storage::ParseAll<LevelRecord>((*results)[0]);
    response.set_next_page_token(page.Cut(levels));
    for (const LevelRecord& level : levels) ToProto(level, *response.add_stock_levels());
    return absl::OkStatus();
  }
};

const rpc::Registered<ListStockLevels> kListStockLevels;

}  // namespace
}  // namespace inventory::queries
