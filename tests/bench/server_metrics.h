// What the server says about its batches.
#ifndef INVENTORY_TESTS_BENCH_SERVER_METRICS_H_
#define INVENTORY_TESTS_BENCH_SERVER_METRICS_H_

#include <map>
#include <string>

#include "absl/status/statusor.h"

namespace inventory::bench {

// Sums over a span of time.
struct BatchFigures {
  double batches = 0;
  double commands = 0;
  double seconds = 0;                    // From first read to commit.
  double commit_seconds = 0;             // Of those, for writing and committing.
  double retries = 0;                    // Batches that ran again, for any reason.
  std::map<double, double> by_commands;  // Batches by the upper bound of their bucket of commands.
};

// What the text of /metrics says since the server started.
BatchFigures ParseBatchFigures(const std::string& metrics);

// The span from `earlier` to `later`.
BatchFigures Between(const BatchFigures& earlier, const BatchFigures& later);

// Both spans together.
BatchFigures Together(const BatchFigures& one, const BatchFigures& other);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_SERVER_METRICS_H_
