#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

#include "tests/bench/plots/bar_chart.h"
#include "tests/bench/plots/colors.h"
#include "tests/bench/plots/end_labels.h"
#include "tests/bench/plots/line_chart.h"
#include "tests/unit/bench/chart_test_util.h"

namespace inventory::bench::plots {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::SizeIs;

LineChart ChartOf(std::vector<Line> lines, Scale y = Scale::kLinear, std::vector<Level> levels = {}) {
  return {.title = "Throughput <hot> & \"cold\"",
          .subtitle = "how",
          .panels = {{.x = {.title = "callers in flight", .scale = Scale::kLog, .unit = "", .ticks = {1, 16, 256}},
                      .y = {.title = "reservations/s", .scale = y, .unit = "/s", .ticks = {}},
                      .lines = std::move(lines),
                      .levels = std::move(levels)}}};
}

Line LineOf(std::vector<Point> points) {
  return {.name = "ours", .color = kBlue, .dashed = false, .bold = true, .points = std::move(points)};
}

TEST(LineChartTest, ShowsEveryPointLabelAndTitle) {
  const XmlElement picture =
      Parsed(Svg(ChartOf({LineOf({{1, 250, 240, 260}, {16, 2900, 2500, 3100}, {256, 9600, 9000, 10'200}}),
                          {.name = "theirs", .color = kOrange, .dashed = true, .points = {{1, 300}, {16, 640}}}},
                         Scale::kLinear, {{.name = "batches", .color = kPurple, .y = 11'000}})));
  EXPECT_THAT(picture.All("circle", "point"), SizeIs(5));
  EXPECT_THAT(picture.All("line", "level"), SizeIs(1));
  EXPECT_THAT(TextsOf(picture),
              AllOf(Contains("Throughput <hot> & \"cold\""), Contains("how"), Contains("callers in flight"),
                    Contains("reservations/s"), Contains("ours"), Contains("9600/s at 256"), Contains("theirs"),
                    Contains("640/s at 16"), Contains("batches"), Contains("11k/s"), Contains("1"), Contains("16"),
                    Contains("256"), Contains("0"), Contains("7.5k")));
  ExpectAllInside(picture);
  ExpectTextsInside(picture);
}

TEST(LineChartTest, SaysEachPointsRange) {
  const XmlElement picture = Parsed(Svg(ChartOf({LineOf({{16, 2900, 2500, 3100}})})));
  ASSERT_THAT(picture.All("circle"), SizeIs(1));
  EXPECT_EQ(picture.All("circle")[0].children[0].text, "ours: 2900/s at 16, from 2500 to 3100");
}

TEST(LineChartTest, SortsPointsByX) {
  const XmlElement picture = Parsed(Svg(ChartOf({LineOf({{256, 3}, {1, 1}, {16, 2}})})));
  const std::vector<XmlElement> strokes = picture.All("polyline");
  ASSERT_THAT(strokes, SizeIs(1));
  const std::vector<Spot> corners = CornersOf(strokes[0]);
  ASSERT_THAT(corners, SizeIs(3));
  EXPECT_LT(corners[0].x, corners[1].x);
  EXPECT_LT(corners[1].x, corners[2].x);
}

TEST(LineChartTest, IsWellFormedWithoutAnyPoint) {
  for (const Scale scale : {Scale::kLinear, Scale::kLog}) {
    for (const std::vector<Line>& lines : {std::vector<Line>{}, {LineOf({})}, {LineOf({{kNone, kNone}})}}) {
      const XmlElement picture = Parsed(Svg(ChartOf(lines, scale, {{.name = "none", .color = kGrey, .y = kNone}})));
      EXPECT_THAT(picture.All("circle"), SizeIs(0));
      EXPECT_THAT(TextsOf(picture), AllOf(Contains("reservations/s"), Not(Contains("ours")), Not(Contains("none"))));
      ExpectAllInside(picture);
    }
  }
  EXPECT_EQ(Parsed(Svg(LineChart{.title = "nothing", .subtitle = ""})).name, "svg");
}

TEST(LineChartTest, DrawsTheRangeOfASinglePoint) {
  const XmlElement picture = Parsed(Svg(ChartOf({LineOf({{16, 2900, 2500, 3100}})})));
  EXPECT_THAT(picture.All("circle"), SizeIs(1));
  EXPECT_THAT(picture.All("polygon"), SizeIs(0));
  EXPECT_THAT(picture.All("polyline"), SizeIs(2));
  ExpectAllInside(picture);
}

TEST(LineChartTest, InterruptsALineWhereItHasNoPlace) {
  const double infinity = std::numeric_limits<double>::infinity();
  for (const double hole : {kNone, 0.0, -3.0, infinity}) {
    const XmlElement picture =
        Parsed(Svg(ChartOf({LineOf({{1, 5}, {2, 6}, {16, hole}, {64, 7}, {256, 8}})}, Scale::kLog)));
    EXPECT_THAT(picture.All("circle"), SizeIs(4)) << hole;
    EXPECT_THAT(picture.All("polyline"), SizeIs(2)) << hole;
    ExpectAllInside(picture);
  }
}

TEST(LineChartTest, EndsARangeThatReachesZeroAtTheLogarithmicAxis) {
  const XmlElement picture = Parsed(Svg(ChartOf({LineOf({{1, 5, 0, 9}, {16, 6, kNone, 9}})}, Scale::kLog)));
  ASSERT_THAT(picture.All("polygon"), SizeIs(1));
  const XmlElement data = picture.All("rect", "data")[0];
  const std::vector<Spot> corners = CornersOf(picture.All("polygon")[0]);
  EXPECT_NEAR(corners.back().y, data.Number("y") + data.Number("height"), 0.01);
  ExpectAllInside(picture);
}

TEST(LineChartTest, PutsPanelsBelowEachOther) {
  LineChart chart = ChartOf({LineOf({{1, 5}, {16, 6}})});
  chart.panels.push_back(chart.panels[0]);
  const std::vector<XmlElement> areas = Parsed(Svg(chart)).All("rect", "data");
  ASSERT_THAT(areas, SizeIs(2));
  EXPECT_GT(areas[1].Number("y"), areas[0].Number("y") + areas[0].Number("height"));
}

TEST(LineChartTest, MakesRoomForLongTexts) {
  Line line = LineOf({{1, 5}, {16, 6}});
  line.name = "a name that is much longer than what any of the others is called";
  ExpectTextsInside(Parsed(Svg(ChartOf({line}))));
  LineChart chart = ChartOf({LineOf({{1, 5}, {16, 6}})});
  chart.subtitle = std::string(200, 'm');
  ExpectTextsInside(Parsed(Svg(chart)));
}

TEST(SpreadOutTest, LeavesLabelsThatHaveRoomWhereTheyAre) {
  EXPECT_THAT(SpreadOut({20, 60, 90}, 10, 0, 100), ElementsAre(20, 60, 90));
}

TEST(SpreadOutTest, MovesLabelsOffEachOtherAndOffTheEnds) {
  EXPECT_THAT(SpreadOut({50, 50, 52}, 10, 0, 100), ElementsAre(50, 60, 70));
  EXPECT_THAT(SpreadOut({0, 1}, 10, 0, 100), ElementsAre(5, 15));
  EXPECT_THAT(SpreadOut({99, 100}, 10, 0, 100), ElementsAre(85, 95));
}

TEST(SpreadOutTest, NeedsMoreRoomThanThereIsOnlyDownwards) {
  EXPECT_THAT(SpreadOut({5, 5, 5}, 10, 0, 20), ElementsAre(5, 15, 25));
  EXPECT_THAT(SpreadOut({}, 10, 0, 20), SizeIs(0));
}

BarChart BarsOf(std::vector<std::string> classes, std::vector<Bars> series) {
  return {.title = "Batches",
          .subtitle = "how",
          .x_title = "commands",
          .classes = std::move(classes),
          .y = {.title = "share, %", .scale = Scale::kLinear, .unit = " %", .ticks = {}},
          .series = std::move(series)};
}

TEST(BarChartTest, ShowsEveryBarLabelAndTitle) {
  const XmlElement picture = Parsed(Svg(BarsOf({"1", "2", "3-4"}, {{"hot", kBlue, {10, 20, 70}},  //
                                                                   {"uniform", kGreen, {60, 40, 0}}})));
  EXPECT_THAT(picture.All("rect", "bar"), SizeIs(5)) << "none for 0";
  EXPECT_THAT(TextsOf(picture), AllOf(Contains("Batches"), Contains("commands"), Contains("share, %"), Contains("1"),
                                      Contains("3-4"), Contains("hot"), Contains("uniform")));
  EXPECT_EQ(picture.All("rect", "bar")[0].children[0].text, "hot, 1: 10 %");
  ExpectAllInside(picture);
  ExpectTextsInside(picture);
}

TEST(BarChartTest, DrawsHeightsInProportion) {
  const std::vector<XmlElement> bars = Parsed(Svg(BarsOf({"1", "2"}, {{"hot", kBlue, {10, 20}}}))).All("rect", "bar");
  ASSERT_THAT(bars, SizeIs(2));
  EXPECT_NEAR(2 * bars[0].Number("height"), bars[1].Number("height"), 0.05);
}

TEST(BarChartTest, IsWellFormedWithoutClassesSeriesOrNumbers) {
  for (const BarChart& chart : {BarsOf({}, {}), BarsOf({"1"}, {}), BarsOf({}, {{"hot", kBlue, {1}}}),
                                BarsOf({"1", "2", "3"}, {{"hot", kBlue, {kNone, -1}}})}) {
    const XmlElement picture = Parsed(Svg(chart));
    EXPECT_THAT(picture.All("rect", "bar"), SizeIs(0));
    ExpectAllInside(picture);
  }
}

TEST(XmlTest, RefusesWhatIsNotWellFormed) {
  for (const char* broken : {"", "<a>", "<a></b>", "<a><b></a></b>", "<a x=1/>", "<a x=\"1\" x=\"2\"/>",
                             "<a>&nbsp;</a>", "<a>&</a>", "<a/><b/>", "<a x=\"<\"/>", "<a>\x01</a>", "text"}) {
    EXPECT_FALSE(ParseXml(broken).ok()) << broken;
  }
  EXPECT_TRUE(ParseXml("<a x=\"1 &amp; 2\">t<b/>\n<c d=\"\">&lt;</c></a>").ok());
}

}  // namespace
}  // namespace inventory::bench::plots
