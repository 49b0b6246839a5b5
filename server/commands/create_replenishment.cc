#include "inventory/v1/replenishment.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/commands/replenishments.h"
#include "server/commands/reservations.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ReplenishmentRecord;

struct CreateReplenishment {
  using Request = v1::CreateReplenishmentRequest;
  using Response = v1::CreateReplenishmentResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckOptionalId(request.replenishment_id(), "replenishment_id", violations);
    rpc::CheckSku(request.sku(), "sku", violations);
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
    rpc::CheckQuantity(request.quantity(), 1, "quantity", violations);
    if (request.has_expected_time()) rpc::CheckTimestamp(request.expected_time(), "expected_time", violations);
    rpc::CheckText(request.reference(), kMaxReplenishmentReferenceBytes, "reference", violations);
    CheckCode(request.external_reference_code(), "external_reference_code", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    pipeline::Needs needs{.skus = {request.sku()}, .create_items = true, .warehouses = {request.warehouse_id()}};
    if (!request.replenishment_id().empty()) needs.new_replenishments = {request.replenishment_id()};
    NeedCode(storage::ResourceKind::kReplenishment, request.external_reference_code(), needs);
    return needs;
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    ReplenishmentRecord record{.replenishment_id = request.replenishment_id(),
                               .sku = request.sku(),
                               .warehouse_id = request.warehouse_id(),
                               .ordered = request.quantity(),
                               .reference = request.reference(),
                               .external_reference_code = request.external_reference_code()};
    if (request.has_expected_time()) record.expected_time = ToStoredTime(request.expected_time());
    absl::StatusOr<const ReplenishmentRecord*> opened = OpenReplenishment(work, std::move(record));
    if (!opened.ok()) return opened.status();
    ToProto(**opened, *response.mutable_replenishment());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }
};

const rpc::Registered<CreateReplenishment> kCreateReplenishment;

}  // namespace
}  // namespace inventory::commands
