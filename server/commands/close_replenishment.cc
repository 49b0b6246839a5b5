#include "inventory/v1/replenishment.pb.h"
#include "server/commands/replenishments.h"
#include "server/commands/reservations.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ReplenishmentState;

struct CloseReplenishment {
  using Request = v1::CloseReplenishmentRequest;
  using Response = v1::CloseReplenishmentResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.replenishment_id(), "replenishment_id", violations);
    rpc::CheckText(request.reason(), 255, "reason", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.replenishments = {request.replenishment_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.replenishment_id();
    auto found = FindReplenishment(work, id, request.etag());
    if (!found.ok()) return found.status();
    if ((*found)->state == ReplenishmentState::kReceived) return WrongState((*found)->state);
    if ((*found)->state == ReplenishmentState::kOpen) {
      absl::Status given_up = Expect(work, **found, -(*found)->outstanding(), request.reason());
      if (!given_up.ok()) return given_up;
      EditReplenishment(work, id).state = ReplenishmentState::kClosed;
    }
    ShowReplenishment(work, id, *response.mutable_replenishment());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }
};

const rpc::Registered<CloseReplenishment> kCloseReplenishment;

}  // namespace
}  // namespace inventory::commands
