#include "absl/strings/str_cat.h"
#include "inventory/v1/replenishment.pb.h"
#include "server/commands/convert.h"
#include "server/commands/replenishments.h"
#include "server/commands/reservations.h"
#include "server/commands/stock.h"
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
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    pipeline::Needs needs{.skus = {request.sku()}, .create_items = true, .warehouses = {request.warehouse_id()}};
    if (!request.replenishment_id().empty()) needs.new_replenishments = {request.replenishment_id()};
    return needs;
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    absl::Status allowed = CheckWarehouseExists(work, request.warehouse_id());
    if (allowed.ok()) allowed = CheckTracked(work, request.sku());
    if (!allowed.ok()) return allowed;
    const std::string id = request.replenishment_id().empty() ? work.fresh_id() : request.replenishment_id();
    if (work.rows().replenishments.Find(id) != nullptr) {
      return Refusal(absl::StatusCode::kAlreadyExists, "REPLENISHMENT_EXISTS",
                     absl::StrCat("there is a replenishment ", id, " already"), {{"replenishment_id", id}});
    }
    ReplenishmentRecord& replenishment = work.rows().replenishments.Add({.replenishment_id = id,
                                                                         .sku = request.sku(),
                                                                         .warehouse_id = request.warehouse_id(),
                                                                         .ordered = request.quantity(),
                                                                         .reference = request.reference(),
                                                                         .version = 1,
                                                                         .create_time = work.now(),
                                                                         .update_time = work.now()});
    if (request.has_expected_time()) replenishment.expected_time = ToStoredTime(request.expected_time());
    absl::Status expected = Expect(work, replenishment, replenishment.ordered);
    if (!expected.ok()) return expected;
    ShowReplenishment(work, id, *response.mutable_replenishment());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }
};

const rpc::Registered<CreateReplenishment> kRegistered;

}  // namespace
}  // namespace inventory::commands
