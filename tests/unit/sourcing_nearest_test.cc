#include <cstdint>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/sourcing/distance.h"
#include "tests/unit/sourcing_fixture.h"

namespace inventory::sourcing {
namespace {

using testing::ElementsAre;

constexpr Point kBerlin{52.5200, 13.4050};
constexpr Point kHamburg{53.5511, 9.9937};
constexpr Point kMunich{48.1351, 11.5820};
constexpr Point kParis{48.8566, 2.3522};
constexpr Point kFiji{-17.7134, 178.0650};
constexpr Point kSamoa{-13.7590, -172.1046};

TEST(GreatCircleKmTest, KnowsDistancesBetweenCities) {
  EXPECT_NEAR(GreatCircleKm(kBerlin, kParis), 877.5, 1);
  EXPECT_NEAR(GreatCircleKm(kBerlin, kMunich), 504.4, 1);
  EXPECT_NEAR(GreatCircleKm({51.4700, -0.4543}, {40.6413, -73.7781}), 5540, 5);
}

TEST(GreatCircleKmTest, KnowsAQuarterAndHalfOfTheEarth) {
  constexpr double kHalf = 20015.114;
  EXPECT_NEAR(GreatCircleKm({0, 0}, {0, 180}), kHalf, 0.01);
  EXPECT_NEAR(GreatCircleKm({90, 0}, {-90, 77}), kHalf, 0.01);
  EXPECT_NEAR(GreatCircleKm({37.3, -12.7}, {-37.3, 167.3}), kHalf, 0.01);
  EXPECT_NEAR(GreatCircleKm({0, 10}, {90, 120}), kHalf / 2, 0.01);
}

TEST(GreatCircleKmTest, IsPreciseBetweenNeighbours) {
  // 0.00001 degrees of latitude are 1.11195 m.
  EXPECT_NEAR(GreatCircleKm({48.00001, 11}, {48, 11}), 0.00111195, 1e-8);
  EXPECT_EQ(GreatCircleKm(kParis, kParis), 0);
}

TEST(GreatCircleKmTest, GoesOverTheDateLine) { EXPECT_LT(GreatCircleKm(kFiji, kSamoa), 1200); }

Problem To(std::optional<Point> destination, std::vector<Site> sites, std::vector<Want> wants) {
  return {.sites = std::move(sites), .wants = std::move(wants), .destination = destination};
}

TEST(NearestTest, TakesTheNearestFirst) {
  const std::vector<Site> sites = {{"paris", kParis}, {"munich", kMunich}, {"berlin", kBerlin}};
  EXPECT_THAT(
      Nearest().Make(To(kHamburg, sites, {{12, {5, 5, 5}}, {1, {1, 1, 0}}})),
      ElementsAre(ElementsAre(Part{"berlin", 5}, Part{"munich", 5}, Part{"paris", 2}), ElementsAre(Part{"munich", 1})));
}

TEST(NearestTest, SeesOverTheDateLine) {
  const std::vector<Site> sites = {{"sydney", Point{-33.8688, 151.2093}}, {"samoa", kSamoa}};
  EXPECT_THAT(Nearest().Make(To(kFiji, sites, {{1, {1, 1}}})), ElementsAre(ElementsAre(Part{"samoa", 1})));
}

TEST(NearestTest, TakesEquallyNearOnesByPriorityAndThoseWithoutLocationLast) {
  const std::vector<Site> sites = {{"nowhere"}, {"far", kParis}, {"one", kMunich}, {"two", kMunich}, {"neither"}};
  EXPECT_THAT(
      Nearest().Make(To(kBerlin, sites, {{8, {2, 2, 2, 2, 2}}, {9, {2, 2, 2, 2, 2}}})),
      ElementsAre(ElementsAre(Part{"one", 2}, Part{"two", 2}, Part{"far", 2}, Part{"nowhere", 2}),
                  ElementsAre(Part{"one", 2}, Part{"two", 2}, Part{"far", 2}, Part{"nowhere", 2}, Part{"neither", 1})));
}

TEST(NearestTest, GoesByPriorityWithoutADestination) {
  const std::vector<Site> sites = {{"paris", kParis}, {"berlin", kBerlin}};
  EXPECT_THAT(Nearest().Make(To(std::nullopt, sites, {{3, {2, 2}}})),
              ElementsAre(ElementsAre(Part{"paris", 2}, Part{"berlin", 1})));
}

// No site that has units left is nearer than one that gives some.
TEST(NearestTest, LeavesNothingInANearerSite) {
  std::mt19937 random(2);
  for (int i = 0; i < 10'000 && !testing::Test::HasFailure(); ++i) {
    const Problem problem = RandomProblem(random, {});
    if (!problem.destination) continue;
    const auto distance = [&problem](std::size_t site) {
      const std::optional<Point>& location = problem.sites[site].location;
      return location ? GreatCircleKm(*location, *problem.destination) : 1e9;
    };
    const Plan plan = Nearest().Make(problem);
    for (std::size_t w = 0; w < plan.size(); ++w) {
      const Want& want = problem.wants[w];
      const std::vector<int64_t> remaining = Remaining(problem, want, plan[w]);
      for (std::size_t left = 0; left < remaining.size(); ++left) {
        for (std::size_t used = 0; remaining[left] > 0 && used < remaining.size(); ++used) {
          if (used == left || remaining[used] == want.available[used]) continue;
          EXPECT_LE(distance(used), distance(left));
          EXPECT_TRUE(distance(used) < distance(left) || used < left);
        }
      }
    }
  }
}

}  // namespace
}  // namespace inventory::sourcing
