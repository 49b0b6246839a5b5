#include "inventory/v1/item.pb.h"
#include "server/commands/convert.h"
#include "server/commands/items.h"
#include "server/queries/configuration.h"
#include "server/rpc/rule.h"
#include "storage/configuration_repository.h"
#include "storage/item_repository.h"

namespace inventory::queries {
namespace {

using storage::ItemRecord;

struct GetItem {
  using Request = v1::GetItemRequest;
  using Response = v1::Item;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckSku(request.sku(), "sku", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    storage::Sql sql;
    storage::AppendSelectByKeyPrefix<ItemRecord>(sql, {{request.sku()}});
    storage::AppendSelectConfigurationVersion(sql);
    const auto results = reader.connection().Execute(sql);
    if (!results.ok()) return results.status();
    const std::vector<ItemRecord> items = storage::ParseAll<ItemRecord>((*results)[0]);
    if (items.empty() || !items[0].configured) return commands::ItemNotFound(request.sku());
    const auto configuration = ConfigurationAt(reader, (*results)[1]);
    if (!configuration.ok()) return configuration.status();
    ToProto(items[0], **configuration, response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetItem> kGetItem;

}  // namespace
}  // namespace inventory::queries
