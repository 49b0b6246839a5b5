#include "tests/bench/plots/bar_chart.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "tests/bench/plots/colors.h"
#include "tests/bench/plots/frame.h"
#include "tests/bench/plots/svg.h"

namespace inventory::bench::plots {
namespace {

constexpr double kBarsWidth = 700;
constexpr double kBarsHeight = 280;
constexpr double kLegendHeight = 24;
constexpr double kGroupShare = 0.72;  // What the bars of a class take of its place.

double ValueOf(const Bars& bars, std::size_t at) {
  const double value = at < bars.values.size() ? bars.values[at] : 0;
  return std::isfinite(value) ? std::max(value, 0.0) : 0;
}

Ruler RulerFor(const BarChart& chart, const Area& data) {
  std::vector<double> values;
  for (const Bars& bars : chart.series) {
    for (std::size_t i = 0; i < chart.classes.size(); ++i) values.push_back(ValueOf(bars, i));
  }
  const Axis axis = {.title = chart.y.title, .scale = Scale::kLinear, .unit = chart.y.unit, .ticks = chart.y.ticks};
  return Ruler(axis, values, data.bottom, data.top, {.beside = 0});
}

std::string Bar(const Area& place, const std::string& color, const std::string& tip) {
  return Element("rect",
                 {{"class", "bar"},
                  {"x", Pixels(place.left)},
                  {"y", Pixels(place.top)},
                  {"width", Pixels(place.right - place.left)},
                  {"height", Pixels(place.bottom - place.top)},
                  {"fill", color}},
                 Element("title", {}, Escaped(tip)));
}

// The bars of all series in class `at`, whose place goes from `left` on.
std::string Group(const BarChart& chart, const Area& data, const Ruler& y, std::size_t at, double left, double width) {
  std::string group;
  const double bar = kGroupShare * width / static_cast<double>(chart.series.size());
  double x = left + (1 - kGroupShare) / 2 * width;
  for (const Bars& bars : chart.series) {
    const double value = ValueOf(bars, at);
    const Area place = {.left = x, .top = y.At(value), .right = x + bar - 1, .bottom = data.bottom};
    x += bar;
    if (value == 0) continue;
    absl::StrAppend(&group, Bar(place, bars.color,
                                absl::StrCat(bars.name, ", ", chart.classes[at], ": ", Short(value), chart.y.unit)));
  }
  return group;
}

std::string Legend(const BarChart& chart, double left, double middle) {
  std::string legend;
  for (const Bars& bars : chart.series) {
    absl::StrAppend(&legend,
                    Element("rect", {{"x", Pixels(left)},
                                     {"y", Pixels(middle - 6)},
                                     {"width", "12"},
                                     {"height", "12"},
                                     {"rx", "2"},
                                     {"fill", bars.color}}),
                    Text(left + 19, middle + 4, bars.name, {.size = 12.5, .color = bars.color, .bold = true}));
    left += 19 + WidthOf(bars.name, 12.5) + 22;
  }
  return legend;
}

}  // namespace

std::string Svg(const BarChart& chart) {
  const double left = kMargin + kTickWidth;
  const double head = kMargin + kHeadHeight;
  const double top = head + kLegendHeight + kTitleHeight;
  const Area data = {.left = left, .top = top, .right = left + kBarsWidth, .bottom = top + kBarsHeight};
  const Ruler y = RulerFor(chart, data);
  const double width = kBarsWidth / static_cast<double>(std::max<std::size_t>(chart.classes.size(), 1));
  std::string bars;
  std::vector<std::pair<double, std::string>> x_labels;
  for (std::size_t i = 0; i < chart.classes.size(); ++i) {
    const double from = data.left + width * static_cast<double>(i);
    absl::StrAppend(&bars, Group(chart, data, y, i, from, width));
    x_labels.emplace_back(from + width / 2, chart.classes[i]);
  }
  const std::string place = Element("rect", {{"class", "data"},
                                             {"x", Pixels(data.left)},
                                             {"y", Pixels(data.top)},
                                             {"width", Pixels(kBarsWidth)},
                                             {"height", Pixels(kBarsHeight)},
                                             {"fill", "none"}});
  const std::string content = absl::StrCat(Head(chart.title, chart.subtitle), Legend(chart, kMargin, head + 4), place,
                                           Frame(data, chart.x_title, chart.y.title, x_labels, y), bars);
  return Picture(std::max(data.right, HeadWidth(chart.title, chart.subtitle)) + kMargin,
                 data.bottom + kFootHeight + kMargin / 2, chart.title, content);
}

}  // namespace inventory::bench::plots
