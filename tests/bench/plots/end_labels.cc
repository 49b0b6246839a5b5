#include "tests/bench/plots/end_labels.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/bench/plots/colors.h"

namespace inventory::bench::plots {
namespace {

constexpr double kHeight = 35;  // Two lines of text and the space to the next label.
constexpr double kGap = 12;     // From the data to the sample of the line.
constexpr double kSample = 18;  // Length of the sample.
constexpr double kSize = 12.5;

std::string Draw(double left, double middle, const EndLabel& label) {
  const double text = left + kSample + 7;
  return absl::StrCat(Element("line", {{"x1", Pixels(left)},
                                       {"x2", Pixels(left + kSample)},
                                       {"y1", Pixels(middle - 6)},
                                       {"y2", Pixels(middle - 6)},
                                       {"stroke", label.color},
                                       {"stroke-width", "3"},
                                       {"stroke-linecap", "round"},
                                       {"stroke-dasharray", label.dashes}}),
                      Text(text, middle - 2, label.name, {.size = kSize, .color = label.color, .bold = true}),
                      Text(text, middle + 13, label.value, {.size = 12, .color = kFaintInk}));
}

}  // namespace

double EndLabelWidth(const std::string& name, const std::string& value) {
  return kGap + kSample + 7 + std::max(WidthOf(name, kSize), WidthOf(value, kSize));
}

std::vector<double> SpreadOut(const std::vector<double>& wanted, double height, double top, double bottom) {
  std::vector<double> middles = wanted;
  // From the top each gets out of the way of the one before it, then from the bottom back.
  double least = top + height / 2;
  for (double& middle : middles) {
    middle = std::max(middle, least);
    least = middle + height;
  }
  double most = std::max(bottom, top + height * static_cast<double>(middles.size())) - height / 2;
  for (auto middle = middles.rbegin(); middle != middles.rend(); ++middle) {
    *middle = std::min(*middle, most);
    most = *middle - height;
  }
  return middles;
}

std::string EndLabels(const Area& data, std::vector<EndLabel> labels) {
  std::stable_sort(labels.begin(), labels.end(),
                   [](const EndLabel& one, const EndLabel& other) { return one.y < other.y; });
  std::vector<double> wanted;
  for (const EndLabel& label : labels) wanted.push_back(label.y);
  const std::vector<double> middles = SpreadOut(wanted, kHeight, data.top - kHeight / 2, data.bottom + kHeight);
  std::string drawn;
  for (std::size_t i = 0; i < labels.size(); ++i) {
    absl::StrAppend(&drawn, Draw(data.right + kGap, middles[i], labels[i]));
  }
  return drawn;
}

}  // namespace inventory::bench::plots
