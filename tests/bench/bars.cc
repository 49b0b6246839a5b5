#include "tests/bench/bars.h"

#include <algorithm>
#include <cmath>
#include <initializer_list>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace inventory::bench {
namespace {

using Side = Bar::Side;

// One of the numbers that a figure is computed from.
struct Measured {
  std::string name;             // The id of the case, or what is looked for.
  std::optional<double> value;  // None if it was not run.
  std::string unit;
};

Measured PerSecond(const std::vector<Result>& results, const std::string& id) {
  const Result* result = Find(results, id);
  return {id, result ? std::optional(MedianOf(*result, &Sample::per_second)) : std::nullopt, "/s"};
}

Measured Median(const std::vector<Result>& results, const std::string& id) {
  const Result* result = Find(results, id);
  return {id, result ? std::optional(MedianOf(*result, &Sample::p50_ms)) : std::nullopt, "ms"};
}

Measured Tail(const std::vector<Result>& results, const std::string& id) {
  const Result* result = Find(results, id);
  if (!result) return {id, std::nullopt, "ms"};
  const std::optional<double> tail = MedianOf(*result, &Sample::p99_ms);
  return {tail ? id : absl::StrCat("p99 of ", id, ": too few calls"), tail, "ms"};
}

Measured More(const std::vector<Result>& results, const std::string& id, const std::string& name,
              const std::string& unit) {
  const Result* result = Find(results, id);
  return {absl::StrCat(name, " of ", id), result ? MedianOfMore(*result, name) : std::nullopt, unit};
}

// The best median throughput of the cases whose ids begin so and which `fits`.
template <typename Predicate>
Measured Best(const std::vector<Result>& results, const std::string& start, const Predicate& fits) {
  Measured best = {start, std::nullopt, "/s"};
  for (const Result& result : results) {
    if (result.rounds.empty() || !absl::StartsWith(result.what.id, start) || !fits(result.what)) continue;
    const double median = MedianOf(result, &Sample::per_second);
    if (!best.value || median > *best.value) best = {result.what.id, median, "/s"};
  }
  return best;
}

Measured Best(const std::vector<Result>& results, const std::string& start) {
  return Best(results, start, [](const Case&) { return true; });
}

// The least median time of a raw transaction that is alone.
Measured LeastTime(const std::vector<Result>& results, const std::string& start) {
  Measured least = {start, std::nullopt, "ms"};
  for (const Result& result : results) {
    if (result.rounds.empty() || !absl::StartsWith(result.what.id, start)) continue;
    if (result.what.concurrency != 1) continue;
    const double median = MedianOf(result, &Sample::p50_ms);
    if (!least.value || median < *least.value) least = {result.what.id, median, "ms"};
  }
  return least;
}

// 1 / (1/a + 1/c): what remains if each reservation pays for an empty call and for its share of a batch.
Measured Ceiling(const Measured& echo, const Measured& batches) {
  const std::string name = absl::StrCat("1/(1/", echo.name, " + 1/", batches.name, ")");
  if (!echo.value || !batches.value) return {echo.value ? batches.name : echo.name, std::nullopt, "/s"};
  return {name, 1 / (1 / *echo.value + 1 / *batches.value), "/s"};
}

std::string Shown(const Measured& measured) {
  if (!measured.value) return absl::StrCat("no ", measured.name);
  return absl::StrCat(Rounded(*measured.value), " ", measured.unit, " of ", measured.name);
}

Bar Quotient(std::string what, const Measured& one, const Measured& other, Side side, double bar) {
  Bar result = {.what = std::move(what), .figure = {}, .unit = "x", .side = side, .bar = bar, .from = {}};
  if (one.value && other.value && *other.value > 0) {
    result.figure = *one.value / *other.value;
    result.from = absl::StrCat(Shown(one), "; ", Shown(other));
  } else {
    result.from = Shown(one.value ? other : one);
  }
  return result;
}

Bar Single(std::string what, const Measured& one, Side side, double bar) {
  return {.what = std::move(what), .figure = one.value, .unit = one.unit, .side = side, .bar = bar, .from = Shown(one)};
}

// The percentage of the peak that really was offered.
std::string Offered(const Result* result, int intended) {
  const std::optional<double> offered = result ? MedianOfMore(*result, "offered_percent") : std::nullopt;
  return absl::StrFormat("%.0f %% offered", offered.value_or(intended));
}

using BarList = std::vector<Bar>;

// For one database: the ids of its cases begin with `start`, and its bars with `name`.
void AddRawBars(const std::vector<Result>& results, const std::string& start, const std::string& name, BarList& bars) {
  const Measured echo = Best(results, "a-", [](const Case& what) { return what.concurrency == 256; });
  const Measured hot = PerSecond(results, start + "d-hot-256");
  const Measured uniform = PerSecond(results, start + "d-uniform-256");
  const Measured sixteen = Best(results, start + "b-uniform-", [](const Case& what) { return what.concurrency == 16; });
  bars.push_back(
      Quotient(name + "hot SKU, 256 in flight, to best (b)", hot, Best(results, start + "b-hot-"), Side::kAtLeast, 8));
  bars.push_back(Quotient(name + "hot SKU, 256 in flight, to ceiling", hot,
                          Ceiling(echo, Best(results, start + "c-hot-")), Side::kAtLeast, 0.6));
  bars.push_back(Quotient(name + "10,000 SKUs, 256 in flight, to (b) on 16", uniform, sixteen, Side::kAtLeast, 1.5));
  bars.push_back(Quotient(name + "10,000 SKUs, 256 in flight, to ceiling", uniform,
                          Ceiling(echo, Best(results, start + "c-uniform-")), Side::kAtLeast, 0.6));
  for (const auto& [skus, workload] : {std::pair("hot SKU", "hot"), std::pair("10,000 SKUs", "uniform")}) {
    bars.push_back(Quotient(absl::StrCat(name, skus, ", alone, median time to (b)"),
                            Median(results, absl::StrCat(start, "d-", workload, "-1")),
                            LeastTime(results, absl::StrCat(start, "b-", workload, "-")), Side::kAtMost, 1.5));
  }
}

// As AddRawBars.
void AddPeerBars(const std::vector<Result>& results, const std::string& start, const std::string& name, BarList& bars) {
  const auto throughput = [&](const std::string& rest) {
    return std::pair(PerSecond(results, absl::StrCat(start, "d-", rest)),
                     PerSecond(results, absl::StrCat(start, "p-", rest)));
  };
  const auto [hot, peer_hot] = throughput("hot-256");
  const auto [uniform, peer_uniform] = throughput("uniform-256");
  bars.push_back(Quotient(name + "hot SKU, 256 in flight, to the peer", hot, peer_hot, Side::kAtLeast, 6));
  bars.push_back(Quotient(name + "hot SKU, 256 in flight, p99 to the peer's",  //
                          Tail(results, start + "d-hot-256"), Tail(results, start + "p-hot-256"), Side::kBelow, 1));
  bars.push_back(Quotient(name + "10,000 SKUs, 256 in flight, to the peer", uniform, peer_uniform, Side::kAtLeast, 2));
  for (const auto& [skus, workload] : {std::pair("hot SKU", "hot"), std::pair("10,000 SKUs", "uniform")}) {
    bars.push_back(Quotient(absl::StrCat(name, skus, ", alone, median time to the peer's"),
                            Median(results, absl::StrCat(start, "d-", workload, "-1")),
                            Median(results, absl::StrCat(start, "p-", workload, "-1")), Side::kAtMost, 1.2));
  }
}

// As AddRawBars.
void AddOrderAndReadBars(const std::vector<Result>& results, const std::string& start, const std::string& name,
                         BarList& bars) {
  bars.push_back(Quotient(name + "3-line orders over Zipf, lines/s to uniform's",
                          More(results, start + "zipf-256", "lines_per_second", "/s"),
                          PerSecond(results, start + "d-uniform-256"), Side::kAtLeast, 0.8));
  bars.push_back(Quotient(name + "availability of 20 SKUs, 64 in flight, to (a)", PerSecond(results, start + "read-20"),
                          PerSecond(results, "a-64"), Side::kAtLeast, 0.5));
}

void AddOtherBars(const std::vector<Result>& results, BarList& bars) {
  // Only full runs have a million.
  const bool middle = Find(results, "growth-1m") == nullptr && Find(results, "growth-200k") != nullptr;
  bars.push_back(Quotient(middle ? "200,000 SKUs with a history to 10,000" : "1 million SKUs with a history to 10,000",
                          PerSecond(results, middle ? "growth-200k" : "growth-1m"), PerSecond(results, "growth-10k"),
                          Side::kAtLeast, 0.8));
  bars.push_back(Single("import of new SKUs, rows", PerSecond(results, "import-new"), Side::kAtLeast, 30'000));
  bars.push_back(
      Single("import of SKUs that are there, rows", PerSecond(results, "import-existing"), Side::kAtLeast, 30'000));
}

// Twice of what the server can do must be refused in part, so that a run without refusals has not shown how fast they
// are.
Bar RefusalBar(std::string what, const std::string& id, const Result* result) {
  const std::optional<double> median = result ? MedianOf(*result, &Sample::refused_p50_ms) : std::nullopt;
  const std::string name = result && !median ? absl::StrCat("refusals of ", id) : id;
  Bar bar = Single(std::move(what), {name, median, "ms"}, Side::kBelow, 20);
  bar.failed = result && !median;
  return bar;
}

// The peak that an open loop is measured by.
Measured Peak(const std::vector<Result>& results, const std::string& id) {
  Measured peak = More(results, id, "peak_per_second", "/s");
  const Result* result = Find(results, id);
  const bool apart = result && MedianOfMore(*result, "load_cores").value_or(0) > 0;
  if (apart) absl::StrAppend(&peak.name, ", both with the load on other cores");
  return peak;
}

void AddOverloadBars(const std::vector<Result>& results, BarList& bars) {
  for (const auto& [name, id] : {std::pair("hot SKU", "open-hot-200"), std::pair("10,000 SKUs", "open-200")}) {
    const Result* result = Find(results, id);
    const std::string start = absl::StrCat(name, ", ", Offered(result, 200));
    bars.push_back(
        Quotient(start + ", goodput to the peak", PerSecond(results, id), Peak(results, id), Side::kAtLeast, 0.8));
    bars.push_back(RefusalBar(start + ", median of refusals", id, result));
  }
}

void AddMemoryBar(const std::vector<Result>& results, BarList& bars) {
  Measured most = {"case with the server", std::nullopt, "MiB"};
  for (const Result& result : results) {
    const std::optional<double> memory = ServerMemory(result);
    if (memory && *memory > most.value.value_or(0)) most = {result.what.id, memory, "MiB"};
  }
  bars.push_back(Single("most memory of the server in any case", most, Side::kBelow, 300));
}

}  // namespace

std::string Limit(const Bar& bar) {
  const char* side = bar.side == Side::kAtLeast ? ">=" : bar.side == Side::kAtMost ? "<=" : "<";
  return absl::StrFormat("%s %g %s", side, bar.bar, bar.unit);
}

bool Met(const Bar& bar) {
  switch (bar.side) {
    case Side::kAtLeast:
      return *bar.figure >= bar.bar;
    case Side::kAtMost:
      return *bar.figure <= bar.bar;
    case Side::kBelow:
      return *bar.figure < bar.bar;
  }
  return false;
}

std::string Verdict(const Bar& bar) {
  if (!bar.figure) return bar.failed ? "missed" : "not run";
  return Met(bar) ? "met" : "missed";
}

std::vector<Bar> Bars(const std::vector<Result>& results) {
  std::vector<Bar> bars;
  const bool mysql = std::any_of(results.begin(), results.end(),
                                 [](const Result& result) { return result.what.place == Place::kMySql; });
  AddRawBars(results, "", "", bars);
  if (mysql) AddRawBars(results, "mysql-", "MySQL: ", bars);
  AddPeerBars(results, "", "", bars);
  AddOrderAndReadBars(results, "", "", bars);
  // Only full runs have these.
  if (mysql && Find(results, "mysql-p-hot-256") != nullptr) {
    AddPeerBars(results, "mysql-", "MySQL: ", bars);
    AddOrderAndReadBars(results, "mysql-", "MySQL: ", bars);
  }
  AddOtherBars(results, bars);
  AddOverloadBars(results, bars);
  AddMemoryBar(results, bars);
  return bars;
}

std::string BarsTable(const std::vector<Bar>& bars) {
  std::string table = absl::StrFormat("%-50s %12s %12s\n", "bars", "figure", "bar");
  for (const Bar& bar : bars) {
    const std::string figure = bar.figure ? absl::StrCat(Rounded(*bar.figure), " ", bar.unit) : "-";
    absl::StrAppendFormat(&table, "  %-48s %12s %12s  %s\n", bar.what, figure, Limit(bar), Verdict(bar));
    if (bar.figure || bar.failed) absl::StrAppendFormat(&table, "    %s\n", bar.from);
  }
  const auto count = [&bars](const std::string& verdict) {
    return std::count_if(bars.begin(), bars.end(), [&](const Bar& bar) { return Verdict(bar) == verdict; });
  };
  absl::StrAppendFormat(&table, "  %d met, %d missed, %d not run\n", count("met"), count("missed"), count("not run"));
  return table;
}

}  // namespace inventory::bench
