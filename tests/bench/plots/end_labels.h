// Names of lines, beside their right ends.
#ifndef INVENTORY_TESTS_BENCH_PLOTS_END_LABELS_H_
#define INVENTORY_TESTS_BENCH_PLOTS_END_LABELS_H_

#include <string>
#include <vector>

#include "tests/bench/plots/svg.h"

namespace inventory::bench::plots {

struct EndLabel {
  std::string name;
  std::string value;
  std::string color;
  std::string dashes = "none";  // Of the stroke, as SVG has them.
  double y = 0;                 // Of the end of its line.
};

// What a label takes, the space before it included.
double EndLabelWidth(const std::string& name, const std::string& value);

// The labels in a column right of the data, each as near to its line as the others let it.
std::string EndLabels(const Area& data, std::vector<EndLabel> labels);

// Where labels of `height` stand that want to have their middles at `wanted`, which is sorted: in this order, none upon
// another, between `top` and `bottom` if they fit, and near to what they want.
std::vector<double> SpreadOut(const std::vector<double>& wanted, double height, double top, double bottom);

}  // namespace inventory::bench::plots

#endif  // INVENTORY_TESTS_BENCH_PLOTS_END_LABELS_H_
