// What the server is held to, in proportion to other cases of the same run.
#ifndef INVENTORY_TESTS_BENCH_BARS_H_
#define INVENTORY_TESTS_BENCH_BARS_H_

#include <optional>
#include <string>
#include <vector>

#include "tests/bench/results.h"

namespace inventory::bench {

struct Bar {
  enum class Side { kAtLeast, kAtMost, kBelow };

  std::string what;
  std::optional<double> figure;  // None if one of the cases was not run, or had nothing to measure.
  std::string unit;              // Of figure and bar: "x" of a quotient, "ms".
  Side side = Side::kAtLeast;
  double bar = 0;
  std::string from;     // What the figure was computed from, for example "4579 /s of d-hot-256"; or what there was not.
  bool failed = false;  // Missed for want of a figure: what had to happen did not.
};

// The bar with its side and unit, for example ">= 8 x".
std::string Limit(const Bar& bar);

// Requires that there is a figure.
bool Met(const Bar& bar);

// "met", "missed" or "not run".
std::string Verdict(const Bar& bar);

// All bars, in the order of the README. Those of MySQL are left out if nothing was run on it.
std::vector<Bar> Bars(const std::vector<Result>& results);

// They as a table of at most 110 columns.
std::string BarsTable(const std::vector<Bar>& bars);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_BARS_H_
