#include "tests/bench/figures.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <set>
#include <string_view>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/file_system.h"
#include "tests/bench/plots/bar_chart.h"
#include "tests/bench/plots/colors.h"
#include "tests/bench/plots/line_chart.h"

namespace inventory::bench {
namespace {

using plots::Axis;
using plots::Line;
using plots::LineChart;
using plots::Point;
using plots::Scale;

constexpr char kServerName[] = "this server";
constexpr char kPeerName[] = "conventional service";
constexpr char kRawName[] = "raw SQL, one transaction each";

const char* LongName(Workload workload) {
  return workload == Workload::kHot ? "one hot SKU" : "10,000 equally popular SKUs";
}

std::string FactOf(const RunFacts& run, const std::string& name) {
  for (const auto& [its_name, value] : run.facts) {
    if (its_name == name) return value;
  }
  return "";
}

// What was verified of the databases: whether all of them flush every commit, and to what. Empty if nothing was.
std::string Durability(const RunFacts& run) {
  constexpr std::string_view kSetting = "innodb_flush_log_at_trx_commit=";
  bool verified = false;
  for (const auto& [name, value] : run.facts) {
    const std::size_t at = value.find(kSetting);
    if (at == std::string::npos) continue;
    if (value.substr(at + kSetting.size(), 1) != "1") return "";
    verified = true;
  }
  const std::string file_system = FactOf(run, "file system");
  if (!verified || file_system.empty()) return "";
  return absl::StrCat("; every commit flushed to ", file_system, InMemory(file_system) ? ", in memory" : "");
}

// Where it was measured, for below the titles.
std::string Where(const RunFacts& run) {
  const std::string machine = FactOf(run, "machine");
  const char* const unfinished = FactOf(run, kNotFinished).empty() ? "" : "; the run was not finished";
  return absl::StrCat(machine.empty() ? "" : " on ", machine, Durability(run), unfinished);
}

std::string Medians(const RunFacts& run) { return absl::StrCat("Medians and range of all rounds", Where(run)); }

Axis InFlight() {
  return {.title = "callers in flight", .scale = Scale::kLog, .unit = "", .ticks = {1, 4, 16, 64, 256, 1024}};
}

Point PointOf(const Result& result, double x, double Sample::*figure) {
  const Range range = RangeOf(result, figure);
  return {.x = x, .y = MedianOf(result, figure), .low = range.least, .high = range.greatest};
}

// There is none where no round has the figure.
Point PointOf(const Result& result, double x, std::optional<double> Sample::*figure) {
  const std::optional<double> median = MedianOf(result, figure);
  if (!median) return {.x = x};
  const Range range = RangeOf(result, figure);
  return {.x = x, .y = *median, .low = range.least, .high = range.greatest};
}

// The cases of a series on the main database, against calls in flight.
template <typename Figure>
std::vector<Point> SeriesPoints(const std::vector<Result>& results, const std::string& series, Figure Sample::*figure) {
  std::vector<Point> points;
  for (const Result& result : results) {
    if (result.what.place != Place::kMain || result.what.series != series || result.rounds.empty()) continue;
    points.push_back(PointOf(result, result.what.concurrency, figure));
  }
  return points;
}

bool HasPoints(const LineChart& chart) {
  return std::any_of(chart.panels.begin(), chart.panels.end(), [](const plots::Panel& panel) {
    return std::any_of(panel.lines.begin(), panel.lines.end(), [](const Line& line) { return !line.points.empty(); });
  });
}

// The best (c), which has no callers.
double BestBatches(const std::vector<Result>& results, Workload workload) {
  double best = plots::kNone;
  for (const Result& result : results) {
    if (result.what.place != Place::kMain || result.what.kind != Kind::kBatches) continue;
    if (result.what.workload == workload) best = std::fmax(best, MedianOf(result, &Sample::per_second));
  }
  return best;
}

LineChart Throughput(const RunFacts& run, const std::vector<Result>& results, Workload workload) {
  const auto points = [&](const char* kind, const char* rest) {
    return SeriesPoints(results, absl::StrCat(kind, "-", ShortName(workload), rest), &Sample::per_second);
  };
  return {.title = absl::StrCat("Reservations per second: ", LongName(workload)),
          .subtitle = Medians(run),
          .panels = {
              {.x = InFlight(),
               .y = {.title = "reservations/s", .scale = Scale::kLinear, .unit = "/s", .ticks = {}},
               .lines = {{.name = kRawName, .color = plots::kGrey, .points = points("b", "-packed")},
                         {.name = kPeerName, .color = plots::kOrange, .points = points("p", "")},
                         {.name = kServerName, .color = plots::kBlue, .bold = true, .points = points("d", "")}},
               .levels = {
                   {.name = "raw SQL, best batches", .color = plots::kPurple, .y = BestBatches(results, workload)}}}}};
}

LineChart Latency(const RunFacts& run, const std::vector<Result>& results, Workload workload) {
  plots::Panel panel = {.x = InFlight(),
                        .y = {.title = "time of a reservation, ms", .scale = Scale::kLog, .unit = " ms", .ticks = {}},
                        .lines = {},
                        .levels = {}};
  for (const auto& [kind, rest, name, color] :
       {std::tuple("b", "-packed", kRawName, plots::kGrey), std::tuple("p", "", kPeerName, plots::kOrange),
        std::tuple("d", "", kServerName, plots::kBlue)}) {
    const std::string series = absl::StrCat(kind, "-", ShortName(workload), rest);
    panel.lines.push_back({.name = absl::StrCat(name, ", p99"),
                           .color = color,
                           .dashed = true,
                           .points = SeriesPoints(results, series, &Sample::p99_ms)});
    panel.lines.push_back({.name = absl::StrCat(name, ", p50"),
                           .color = color,
                           .bold = kind[0] == 'd',
                           .points = SeriesPoints(results, series, &Sample::p50_ms)});
  }
  return {.title = absl::StrCat("Time of a reservation: ", LongName(workload)),
          .subtitle = Medians(run),
          .panels = {std::move(panel)}};
}

// "3-4" for the bucket up to 4 after the one up to 2.
std::string BucketName(double below, double bound) {
  if (!std::isfinite(bound)) return absl::StrFormat("> %.0f", below);
  return bound - below <= 1 ? absl::StrFormat("%.0f", bound) : absl::StrFormat("%.0f-%.0f", below + 1, bound);
}

// Drops the last classes if no series has anything there.
void DropEmptyEnd(plots::BarChart& chart) {
  const auto empty = [&chart] {
    return std::all_of(chart.series.begin(), chart.series.end(), [&chart](const plots::Bars& bars) {
      return bars.values.size() < chart.classes.size() || bars.values[chart.classes.size() - 1] == 0;
    });
  };
  while (!chart.classes.empty() && empty()) chart.classes.pop_back();
}

plots::BarChart BatchSizes(const RunFacts& run, const std::vector<Result>& results) {
  plots::BarChart chart = {
      .title = "How many writes share one transaction, with 256 callers in flight",
      .subtitle = absl::StrCat("All batches of all rounds", Where(run)),
      .x_title = "commands in a batch",
      .classes = {},
      .y = {.title = "share of all batches, %", .scale = Scale::kLinear, .unit = " %", .ticks = {}},
      .series = {}};
  std::set<double> bounds;
  for (const auto& [id, name, color] : {std::tuple("d-hot-256", "one hot SKU", plots::kBlue),
                                        std::tuple("d-uniform-256", "10,000 SKUs", plots::kGreen)}) {
    const Result* result = Find(results, id);
    if (result == nullptr || result->batches.batches <= 0) continue;
    plots::Bars bars = {.name = name, .color = color, .values = {}};
    for (const auto& [bound, count] : result->batches.by_commands) {
      bounds.insert(bound);
      bars.values.push_back(100 * count / result->batches.batches);
    }
    chart.series.push_back(std::move(bars));
  }
  double below = 0;
  for (const double bound : bounds) {
    chart.classes.push_back(BucketName(below, bound));
    below = bound;
  }
  DropEmptyEnd(chart);
  return chart;
}

// The cases whose ids are `start` and a number of SKUs, against that.
plots::Panel GrowthPanel(const std::vector<Result>& results, const std::string& start, const std::string& unit) {
  Line line = {.name = kServerName, .color = plots::kBlue, .bold = true, .points = {}};
  std::vector<double> sizes;
  for (const Result& result : results) {
    const std::optional<double> skus = MedianOfMore(result, "skus");
    if (!skus || result.what.id.substr(0, result.what.id.rfind('-')) != start) continue;
    line.points.push_back(PointOf(result, *skus, &Sample::per_second));
    sizes.push_back(*skus);
  }
  return {.x = {.title = "SKUs, each with ten movements before", .scale = Scale::kLog, .unit = " SKUs", .ticks = sizes},
          .y = {.title = unit, .scale = Scale::kLinear, .unit = "/s", .ticks = {}},
          .lines = {std::move(line)},
          .levels = {}};
}

LineChart Growth(const RunFacts& run, const std::vector<Result>& results) {
  LineChart chart = {.title = "Throughput as the tables grow, with 256 reservations or 64 reads in flight",
                     .subtitle = Medians(run),
                     .panels = {}};
  for (const auto& [start, unit] : {std::pair("growth", "reservations/s"),  //
                                    std::pair("growth-read", "reads of the availability of 20 SKUs, calls/s")}) {
    plots::Panel panel = GrowthPanel(results, start, unit);
    if (!panel.lines[0].points.empty()) chart.panels.push_back(std::move(panel));
  }
  return chart;
}

using OpenLoopResults = std::vector<std::pair<double, const Result*>>;

// The cases of the workload whose arrivals have a schedule, and what they really offered, in percent of the peak.
OpenLoopResults OpenLoop(const std::vector<Result>& results, Workload workload) {
  OpenLoopResults found;
  for (const Result& result : results) {
    const std::optional<double> offered = MedianOfMore(result, "offered_percent");
    if (result.what.place != Place::kMain || result.what.workload != workload || !offered) continue;
    found.emplace_back(*offered, &result);
  }
  return found;
}

template <typename Figure>
Line OverloadLine(const OpenLoopResults& results, std::string name, const char* color, Figure Sample::*figure) {
  Line line = {.name = std::move(name), .color = color, .points = {}};
  for (const auto& [percent, result] : results) line.points.push_back(PointOf(*result, std::round(percent), figure));
  return line;
}

plots::Panel OverloadPanel(const char* title, Scale scale, const char* unit) {
  return {.x = {.title = "offered, % of the peak",
                .scale = Scale::kLinear,
                .unit = " %",
                .ticks = {0, 50, 80, 100, 150, 200}},
          .y = {.title = title, .scale = scale, .unit = unit, .ticks = {}},
          .lines = {},
          .levels = {}};
}

LineChart Overload(const RunFacts& run, const std::vector<Result>& results, Workload workload) {
  const OpenLoopResults open = OpenLoop(results, workload);
  plots::Panel calls = OverloadPanel("calls/s", Scale::kLinear, "/s");
  calls.lines = {OverloadLine(open, "refused", plots::kOrange, &Sample::refused_per_second),
                 OverloadLine(open, "served", plots::kBlue, &Sample::per_second)};
  calls.lines.back().bold = true;
  if (!open.empty()) {
    calls.levels = {{.name = "peak, callers who wait",
                     .color = plots::kGrey,
                     .y = MedianOfMore(*open.front().second, "peak_per_second").value_or(plots::kNone)}};
  }
  plots::Panel times = OverloadPanel("time of a call, ms", Scale::kLog, " ms");
  times.lines = {OverloadLine(open, "served, p99", plots::kBlue, &Sample::p99_ms),
                 OverloadLine(open, "served, p50", plots::kBlue, &Sample::p50_ms),
                 OverloadLine(open, "refused, p50", plots::kOrange, &Sample::refused_p50_ms)};
  times.lines[0].dashed = true;
  times.lines[1].bold = true;
  return {.title = absl::StrCat("When more calls come than can be served: ", LongName(workload)),
          .subtitle = Medians(run),
          .panels = {std::move(calls), std::move(times)}};
}

}  // namespace

std::map<std::string, std::string> Figures(const RunFacts& run, const std::vector<Result>& results) {
  std::map<std::string, std::string> files;
  const auto add = [&files](const std::string& name, const LineChart& chart) {
    if (HasPoints(chart)) files[name] = Svg(chart);
  };
  for (const Workload workload : {Workload::kHot, Workload::kUniform}) {
    add(absl::StrCat("throughput-", ShortName(workload), ".svg"), Throughput(run, results, workload));
    add(absl::StrCat("latency-", ShortName(workload), ".svg"), Latency(run, results, workload));
    add(absl::StrCat("overload-", ShortName(workload), ".svg"), Overload(run, results, workload));
  }
  add("growth.svg", Growth(run, results));
  const plots::BarChart batches = BatchSizes(run, results);
  if (!batches.series.empty()) files["batch-sizes.svg"] = Svg(batches);
  return files;
}

std::vector<std::string> FigureNames() {
  return {"throughput-hot.svg", "throughput-uniform.svg", "latency-hot.svg", "latency-uniform.svg",
          "overload-hot.svg",   "overload-uniform.svg",   "growth.svg",      "batch-sizes.svg"};
}

}  // namespace inventory::bench
