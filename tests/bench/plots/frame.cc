#include "tests/bench/plots/frame.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/bench/plots/colors.h"

namespace inventory::bench::plots {
namespace {

constexpr double kTitleSize = 18;
constexpr double kSubtitleSize = 12.5;

std::string Horizontal(const Area& data, double y, const char* color) {
  return Element(
      "line",
      {{"x1", Pixels(data.left)}, {"x2", Pixels(data.right)}, {"y1", Pixels(y)}, {"y2", Pixels(y)}, {"stroke", color}});
}

}  // namespace

double HeadWidth(const std::string& title, const std::string& subtitle) {
  return kMargin + std::max(WidthOf(title, kTitleSize), WidthOf(subtitle, kSubtitleSize));
}

std::string Head(const std::string& title, const std::string& subtitle) {
  return absl::StrCat(Text(kMargin, kMargin + 15, title, {.size = kTitleSize, .color = kInk, .bold = true}),
                      Text(kMargin, kMargin + 37, subtitle, {.size = kSubtitleSize, .color = kFaintInk}));
}

std::string Frame(const Area& data, const std::string& x_title, const std::string& y_title,
                  const std::vector<std::pair<double, std::string>>& x_labels, const Ruler& y) {
  std::string frame =
      Text(data.left - kTickWidth, data.top - 14, y_title, {.size = 12, .color = kFaintInk, .bold = true});
  for (const double tick : y.ticks()) {
    absl::StrAppend(&frame, Horizontal(data, y.At(tick), kGrid),
                    Text(data.left - 8, y.At(tick) + 4, y.scale() == Scale::kLog ? Plain(tick) : Short(tick),
                         {.anchor = Anchor::kEnd, .size = 12, .color = kFaintInk}));
  }
  absl::StrAppend(&frame, Horizontal(data, data.bottom, kFaintInk));
  for (const auto& [x, label] : x_labels) {
    absl::StrAppend(&frame,
                    Text(x, data.bottom + 18, label, {.anchor = Anchor::kMiddle, .size = 12, .color = kFaintInk}));
  }
  return absl::StrCat(frame, Text((data.left + data.right) / 2, data.bottom + 39, x_title,
                                  {.anchor = Anchor::kMiddle, .size = 12, .color = kFaintInk, .bold = true}));
}

}  // namespace inventory::bench::plots
