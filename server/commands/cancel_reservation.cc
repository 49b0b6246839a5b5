#include <algorithm>

#include "inventory/v1/reservation.pb.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ReservationLineRecord;
using storage::ReservationState;

struct CancelReservation {
  using Request = v1::CancelReservationRequest;
  using Response = v1::CancelReservationResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.reservation_id(), "reservation_id", violations);
    CheckLines(request.lines(), {}, violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.reservations = {request.reservation_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.reservation_id();
    auto found = FindReservation(work, id, request.etag());
    if (!found.ok()) return found.status();
    const ReservationState state = LiveState(**found, work.now());
    if (state == ReservationState::kFulfilled) return NotLive(state);
    if (state == ReservationState::kHeld || state == ReservationState::kCommitted) {
      absl::Status done = request.lines().empty() ? CancelAll(work, id) : CancelLines(request, work);
      if (!done.ok()) return done;
    }
    ShowReservation(work, id, *response.mutable_reservation());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  static absl::Status CancelAll(pipeline::Work& work, const std::string& id) {
    for (const ReservationLineRecord* line : work.LinesOf(id)) {
      absl::Status released = ReleaseFromLine(work, id, line->sku, Outstanding(*line));
      if (!released.ok()) return released;
    }
    End(EditReservation(work, id));
    return absl::OkStatus();
  }

  static absl::Status CancelLines(const Request& request, pipeline::Work& work) {
    const std::string& id = request.reservation_id();
    for (const v1::OrderLine& wanted : request.lines()) {
      const ReservationLineRecord* line = work.rows().reservation_lines.Find({id, wanted.sku()});
      const int64_t outstanding = line == nullptr ? 0 : Outstanding(*line);
      if (wanted.quantity() > outstanding) return ExceedsReserved(wanted.sku(), wanted.quantity(), outstanding);
      absl::Status released = ReleaseFromLine(work, id, wanted.sku(), wanted.quantity());
      if (!released.ok()) return released;
    }
    EditReservation(work, id);
    SettleIfDone(work, id);
    const auto lines = work.LinesOf(id);
    const bool held = work.rows().reservations.Find(id)->state == ReservationState::kHeld;
    if (held && std::all_of(lines.begin(), lines.end(), [](const auto* line) { return Outstanding(*line) == 0; })) {
      End(work.rows().reservations.Edit(id));
    }
    return absl::OkStatus();
  }

  static void End(storage::ReservationRecord& reservation) {
    reservation.state = ReservationState::kCancelled;
    reservation.expire_time.reset();
  }
};

const rpc::Registered<CancelReservation> kCancelReservation;

}  // namespace
}  // namespace inventory::commands
