// What holds for every strategy, and PRIORITY. The others have files of their own.
#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/pipeline/work.h"
#include "server/sourcing/explain.h"
#include "tests/unit/sourcing_fixture.h"

namespace inventory::sourcing {
namespace {

using pipeline::kMaxQuantity;
using storage::SourcingStrategy;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

class EveryStrategyTest : public testing::TestWithParam<SourcingStrategy> {
 protected:
  // The plan, which must keep to the contract of Plan.
  Plan Checked(const Problem& problem) {
    const Strategy& strategy = StrategyFor(GetParam());
    Plan plan = strategy.Make(problem);
    EXPECT_EQ(plan.size(), problem.wants.size());
    for (std::size_t i = 0; i < plan.size(); ++i) {
      const Want& want = problem.wants[i];
      std::set<std::string> named;
      int64_t given = 0;
      for (const Part& part : plan[i]) {
        EXPECT_GT(part.quantity, 0);
        EXPECT_TRUE(named.insert(part.warehouse_id).second) << part.warehouse_id << " is named twice";
        given += part.quantity;
      }
      EXPECT_EQ(given, Obtainable(want));
      const std::vector<int64_t> remaining = Remaining(problem, want, plan[i]);
      for (std::size_t site = 0; site < remaining.size(); ++site) {
        EXPECT_GE(remaining[site], std::min<int64_t>(want.available[site], 0));
      }
    }
    EXPECT_EQ(strategy.Make(problem), plan) << "the same problem has another plan";
    return plan;
  }
};

INSTANTIATE_TEST_SUITE_P(All, EveryStrategyTest,
                         testing::Values(SourcingStrategy::kPriority, SourcingStrategy::kNearest,
                                         SourcingStrategy::kFewestSplits, SourcingStrategy::kBalanced));

TEST_P(EveryStrategyTest, KeepsToTheContractOnRandomProblems) {
  std::mt19937 random(1);
  for (int i = 0; i < 20'000 && !HasFailure(); ++i) Checked(RandomProblem(random, {}));
  for (int i = 0; i < 2'000 && !HasFailure(); ++i) {
    Checked(RandomProblem(random, {.sites = 20, .wants = 10, .most = kMaxQuantity}));
  }
}

TEST_P(EveryStrategyTest, AllocatesThirteenOfTenAndFifteen) {
  EXPECT_THAT(Checked(ProblemOf({{13, {10, 15}}})), SizeIs(1));
  EXPECT_THAT(Checked(ProblemOf({{13, {15, 10}}})), SizeIs(1));
}

TEST_P(EveryStrategyTest, GivesAllThereIsWhenThereIsLess) {
  EXPECT_THAT(Checked(ProblemOf({{9, {1, -5, 2}}})), ElementsAre(ElementsAre(Part{"a", 1}, Part{"c", 2})));
}

TEST_P(EveryStrategyTest, GivesNothingWhereNothingIsWantedOrThere) {
  EXPECT_THAT(Checked(ProblemOf({{0, {1}}})), ElementsAre(IsEmpty()));
  EXPECT_THAT(Checked(ProblemOf({{5, {0, -3}}})), ElementsAre(IsEmpty()));
  EXPECT_THAT(Checked(ProblemOf({{5, {}}})), ElementsAre(IsEmpty()));
  EXPECT_THAT(Checked(ProblemOf({})), IsEmpty());
}

TEST_P(EveryStrategyTest, AnswersWantsThatCanNotBeMetBesideOthers) {
  EXPECT_THAT(Checked(ProblemOf({{5, {0, 0}}, {4, {0, 4}}, {0, {7, 7}}})),
              ElementsAre(IsEmpty(), ElementsAre(Part{"b", 4}), IsEmpty()));
}

TEST_P(EveryStrategyTest, DoesNotOverflowWithFullWarehouses) {
  const std::vector<int64_t> full(1'000, kMaxQuantity);
  Problem problem{.sites = {},
                  .wants = {{kMaxQuantity, full}, {200 * kMaxQuantity, full}, {200 * kMaxQuantity - 1, full}}};
  for (int i = 0; i < 1'000; ++i) problem.sites.push_back({std::to_string(i)});
  const Plan plan = Checked(problem);
  EXPECT_THAT(plan[1], SizeIs(testing::Ge(200U)));
}

TEST(PriorityTest, TakesTheFirstSiteThatHasAll) {
  EXPECT_THAT(PartsOf(Priority(), 5, {5, 9}), ElementsAre(Part{"a", 5}));
}

TEST(PriorityTest, SplitsInTheGivenOrder) {
  EXPECT_THAT(PartsOf(Priority(), 13, {10, 15}), ElementsAre(Part{"a", 10}, Part{"b", 3}));
  EXPECT_THAT(PartsOf(Priority(), 13, {15, 10}), ElementsAre(Part{"a", 13}));
}

TEST(PriorityTest, SkipsSitesThatHaveNothing) {
  EXPECT_THAT(PartsOf(Priority(), 2, {0, -7, 2}), ElementsAre(Part{"c", 2}));
}

TEST(ObtainableTest, AddsSitesUpToTheQuantity) {
  EXPECT_EQ(Obtainable({100, {10, 15}}), 25);
  EXPECT_EQ(Obtainable({25, {10, 15}}), 25);
  EXPECT_EQ(Obtainable({24, {10, 15}}), 24);
  EXPECT_EQ(Obtainable({5, {}}), 0);
}

TEST(ObtainableTest, ADeficitTakesNothingFromOthers) { EXPECT_EQ(Obtainable({9, {-100, 3}}), 3); }

TEST(ObtainableTest, DoesNotOverflowOverManyFullWarehouses) {
  constexpr int64_t kMost = std::numeric_limits<int64_t>::max();
  EXPECT_EQ(Obtainable({kMost, std::vector<int64_t>(20'000, kMaxQuantity)}), kMost);
}

TEST(ExplainUnusedTest, TellsWhatWasNotNeededFromWhatHadNothing) {
  const Problem problem = ProblemOf({{5, {5, 0, 1, -2}}, {2, {2, 0, 0, 3}}, {0, {0, 0, 0, 0}}});
  const Plan plan = Priority().Make(problem);
  EXPECT_THAT(ExplainUnused(problem, plan),
              ElementsAre(Unused{"b", UnusedReason::kNothingAvailable}, Unused{"c", UnusedReason::kNotNeeded},
                          Unused{"d", UnusedReason::kNotNeeded}));
}

TEST(ExplainUnusedTest, LeavesOutWhatAnyWantUses) {
  const Problem problem = ProblemOf({{1, {1, 1}}, {1, {0, 1}}});
  EXPECT_THAT(ExplainUnused(problem, Priority().Make(problem)), IsEmpty());
}

}  // namespace
}  // namespace inventory::sourcing
