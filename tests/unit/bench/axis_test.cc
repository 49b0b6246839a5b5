#include "tests/bench/plots/axis.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>

namespace inventory::bench::plots {
namespace {

using ::testing::DoubleEq;
using ::testing::DoubleNear;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();

Ruler RulerOf(Scale scale, const std::vector<double>& values, std::vector<double> ticks = {}, double beside = 0) {
  return Ruler({.title = "", .scale = scale, .unit = "", .ticks = std::move(ticks)}, values, 100, 0,
               {.beside = beside});
}

TEST(ShortTest, HasThreeDigitsAndALetter) {
  EXPECT_EQ(Short(0), "0");
  EXPECT_EQ(Short(0.25), "0.25");
  EXPECT_EQ(Short(0.001), "0.001");
  EXPECT_EQ(Short(7.5), "7.5");
  EXPECT_EQ(Short(99.97), "100");
  EXPECT_EQ(Short(400), "400");
  EXPECT_EQ(Short(999.7), "1k");
  EXPECT_EQ(Short(1024), "1.02k");
  EXPECT_EQ(Short(10'000), "10k");
  EXPECT_EQ(Short(12'345), "12.3k");
  EXPECT_EQ(Short(123'456), "123k");
  EXPECT_EQ(Short(999'700), "1M");
  EXPECT_EQ(Short(10'000'000), "10M");
  EXPECT_EQ(Short(-2500), "-2.5k");
  EXPECT_EQ(Short(kNotANumber), "-");
}

TEST(PlainTest, KeepsTheDigitsOfNumbersOfCalls) {
  EXPECT_EQ(Plain(1), "1");
  EXPECT_EQ(Plain(999.6), "1000");
  EXPECT_EQ(Plain(1024), "1024");
  EXPECT_EQ(Plain(9999.4), "9999");
  EXPECT_EQ(Plain(10'000), "10k");
  EXPECT_EQ(Plain(1.5), "1.5");
}

TEST(RulerTest, BeginsAtZeroIfLinear) {
  const Ruler ruler = RulerOf(Scale::kLinear, {4000, 9600});
  EXPECT_THAT(ruler.ticks(), ElementsAre(0, 2000, 4000, 6000, 8000, 10'000));
  EXPECT_THAT(ruler.At(0), DoubleEq(100));
  EXPECT_THAT(ruler.At(2500), DoubleEq(75));
  EXPECT_THAT(ruler.At(10'000), DoubleEq(0));
}

TEST(RulerTest, HasRoundStepsBothSidesOfZero) {
  EXPECT_THAT(RulerOf(Scale::kLinear, {-3, 7}).ticks(), ElementsAre(-4, -2, 0, 2, 4, 6, 8));
}

TEST(RulerTest, GoesFromStepToStepIfLogarithmic) {
  const Ruler ruler = RulerOf(Scale::kLog, {3, 90});
  EXPECT_THAT(ruler.ticks(),
              ElementsAre(DoubleEq(2), DoubleEq(5), DoubleEq(10), DoubleEq(20), DoubleEq(50), DoubleEq(100)));
  EXPECT_THAT(ruler.At(2), DoubleEq(100));
  EXPECT_THAT(ruler.At(100), DoubleNear(0, 1e-9));
}

TEST(RulerTest, MarksPowersOfTenOnlyIfThereAreMany) {
  const Ruler ruler = RulerOf(Scale::kLog, {0.3, 1700});
  EXPECT_THAT(ruler.ticks(), ElementsAre(DoubleEq(1), DoubleEq(10), DoubleEq(100), DoubleEq(1000)));
  EXPECT_THAT(ruler.At(0.2), DoubleEq(100));
  EXPECT_THAT(ruler.At(2000), DoubleNear(0, 1e-9));
}

TEST(RulerTest, ShowsOfTheWantedTicksThoseThatValuesReach) {
  EXPECT_THAT(RulerOf(Scale::kLog, {1, 64}, {1, 4, 16, 64, 256}, 0.04).ticks(), ElementsAre(1, 4, 16, 64));
}

TEST(RulerTest, LeavesRoomBesideTheValuesIfAsked) {
  const Ruler ruler = RulerOf(Scale::kLog, {1, 100}, {1, 10, 100}, 0.125);
  EXPECT_THAT(ruler.At(1), DoubleEq(90));
  EXPECT_THAT(ruler.At(100), DoubleEq(10));
}

TEST(RulerTest, PutsAValueThatIsAloneInTheMiddleIfThereIsRoom) {
  EXPECT_THAT(RulerOf(Scale::kLog, {7}, {7}, 0.04).At(7), DoubleEq(50));
}

TEST(RulerTest, WorksWithOneValueAndWithNone) {
  for (const Scale scale : {Scale::kLinear, Scale::kLog}) {
    for (const std::vector<double>& values : {std::vector<double>{}, {5}, {1e-9}, {1e12}}) {
      const Ruler ruler = RulerOf(scale, values);
      EXPECT_GE(ruler.ticks().size(), 2U);
      for (const double value : values) EXPECT_TRUE(ruler.At(value) >= 0 && ruler.At(value) <= 100);
    }
  }
}

TEST(RulerTest, IgnoresWhatHasNoPlace) {
  EXPECT_FALSE(Ruler::HasPlaceFor(Scale::kLog, 0));
  EXPECT_FALSE(Ruler::HasPlaceFor(Scale::kLog, -1));
  EXPECT_TRUE(Ruler::HasPlaceFor(Scale::kLinear, 0));
  EXPECT_FALSE(Ruler::HasPlaceFor(Scale::kLinear, kNotANumber));
  EXPECT_FALSE(Ruler::HasPlaceFor(Scale::kLinear, kInfinity));
  EXPECT_THAT(RulerOf(Scale::kLog, {0, -5, 3, 90, kNotANumber, kInfinity}).ticks().front(), DoubleEq(2));
  EXPECT_THAT(RulerOf(Scale::kLog, {3, 90}, {0, -1}).ticks(), IsEmpty());
}

TEST(RulerTest, PutsValuesBeyondItsEndsThere) {
  const Ruler ruler = RulerOf(Scale::kLog, {2, 90});
  EXPECT_THAT(ruler.At(0.001), DoubleEq(100));
  EXPECT_THAT(ruler.At(1e9), DoubleEq(0));
}

}  // namespace
}  // namespace inventory::bench::plots
