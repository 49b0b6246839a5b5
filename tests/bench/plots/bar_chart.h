// Charts of distributions: how large a share each of some classes has.
#ifndef INVENTORY_TESTS_BENCH_PLOTS_BAR_CHART_H_
#define INVENTORY_TESTS_BENCH_PLOTS_BAR_CHART_H_

#include <string>
#include <vector>

#include "tests/bench/plots/axis.h"

namespace inventory::bench::plots {

struct Bars {
  std::string name;
  std::string color;
  std::vector<double> values;  // One for each class. Missing, negative and no numbers count as 0.
};

struct BarChart {
  std::string title;
  std::string subtitle;
  std::string x_title;
  std::vector<std::string> classes;  // From left to right.
  Axis y;                            // Always linear.
  std::vector<Bars> series;          // Side by side within each class.
};

// The chart as an SVG file, with a legend.
std::string Svg(const BarChart& chart);

}  // namespace inventory::bench::plots

#endif  // INVENTORY_TESTS_BENCH_PLOTS_BAR_CHART_H_
