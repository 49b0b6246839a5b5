#include "tests/bench/plots/line_chart.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tests/bench/plots/colors.h"
#include "tests/bench/plots/end_labels.h"
#include "tests/bench/plots/frame.h"
#include "tests/bench/plots/svg.h"

namespace inventory::bench::plots {
namespace {

constexpr double kDataWidth = 520;
constexpr double kDataHeight = 310;        // Of a panel that is alone.
constexpr double kDataHeightOfMany = 200;  // Of each of several.
constexpr double kBetweenPanels = 16;

// Strokes, as "stroke-dasharray" has them.
constexpr char kDotted[] = "1 6";
constexpr char kDashed[] = "7 4";

bool HasPlace(const Panel& panel, const Point& point) {
  return Ruler::HasPlaceFor(panel.x.scale, point.x) && Ruler::HasPlaceFor(panel.y.scale, point.y);
}

// The points from left to right, in pieces of successive points that have a place.
std::vector<std::vector<Point>> Pieces(const Panel& panel, const Line& line) {
  std::vector<Point> points = line.points;
  std::erase_if(points, [](const Point& point) { return std::isnan(point.x); });
  std::stable_sort(points.begin(), points.end(), [](const Point& one, const Point& other) { return one.x < other.x; });
  std::vector<std::vector<Point>> pieces(1);
  for (const Point& point : points) {
    if (HasPlace(panel, point)) {
      pieces.back().push_back(point);
    } else if (!pieces.back().empty()) {
      pieces.emplace_back();
    }
  }
  if (pieces.back().empty()) pieces.pop_back();
  return pieces;
}

struct Rulers {
  Ruler x;
  Ruler y;
};

Rulers RulersFor(const Panel& panel, const Area& data) {
  std::vector<double> xs;
  std::vector<double> ys;
  for (const Line& line : panel.lines) {
    for (const Point& point : line.points) {
      if (!HasPlace(panel, point)) continue;
      xs.push_back(point.x);
      for (const double y : {point.y, point.low, point.high}) ys.push_back(y);
    }
  }
  for (const Level& level : panel.levels) ys.push_back(level.y);
  return {.x = Ruler(panel.x, xs, data.left, data.right, {.beside = 0.04}),
          .y = Ruler(panel.y, ys, data.bottom, data.top, {.beside = 0})};
}

std::string Corner(double x, double y) { return absl::StrCat(Pixels(x), ",", Pixels(y)); }

// The end of a point's range, or the point itself where that is not known. What the axis has no place for, such as 0
// on a logarithmic one, lies at its beginning.
double RangeEnd(const Ruler& ruler, double end, double y) {
  if (!std::isfinite(end)) return ruler.At(y);
  return Ruler::HasPlaceFor(ruler.scale(), end) ? ruler.At(end) : ruler.First();
}

// The ranges of the points: a band, or a stroke if there is only one.
std::string Band(const Rulers& rulers, const Line& line, const std::vector<Point>& piece) {
  std::vector<std::string> upper;
  std::vector<std::string> lower;
  for (const Point& point : piece) {
    upper.push_back(Corner(rulers.x.At(point.x), RangeEnd(rulers.y, point.high, point.y)));
    lower.push_back(Corner(rulers.x.At(point.x), RangeEnd(rulers.y, point.low, point.y)));
  }
  std::reverse(lower.begin(), lower.end());
  const std::string corners = absl::StrCat(absl::StrJoin(upper, " "), " ", absl::StrJoin(lower, " "));
  if (piece.size() == 1) {
    return Element("polyline",
                   {{"points", corners}, {"stroke", line.color}, {"stroke-width", "6"}, {"stroke-opacity", "0.25"}});
  }
  return Element("polygon", {{"points", corners}, {"fill", line.color}, {"fill-opacity", "0.13"}});
}

std::string Stroke(const Rulers& rulers, const Line& line, const std::vector<Point>& piece) {
  std::vector<std::string> corners;
  for (const Point& point : piece) corners.push_back(Corner(rulers.x.At(point.x), rulers.y.At(point.y)));
  return Element("polyline", {{"points", absl::StrJoin(corners, " ")},
                              {"fill", "none"},
                              {"stroke", line.color},
                              {"stroke-width", line.bold ? "3" : "2"},
                              {"stroke-linejoin", "round"},
                              {"stroke-linecap", "round"},
                              {"stroke-dasharray", line.dashed ? kDotted : "none"}});
}

// The value as it is shown beside the line and as a tooltip.
std::string ValueAt(const Panel& panel, const Point& point) {
  return absl::StrCat(Plain(point.y), panel.y.unit, " at ", Plain(point.x), panel.x.unit);
}

std::string Dot(const Panel& panel, const Rulers& rulers, const Line& line, const Point& point) {
  std::string tip = absl::StrCat(line.name, ": ", ValueAt(panel, point));
  if (std::isfinite(point.low) && std::isfinite(point.high)) {
    absl::StrAppend(&tip, ", from ", Plain(point.low), " to ", Plain(point.high));
  }
  return Element("circle",
                 {{"class", "point"},
                  {"cx", Pixels(rulers.x.At(point.x))},
                  {"cy", Pixels(rulers.y.At(point.y))},
                  {"r", line.bold ? "4" : "3.2"},
                  {"fill", line.dashed ? kPaper : line.color},
                  {"stroke", line.dashed ? line.color : kPaper},
                  {"stroke-width", line.dashed ? "1.8" : "1"}},
                 Element("title", {}, Escaped(tip)));
}

struct Drawing {
  std::string bands;
  std::string strokes;
  std::vector<EndLabel> labels;
};

void Draw(const Panel& panel, const Rulers& rulers, const Line& line, Drawing& drawing) {
  const std::vector<std::vector<Point>> pieces = Pieces(panel, line);
  if (pieces.empty()) return;
  std::string dots;
  for (const std::vector<Point>& piece : pieces) {
    absl::StrAppend(&drawing.bands, Band(rulers, line, piece));
    absl::StrAppend(&drawing.strokes, Stroke(rulers, line, piece));
    for (const Point& point : piece) absl::StrAppend(&dots, Dot(panel, rulers, line, point));
  }
  absl::StrAppend(&drawing.strokes, dots);
  const Point& last = pieces.back().back();
  drawing.labels.push_back({.name = line.name,
                            .value = ValueAt(panel, last),
                            .color = line.color,
                            .dashes = line.dashed ? kDotted : "none",
                            .y = rulers.y.At(last.y)});
}

void Draw(const Panel& panel, const Rulers& rulers, const Area& data, const Level& level, Drawing& drawing) {
  if (!Ruler::HasPlaceFor(panel.y.scale, level.y)) return;
  const double y = rulers.y.At(level.y);
  absl::StrAppend(&drawing.bands, Element("line", {{"class", "level"},
                                                   {"x1", Pixels(data.left)},
                                                   {"x2", Pixels(data.right)},
                                                   {"y1", Pixels(y)},
                                                   {"y2", Pixels(y)},
                                                   {"stroke", level.color},
                                                   {"stroke-width", "1.6"},
                                                   {"stroke-dasharray", kDashed}}));
  drawing.labels.push_back({.name = level.name,
                            .value = absl::StrCat(Plain(level.y), panel.y.unit),
                            .color = level.color,
                            .dashes = kDashed,
                            .y = y});
}

std::string Draw(const Panel& panel, const Area& data) {
  const Rulers rulers = RulersFor(panel, data);
  std::vector<std::pair<double, std::string>> x_labels;
  for (const double tick : rulers.x.ticks()) x_labels.emplace_back(rulers.x.At(tick), Plain(tick));
  Drawing drawing;
  for (const Level& level : panel.levels) Draw(panel, rulers, data, level, drawing);
  for (const Line& line : panel.lines) Draw(panel, rulers, line, drawing);
  const std::string place = Element("rect", {{"class", "data"},
                                             {"x", Pixels(data.left)},
                                             {"y", Pixels(data.top)},
                                             {"width", Pixels(data.right - data.left)},
                                             {"height", Pixels(data.bottom - data.top)},
                                             {"fill", "none"}});
  return absl::StrCat(place, Frame(data, panel.x.title, panel.y.title, x_labels, rulers.y), drawing.bands,
                      drawing.strokes, EndLabels(data, std::move(drawing.labels)));
}

// What the labels of all lines take at most.
double LabelWidth(const LineChart& chart) {
  double width = 0;
  for (const Panel& panel : chart.panels) {
    for (const Line& line : panel.lines) {
      for (const Point& point : line.points) width = std::max(width, EndLabelWidth(line.name, ValueAt(panel, point)));
    }
    for (const Level& level : panel.levels) width = std::max(width, EndLabelWidth(level.name, ""));
  }
  return width;
}

}  // namespace

std::string Svg(const LineChart& chart) {
  const double height = chart.panels.size() > 1 ? kDataHeightOfMany : kDataHeight;
  const double left = kMargin + kTickWidth;
  double bottom = kMargin + kHeadHeight;
  std::string content = Head(chart.title, chart.subtitle);
  for (const Panel& panel : chart.panels) {
    const double top = bottom + kTitleHeight + (&panel == &chart.panels.front() ? 0 : kBetweenPanels);
    const Area data = {.left = left, .top = top, .right = left + kDataWidth, .bottom = top + height};
    absl::StrAppend(&content, Draw(panel, data));
    bottom = data.bottom + kFootHeight;
  }
  const double width = std::max(left + kDataWidth + LabelWidth(chart), HeadWidth(chart.title, chart.subtitle));
  return Picture(width + kMargin, bottom + kMargin / 2, chart.title, content);
}

}  // namespace inventory::bench::plots
