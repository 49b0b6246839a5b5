#include "tests/bench/scaling/report.h"

#include <cstddef>
#include <iterator>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "nlohmann/json.hpp"
#include "tests/bench/plots/colors.h"
#include "tests/bench/plots/line_chart.h"

namespace inventory::bench::scaling {
namespace {

using Object = nlohmann::ordered_json;

const char* WorkloadOf(const Check& check) { return check.measured.hot ? "one hot SKU" : "10,000 SKUs"; }

std::string ChecksTable(const std::vector<Check>& checks) {
  std::string table = absl::StrFormat("%-34s %9s %9s %6s %16s\n", "check: one machine of two cores", "measured",
                                      "simulated", "off", "commands/batch");
  for (const Check& check : checks) {
    absl::StrAppendFormat(&table, "  %-32s %7.0f/s %7.0f/s %+4.0f %% %7.3g and %.3g\n",
                          absl::StrCat(WorkloadOf(check), check.measured.servers == 2 ? ", two servers, " : ", ",
                                       check.measured.in_flight, " in flight"),
                          check.measured.per_second, check.simulated.per_second, 100 * check.Off(),
                          check.measured.commands, check.simulated.commands);
  }
  return table;
}

// Throughput; below it, how large batches are, how long they wait for locks, and how busy the database is.
std::string CurvesTable(std::string_view what, const std::vector<Curves>& all) {
  std::string table;
  for (const Curves& some : all) {
    absl::StrAppendFormat(&table, "\n%s; %s\n%-34s", std::string(what), some.commit.name, "  reservations/s");
    for (const auto& [x, outcome] : some.curves.front().points) absl::StrAppendFormat(&table, " %9d", x);
    absl::StrAppend(&table, "\n");
    for (const Curve& curve : some.curves) {
      const auto line = [&](const std::string& name, const char* unit, double Outcome::*figure) {
        absl::StrAppendFormat(&table, "  %-32s", absl::StrCat(name, unit));
        for (const auto& [x, outcome] : curve.points) absl::StrAppendFormat(&table, " %9.4g", outcome.*figure);
        absl::StrAppend(&table, "\n");
      };
      absl::StrAppendFormat(&table, "  %-32s", curve.name);
      for (const auto& [x, outcome] : curve.points) absl::StrAppendFormat(&table, " %9.0f", outcome.per_second);
      absl::StrAppend(&table, "\n");
      line("", "    commands in a batch", &Outcome::commands);
      line("", "    a batch, ms", &Outcome::batch_ms);
      line("", "    of that, waits for locks, ms", &Outcome::lock_wait_ms);
      line("", "    database's cores, % busy", &Outcome::database_percent);
    }
  }
  return table;
}

Object OutcomeObject(const Outcome& outcome) {
  return {{"per_second", outcome.per_second},
          {"commands", outcome.commands},
          {"batch_ms", outcome.batch_ms},
          {"lock_wait_ms", outcome.lock_wait_ms},
          {"database_percent", outcome.database_percent}};
}

Object ChecksObject(const std::vector<Check>& checks) {
  Object objects = Object::array();
  for (const Check& check : checks) {
    objects.push_back({{"workload", WorkloadOf(check)},
                       {"in_flight", check.measured.in_flight},
                       {"measured_per_second", check.measured.per_second},
                       {"measured_commands", check.measured.commands},
                       {"simulated", OutcomeObject(check.simulated)}});
  }
  return objects;
}

Object CurvesObject(const char* x_name, const std::vector<Curves>& all) {
  Object objects = Object::array();
  for (const Curves& some : all) {
    Object curves = Object::array();
    for (const Curve& curve : some.curves) {
      Object points = Object::array();
      for (const auto& [x, outcome] : curve.points) {
        Object point = {{x_name, x}};
        point.update(OutcomeObject(outcome));
        points.push_back(std::move(point));
      }
      curves.push_back({{"load", curve.name}, {"points", std::move(points)}});
    }
    objects.push_back(
        {{"commit", some.commit.name}, {"replication_us", some.commit.replication_us}, {"curves", std::move(curves)}});
  }
  return objects;
}

}  // namespace

std::string Table(const Findings& findings) {
  return absl::StrCat(ChecksTable(findings.checks), CurvesTable("nodes of the database", findings.nodes),
                      CurvesTable("one SKU on one node: most commands in a batch", findings.batches),
                      CurvesTable(absl::StrCat("one SKU as several, on ", kPartNodes, " nodes"), findings.parts));
}

std::string Json(const Findings& findings) {
  const Object object = {{"seed", findings.seed},
                         {"checks", ChecksObject(findings.checks)},
                         {"nodes", CurvesObject("nodes", findings.nodes)},
                         {"batches", CurvesObject("max_batch", findings.batches)},
                         {"parts", CurvesObject("parts", findings.parts)}};
  return absl::StrCat(object.dump(2), "\n");
}

std::string NodesChart(const Findings& findings) {
  // In the order of the curves.
  constexpr const char* kColors[] = {plots::kBlue,  plots::kBlue,   plots::kGrey,
                                     plots::kGreen, plots::kPurple, plots::kOrange};
  plots::LineChart chart = {
      .title = "Simulated: reservations per second against the nodes of one database",
      .subtitle = "Nodes of 8 cores, a server of 8 cores for each; costs as measured on two cores with MariaDB",
      .panels = {}};
  for (const Curves& some : findings.nodes) {
    plots::Panel panel = {.x = {.title = absl::StrCat("nodes, ", some.commit.name),
                                .scale = plots::Scale::kLog,
                                .unit = "",
                                .ticks = std::vector<double>(std::begin(kNodes), std::end(kNodes))},
                          .y = {.title = "reservations/s", .scale = plots::Scale::kLog, .unit = "/s", .ticks = {}},
                          .lines = {},
                          .levels = {}};
    for (std::size_t i = 0; i < some.curves.size(); ++i) {
      plots::Line line = {.name = some.curves[i].name,
                          .color = kColors[i % std::size(kColors)],
                          .dashed = some.curves[i].dashed,
                          .points = {}};
      for (const auto& [nodes, outcome] : some.curves[i].points) {
        line.points.push_back({.x = static_cast<double>(nodes), .y = outcome.per_second});
      }
      panel.lines.push_back(std::move(line));
    }
    chart.panels.push_back(std::move(panel));
  }
  return plots::Svg(chart);
}

}  // namespace inventory::bench::scaling
