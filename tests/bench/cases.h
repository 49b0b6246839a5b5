// The cases that are compared.
#ifndef INVENTORY_TESTS_BENCH_CASES_H_
#define INVENTORY_TESTS_BENCH_CASES_H_

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/measure.h"
#include "tests/bench/results.h"
#include "tests/bench/site.h"

namespace inventory::bench {

// All cases, in the order in which a round runs them.
std::vector<Case> AllCases();

// The parts of that, each in a file of its name.
std::vector<Case> CoreCases();   // (a), (b), (c) and (d), side by side.
std::vector<Case> PeerCases();   // ReserveStock of a conventional service.
std::vector<Case> SweepCases();  // More calls in flight, or fewer, of those.

// Those of other sites, each in a file of its name.
std::vector<Case> MySqlCases();               // Some of the core's.
std::vector<Case> ReplicaCases();             // One server and two.
std::vector<Case> ImportCases(int64_t rows);  // Imports of so many rows, and reservations beside one.
std::vector<Case> GrowthCases(bool large);    // Small tables and larger ones; the largest too if `large`.

// Runs the cases one after another, `rounds` times, so that what disturbs the machine for a while disturbs all of them.
// After each run of a server's, what it shows as reserved must be exactly what was acknowledged.
// `report` hears of each run.
absl::StatusOr<std::vector<Result>> RunCases(Site& site, const std::vector<Case>& cases, int rounds,
                                             const Timing& timing,
                                             const std::function<void(const std::string&)>& report);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_CASES_H_
