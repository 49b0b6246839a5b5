// Servers and a database, as they take reservations together.
#ifndef INVENTORY_TESTS_BENCH_SCALING_CLUSTER_H_
#define INVENTORY_TESTS_BENCH_SCALING_CLUSTER_H_

#include <cstdint>

#include "tests/bench/scaling/costs.h"
#include "tests/bench/scaling/load.h"

namespace inventory::bench::scaling {

// What is there, and what it is asked to do.
struct Scenario {
  Costs costs = {};

  // The database: one machine, or the nodes of one database that have the rows among them by ranges of keys. A batch
  // whose rows are on several nodes asks each of them and commits in two phases.
  int nodes = 1;
  double node_cores = 8;
  // The rows of an order begin with its id. If ids rise with time, all of them go to the end of their ranges, where one
  // thread writes them; otherwise they are spread.
  bool rising_ids = false;
  // On top of what a commit costs on one machine: until others have it as well. None if nothing is replicated.
  double replication_us = 0;

  int servers = 1;
  double server_cores = 8;
  int lanes = 12;       // Of each server. It has a thread for gRPC on each core.
  int max_batch = 256;  // Commands.
  int callers = 1024;   // Calls in flight for each server, always.
  // Whether the calls of a SKU all go to the same server, or to any.
  bool by_sku = false;
  // There and back between two machines.
  double round_trip_us = 100;

  // Everything, callers with as many threads as cores included, shares the cores of the one node, and no round trip
  // takes any time.
  bool one_machine = false;

  double warmup_us = 100'000;
  double measured_us = 300'000;
  uint64_t seed = 1;
};

// Of the time that was measured.
struct Outcome {
  double per_second = 0;        // Reservations that were answered.
  double commands = 0;          // In a batch.
  double batch_ms = 0;          // From the lock being asked for to the commit.
  double lock_wait_ms = 0;      // Of that, until all SKUs were locked.
  double database_percent = 0;  // Of the time of all cores of all nodes.
};

// Callers who reserve a unit of a SKU and, once they are answered, another. Everybody finds stock.
Outcome Simulate(const Scenario& scenario, const Load& load);

}  // namespace inventory::bench::scaling

#endif  // INVENTORY_TESTS_BENCH_SCALING_CLUSTER_H_
