// The cases that are compared.
#ifndef INVENTORY_TESTS_BENCH_CASES_H_
#define INVENTORY_TESTS_BENCH_CASES_H_

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/measure.h"
#include "tests/bench/server_metrics.h"
#include "tests/bench/site.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

enum class Kind : char {
  kEcho = 'a',          // A unary call that does nothing.
  kTransactions = 'b',  // Raw SQL, one transaction per reservation.
  kBatches = 'c',       // Raw SQL, many reservations per transaction.
  kServer = 'd',        // ReserveStock.
};

struct Case {
  std::string id;  // Such as "b-hot-16-packed"; begins with its kind.
  Kind kind;
  std::optional<Workload> workload;  // None for the echo.
  int concurrency;                   // Calls in flight, or connections.
  std::string description;
  std::function<absl::StatusOr<Sample>(Site&, const Timing&)> run;
};

struct Result {
  Case what;
  std::vector<Sample> rounds;
  BatchFigures batches;  // Of all rounds; only for the server.
};

// All cases, in the order in which a round runs them.
std::vector<Case> AllCases();

// Runs the cases one after another, `rounds` times, so that what disturbs the machine for a while disturbs all of them.
// After each run of the server's, what it shows as reserved must be exactly what it has acknowledged.
// `report` hears of each run.
absl::StatusOr<std::vector<Result>> RunCases(Site& site, const std::vector<Case>& cases, int rounds,
                                             const Timing& timing,
                                             const std::function<void(const std::string&)>& report);

// The median over the rounds of one figure, for example &Sample::per_second.
double MedianOf(const Result& result, double Sample::*figure);
// The same for each part of Sample::cpu_us.
Cpu MedianCpu(const Result& result);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_CASES_H_
