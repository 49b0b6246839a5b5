// What was measured, to check the simulation against.
#ifndef INVENTORY_TESTS_BENCH_SCALING_MEASURED_H_
#define INVENTORY_TESTS_BENCH_SCALING_MEASURED_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace inventory::bench::scaling {

// ReserveStock of real servers, which have one database and share the machine with it and the callers.
struct Measured {
  bool hot = false;  // One SKU, or 10,000 of them equally.
  int servers = 1;
  int in_flight = 0;
  double per_second = 0;
  double commands = 0;     // In a batch.
  double server_us = 0;    // CPU time for one reservation.
  double database_us = 0;  // The same.
};

// Those on MariaDB without a history in what `make bench` has printed; empty if there are none.
std::vector<Measured> ParseMeasured(const std::string& table);

// Those of the file; an error if it has none.
absl::StatusOr<std::vector<Measured>> ReadMeasured(const std::string& path);

}  // namespace inventory::bench::scaling

#endif  // INVENTORY_TESTS_BENCH_SCALING_MEASURED_H_
