#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "server/sourcing/cover.h"
#include "tests/unit/sourcing_fixture.h"

namespace inventory::sourcing {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::set<std::string> Used(const Plan& plan) {
  std::set<std::string> used;
  for (const std::vector<Part>& parts : plan) {
    for (const Part& part : parts) used.insert(part.warehouse_id);
  }
  return used;
}

// Whether the sites in the mask can give all that is obtainable.
bool Suffices(const Problem& problem, const Want& want, unsigned mask) {
  Want masked = want;
  for (std::size_t site = 0; site < problem.sites.size(); ++site) {
    if ((mask >> site & 1) == 0) masked.available[site] = 0;
  }
  return Obtainable(masked) == Obtainable(want);
}

// The smallest set of sites that suffices for all the wants, of equally small ones the first in order of priority.
std::set<std::string> FewestByForce(const Problem& problem, const std::vector<Want>& wants) {
  std::optional<std::set<std::string>> best;
  for (unsigned mask = 0; mask < 1U << problem.sites.size(); ++mask) {
    if (!std::all_of(wants.begin(), wants.end(), [&](const Want& want) { return Suffices(problem, want, mask); })) {
      continue;
    }
    std::set<std::string> chosen;
    for (std::size_t site = 0; site < problem.sites.size(); ++site) {
      if ((mask >> site & 1) != 0) chosen.insert(problem.sites[site].warehouse_id);
    }
    if (!best || chosen.size() < best->size() || (chosen.size() == best->size() && chosen < *best)) best = chosen;
  }
  return *best;
}

TEST(FewestSplitsTest, PrefersOneSiteThatHasAll) {
  EXPECT_THAT(PartsOf(FewestSplits(), 13, {10, 15}), ElementsAre(Part{"b", 13}));
  EXPECT_THAT(PartsOf(FewestSplits(), 9, {10, 15}), ElementsAre(Part{"a", 9}));
}

TEST(FewestSplitsTest, SplitsOverTheFewestByPriority) {
  EXPECT_THAT(PartsOf(FewestSplits(), 12, {1, 5, 2, 10, 10}), ElementsAre(Part{"b", 5}, Part{"d", 7}));
  EXPECT_THAT(PartsOf(FewestSplits(), 11, {1, 5, 2, 10, 10}), ElementsAre(Part{"a", 1}, Part{"d", 10}));
  EXPECT_THAT(PartsOf(FewestSplits(), 20, {1, 5, 2, 10, 10}), ElementsAre(Part{"d", 10}, Part{"e", 10}));
}

TEST(FewestSplitsTest, PrefersASiteThatHasAllOfAllWants) {
  EXPECT_THAT(FewestSplits().Make(ProblemOf({{2, {2, 0, 2}}, {3, {0, 3, 3}}})),
              ElementsAre(ElementsAre(Part{"c", 2}), ElementsAre(Part{"c", 3})));
}

TEST(FewestSplitsTest, UsesForEachWantTheFewestOfTheChosen) {
  // Both sites are needed, but the first want only by one of them.
  EXPECT_THAT(FewestSplits().Make(ProblemOf({{10, {5, 10}}, {4, {4, 0}}})),
              ElementsAre(ElementsAre(Part{"b", 10}), ElementsAre(Part{"a", 4})));
}

TEST(FewestSplitsTest, GivesWhatThereIsOfAWantThatCanNotBeMet) {
  EXPECT_THAT(FewestSplits().Make(ProblemOf({{10, {0, 4, 5}}, {1, {1, 0, 1}}, {3, {0, 0, 0}}})),
              ElementsAre(ElementsAre(Part{"b", 4}, Part{"c", 5}), ElementsAre(Part{"c", 1}), IsEmpty()));
}

TEST(FewestSplitsTest, IsTheFirstOfTheSmallestChoices) {
  std::mt19937 random(4);
  for (int i = 0; i < 5'000 && !testing::Test::HasFailure(); ++i) {
    const Problem problem = RandomProblem(random, {.sites = 8, .wants = 4, .most = 6});
    const Plan plan = FewestSplits().Make(problem);
    EXPECT_EQ(Used(plan), FewestByForce(problem, problem.wants));
  }
}

TEST(FewestSplitsTest, IsTheFirstOfTheSmallestChoicesForOneWant) {
  std::mt19937 random(5);
  for (int i = 0; i < 5'000 && !testing::Test::HasFailure(); ++i) {
    const Problem problem = RandomProblem(random, {.sites = 8, .wants = 1, .most = 9});
    EXPECT_EQ(Used(FewestSplits().Make(problem)), FewestByForce(problem, problem.wants));
  }
}

// As many choices as the search promises to go through, and none of the first ones is right.
TEST(FewestSplitsTest, IsExactForFourteenSites) {
  std::mt19937 random(6);
  for (int i = 0; i < 20; ++i) {
    Problem problem{.sites = SitesNamed(14), .wants = {}};
    for (int want = 0; want < 12; ++want) {
      problem.wants.push_back({.quantity = 1, .available = std::vector<int64_t>(14)});
      for (int site = 0; site < 3; ++site) problem.wants.back().available[random() % 14] = 1;
    }
    EXPECT_EQ(Used(FewestSplits().Make(problem)), FewestByForce(problem, problem.wants));
  }
}

Sites FirstSites(std::size_t count) {
  Sites sites(count);
  std::iota(sites.begin(), sites.end(), std::size_t{0});
  return sites;
}

bool Covered(const std::vector<Need>& needs, const Sites& sites) {
  return std::all_of(needs.begin(), needs.end(), [&sites](const Need& need) {
    int64_t given = 0;
    for (std::size_t site : sites) given += need.gives[site];
    return given >= need.quantity;
  });
}

// One of each of 40 pairs of sites is needed: far more choices than are gone through.
TEST(FewestForAllTest, TakesTheFirstOfEqualOnesWhereTooManyChoicesAreLeft) {
  std::vector<Need> needs;
  Sites first_of_each;
  for (std::size_t site = 0; site < 80; site += 2) {
    needs.push_back({.quantity = 1, .gives = std::vector<int64_t>(80)});
    needs.back().gives[site] = needs.back().gives[site + 1] = 1;
    first_of_each.push_back(site);
  }
  EXPECT_EQ(FewestForAll(needs, FirstSites(80)), first_of_each);
}

TEST(FewestForAllTest, CanLeaveNoneOutWhereTooManyChoicesAreLeft) {
  constexpr std::size_t kSites = 60;
  std::mt19937 random(7);
  for (int i = 0; i < 20; ++i) {
    std::vector<Need> needs(30, {.quantity = 20, .gives = std::vector<int64_t>(kSites)});
    for (Need& need : needs) {
      for (int64_t& gives : need.gives) gives = static_cast<int64_t>(random() % 6);
    }
    const Sites chosen = FewestForAll(needs, FirstSites(kSites));
    EXPECT_TRUE(Covered(needs, chosen));
    EXPECT_TRUE(std::is_sorted(chosen.begin(), chosen.end()));
    for (std::size_t left_out : chosen) {
      Sites fewer = chosen;
      std::erase(fewer, left_out);
      EXPECT_FALSE(Covered(needs, fewer)) << "without " << left_out;
    }
  }
}

}  // namespace
}  // namespace inventory::sourcing
