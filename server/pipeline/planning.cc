#include "server/pipeline/planning.h"

#include "server/sourcing/strategy.h"

namespace inventory::pipeline {
namespace {

std::optional<sourcing::Point> PointOf(const std::optional<double>& latitude, const std::optional<double>& longitude) {
  if (!latitude || !longitude) return std::nullopt;
  return sourcing::Point{*latitude, *longitude};
}

}  // namespace

sourcing::Problem ProblemOf(const Work& work, const storage::ReservationRecord& reservation,
                            const std::vector<std::string>& warehouses, const std::vector<Wanted>& wants) {
  sourcing::Problem problem{.destination = PointOf(reservation.latitude, reservation.longitude)};
  problem.sites.reserve(warehouses.size());
  for (const std::string& warehouse_id : warehouses) {
    const storage::WarehouseRecord* warehouse = work.configuration().FindWarehouse(warehouse_id);
    problem.sites.push_back({.warehouse_id = warehouse_id});
    if (warehouse != nullptr) problem.sites.back().location = PointOf(warehouse->latitude, warehouse->longitude);
  }
  problem.wants.reserve(wants.size());
  for (const Wanted& wanted : wants) {
    problem.wants.push_back({.quantity = wanted.quantity, .available = work.AvailableIn(wanted.sku, warehouses)});
  }
  return problem;
}

sourcing::Plan PlanFor(const storage::ReservationRecord& reservation, const sourcing::Problem& problem) {
  return sourcing::StrategyFor(reservation.sourcing_strategy).Make(problem);
}

}  // namespace inventory::pipeline
