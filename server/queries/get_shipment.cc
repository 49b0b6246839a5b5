#include "absl/strings/str_cat.h"
#include "inventory/v1/shipment.pb.h"
#include "server/commands/convert.h"
#include "server/queries/parts.h"
#include "server/reading/snapshot.h"
#include "server/rpc/rule.h"
#include "storage/shipment_repository.h"

namespace inventory::queries {
namespace {

using storage::ShipmentLineRecord;
using storage::ShipmentRecord;

struct GetShipment {
  using Request = v1::GetShipmentRequest;
  using Response = v1::Shipment;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.shipment_id(), "shipment_id", violations);
  }

  static absl::Status Read(const Request& request, reading::Reader& reader, Response& response) {
    const std::string ids[] = {request.shipment_id()};
    reading::Snapshot snapshot(reader.connection());
    const auto results = snapshot.ReadLast([&](storage::Sql& sql) {
      storage::AppendSelectShipments(sql, ids);
      storage::AppendSelectShipmentLines(sql, ids);
    });
    if (!results.ok()) return results.status();
    const auto shipments = storage::ParseAll<ShipmentRecord>((*results)[0]);
    if (shipments.empty()) {
      return NotFound("SHIPMENT_NOT_FOUND", absl::StrCat("there is no shipment ", ids[0]), {{"shipment_id", ids[0]}});
    }
    const Parts<ShipmentLineRecord> lines((*results)[1], &ShipmentLineRecord::shipment_id);
    ToProto(shipments[0], lines.Of(ids[0]), response);
    return absl::OkStatus();
  }
};

const rpc::Registered<GetShipment> kGetShipment;

}  // namespace
}  // namespace inventory::queries
