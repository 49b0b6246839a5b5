// Charts of curves: what is measured against what is varied.
#ifndef INVENTORY_TESTS_BENCH_PLOTS_LINE_CHART_H_
#define INVENTORY_TESTS_BENCH_PLOTS_LINE_CHART_H_

#include <limits>
#include <string>
#include <vector>

#include "tests/bench/plots/axis.h"

namespace inventory::bench::plots {

inline constexpr double kNone = std::numeric_limits<double>::quiet_NaN();

struct Point {
  double x = kNone;
  double y = kNone;
  // The least and the greatest of what `y` is the middle of, drawn as a band.
  double low = kNone;
  double high = kNone;
};

struct Line {
  std::string name;
  std::string color;
  bool dashed = false;
  bool bold = false;
  std::vector<Point> points;  // In any order. A point that an axis has no place for interrupts the line.
};

// A horizontal line for what doesn't depend on x.
struct Level {
  std::string name;
  std::string color;
  double y = kNone;
};

struct Panel {
  Axis x;
  Axis y;
  std::vector<Line> lines;
  std::vector<Level> levels;
};

struct LineChart {
  std::string title;               // What it shows, of which case.
  std::string subtitle;            // How it was measured.
  std::vector<Panel> panels = {};  // One above the other.
};

// The chart as an SVG file. Every line is named at its right end, with its last value. Lines and levels without any
// point that the axes have a place for are left out.
std::string Svg(const LineChart& chart);

}  // namespace inventory::bench::plots

#endif  // INVENTORY_TESTS_BENCH_PLOTS_LINE_CHART_H_
