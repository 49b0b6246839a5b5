#include "tests/bench/rows.h"

#include <algorithm>
#include <array>
#include <set>
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
  storage::BeginStatement(sql).Raw("SELECT payload FROM event_chunk ORDER BY stamp DESC LIMIT 1");
  absl::StatusOr<std::vector<storage::Rows>> results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  for (const storage::Rows& rows : *results) {
    if (rows.size() != 1) return absl::InternalError("a reservation of one line did not write one row of each kind");
  }
  const std::string events((*results)[5][0].Text(0));
  if (events.find(reservation_id) == std::string::npos) {
    return absl::InternalError("the last events are not those of the reservation");
  }
  return ReservationRows{.reservation = storage::Parse<storage::ReservationRecord>((*results)[0][0], 0),
                         .line = storage::Parse<storage::ReservationLineRecord>((*results)[1][0], 0),
                         .allocation = storage::Parse<storage::AllocationRecord>((*results)[2][0], 0),
                         .movement = storage::Parse<storage::MovementRecord>((*results)[3][0], 0),
                         .request = storage::Parse<storage::RequestRecord>((*results)[4][0], 0),
                         .events = events};
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
  rows.events.clear();
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

// One after another, serialized events are the events of all.
storage::EventChunkRecord NextChunk(const ReservationRows& pattern, const std::vector<std::string>& skus, int log,
                                    const storage::EventLogEnd& end, absl::Time now) {
  storage::EventChunkRecord chunk{.log_id = static_cast<int16_t>(log % storage::kEventLogs),
                                  .position = end.position + 1,
                                  .stamp = std::max(absl::ToUnixMicros(now), end.max_stamp + 1),
                                  .create_time = now};
  chunk.payload.reserve(pattern.events.size() * skus.size());
  for (std::size_t i = 0; i < skus.size(); ++i) chunk.payload += pattern.events;
  const std::set<std::string> named(skus.begin(), skus.end());
  chunk.skus = std::vector<std::string>(named.begin(), named.end());
  return chunk;
}

}  // namespace inventory::bench
