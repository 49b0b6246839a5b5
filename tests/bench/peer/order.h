// A reservation with its parts.
#ifndef INVENTORY_TESTS_BENCH_PEER_ORDER_H_
#define INVENTORY_TESTS_BENCH_PEER_ORDER_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "inventory/v1/reservation.pb.h"
#include "storage/records.h"
#include "tests/bench/peer/session.h"
#include "tests/bench/peer/stock.h"

namespace inventory::bench::peer {

struct Order {
  storage::ReservationRecord reservation;
  std::vector<storage::ReservationLineRecord> lines;
  std::vector<storage::AllocationRecord> allocations;
};

// An order that is there, and the stock of all of its SKUs.
struct LockedOrder {
  Order order;
  Stock stock;
};

// Locks the stock, then reads the order, which nobody can change under these locks. NOT_FOUND, ABORTED where the etag
// is another one, UNIMPLEMENTED for units that wait for stock.
absl::StatusOr<LockedOrder> LockOrder(Session& session, const std::string& reservation_id, const std::string& etag);

// The order as callers see it.
void Show(Order order, absl::Time now, v1::Reservation& out);

}  // namespace inventory::bench::peer

#endif  // INVENTORY_TESTS_BENCH_PEER_ORDER_H_
