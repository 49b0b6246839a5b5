#include "tests/bench/plots/svg.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "tests/bench/plots/colors.h"

namespace inventory::bench::plots {
namespace {

constexpr char kFonts[] = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif";

const char* NameOf(Anchor anchor) {
  switch (anchor) {
    case Anchor::kStart:
      return "start";
    case Anchor::kMiddle:
      return "middle";
    case Anchor::kEnd:
      return "end";
  }
  return "";
}

}  // namespace

std::string Escaped(absl::string_view text) {
  std::string escaped;
  for (const char c : text) {
    switch (c) {
      case '&':
        escaped += "&amp;";
        break;
      case '<':
        escaped += "&lt;";
        break;
      case '>':
        escaped += "&gt;";
        break;
      case '"':
        escaped += "&quot;";
        break;
      default:
        escaped += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    }
  }
  return escaped;
}

std::string Pixels(double value) {
  std::string text = absl::StrFormat("%.2f", value);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return text == "-0" ? "0" : text;
}

std::string Element(absl::string_view name, Attributes attributes, absl::string_view content) {
  std::string element = absl::StrCat("<", name);
  for (const auto& [key, value] : attributes) absl::StrAppend(&element, " ", key, "=\"", Escaped(value), "\"");
  if (content.empty()) return absl::StrCat(element, "/>\n");
  return absl::StrCat(element, ">", content, "</", name, ">\n");
}

std::string Text(double x, double y, absl::string_view text, const TextStyle& style) {
  return Element("text",
                 {{"x", Pixels(x)},
                  {"y", Pixels(y)},
                  {"font-size", Pixels(style.size)},
                  {"font-weight", style.bold ? "600" : "400"},
                  {"fill", style.color.empty() ? kInk : style.color},
                  {"text-anchor", NameOf(style.anchor)}},
                 Escaped(text));
}

double WidthOf(absl::string_view text, double size) { return 0.62 * size * static_cast<double>(text.size()); }

std::string Picture(double width, double height, absl::string_view title, absl::string_view content) {
  const std::string background = Element(
      "rect",
      {{"width", Pixels(width)}, {"height", Pixels(height)}, {"rx", "10"}, {"fill", kPaper}, {"stroke", kGrid}});
  return Element("svg",
                 {{"xmlns", "http://www.w3.org/2000/svg"},
                  {"viewBox", absl::StrCat("0 0 ", Pixels(width), " ", Pixels(height))},
                  {"width", Pixels(width)},
                  {"height", Pixels(height)},
                  {"role", "img"},
                  {"font-family", kFonts}},
                 absl::StrCat("\n<title>", Escaped(title), "</title>\n", background, content));
}

}  // namespace inventory::bench::plots
