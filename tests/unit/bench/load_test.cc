// What loads are drawn from, and what is made of their times.
#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "tests/bench/arrivals.h"
#include "tests/bench/latencies.h"
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
