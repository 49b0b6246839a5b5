#include "tests/bench/results.h"

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>

#include "absl/strings/str_format.h"

namespace inventory::bench {
namespace {

std::vector<double> ValuesOf(const Result& result, double Sample::*figure) {
  std::vector<double> values;
  for (const Sample& sample : result.rounds) values.push_back(sample.*figure);
  return values;
}

std::vector<double> ValuesOf(const Result& result, std::optional<double> Sample::*figure) {
  std::vector<double> values;
  for (const Sample& sample : result.rounds) {
    if (sample.*figure) values.push_back(*(sample.*figure));
  }
  return values;
}

Range RangeOfValues(const std::vector<double>& values) {
  if (values.empty()) return {};
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  return {.least = *least, .greatest = *greatest};
}

}  // namespace

double MedianOf(const Result& result, double Sample::*figure) { return Median(ValuesOf(result, figure)); }

std::optional<double> MedianOf(const Result& result, std::optional<double> Sample::*figure) {
  std::vector<double> values = ValuesOf(result, figure);
  return values.empty() ? std::nullopt : std::optional(Median(std::move(values)));
}

Cpu MedianCpu(const Result& result) {
  const auto median = [&result](double Cpu::*figure) {
    std::vector<double> values;
    for (const Sample& sample : result.rounds) values.push_back(sample.cpu_us.*figure);
    return Median(std::move(values));
  };
  return {.client = median(&Cpu::client), .server = median(&Cpu::server), .database = median(&Cpu::database)};
}

Range RangeOf(const Result& result, double Sample::*figure) { return RangeOfValues(ValuesOf(result, figure)); }

Range RangeOf(const Result& result, std::optional<double> Sample::*figure) {
  return RangeOfValues(ValuesOf(result, figure));
}

std::optional<double> MedianOfMore(const Result& result, const std::string& name) {
  std::vector<double> values;
  for (const Sample& sample : result.rounds) {
    const auto found = sample.more.find(name);
    if (found != sample.more.end()) values.push_back(found->second);
  }
  return values.empty() ? std::nullopt : std::optional(Median(std::move(values)));
}

std::optional<double> ServerMemory(const Result& result) {
  if (result.what.kind != Kind::kServer && result.what.kind != Kind::kOther) return std::nullopt;
  std::optional<double> most;
  for (const Sample& sample : result.rounds) {
    const auto found = sample.more.find("server_memory_mib");
    if (found != sample.more.end()) most = std::max(most.value_or(0), found->second);
  }
  return most;
}

std::vector<std::string> NamesOfMore(const Result& result) {
  std::set<std::string> names;
  for (const Sample& sample : result.rounds) {
    for (const auto& [name, value] : sample.more) names.insert(name);
  }
  return {names.begin(), names.end()};
}

double SpreadPercent(const Result& result) {
  const Range range = RangeOf(result, &Sample::per_second);
  const double median = MedianOf(result, &Sample::per_second);
  return median == 0 ? 0 : 100 * (range.greatest - range.least) / median;
}

const Result* Find(const std::vector<Result>& results, const std::string& id) {
  const auto found = std::find_if(results.begin(), results.end(), [&id](const Result& result) {
    return result.what.id == id && !result.rounds.empty();
  });
  return found == results.end() ? nullptr : &*found;
}

std::string Rounded(double figure) {
  const double size = std::abs(figure);
  return absl::StrFormat("%.*f", size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2, figure);
}

}  // namespace inventory::bench
