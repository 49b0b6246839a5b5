// Small problems for the tests of sourcing.
#ifndef INVENTORY_TESTS_UNIT_SOURCING_FIXTURE_H_
#define INVENTORY_TESTS_UNIT_SOURCING_FIXTURE_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "server/sourcing/strategy.h"

namespace inventory::sourcing {

// The sites "a", "b", "c" and so on without locations.
inline std::vector<Site> SitesNamed(std::size_t count) {
  std::vector<Site> sites;
  for (std::size_t i = 0; i < count; ++i) sites.push_back({std::string(1, static_cast<char>('a' + i))});
  return sites;
}

inline Problem ProblemOf(std::vector<Want> wants) {
  const std::size_t sites = wants.empty() ? 0 : wants.front().available.size();
  return {.sites = SitesNamed(sites), .wants = std::move(wants)};
}

inline std::vector<Part> PartsOf(const Strategy& strategy, int64_t quantity, std::vector<int64_t> available) {
  return strategy.Make(ProblemOf({{quantity, std::move(available)}})).front();
}

// What the plan leaves of a want in each site.
inline std::vector<int64_t> Remaining(const Problem& problem, const Want& want, const std::vector<Part>& parts) {
  std::vector<int64_t> remaining = want.available;
  for (const Part& part : parts) {
    const auto site = std::find_if(problem.sites.begin(), problem.sites.end(),
                                   [&part](const Site& one) { return one.warehouse_id == part.warehouse_id; });
    remaining.at(site - problem.sites.begin()) -= part.quantity;
  }
  return remaining;
}

// Up to so many sites and wants, each of at most `most` units.
struct Limits {
  int sites = 5;
  int wants = 3;
  int64_t most = 6;
};

inline Problem RandomProblem(std::mt19937& random, const Limits& limits) {
  const auto upto = [&random](int64_t most) { return std::uniform_int_distribution<int64_t>(0, most)(random); };
  Problem problem{.sites = SitesNamed(upto(limits.sites)), .wants = {}};
  for (Site& site : problem.sites) {
    // On a coarse grid, so that some are equally far.
    if (upto(3) > 0)
      site.location = Point{static_cast<double>(upto(4) * 45 - 90), static_cast<double>(upto(8) * 45 - 180)};
  }
  if (upto(3) > 0)
    problem.destination = Point{static_cast<double>(upto(180) - 90), static_cast<double>(upto(360) - 180)};
  const int64_t wants = 1 + upto(limits.wants - 1);
  for (int64_t i = 0; i < wants; ++i) {
    Want want{.quantity = upto(limits.most * 2)};
    for (std::size_t site = 0; site < problem.sites.size(); ++site) want.available.push_back(upto(limits.most + 2) - 2);
    problem.wants.push_back(std::move(want));
  }
  return problem;
}

}  // namespace inventory::sourcing

#endif  // INVENTORY_TESTS_UNIT_SOURCING_FIXTURE_H_
