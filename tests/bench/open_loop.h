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

// Whether the server is expected to answer RESOURCE_EXHAUSTED.
enum class Refusals { kSome, kNone };

// Reservations of the workload arrive as a Poisson process of so many per second, each due at a time of its own. A
// thread looks every quarter of a millisecond which are due, and sends them without waiting for any answer. The times
// of calls that succeed count from when they were due, so that a server (or client) that falls behind shows in them: no
// coordinated omission. All calls that were due while it was measured are in the times, those answered later too;
// rates are of what was answered meanwhile.
//
// A refusal where none is expected is no error, because the database or this program may pause for long enough to fill
// the server's queue; the sample counts it. Anything else but a right answer or a refusal is an error.
//
// Of the sample's further figures these tell of the load itself:
//   target_per_second     the rate that was asked for; offered_per_second is what was sent of it
//   not_offered_percent   how much of it was not sent: chance, too little of the cores for this program, MaxOutstanding
//   unsent_per_second     arrivals given up because of MaxOutstanding, if there were any
//   send_lag_p99_ms       time from when a call was due to its sending
//   send_lag_most_ms      the longest of all, the warm-up included
//   outstanding_most      calls that waited at once
// and these of the answers:
//   from_send_p50_ms, from_send_p99_ms   times of calls that succeeded from their sending
//   refused_from_due_p50_ms              times of refusals from when the calls were due, if there were any
//   refused_though_below_peak            refusals where none is expected, the warm-up included, if there were any
// The p99 are left out if there were too few calls to tell.
absl::StatusOr<Sample> OfferReservations(const std::string& address, Workload workload, double per_second,
                                         Refusals expected, const Timing& timing);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_OPEN_LOOP_H_
