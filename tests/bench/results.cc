#include "tests/bench/results.h"

#include <algorithm>
#include <utility>

namespace inventory::bench {

double MedianOf(const Result& result, double Sample::*figure) {
  std::vector<double> values;
  for (const Sample& sample : result.rounds) values.push_back(sample.*figure);
  return Median(std::move(values));
}

Cpu MedianCpu(const Result& result) {
  const auto median = [&result](double Cpu::*figure) {
    std::vector<double> values;
    for (const Sample& sample : result.rounds) values.push_back(sample.cpu_us.*figure);
    return Median(std::move(values));
  };
  return {.client = median(&Cpu::client), .server = median(&Cpu::server), .database = median(&Cpu::database)};
}

Range RangeOf(const Result& result, double Sample::*figure) {
  if (result.rounds.empty()) return {};
  const auto [least, greatest] =
      std::minmax_element(result.rounds.begin(), result.rounds.end(),
                          [figure](const Sample& one, const Sample& other) { return one.*figure < other.*figure; });
  return {.least = (*least).*figure, .greatest = (*greatest).*figure};
}

std::optional<double> MedianOfMore(const Result& result, const std::string& name) {
  std::vector<double> values;
  for (const Sample& sample : result.rounds) {
    const auto found = sample.more.find(name);
    if (found != sample.more.end()) values.push_back(found->second);
  }
  return values.empty() ? std::nullopt : std::optional(Median(std::move(values)));
}

double SpreadPercent(const Result& result) {
  const Range range = RangeOf(result, &Sample::per_second);
  const double median = MedianOf(result, &Sample::per_second);
  return median == 0 ? 0 : 100 * (range.greatest - range.least) / median;
}

const Result* Find(const std::vector<Result>& results, const std::string& id) {
  const auto found =
      std::find_if(results.begin(), results.end(), [&id](const Result& result) { return result.what.id == id; });
  return found == results.end() ? nullptr : &*found;
}

}  // namespace inventory::bench
