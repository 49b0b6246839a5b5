// What loads are drawn from, and what is made of their times.
#include <gtest/gtest.h>

#include <cmath>
#include <optional>
#include <vector>

#include "tests/bench/arrivals.h"
#include "tests/bench/latencies.h"
#include "tests/bench/measure.h"
#include "tests/bench/zipf.h"

namespace inventory::bench {
namespace {

TEST(LatenciesTest, HasNoQuantilesWithoutTimes) { EXPECT_EQ(Latencies().QuantileMs(0.99), 0); }

TEST(LatenciesTest, HasExactQuantilesOfAllTimesInAnyOrder) {
  Latencies odd;
  Latencies even;
  for (int ms = 1000; ms > 0; --ms) (ms % 2 == 0 ? even : odd).Add(absl::Milliseconds(ms));
  odd.AddAll(even);
  EXPECT_EQ(odd.size(), 1000);
  EXPECT_EQ(odd.QuantileMs(0), 1);
  EXPECT_EQ(odd.QuantileMs(0.5), 501);
  EXPECT_EQ(odd.QuantileMs(0.999), 1000);
  EXPECT_EQ(odd.QuantileMs(1), 1000);
}

TEST(LatenciesTest, HasNoTailOfWhichLessThanTenTellAnything) {
  Latencies latencies;
  for (int ms = 1; ms < 1000; ++ms) latencies.Add(absl::Milliseconds(ms));
  EXPECT_EQ(latencies.TailMs(0.99), std::nullopt);
  latencies.Add(absl::Milliseconds(1000));
  EXPECT_EQ(latencies.TailMs(0.99), std::optional(991.0));
  EXPECT_EQ(latencies.TailMs(0.999), std::nullopt);
}

// Of a window from 1 to 3 seconds after now.
class RecorderTest : public ::testing::Test {
 protected:
  RecorderTest() : window_({.warmup = absl::Seconds(1), .measured = absl::Seconds(2)}), recorders_{Recorder(window_)} {}

  absl::Time At(double seconds) const { return now_ + absl::Seconds(seconds); }
  Sample Result() const { return Summarise(window_, recorders_); }

  const absl::Time now_ = absl::Now();
  const Window window_;
  std::vector<Recorder> recorders_;
};

TEST_F(RecorderTest, CountsCallsByTheirEnd) {
  recorders_[0].Add(At(0.5), At(1.5), 3);
  recorders_[0].Add(At(2.5), At(3.5));
  EXPECT_EQ(Result().per_second, 1.5);
  EXPECT_FLOAT_EQ(Result().p50_ms, 1000);
  EXPECT_EQ(Result().acknowledged, 4);
}

TEST_F(RecorderTest, TimesScheduledCallsThatEndLate) {
  recorders_[0].AddDue(At(0.5), At(1.5));
  EXPECT_EQ(Result().per_second, 0.5);
  EXPECT_EQ(Result().p50_ms, 0);
  recorders_[0].AddDue(At(2.5), At(9.5));
  EXPECT_EQ(Result().per_second, 0.5);
  EXPECT_FLOAT_EQ(Result().p50_ms, 7000);
  EXPECT_EQ(Result().acknowledged, 2);
}

TEST_F(RecorderTest, TimesRefusalsFromTheirSending) {
  EXPECT_EQ(Result().refused_p50_ms, std::nullopt);
  recorders_[0].AddRefusal(At(2), At(2.5), At(2.75));
  EXPECT_EQ(Result().refused_per_second, 0.5);
  EXPECT_FLOAT_EQ(Result().refused_p50_ms.value(), 250);
}

TEST(ArrivalsTest, ComeAtTheirRateAndIndependently) {
  constexpr int kCount = 200'000;
  constexpr double kPerSecond = 1000;
  const absl::Time start = absl::FromUnixSeconds(1'000'000);
  Arrivals arrivals(kPerSecond, start);
  absl::Time last = start;
  double squares = 0;
  int longer_than_usual = 0;
  for (int i = 0; i < kCount; ++i) {
    const absl::Time next = arrivals.Next();
    const double gap = absl::ToDoubleSeconds(next - last) * kPerSecond;
    ASSERT_GE(gap, 0);
    squares += gap * gap;
    if (gap > 1) ++longer_than_usual;
    last = next;
  }
  EXPECT_NEAR(absl::ToDoubleSeconds(last - start), kCount / kPerSecond, 3);
  // Of exponential gaps: the mean square is twice the squared mean, and 1/e of them are longer than the mean.
  EXPECT_NEAR(squares / kCount, 2, 0.1);
  EXPECT_NEAR(static_cast<double>(longer_than_usual) / kCount, std::exp(-1), 0.01);
}

TEST(ZipfTest, DrawsEachRankAsOftenAsItsWeight) {
  constexpr int kRanks = 10'000;
  constexpr int kDraws = 200'000;
  ZipfRanks ranks(kRanks);
  std::vector<int> drawn(kRanks);
  for (int i = 0; i < kDraws; ++i) ++drawn.at(static_cast<std::size_t>(ranks.Next()));
  double first_hundred = 0;
  for (int rank = 0; rank < 100; ++rank) first_hundred += ranks.Probability(rank);
  EXPECT_NEAR(first_hundred, 0.52, 0.01);
  EXPECT_NEAR(ranks.Probability(0), 0.098, 0.001);
  EXPECT_NEAR(ranks.Probability(9) / ranks.Probability(0), std::pow(10, -kZipfExponent), 1e-9);
  for (const int rank : {0, 1, 9}) {
    EXPECT_NEAR(static_cast<double>(drawn[static_cast<std::size_t>(rank)]) / kDraws, ranks.Probability(rank), 0.005);
  }
}

}  // namespace
}  // namespace inventory::bench
