// Cases and what they have measured, without anything that runs them.
#ifndef INVENTORY_TESTS_BENCH_RESULTS_H_
#define INVENTORY_TESTS_BENCH_RESULTS_H_

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tests/bench/measure.h"
#include "tests/bench/server_metrics.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

class Site;

enum class Kind : char {
  kEcho = 'a',          // A unary call that does nothing.
  kTransactions = 'b',  // Raw SQL, one transaction per reservation.
  kBatches = 'c',       // Raw SQL, many reservations per transaction.
  kServer = 'd',        // ReserveStock.
  kPeer = 'p',          // ReserveStock of a conventional service.
  kOther = '-',         // Whatever else: reads, orders, schedules, growth.
};

// Where a case runs. Each is a database of its own, with its servers and its stock, so that what one leaves behind does
// not weigh on another.
enum class Place {
  kMain,      // MariaDB.
  kMySql,     // The same on MySQL; left out if there is none.
  kReplicas,  // Two servers on one database.
  kImport,    // For imports, which make new SKUs.
  kSmall,     // 10,000 SKUs with a history, and the same for more of them.
  kMiddle,
  kLarge,
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
  Place place = Place::kMain;
};

struct Result {
  Case what;
  Timing timing = {};     // Of each round.
  std::string site = {};  // The name of the site, for example "MariaDB".
  std::vector<Sample> rounds;
  BatchFigures batches;  // What the server has written in all rounds.
};

// What is known of a run besides its results.
struct RunFacts {
  std::vector<std::pair<std::string, std::string>> facts;  // Of machine and settings, by name.
  int rounds = 0;
  Timing timing;
};

// The name of the fact that a run has failed, whose value says why.
inline constexpr char kNotFinished[] = "not finished";

// The median over the rounds of one figure, for example &Sample::per_second.
double MedianOf(const Result& result, double Sample::*figure);
// The same over the rounds that have the figure. None if no round has.
std::optional<double> MedianOf(const Result& result, std::optional<double> Sample::*figure);
// The same for each part of Sample::cpu_us.
Cpu MedianCpu(const Result& result);

// The least and the greatest round of a figure.
struct Range {
  double least = 0;
  double greatest = 0;
};
Range RangeOf(const Result& result, double Sample::*figure);
// The same of the rounds that have the figure.
Range RangeOf(const Result& result, std::optional<double> Sample::*figure);

// The median of a figure in Sample::more over the rounds that have it. None if no round has.
std::optional<double> MedianOfMore(const Result& result, const std::string& name);

// The most memory that an inventory-server held at once in any round, in MiB. None if that is not known, or if none had
// a part in the case.
std::optional<double> ServerMemory(const Result& result);

// The names of Sample::more in any round, sorted.
std::vector<std::string> NamesOfMore(const Result& result);

// The distance between the best and the worst round, in percent of the median throughput.
double SpreadPercent(const Result& result);

// The first case with this id; null if none was run.
const Result* Find(const std::vector<Result>& results, const std::string& id);

// A figure as people read it: with three digits, or more if it is 1000 and more.
std::string Rounded(double figure);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_RESULTS_H_
