// What all charts have around their data.
#ifndef INVENTORY_TESTS_BENCH_PLOTS_FRAME_H_
#define INVENTORY_TESTS_BENCH_PLOTS_FRAME_H_

#include <string>
#include <utility>
#include <vector>

#include "tests/bench/plots/axis.h"
#include "tests/bench/plots/svg.h"

namespace inventory::bench::plots {

inline constexpr double kMargin = 28;       // Around everything.
inline constexpr double kHeadHeight = 62;   // Title and subtitle, below the margin.
inline constexpr double kTitleHeight = 30;  // The y axis's title, above the data.
inline constexpr double kFootHeight = 46;   // Tick labels and title of the x axis, below the data.
inline constexpr double kTickWidth = 40;    // Labels of the y axis, left of the data.

std::string Head(const std::string& title, const std::string& subtitle);
// Where its text ends at most.
double HeadWidth(const std::string& title, const std::string& subtitle);

// Horizontal lines and labels for the ticks of `y`, the base line, and the titles of both axes. `x_labels` are texts
// and where they stand.
std::string Frame(const Area& data, const std::string& x_title, const std::string& y_title,
                  const std::vector<std::pair<double, std::string>>& x_labels, const Ruler& y);

}  // namespace inventory::bench::plots

#endif  // INVENTORY_TESTS_BENCH_PLOTS_FRAME_H_
