// The cases that are compared.
#ifndef INVENTORY_TESTS_BENCH_CASES_H_
#define INVENTORY_TESTS_BENCH_CASES_H_

#include <cstdint>
#include <vector>

#include "tests/bench/results.h"
#include "tests/bench/site.h"

namespace inventory::bench {

// Lists of cases, each in a file of its name.
std::vector<Case> CoreCases();      // (a), (b), (c) and (d), side by side.
std::vector<Case> PeerCases();      // ReserveStock of a conventional service.
std::vector<Case> SweepCases();     // More calls in flight, or fewer, of those.
std::vector<Case> ZipfCases();      // Orders of several lines, with popular SKUs.
std::vector<Case> OrderCases();     // All that is done to orders.
std::vector<Case> ReadCases();      // Availability, alone and beside reservations.
std::vector<Case> WatchCases();     // Reservations while others watch.
std::vector<Case> OpenLoopCases();  // Reservations that come when they come, however busy the server is.

// Those of other sites, each in a file of its name.
std::vector<Case> MySqlCases(bool all);       // Some of the core's; or all that is measured on MariaDB with one server.
std::vector<Case> ReplicaCases();             // One server and two.
std::vector<Case> ImportCases(int64_t rows);  // Imports of so many rows, and reservations beside one.
std::vector<Case> GrowthCases(const std::vector<Place>& places);  // The same with tables of different sizes.

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_CASES_H_
