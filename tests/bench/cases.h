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
  kPeer = 'p',          // ReserveStock of a conventional service.
  kOther = '-',         // Whatever else: reads, orders, schedules, growth.
};

struct Case {
  std::string id;      // Such as "b-hot-16-packed"; begins with its kind, or with a word if that is kOther.
  std::string series;  // Joins the cases that differ in `concurrency` only, such as "b-hot-packed"; may be empty.
  Kind kind;
  std::optional<Workload> workload;  // What each operation reserves one unit of. If there is none, `run` acknowledges
                                     // and checks itself what it reserves.
  int concurrency;                   // Calls in flight, or connections; 0 where a schedule begins the calls.
  std::string description;
  std::function<absl::StatusOr<Sample>(Site&, const Timing&)> run;
};

struct Result {
  Case what;
  std::vector<Sample> rounds;
  BatchFigures batches;  // What the server has written in all rounds.
};

// All cases, in the order in which a round runs them.
std::vector<Case> AllCases();

// The parts of that, each in a file of its name.
std::vector<Case> CoreCases();   // (a), (b), (c) and (d), side by side.
std::vector<Case> SweepCases();  // More calls in flight, or fewer, of those.

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
