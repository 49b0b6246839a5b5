// What those who watch are told.
#ifndef INVENTORY_TESTS_BENCH_PEER_EVENTS_H_
#define INVENTORY_TESTS_BENCH_PEER_EVENTS_H_

#include "absl/status/status.h"
#include "storage/records.h"
#include "tests/bench/peer/order.h"
#include "tests/bench/peer/session.h"
#include "tests/bench/peer/stock.h"

namespace inventory::bench::peer {

// Appends to the session's event log what its transaction has done to the order, with the names of its SKUs, as a batch
// of the server does. `before` is the reservation as it was, null if it is new. Call under the locks, after all
// changes.
absl::Status Tell(Session& session, const storage::ReservationRecord* before, const Order& order, const Stock& stock);

}  // namespace inventory::bench::peer

#endif  // INVENTORY_TESTS_BENCH_PEER_EVENTS_H_
