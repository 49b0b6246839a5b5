// The model's moves of reserved units to other warehouses.
#include <algorithm>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

template <typename List>
bool Contains(const List& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

int64_t UnitsOf(const std::vector<std::pair<std::string, int64_t>>& parts) {
  int64_t sum = 0;
  for (const auto& [warehouse, units] : parts) sum += units;
  return sum;
}

}  // namespace

Outcome Model::Do(const v1::ReallocateReservationRequest& request) {
  const auto found = state_.reservations.find(request.reservation_id());
  if (found == state_.reservations.end()) return NotFound("RESERVATION");
  Reservation& reservation = found->second;
  if (Outcome matches = CheckEtag(request.etag(), reservation.version); !matches.ok()) return matches;
  if (!Live(reservation.StateAt(state_.now))) return NotLive(reservation.StateAt(state_.now));
  Reservation redirected = reservation;
  redirected.only = {request.to_warehouse_ids().begin(), request.to_warehouse_ids().end()};
  std::vector<std::string> sources;
  if (Outcome allowed = Sources(redirected, sources); !allowed.ok()) return allowed;
  for (const std::string& warehouse : redirected.only) {
    if (!Contains(sources, warehouse)) return Precondition("WAREHOUSE_NOT_IN_CHANNEL");
  }
  const bool elsewhere = !redirected.only.empty() && redirected.only != reservation.only;
  if (elsewhere) reservation.only = redirected.only;
  for (const auto& [sku, line] : reservation.lines) {
    if (elsewhere && line.waiting > 0) rechecked_.insert(sku);
  }

  std::vector<std::string> targets = state_.SourcesOf(reservation);
  std::erase_if(targets, [&](const std::string& id) { return Contains(request.from_warehouse_ids(), id); });
  Plan leaving = LeavingOf(request, reservation);
  std::vector<Grant> grants;
  for (const auto& [sku, parts] : leaving) {
    const int64_t missing = std::max<int64_t>(0, UnitsOf(parts) - state_.AvailableIn(sku, targets));
    grants.push_back({.sku = sku, .reserved = UnitsOf(parts) - missing});
    if (missing == 0 || request.on_shortfall() == v1::SHORTFALL_POLICY_PARTIAL) continue;
    if (request.on_shortfall() != v1::SHORTFALL_POLICY_BACKORDER) return Precondition("INSUFFICIENT_STOCK");
    if (Outcome may_wait = MayWait(sku, missing); !may_wait.ok()) return may_wait;
  }
  const bool chosen = request.sourcing_strategy() != v1::SOURCING_STRATEGY_UNSPECIFIED;
  Reservation chooser = reservation;
  if (chosen) chooser.strategy = request.sourcing_strategy();
  Plan plan = PlanFor(chooser, grants, targets);
  bool moved = false;
  for (auto& [sku, parts] : leaving) {
    Line& line = reservation.lines.at(sku);
    MoveAll(line, sku, parts, plan[sku]);
    moved = moved || !plan[sku].empty();
    if (request.on_shortfall() != v1::SHORTFALL_POLICY_BACKORDER) continue;
    for (const auto& [warehouse, units] : parts) {
      line.parts.at(warehouse).reserved -= units;
      Moved(sku, warehouse);
      Wait(line, sku, units);
      moved = true;
    }
  }
  if (elsewhere || moved) ++reservation.version;
  return {};
}

Model::Plan Model::LeavingOf(const v1::ReallocateReservationRequest& request, const Reservation& reservation) const {
  const std::vector<std::string> selling = state_.SourcesOf(reservation.channel);
  const auto& from = request.from_warehouse_ids();
  Plan leaving;
  for (const auto& [sku, line] : reservation.lines) {
    for (const auto& [warehouse, part] : line.parts) {
      const bool leaves = from.empty() ? !Contains(selling, warehouse) : Contains(from, warehouse);
      if (leaves && part.unbound() > 0) leaving[sku].emplace_back(warehouse, part.unbound());
    }
  }
  return leaving;
}

void Model::MoveAll(Line& line, const std::string& sku, Parts& from, const Parts& places) {
  for (auto [to, missing] : places) {
    while (missing > 0) {
      const int64_t units = std::min(missing, from.front().second);
      MoveUnits(line, sku, from.front().first, to, units);
      missing -= units;
      from.front().second -= units;
      if (from.front().second == 0) from.erase(from.begin());
    }
  }
}

}  // namespace inventory::model
