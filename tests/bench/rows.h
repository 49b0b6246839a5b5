// The rows of a reservation, as the server writes them, for the cases that write them without the server.
#ifndef INVENTORY_TESTS_BENCH_ROWS_H_
#define INVENTORY_TESTS_BENCH_ROWS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/event_repository.h"
#include "storage/records.h"

namespace inventory::bench {

// All rows that one reservation of one unit of one SKU in one warehouse inserts.
struct ReservationRows {
  storage::ReservationRecord reservation;
  storage::ReservationLineRecord line;
  storage::AllocationRecord allocation;
  storage::MovementRecord movement;
  storage::RequestRecord request;
  std::string events;  // What the event log holds of it.
};

// Reads the rows that the server has written for a reservation with one line and one allocation.
absl::StatusOr<ReservationRows> ReadReservation(storage::Connection& connection, const std::string& reservation_id,
                                                const std::string& request_id);

// Rows like `pattern`'s, of the same sizes and under fresh ids, for one more unit at the time `now`. Counts it in the
// item and the level as the server does, the other two rows that a reservation writes.
ReservationRows NextReservation(const ReservationRows& pattern, absl::Time now, storage::ItemRecord& item,
                                storage::LevelRecord& level);

// What a transaction with reservations like `pattern`, one of each of the SKUs, appends to its event log, which ends
// with `end`.
storage::EventChunkRecord NextChunk(const ReservationRows& pattern, const std::vector<std::string>& skus, int log,
                                    const storage::EventLogEnd& end, absl::Time now);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_ROWS_H_
