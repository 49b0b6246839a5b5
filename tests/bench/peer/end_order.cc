// Confirming and cancelling.
#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "tests/bench/peer/events.h"
#include "tests/bench/peer/order.h"
#include "tests/bench/peer/rules.h"

namespace inventory::bench::peer {
namespace {

using storage::ReservationRecord;
using storage::ReservationState;

// Writes the reservation, which has ended or lost its expiry, with a new version, and tells it.
absl::Status Update(Session& session, ReservationState state, LockedOrder& locked) {
  ReservationRecord& reservation = locked.order.reservation;
  const ReservationRecord before = reservation;
  const absl::Time now = locked.stock.now();
  reservation.state = state;
  reservation.expire_time.reset();
  reservation.version += 1;
  reservation.update_time = now;
  static const std::string kText =
      "UPDATE reservation SET state = ?, expire_time = NULL, version = ?, update_time = ? WHERE reservation_id = ?";
  absl::Status done = session.Run(
      kText, {static_cast<int64_t>(state), reservation.version, TimeValue(now), reservation.reservation_id});
  if (!done.ok()) return done;
  return Tell(session, &before, locked.order, locked.stock);
}

absl::Status Commit(Session& session, LockedOrder& locked) {
  static const std::string kText = "UPDATE allocation SET expire_time = NULL WHERE reservation_id = ?";
  Order& order = locked.order;
  for (storage::AllocationRecord& allocation : order.allocations) allocation.expire_time.reset();
  absl::Status done = session.Run(kText, {order.reservation.reservation_id});
  if (!done.ok()) return done;
  return Update(session, ReservationState::kCommitted, locked);
}

// Frees all units, in memory.
void Release(const std::string& request_id, LockedOrder& locked) {
  for (storage::AllocationRecord& allocation : locked.order.allocations) {
    if (allocation.reserved == 0) continue;
    locked.stock.Reserve(allocation.sku, allocation.warehouse_id, -allocation.reserved, storage::MovementType::kRelease,
                         allocation.reservation_id, request_id);
    allocation.reserved = 0;
    allocation.expire_time.reset();
  }
  for (storage::ReservationLineRecord& line : locked.order.lines) {
    line.cancelled += line.reserved;
    line.reserved = 0;
  }
}

absl::Status CancelAll(Session& session, const std::string& request_id, LockedOrder& locked) {
  static const std::string kLines =
      "UPDATE reservation_line SET cancelled = cancelled + reserved, reserved = 0 WHERE reservation_id = ?";
  static const std::string kAllocations =
      "UPDATE allocation SET reserved = 0, expire_time = NULL WHERE reservation_id = ?";
  Order& order = locked.order;
  for (const storage::AllocationRecord& allocation : order.allocations) {
    if (allocation.in_shipment == 0) continue;
    return Precondition("UNITS_IN_SHIPMENT", "units are in open shipments; cancel those first",
                        {{"sku", allocation.sku}, {"in_shipment", absl::StrCat(allocation.in_shipment)}});
  }
  Release(request_id, locked);
  absl::Status done = locked.stock.Write(session);
  if (done.ok()) done = session.Run(kLines, {order.reservation.reservation_id});
  if (done.ok()) done = session.Run(kAllocations, {order.reservation.reservation_id});
  if (!done.ok()) return done;
  return Update(session, ReservationState::kCancelled, locked);
}

}  // namespace

absl::Status Confirm(Session& session, const v1::ConfirmReservationRequest& request,
                     v1::ConfirmReservationResponse& response) {
  absl::StatusOr<LockedOrder> locked = LockOrder(session, request.reservation_id(), request.etag());
  if (!locked.ok()) return locked.status();
  const ReservationState state = LiveState(locked->order.reservation, locked->stock.now());
  if (state == ReservationState::kExpired || state == ReservationState::kCancelled) return commands::NotLive(state);
  if (state == ReservationState::kHeld) {
    absl::Status done = Commit(session, *locked);
    if (!done.ok()) return done;
  }
  Show(locked->order, locked->stock.now(), *response.mutable_reservation());
  return absl::OkStatus();
}

absl::Status Cancel(Session& session, const std::string& request_id, const v1::CancelReservationRequest& request,
                    v1::CancelReservationResponse& response) {
  if (request.lines_size() > 0) return absl::UnimplementedError("this service cancels whole reservations only");
  absl::StatusOr<LockedOrder> locked = LockOrder(session, request.reservation_id(), request.etag());
  if (!locked.ok()) return locked.status();
  const ReservationState state = LiveState(locked->order.reservation, locked->stock.now());
  if (state == ReservationState::kFulfilled) return commands::NotLive(state);
  if (state == ReservationState::kHeld || state == ReservationState::kCommitted) {
    absl::Status done = CancelAll(session, request_id, *locked);
    if (!done.ok()) return done;
  }
  Show(locked->order, locked->stock.now(), *response.mutable_reservation());
  for (const storage::MovementRecord& movement : locked->stock.movements()) {
    ToProto(movement, *response.add_movements());
  }
  return absl::OkStatus();
}

}  // namespace inventory::bench::peer
