#include "inventory/v1/reservation.pb.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/pipeline/backorders.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ReservationState;

struct ConfirmReservation {
  using Request = v1::ConfirmReservationRequest;
  using Response = v1::ConfirmReservationResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.reservation_id(), "reservation_id", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.reservations = {request.reservation_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.reservation_id();
    auto reservation = FindReservation(work, id, request.etag());
    if (!reservation.ok()) return reservation.status();
    switch (const ReservationState state = LiveState(**reservation, work.now())) {
      case ReservationState::kExpired:
      case ReservationState::kCancelled:
        return NotLive(state);
      case ReservationState::kHeld:
        Commit(work, id);
        break;
      case ReservationState::kCommitted:
      case ReservationState::kFulfilled:
        break;
    }
    ShowReservation(work, id, *response.mutable_reservation());
    return absl::OkStatus();
  }

 private:
  static void Commit(pipeline::Work& work, const std::string& id) {
    storage::ReservationRecord& reservation = EditReservation(work, id);
    reservation.state = ReservationState::kCommitted;
    reservation.expire_time.reset();
    pipeline::SetWaitingExpiry(work, reservation);
    for (const storage::AllocationRecord* part : work.AllocationsOf(id)) {
      work.rows().allocations.Edit(part->key()).expire_time.reset();
    }
    SettleIfDone(work, id);
  }
};

const rpc::Registered<ConfirmReservation> kConfirmReservation;

}  // namespace
}  // namespace inventory::commands
