#include "tests/bench/results.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/bench/made_up_run.h"

namespace inventory::bench {
namespace {

using ::testing::DoubleEq;
using ::testing::ElementsAre;
using ::testing::Optional;

TEST(ResultsTest, TakesTheMedianAndTheRangeOverTheRounds) {
  const Result result = MadeUp("d-hot-256", 1000, 5);
  EXPECT_THAT(MedianOf(result, &Sample::per_second), DoubleEq(1000));
  EXPECT_THAT(RangeOf(result, &Sample::per_second).least, DoubleEq(980));
  EXPECT_THAT(RangeOf(result, &Sample::per_second).greatest, DoubleEq(1040));
  EXPECT_THAT(SpreadPercent(result), DoubleEq(6));
  EXPECT_THAT(MedianCpu(result).server, DoubleEq(110));
}

TEST(ResultsTest, LeavesOutRoundsWithoutTheFigure) {
  Result result = MadeUp("open-200", 1000, 5);
  EXPECT_EQ(MedianOf(result, &Sample::refused_p50_ms), std::nullopt);
  EXPECT_THAT(RangeOf(result, &Sample::refused_p50_ms).greatest, DoubleEq(0));
  result.rounds[0].refused_p50_ms = 4;
  result.rounds[2].refused_p50_ms = 6;
  EXPECT_THAT(MedianOf(result, &Sample::refused_p50_ms), Optional(DoubleEq(5)));
  EXPECT_THAT(RangeOf(result, &Sample::refused_p50_ms).least, DoubleEq(4));
}

TEST(ResultsTest, TakesMoreFiguresFromTheRoundsThatHaveThem) {
  Result result = MadeUp("import", 1000, 0);
  result.rounds[0].more = {{"memory_mib", 40}};
  result.rounds[1].more = {};
  result.rounds[2].more = {{"memory_mib", 60}, {"files", 1}};
  EXPECT_THAT(NamesOfMore(result), ElementsAre("files", "memory_mib"));
  EXPECT_THAT(MedianOfMore(result, "memory_mib"), Optional(DoubleEq(50)));
  EXPECT_EQ(MedianOfMore(result, "rows"), std::nullopt);
}

TEST(ResultsTest, FindsOnlyWhatWasRun) {
  std::vector<Result> results = {MadeUp("a-1", 1, 1), MadeUp("a-256", 2, 1)};
  results[1].rounds.clear();
  EXPECT_EQ(Find(results, "a-1"), &results[0]);
  EXPECT_EQ(Find(results, "a-256"), nullptr);
  EXPECT_EQ(Find(results, "a"), nullptr);
}

TEST(ResultsTest, RoundsToThreeDigits) {
  EXPECT_EQ(Rounded(0.456), "0.46");
  EXPECT_EQ(Rounded(9.996), "10.0");
  EXPECT_EQ(Rounded(12.34), "12.3");
  EXPECT_EQ(Rounded(99.97), "100");
  EXPECT_EQ(Rounded(4579.4), "4579");
}

}  // namespace
}  // namespace inventory::bench
