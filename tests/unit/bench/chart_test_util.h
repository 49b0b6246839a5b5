// What tests of charts look at.
#ifndef INVENTORY_TESTS_UNIT_BENCH_CHART_TEST_UTIL_H_
#define INVENTORY_TESTS_UNIT_BENCH_CHART_TEST_UTIL_H_

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/unit/bench/xml.h"

namespace inventory::bench {

// The picture, which must be well-formed SVG.
inline XmlElement Parsed(const std::string& svg) {
  absl::StatusOr<XmlElement> picture = ParseXml(svg);
  EXPECT_TRUE(picture.ok()) << picture.status() << "\n" << svg;
  if (!picture.ok()) return {};
  EXPECT_EQ(picture->name, "svg");
  return *std::move(picture);
}

inline std::vector<std::string> TextsOf(const XmlElement& picture) {
  std::vector<std::string> texts;
  for (const XmlElement& text : picture.All("text")) texts.push_back(text.text);
  return texts;
}

struct Spot {
  double x;
  double y;
};

// The corners of a polyline or polygon.
inline std::vector<Spot> CornersOf(const XmlElement& shape) {
  std::vector<Spot> corners;
  for (const auto& corner : absl::StrSplit(shape.attributes.at("points"), ' ')) {
    const std::vector<std::string> pair = absl::StrSplit(corner, ',');
    Spot spot{};
    EXPECT_TRUE(pair.size() == 2 && absl::SimpleAtod(pair[0], &spot.x) && absl::SimpleAtod(pair[1], &spot.y));
    corners.push_back(spot);
  }
  return corners;
}

// All dots, bars and corners of curves and bands lie where the data belong; nothing is not a number.
inline void ExpectAllInside(const XmlElement& picture) {
  const std::vector<XmlElement> areas = picture.All("rect", "data");
  ASSERT_EQ(areas.size(), 1U);
  const double left = areas[0].Number("x");
  const double top = areas[0].Number("y");
  std::vector<Spot> spots;
  for (const XmlElement& dot : picture.All("circle")) spots.push_back({dot.Number("cx"), dot.Number("cy")});
  for (const XmlElement& bar : picture.All("rect", "bar")) {
    spots.push_back({bar.Number("x"), bar.Number("y")});
    spots.push_back({bar.Number("x") + bar.Number("width"), bar.Number("y") + bar.Number("height")});
  }
  for (const char* shape : {"polyline", "polygon"}) {
    for (const XmlElement& found : picture.All(shape)) {
      for (const Spot& corner : CornersOf(found)) spots.push_back(corner);
    }
  }
  for (const Spot& spot : spots) {
    EXPECT_TRUE(spot.x >= left - 0.01 && spot.x <= left + areas[0].Number("width") + 0.01) << spot.x;
    EXPECT_TRUE(spot.y >= top - 0.01 && spot.y <= top + areas[0].Number("height") + 0.01) << spot.y;
  }
}

// All texts lie within the picture, as far as their width is known.
inline void ExpectTextsInside(const XmlElement& picture) {
  for (const XmlElement& text : picture.All("text")) {
    const double width = 0.55 * text.Number("font-size") * static_cast<double>(text.text.size());
    const std::string& anchor = text.attributes.at("text-anchor");
    const double before = anchor == "end" ? width : anchor == "middle" ? width / 2 : 0;
    EXPECT_GE(text.Number("x") - before, 0) << text.text;
    EXPECT_LE(text.Number("x") - before + width, picture.Number("width")) << text.text;
    EXPECT_TRUE(text.Number("y") > 0 && text.Number("y") < picture.Number("height")) << text.text;
  }
}

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_UNIT_BENCH_CHART_TEST_UTIL_H_
