#include "tests/bench/rows.h"

#include <algorithm>
#include <array>
#include <vector>

#include "server/rpc/ids.h"
#include "storage/movement_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"

namespace inventory::bench {

absl::StatusOr<ReservationRows> ReadReservation(storage::Connection& connection, const std::string& reservation_id,
                                                const std::string& request_id) {
  const std::array reservation_ids = {reservation_id};
  const std::array request_keys = {storage::RequestKey{"", request_id}};
  storage::Sql sql;
  storage::AppendSelectReservations(sql, reservation_ids);
  storage::AppendSelectReservationLines(sql, reservation_ids);
  storage::AppendSelectAllocations(sql, reservation_ids);
  storage::AppendListMovements(sql, {.document_id = reservation_id}, {"", 0}, 2);
  storage::AppendSelectRequests(sql, request_keys);
  absl::StatusOr<std::vector<storage::Rows>> results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  for (const storage::Rows& rows : *results) {
    if (rows.size() != 1) return absl::InternalError("a reservation of one line did not write one row of each kind");
  }
  return ReservationRows{.reservation = storage::Parse<storage::ReservationRecord>((*results)[0][0], 0),
                         .line = storage::Parse<storage::ReservationLineRecord>((*results)[1][0], 0),
                         .allocation = storage::Parse<storage::AllocationRecord>((*results)[2][0], 0),
                         .movement = storage::Parse<storage::MovementRecord>((*results)[3][0], 0),
                         .request = storage::Parse<storage::RequestRecord>((*results)[4][0], 0)};
}

ReservationRows NextReservation(const ReservationRows& pattern, absl::Time now, storage::ItemRecord& item,
                                storage::LevelRecord& level) {
  if (item.last_movement_time) now = std::max(now, *item.last_movement_time);
  level.quantities.reserved += pattern.line.reserved;
  level.version += 1;
  level.update_time = now;
  item.sequence += 1;
  item.last_movement_time = now;
  const absl::Time expire_time = now + (*pattern.reservation.expire_time - pattern.reservation.create_time);
  item.next_hold_expiry = std::min(item.next_hold_expiry.value_or(expire_time), expire_time);

  ReservationRows rows = pattern;
  const std::string reservation_id = rpc::NewId();
  rows.request.request_id = rpc::NewId();
  rows.request.create_time = now;
  rows.reservation.reservation_id = reservation_id;
  rows.reservation.order_reference = rows.request.request_id;
  rows.reservation.expire_time = expire_time;
  rows.reservation.create_time = now;
  rows.reservation.update_time = now;
  rows.line.reservation_id = reservation_id;
  rows.line.sku = item.sku;
  rows.allocation.reservation_id = reservation_id;
  rows.allocation.sku = item.sku;
  rows.allocation.expire_time = expire_time;
  rows.movement.sku = item.sku;
  rows.movement.sequence = item.sequence;
  rows.movement.version = level.version;
  rows.movement.balance = level.quantities;
  rows.movement.document_id = reservation_id;
  rows.movement.request_id = rows.request.request_id;
  rows.movement.create_time = now;
  return rows;
}

}  // namespace inventory::bench
