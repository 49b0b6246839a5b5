#include "inventory/v1/item.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/queries/configuration.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/configuration_repository.h"
#include "storage/item_repository.h"

namespace inventory::queries {
namespace {

using storage::ItemRecord;

struct ListItems {
  using Request = v1::ListItemsRequest;
  using Response = v1::ListItemsResponse;
  using Key = ItemRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckPage<Key>(request, violations);
    commands::CheckCode(request.filter().external_reference_code(), "filter.external_reference_code", violations);
    rpc::CheckSkuPrefix(request.filter().sku_prefix(), "filter.sku_prefix", violations);
    rpc::CheckOptionalId(request.filter().availability_estimate_id(), "filter.availability_estimate_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    storage::ItemFilter filter = {.sku_prefix = request.filter().sku_prefix()};
    if (request.filter().has_published()) filter.published = request.filter().published();
    if (const std::string& estimate_id = request.filter().availability_estimate_id(); !estimate_id.empty()) {
      const auto present = CurrentConfiguration(reader);
      if (!present.ok()) return present.status();
      const auto estimate = (*present)->availability_estimates.find(estimate_id);
      if (estimate == (*present)->availability_estimates.end()) return absl::OkStatus();
      filter.availability_estimate = estimate->second.uid;
    }
    filter.external_reference_code = request.filter().external_reference_code();
    storage::Sql sql;
    storage::AppendListItems(sql, filter, page.after(), page.fetch());
    storage::AppendSelectConfigurationVersion(sql);
    const auto results = reader.connection().Execute(sql);
    if (!results.ok()) return results.status();
    const auto configuration = ConfigurationAt(reader, (*results)[1]);
    if (!configuration.ok()) return configuration.status();
    std::vector<ItemRecord> items = storage::ParseAll<ItemRecord>((*results)[0]);
    response.set_next_page_token(page.Cut(items));
    for (const ItemRecord& item : items) ToProto(item, **configuration, *response.add_items());
    return absl::OkStatus();
  }
};

const rpc::Registered<ListItems> kListItems;

}  // namespace
}  // namespace inventory::queries
