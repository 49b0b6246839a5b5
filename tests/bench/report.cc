#include "tests/bench/report.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"

namespace inventory::bench {
namespace {

constexpr int kManyInFlight = 256;

// The best median of the kind; 0 if none was run. `concurrency` 0 is any.
double Best(const std::vector<Result>& results, Kind kind, std::optional<Workload> workload, int concurrency = 0) {
  double best = 0;
  for (const Result& result : results) {
    if (result.what.kind != kind || result.what.workload != workload) continue;
    if (concurrency != 0 && result.what.concurrency != concurrency) continue;
    best = std::max(best, MedianOf(result, &Sample::per_second));
  }
  return best;
}

// The least median time of a call, one at a time; 0 if none was run.
double BestLatency(const std::vector<Result>& results, Kind kind, Workload workload) {
  double best = 0;
  for (const Result& result : results) {
    if (result.what.kind != kind || result.what.workload != workload || result.what.concurrency != 1) continue;
    const double median = MedianOf(result, &Sample::p50_ms);
    best = best == 0 ? median : std::min(best, median);
  }
  return best;
}

std::optional<double> Quotient(double numerator, double denominator) {
  if (numerator == 0 || denominator == 0) return std::nullopt;
  return numerator / denominator;
}

std::string ResultLine(const Result& result) {
  const Cpu cpu = MedianCpu(result);
  return absl::StrFormat(
      "  (%c)  %-55s %8.0f %5.0f %% %9.2f %9.2f %7.0f %6.0f %6.0f\n", static_cast<char>(result.what.kind),
      result.what.description, MedianOf(result, &Sample::per_second), SpreadPercent(result),
      MedianOf(result, &Sample::p50_ms), MedianOf(result, &Sample::p99_ms), cpu.client, cpu.server, cpu.database);
}

std::string BatchLine(const Result& result) {
  const BatchFigures& batches = result.batches;
  if (batches.batches == 0) return "";
  return absl::StrFormat(
      "       in batches of %.0f commands and %.2f ms, of which %.2f ms for writing and committing\n",
      batches.commands / batches.batches, 1000 * batches.seconds / batches.batches,
      1000 * batches.commit_seconds / batches.batches);
}

std::string RatioLines(const Ratios& ratios) {
  std::string lines;
  const std::string name = NameOf(ratios.workload);
  if (ratios.to_transactions) {
    absl::StrAppendFormat(&lines, "  %-12s (d) / best (b)                 %6.2f\n", name, *ratios.to_transactions);
  }
  if (ratios.to_ceiling) {
    absl::StrAppendFormat(&lines, "  %-12s (d) / ceiling 1/(1/a + 1/c)    %6.2f   (ceiling %.0f /s)\n", name,
                          *ratios.to_ceiling, *ratios.ceiling);
  }
  if (ratios.latency) {
    absl::StrAppendFormat(&lines, "  %-12s (d) / (b) median time, 1 alone %6.2f\n", name, *ratios.latency);
  }
  return lines;
}

std::string Quoted(const std::string& text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted.push_back('\\');
    if (static_cast<unsigned char>(c) >= 0x20) quoted.push_back(c);
  }
  return quoted + "\"";
}

std::string Number(std::optional<double> value) {
  return value && std::isfinite(*value) ? absl::StrFormat("%.6g", *value) : "null";
}

std::string SampleJson(const Sample& sample) {
  return absl::StrCat("{\"per_second\": ", Number(sample.per_second), ", \"p50_ms\": ", Number(sample.p50_ms),
                      ", \"p99_ms\": ", Number(sample.p99_ms), ", \"acknowledged\": ", sample.acknowledged,
                      ", \"cpu_us\": {\"client\": ", Number(sample.cpu_us.client),
                      ", \"server\": ", Number(sample.cpu_us.server),
                      ", \"database\": ", Number(sample.cpu_us.database), "}}");
}

std::string BatchesJson(const BatchFigures& batches) {
  std::vector<std::string> buckets;
  for (const auto& [bound, count] : batches.by_commands) {
    buckets.push_back(absl::StrCat("{\"at_most\": ", Number(bound), ", \"batches\": ", Number(count), "}"));
  }
  return absl::StrCat("{\"batches\": ", Number(batches.batches), ", \"commands\": ", Number(batches.commands),
                      ", \"seconds\": ", Number(batches.seconds),
                      ", \"commit_seconds\": ", Number(batches.commit_seconds),
                      ", \"retries\": ", Number(batches.retries), ", \"sizes\": [", absl::StrJoin(buckets, ", "), "]}");
}

std::string ResultJson(const Result& result) {
  std::vector<std::string> rounds;
  for (const Sample& sample : result.rounds) rounds.push_back(SampleJson(sample));
  const std::string workload = result.what.workload ? Quoted(NameOf(*result.what.workload)) : "null";
  const std::string batches = result.what.kind == Kind::kServer ? BatchesJson(result.batches) : "null";
  return absl::StrCat("    {\"id\": ", Quoted(result.what.id), ", \"case\": \"",
                      std::string(1, static_cast<char>(result.what.kind)), "\", \"workload\": ", workload,
                      ", \"concurrency\": ", result.what.concurrency,
                      ",\n     \"per_second\": ", Number(MedianOf(result, &Sample::per_second)),
                      ", \"spread_percent\": ", Number(SpreadPercent(result)),
                      ", \"p50_ms\": ", Number(MedianOf(result, &Sample::p50_ms)),
                      ", \"p99_ms\": ", Number(MedianOf(result, &Sample::p99_ms)), ",\n     \"rounds\": [",
                      absl::StrJoin(rounds, ", "), "],\n     \"batches\": ", batches, "}");
}

std::string RatiosJson(const Ratios& ratios) {
  return absl::StrCat("    {\"workload\": ", Quoted(NameOf(ratios.workload)),
                      ", \"ceiling_per_second\": ", Number(ratios.ceiling),
                      ", \"server_to_best_transactions\": ", Number(ratios.to_transactions),
                      ", \"server_to_ceiling\": ", Number(ratios.to_ceiling),
                      ", \"latency_to_transaction\": ", Number(ratios.latency), "}");
}

}  // namespace

Ratios Compare(const std::vector<Result>& results, Workload workload) {
  Ratios ratios{.workload = workload,
                .best_transactions = Best(results, Kind::kTransactions, workload),
                .best_batches = Best(results, Kind::kBatches, workload),
                .ceiling = {},
                .to_transactions = {},
                .to_ceiling = {},
                .latency = {}};
  const double echo = Best(results, Kind::kEcho, std::nullopt, kManyInFlight);
  const double server = Best(results, Kind::kServer, workload, kManyInFlight);
  if (echo > 0 && ratios.best_batches > 0) ratios.ceiling = 1 / (1 / echo + 1 / ratios.best_batches);
  ratios.to_transactions = Quotient(server, ratios.best_transactions);
  ratios.to_ceiling = Quotient(server, ratios.ceiling.value_or(0));
  ratios.latency =
      Quotient(BestLatency(results, Kind::kServer, workload), BestLatency(results, Kind::kTransactions, workload));
  return ratios;
}

std::string Table(const RunFacts& run, const std::vector<Result>& results) {
  std::string table = "\n";
  for (const auto& [name, value] : run.facts) absl::StrAppendFormat(&table, "  %-18s %s\n", name, value);
  absl::StrAppendFormat(&table, "  %-18s %d rounds of %s after %s, each case in turn; medians; CPU in us for one\n",
                        "measured", run.rounds, absl::FormatDuration(run.timing.measured),
                        absl::FormatDuration(run.timing.warmup));
  const std::vector<std::pair<std::optional<Workload>, const char*>> parts = {
      {std::nullopt, "no stock"}, {Workload::kHot, "hot SKU"}, {Workload::kUniform, "10,000 SKUs uniform"}};
  for (const auto& [workload, title] : parts) {
    absl::StrAppendFormat(&table, "\n%-62s %8s %7s %9s %9s %7s %6s %6s\n", title, "per s", "spread", "p50 ms", "p99 ms",
                          "client", "server", "db");
    for (const Result& result : results) {
      if (result.what.workload == workload) absl::StrAppend(&table, ResultLine(result), BatchLine(result));
    }
  }
  return absl::StrCat(table, "\nratios\n", RatioLines(Compare(results, Workload::kHot)),
                      RatioLines(Compare(results, Workload::kUniform)));
}

std::string Json(const RunFacts& run, const std::vector<Result>& results) {
  std::vector<std::string> facts;
  for (const auto& [name, value] : run.facts) facts.push_back(absl::StrCat(Quoted(name), ": ", Quoted(value)));
  std::vector<std::string> cases;
  for (const Result& result : results) cases.push_back(ResultJson(result));
  return absl::StrCat("{\n  \"facts\": {", absl::StrJoin(facts, ", "), "},\n  \"rounds\": ", run.rounds,
                      ",\n  \"warmup_seconds\": ", Number(absl::ToDoubleSeconds(run.timing.warmup)),
                      ",\n  \"measured_seconds\": ", Number(absl::ToDoubleSeconds(run.timing.measured)),
                      ",\n  \"ratios\": [\n", RatiosJson(Compare(results, Workload::kHot)), ",\n",
                      RatiosJson(Compare(results, Workload::kUniform)), "\n  ],\n  \"cases\": [\n",
                      absl::StrJoin(cases, ",\n"), "\n  ]\n}\n");
}

}  // namespace inventory::bench
