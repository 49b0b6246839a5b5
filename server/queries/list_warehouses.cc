#include <algorithm>

#include "absl/strings/ascii.h"
#include "inventory/v1/warehouse.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/queries/configuration.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"

namespace inventory::queries {
namespace {

using storage::WarehouseRecord;

struct ListWarehouses {
  using Request = v1::ListWarehousesRequest;
  using Response = v1::ListWarehousesResponse;
  using Key = WarehouseRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckPage<Key>(request, violations);
    commands::CheckCode(request.filter().external_reference_code(), "filter.external_reference_code", violations);
    const std::string& country = request.filter().country_code();
    const bool two_letters = country.size() == 2 && std::all_of(country.begin(), country.end(), absl::ascii_isupper);
    if (!country.empty() && !two_letters) {
      violations.Add("filter.country_code", "must be two upper-case letters or empty");
    }
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const auto configuration = CurrentConfiguration(reader);
    if (!configuration.ok()) return configuration.status();
    const rpc::Page<Key> page(request);
    std::vector<const WarehouseRecord*> warehouses =
        Select((*configuration)->warehouses, page,
               [&](const WarehouseRecord& warehouse) { return Matches(request, warehouse); });
    response.set_next_page_token(page.Cut(warehouses, [](const auto* warehouse) { return warehouse->key(); }));
    for (const WarehouseRecord* warehouse : warehouses) ToProto(*warehouse, *response.add_warehouses());
    return absl::OkStatus();
  }

 private:
  static bool Matches(const Request& request, const WarehouseRecord& warehouse) {
    const Request::Filter& filter = request.filter();
    return (request.show_deleted() || !warehouse.delete_time) &&
           (filter.external_reference_code().empty() ||
            warehouse.external_reference_code == filter.external_reference_code()) &&
           (!filter.has_active() || warehouse.active == filter.active()) &&
           (filter.country_code().empty() || warehouse.country_code == filter.country_code());
  }
};

const rpc::Registered<ListWarehouses> kListWarehouses;

}  // namespace
}  // namespace inventory::queries
