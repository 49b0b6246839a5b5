#include "tests/bench/report_json.h"

#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace inventory::bench {
namespace {

using Object = nlohmann::ordered_json;

Object TimingObject(const Timing& timing) {
  return {{"warmup_seconds", absl::ToDoubleSeconds(timing.warmup)},
          {"measured_seconds", absl::ToDoubleSeconds(timing.measured)}};
}

Object CpuObject(const Cpu& cpu) {
  return {{"client", cpu.client}, {"server", cpu.server}, {"database", cpu.database}};
}

Object OrNull(std::optional<double> figure) { return figure ? Object(*figure) : Object(nullptr); }

Object SampleObject(const Sample& sample) {
  Object object = {{"per_second", sample.per_second},
                   {"p50_ms", sample.p50_ms},
                   {"p99_ms", OrNull(sample.p99_ms)},
                   {"p999_ms", OrNull(sample.p999_ms)},
                   {"acknowledged", sample.acknowledged},
                   {"offered_per_second", sample.offered_per_second},
                   {"refused_per_second", sample.refused_per_second},
                   {"refused_p50_ms", OrNull(sample.refused_p50_ms)},
                   {"cpu_us", CpuObject(sample.cpu_us)}};
  for (const auto& [name, value] : sample.more) object[name] = value;
  return object;
}

Object MediansObject(const Result& result) {
  Object object = {{"per_second", MedianOf(result, &Sample::per_second)},
                   {"spread_percent", SpreadPercent(result)},
                   {"p50_ms", MedianOf(result, &Sample::p50_ms)},
                   {"p99_ms", OrNull(MedianOf(result, &Sample::p99_ms))},
                   {"p999_ms", OrNull(MedianOf(result, &Sample::p999_ms))},
                   {"offered_per_second", MedianOf(result, &Sample::offered_per_second)},
                   {"refused_per_second", MedianOf(result, &Sample::refused_per_second)},
                   {"refused_p50_ms", OrNull(MedianOf(result, &Sample::refused_p50_ms))},
                   {"cpu_us", CpuObject(MedianCpu(result))}};
  for (const std::string& name : NamesOfMore(result)) object[name] = *MedianOfMore(result, name);
  return object;
}

Object BatchesObject(const BatchFigures& batches) {
  Object sizes = Object::array();
  for (const auto& [bound, count] : batches.by_commands) {
    const Object up_to = std::isfinite(bound) ? Object(bound) : Object(nullptr);
    sizes.push_back({{"up_to_commands", up_to}, {"batches", count}});
  }
  return {{"batches", batches.batches}, {"commands", batches.commands},
          {"seconds", batches.seconds}, {"commit_seconds", batches.commit_seconds},
          {"retries", batches.retries}, {"sizes", sizes}};
}

Object ResultObject(const Result& result) {
  Object rounds = Object::array();
  for (const Sample& sample : result.rounds) rounds.push_back(SampleObject(sample));
  const auto& workload = result.what.workload;
  return {{"id", result.what.id},
          {"series", result.what.series},
          {"kind", std::string(1, static_cast<char>(result.what.kind))},
          {"description", result.what.description},
          {"site", result.site},
          {"workload", workload ? Object(NameOf(*workload)) : Object(nullptr)},
          {"concurrency", result.what.concurrency},
          {"timing", TimingObject(result.timing)},
          {"medians", MediansObject(result)},
          {"rounds", rounds},
          {"batches", result.batches.batches > 0 ? BatchesObject(result.batches) : Object(nullptr)}};
}

Object BarObject(const Bar& bar) {
  return {{"what", bar.what}, {"figure", OrNull(bar.figure)}, {"limit", Limit(bar)}, {"bar", bar.bar},
          {"unit", bar.unit}, {"verdict", Verdict(bar)},      {"from", bar.from}};
}

}  // namespace

std::string Json(const RunFacts& run, const std::vector<Result>& results, const std::vector<Bar>& bars) {
  Object facts = Object::object();
  for (const auto& [name, value] : run.facts) facts[name] = value;
  Object whole = {{"facts", facts},
                  {"rounds", run.rounds},
                  {"timing", TimingObject(run.timing)},
                  {"bars", Object::array()},
                  {"cases", Object::array()}};
  for (const Bar& bar : bars) whole["bars"].push_back(BarObject(bar));
  for (const Result& result : results) {
    if (!result.rounds.empty()) whole["cases"].push_back(ResultObject(result));
  }
  // Text that is no UTF-8 is replaced, not a reason to lose the report.
  return absl::StrCat(whole.dump(2, ' ', false, Object::error_handler_t::replace), "\n");
}

}  // namespace inventory::bench
