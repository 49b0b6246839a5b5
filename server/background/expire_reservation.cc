#include "server/background/expire_reservation.h"

#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/pipeline/work.h"

namespace inventory::background {

pipeline::Needs ExpireReservation::needs() const { return {.reservations = {reservation_id_}}; }

absl::Status ExpireReservation::Apply(pipeline::Work& work) {
  auto found = commands::FindReservation(work, reservation_id_, "");
  if (!found.ok()) return found.status();
  const storage::ReservationRecord& held = **found;
  const bool dead = held.state == storage::ReservationState::kHeld &&
                    LiveState(held, work.now()) == storage::ReservationState::kExpired;
  ended_ = dead;
  if (!dead) return absl::OkStatus();
  for (const storage::ReservationLineRecord* line : work.LinesOf(reservation_id_)) {
    if (line->reserved == 0) continue;
    // Untracked units, which have no allocation that the batch could have released.
    storage::ReservationLineRecord& edited = work.rows().reservation_lines.Edit(line->key());
    edited.cancelled += edited.reserved;
    edited.reserved = 0;
  }
  storage::ReservationRecord& expired = commands::EditReservation(work, reservation_id_);
  expired.state = storage::ReservationState::kExpired;
  expired.expire_time.reset();
  return absl::OkStatus();
}

}  // namespace inventory::background
