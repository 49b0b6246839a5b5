// Elements of an SVG picture as text.
#ifndef INVENTORY_TESTS_BENCH_PLOTS_SVG_H_
#define INVENTORY_TESTS_BENCH_PLOTS_SVG_H_

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace inventory::bench::plots {

// A part of a picture, in pixels; y grows downwards.
struct Area {
  double left = 0;
  double top = 0;
  double right = 0;
  double bottom = 0;
};

// Text as XML may hold it, in an attribute too. Control characters become spaces.
std::string Escaped(absl::string_view text);

// A coordinate, to a hundredth of a pixel.
std::string Pixels(double value);

using Attributes = std::initializer_list<std::pair<absl::string_view, std::string>>;

// `content` is XML already; the attributes are plain text. Ends with a line break.
std::string Element(absl::string_view name, Attributes attributes, absl::string_view content = "");

// Where text stands in relation to its point.
enum class Anchor { kStart, kMiddle, kEnd };

struct TextStyle {
  Anchor anchor = Anchor::kStart;
  double size = 12;  // Pixels.
  std::string color;
  bool bold = false;
};

// One line of text with its baseline at `y`.
std::string Text(double x, double y, absl::string_view text, const TextStyle& style);

// No less than the width of the text in pixels in any usual font: letters are measured by the viewer only.
double WidthOf(absl::string_view text, double size);

// The whole file: a picture with a background of its own, so that it can be read on pages of any colour. `title` is
// for who can't see it.
std::string Picture(double width, double height, absl::string_view title, absl::string_view content);

}  // namespace inventory::bench::plots

#endif  // INVENTORY_TESTS_BENCH_PLOTS_SVG_H_
