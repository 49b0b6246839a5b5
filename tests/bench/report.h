// What a run has found, for people and for programs.
#ifndef INVENTORY_TESTS_BENCH_REPORT_H_
#define INVENTORY_TESTS_BENCH_REPORT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/bench/cases.h"

namespace inventory::bench {

// How the cases compare; unset where one of them was not run.
struct Ratios {
  Workload workload;
  double best_transactions = 0;           // The best (b), per second.
  double best_batches = 0;                // The best (c), per second.
  std::optional<double> ceiling;          // 1 / (1/a + 1/c), per second: what a call and a batch leave room for.
  std::optional<double> to_transactions;  // (d) to the best (b).
  std::optional<double> to_ceiling;       // (d) to the ceiling.
  std::optional<double> latency;          // Of one call at a time to the best transaction of one connection.
};

Ratios Compare(const std::vector<Result>& results, Workload workload);

// What is known of a run besides its results.
struct RunFacts {
  std::vector<std::pair<std::string, std::string>> facts;  // Of machine and settings, by name.
  int rounds = 0;
  Timing timing;
};

// The results as a table for a terminal, and the ratios.
std::string Table(const RunFacts& run, const std::vector<Result>& results);

// All of it as JSON.
std::string Json(const RunFacts& run, const std::vector<Result>& results);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_REPORT_H_
