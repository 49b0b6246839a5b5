#include "inventory/v1/shipment.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/queries/parts.h"
#include "server/reading/snapshot.h"
#include "server/rpc/page.h"
#include "server/rpc/rule.h"
#include "storage/shipment_repository.h"

namespace inventory::queries {
namespace {

using storage::ShipmentLineRecord;
using storage::ShipmentRecord;

struct ListShipments {
  using Request = v1::ListShipmentsRequest;
  using Response = v1::ListShipmentsResponse;
  using Key = ShipmentRecord::Key;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    const Request::Filter& filter = request.filter();
    rpc::CheckPage<Key>(request, violations);
    commands::CheckCode(filter.external_reference_code(), "filter.external_reference_code", violations);
    rpc::CheckOptionalId(filter.reservation_id(), "filter.reservation_id", violations);
    rpc::CheckOptionalId(filter.warehouse_id(), "filter.warehouse_id", violations);
    if (!filter.sku().empty()) rpc::CheckSku(filter.sku(), "filter.sku", violations);
    rpc::CheckEnum<v1::ShipmentState_IsValid>(filter.state(), "filter.state", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const rpc::Page<Key> page(request);
    reading::Snapshot snapshot(reader.connection());
    const auto listed = snapshot.Read([&](storage::Sql& sql) {
      storage::AppendListShipments(sql, FilterOf(request.filter()), page.after(), page.fetch());
    });
    if (!listed.ok()) return listed.status();
    std::vector<ShipmentRecord> shipments = storage::ParseAll<ShipmentRecord>((*listed)[0]);
    if (shipments.empty()) return absl::OkStatus();
    response.set_next_page_token(page.Cut(shipments));

    std::vector<std::string> ids;
    for (const ShipmentRecord& shipment : shipments) ids.push_back(shipment.shipment_id);
    const auto results = snapshot.ReadLast([&](storage::Sql& sql) { storage::AppendSelectShipmentLines(sql, ids); });
    if (!results.ok()) return results.status();
    const Parts<ShipmentLineRecord> lines((*results)[0], &ShipmentLineRecord::shipment_id);
    for (const ShipmentRecord& shipment : shipments) {
      ToProto(shipment, lines.Of(shipment.shipment_id), *response.add_shipments());
    }
    return absl::OkStatus();
  }

 private:
  static storage::ShipmentFilter FilterOf(const Request::Filter& filter) {
    storage::ShipmentFilter wanted = {.reservation_id = filter.reservation_id(), .warehouse_id = filter.warehouse_id()};
    if (filter.state() != v1::SHIPMENT_STATE_UNSPECIFIED) {
      wanted.state = static_cast<storage::ShipmentState>(filter.state());
    }
    wanted.external_reference_code = filter.external_reference_code();
    wanted.sku = filter.sku();
    return wanted;
  }
};

const rpc::Registered<ListShipments> kListShipments;

}  // namespace
}  // namespace inventory::queries
