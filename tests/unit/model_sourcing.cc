// The model's choice of warehouses: every choice is tried, every unit counted.
#include <algorithm>
#include <cmath>
#include <functional>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

using Warehouses = std::vector<std::string>;
using Parts = std::vector<std::pair<std::string, int64_t>>;
using Available = std::function<int64_t(const std::string& sku, const std::string& warehouse)>;

// All choices of some of the warehouses: small ones first, then those with the better warehouses.
std::vector<Warehouses> Choices(const Warehouses& all) {
  std::vector<std::vector<std::size_t>> choices;
  for (std::size_t mask = 0; mask < (std::size_t{1} << all.size()); ++mask) {
    std::vector<std::size_t>& choice = choices.emplace_back();
    for (std::size_t i = 0; i < all.size(); ++i) {
      if ((mask >> i & 1) != 0) choice.push_back(i);
    }
  }
  std::sort(choices.begin(), choices.end(),
            [](const auto& a, const auto& b) { return a.size() != b.size() ? a.size() < b.size() : a < b; });
  std::vector<Warehouses> named;
  for (const auto& choice : choices) {
    Warehouses& names = named.emplace_back();
    for (const std::size_t i : choice) names.push_back(all[i]);
  }
  return named;
}

bool Suffice(const Warehouses& warehouses, const std::vector<Grant>& grants, const Available& available) {
  return std::all_of(grants.begin(), grants.end(), [&](const Grant& grant) {
    int64_t units = 0;
    for (const std::string& warehouse : warehouses) units += std::max<int64_t>(0, available(grant.sku, warehouse));
    return units >= grant.reserved;
  });
}

Warehouses Fewest(const Warehouses& warehouses, const std::vector<Grant>& grants, const Available& available) {
  for (const Warehouses& choice : Choices(warehouses)) {
    if (Suffice(choice, grants, available)) return choice;
  }
  return warehouses;
}

// Each gives all it has before the next one is asked.
Parts InTurn(const Warehouses& warehouses, const Grant& grant, const Available& available) {
  Parts parts;
  int64_t missing = grant.reserved;
  for (const std::string& warehouse : warehouses) {
    const int64_t units = std::min(missing, std::max<int64_t>(0, available(grant.sku, warehouse)));
    if (units > 0) parts.emplace_back(warehouse, units);
    missing -= units;
  }
  return parts;
}

// Unit by unit from where most is left.
Parts Evenly(const Warehouses& warehouses, const Grant& grant, const Available& available) {
  std::map<std::string, int64_t> taken;
  for (int64_t unit = 0; unit < grant.reserved; ++unit) {
    const auto left = [&](const std::string& warehouse) {
      const auto part = taken.find(warehouse);
      return available(grant.sku, warehouse) - (part == taken.end() ? 0 : part->second);
    };
    const auto most = std::max_element(warehouses.begin(), warehouses.end(),
                                       [&](const auto& a, const auto& b) { return left(a) < left(b); });
    ++taken[*most];
  }
  Parts parts;
  for (const std::string& warehouse : warehouses) {
    if (taken.contains(warehouse)) parts.emplace_back(warehouse, taken[warehouse]);
  }
  return parts;
}

}  // namespace

Model::Plan Model::PlanFor(const Reservation& reservation, const std::vector<Grant>& all,
                           const Warehouses& sources) const {
  const Available available = [this](const std::string& sku, const std::string& warehouse) {
    return state_.Available(sku, warehouse);
  };
  std::vector<Grant> grants;
  for (const Grant& grant : all) {
    if (grant.reserved > 0 && state_.ItemOf(grant.sku).tracked) grants.push_back(grant);
  }
  Warehouses order = sources;
  if (reservation.strategy == v1::SOURCING_STRATEGY_NEAREST && reservation.destination) {
    std::stable_sort(order.begin(), order.end(), [&](const std::string& a, const std::string& b) {
      const auto distance = [&](const std::string& id) {
        return std::abs(*state_.warehouses.at(id).longitude - *reservation.destination);
      };
      return distance(a) < distance(b);
    });
  }
  const bool few = reservation.strategy == v1::SOURCING_STRATEGY_FEWEST_SPLITS;
  if (few) order = Fewest(order, grants, available);
  Plan plan;
  for (const Grant& grant : grants) {
    const bool even = reservation.strategy == v1::SOURCING_STRATEGY_BALANCED;
    plan[grant.sku] = even ? Evenly(order, grant, available)
                           : InTurn(few ? Fewest(order, {grant}, available) : order, grant, available);
  }
  return plan;
}

}  // namespace inventory::model
