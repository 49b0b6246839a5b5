#include <algorithm>
#include <cstdint>
#include <functional>
#include <random>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/pipeline/work.h"
#include "tests/unit/sourcing_fixture.h"

namespace inventory::sourcing {
namespace {

using pipeline::kMaxQuantity;
using testing::ElementsAre;

TEST(BalancedTest, TakesFromTheFullestFirst) {
  EXPECT_THAT(PartsOf(Balanced(), 5, {10, 15}), ElementsAre(Part{"b", 5}));
  EXPECT_THAT(PartsOf(Balanced(), 13, {10, 15}), ElementsAre(Part{"a", 4}, Part{"b", 9}));
}

TEST(BalancedTest, LevelsSeveralSteps) {
  // What remains is 5, 8 and 9, then 4, 4 and 4.
  EXPECT_THAT(PartsOf(Balanced(), 15, {5, 20, 12}), ElementsAre(Part{"b", 12}, Part{"c", 3}));
  EXPECT_THAT(PartsOf(Balanced(), 25, {5, 20, 12}), ElementsAre(Part{"a", 1}, Part{"b", 16}, Part{"c", 8}));
}

TEST(BalancedTest, TakesUnitsThatCanNotBeSharedFromTheFirstInOrder) {
  EXPECT_THAT(PartsOf(Balanced(), 1, {7, 7, 7}), ElementsAre(Part{"a", 1}));
  EXPECT_THAT(PartsOf(Balanced(), 5, {7, 7, 7}), ElementsAre(Part{"a", 2}, Part{"b", 2}, Part{"c", 1}));
}

TEST(BalancedTest, LeavesDeficitsAlone) {
  EXPECT_THAT(PartsOf(Balanced(), 4, {-100, 3, 3}), ElementsAre(Part{"b", 2}, Part{"c", 2}));
}

TEST(BalancedTest, LevelsFullWarehouses) {
  EXPECT_THAT(PartsOf(Balanced(), 2 * kMaxQuantity - 1, {kMaxQuantity, kMaxQuantity, 1}),
              ElementsAre(Part{"a", kMaxQuantity}, Part{"b", kMaxQuantity - 1}));
}

// Taking one unit after the other from the fullest site, the first in order of priority, leaves the same.
TEST(BalancedTest, LeavesWhatTakingSingleUnitsLeaves) {
  std::mt19937 random(3);
  for (int i = 0; i < 20'000 && !testing::Test::HasFailure(); ++i) {
    const Problem problem = RandomProblem(random, {.sites = 6, .wants = 1, .most = 9});
    const Want& want = problem.wants.front();
    std::vector<int64_t> remaining = want.available;
    for (int64_t unit = Obtainable(want); unit > 0; --unit) --*std::max_element(remaining.begin(), remaining.end());
    EXPECT_EQ(Remaining(problem, want, Balanced().Make(problem).front()), remaining);
  }
}

}  // namespace
}  // namespace inventory::sourcing
