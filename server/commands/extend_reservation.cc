#include <algorithm>

#include "inventory/v1/reservation.pb.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/pipeline/backorders.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ReservationState;

struct ExtendReservation {
  using Request = v1::ExtendReservationRequest;
  using Response = v1::ExtendReservationResponse;

  static void Validate(const Request& request, const rpc::Bounds& bounds, Violations& violations) {
    rpc::CheckId(request.reservation_id(), "reservation_id", violations);
    if (request.has_ttl()) rpc::CheckTtl(request.ttl(), bounds.max_hold_ttl, "ttl", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.reservations = {request.reservation_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.reservation_id();
    auto found = FindReservation(work, id, request.etag());
    if (!found.ok()) return found.status();
    const ReservationState state = LiveState(**found, work.now());
    if (state == ReservationState::kExpired || state == ReservationState::kCancelled) return NotLive(state);
    if (state != ReservationState::kHeld) {
      return Precondition("RESERVATION_NOT_HELD", "the reservation is committed and has no expiry to move");
    }
    const absl::Time expiry = std::max(*(*found)->expire_time, ExpiryFor(work, request.has_ttl(), request.ttl()));
    storage::ReservationRecord& reservation = EditReservation(work, id);
    reservation.expire_time = expiry;
    pipeline::SetWaitingExpiry(work, reservation);
    for (const storage::AllocationRecord* part : work.AllocationsOf(id)) {
      if (part->reserved > 0) work.rows().allocations.Edit(part->key()).expire_time = expiry;
    }
    ShowReservation(work, id, *response.mutable_reservation());
    return absl::OkStatus();
  }
};

const rpc::Registered<ExtendReservation> kExtendReservation;

}  // namespace
}  // namespace inventory::commands
