#include <algorithm>

#include "absl/strings/str_cat.h"
#include "inventory/v1/replenishment.pb.h"
#include "server/commands/conditions.h"
#include "server/commands/replenishments.h"
#include "server/commands/reservations.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ReplenishmentRecord;
using storage::ReplenishmentState;

struct ReceiveReplenishment {
  using Request = v1::ReceiveReplenishmentRequest;
  using Response = v1::ReceiveReplenishmentResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.replenishment_id(), "replenishment_id", violations);
    rpc::CheckQuantity(request.quantity(), 1, "quantity", violations);
    rpc::CheckEnum<v1::StockCondition_IsValid>(request.condition(), "condition", violations);
    rpc::CheckText(request.reason(), 255, "reason", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.replenishments = {request.replenishment_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.replenishment_id();
    auto found = FindReplenishment(work, id, request.etag());
    if (!found.ok()) return found.status();
    if ((*found)->state != ReplenishmentState::kOpen) return WrongState((*found)->state);
    // The request names a unit but no SKU that it could be converted by before.
    const auto units = rpc::InSmallestUnits(work, (*found)->sku, request.unit(), request.quantity());
    if (!units.ok()) return units.status();
    const int64_t outstanding = (*found)->outstanding();
    if (*units > outstanding && !request.allow_over_receipt()) return OverReceipt(id, *units, outstanding);

    storage::Quantities delta = UnitsOf(request.condition(), *units);
    delta.incoming = -std::min(*units, outstanding);
    absl::Status moved = work.Apply({.sku = (*found)->sku,
                                     .warehouse_id = (*found)->warehouse_id,
                                     .type = storage::MovementType::kReceive,
                                     .delta = delta,
                                     .reason = request.reason(),
                                     .document_id = id})
                             .status();
    if (!moved.ok()) return moved;
    ReplenishmentRecord& replenishment = EditReplenishment(work, id);
    replenishment.received += *units;
    if (replenishment.outstanding() == 0) replenishment.state = ReplenishmentState::kReceived;
    ShowReplenishment(work, id, *response.mutable_replenishment());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  static absl::Status OverReceipt(const std::string& id, int64_t requested, int64_t outstanding) {
    return Precondition(
        "OVER_RECEIPT",
        absl::StrCat("only ", outstanding,
                     " units of the replenishment are outstanding; "
                     "allow_over_receipt takes more in all the same"),
        {{"replenishment_id", id}, {"requested", absl::StrCat(requested)}, {"outstanding", absl::StrCat(outstanding)}});
  }
};

const rpc::Registered<ReceiveReplenishment> kReceiveReplenishment;

}  // namespace
}  // namespace inventory::commands
