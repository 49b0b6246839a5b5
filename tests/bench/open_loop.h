// Load that comes when it comes, whether the server keeps up or not.
#ifndef INVENTORY_TESTS_BENCH_OPEN_LOOP_H_
#define INVENTORY_TESTS_BENCH_OPEN_LOOP_H_

#include <string>

#include "absl/status/statusor.h"
#include "tests/bench/measure.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

// No more calls wait for their answers at any time: twice what inventory-server lets wait by default. An arrival beyond
// that is not sent, and counted as such.
int MaxOutstanding();

// Reservations of the workload arrive as a Poisson process of so many per second, each with an intended time, and are
// sent within the next quarter of a millisecond, without waiting for any answer. The times of calls that succeed count
// from the intended time, so that a server (or client) that falls behind shows in them: no coordinated omission.
// RESOURCE_EXHAUSTED is a refusal; anything else but a right answer is an error.
//
// Of the sample's further figures these tell of the load itself:
//   target_per_second              the rate that was asked for; offered_per_second is what was sent of it
//   not_offered_percent            what this program could not send of it, because it had too little of the cores or
//   for
//                                  MaxOutstanding
//   unsent_per_second              arrivals given up because of MaxOutstanding, if there were any
//   send_lag_p99_ms                time from the intended moment to the sending
//   outstanding_most               calls that waited at once
// and these of the answers:
//   from_send_p50_ms, from_send_p99_ms   times of calls that succeeded from their sending
//   refused_from_intended_p50_ms         times of refusals from the intended moment, if there were any
absl::StatusOr<Sample> OfferReservations(const std::string& address, Workload workload, double per_second,
                                         const Timing& timing);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_OPEN_LOOP_H_
