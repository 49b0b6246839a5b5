// The model's returns.
#include <map>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

// Only what has left a warehouse can come back to one.
int64_t Returnable(const Reservation& reservation, const std::string& sku) {
  const auto line = reservation.lines.find(sku);
  if (line == reservation.lines.end()) return 0;
  int64_t units = -line->second.returned;
  for (const auto& [warehouse, part] : line->second.parts) units += part.shipped;
  return units;
}

v1::StockCondition ConditionOf(v1::Disposition disposition) {
  if (disposition == v1::DISPOSITION_DAMAGED) return v1::STOCK_CONDITION_DAMAGED;
  if (disposition == v1::DISPOSITION_QUALITY_CONTROL) return v1::STOCK_CONDITION_QUALITY_CONTROL;
  return v1::STOCK_CONDITION_SELLABLE;
}

}  // namespace

Outcome Model::Do(const v1::ReturnStockRequest& request) {
  const auto found = state_.reservations.find(request.reservation_id());
  if (found == state_.reservations.end()) return NotFound("RESERVATION");
  Reservation& reservation = found->second;
  if (state_.returns.contains(request.return_id())) return {absl::StatusCode::kAlreadyExists, "RETURN_EXISTS"};

  Return made{.reservation = request.reservation_id()};
  std::map<std::string, int64_t> units;
  for (const v1::ReturnLine& line : request.lines()) {
    if (!state_.WarehouseLives(line.warehouse_id())) return NotFound("WAREHOUSE");
    made.lines[{line.sku(), line.warehouse_id(), line.disposition()}] += line.quantity();
    units[line.sku()] += line.quantity();
  }
  for (const auto& [sku, quantity] : units) {
    if (Outcome tracked = CheckTracked(sku); reservation.lines.contains(sku) && !tracked.ok()) return tracked;
    if (quantity > Returnable(reservation, sku)) return Precondition("EXCEEDS_SHIPPED");
  }
  for (const auto& [key, quantity] : made.lines) {
    const auto& [sku, warehouse, disposition] = key;
    LevelOf(sku, warehouse).Add(ConditionOf(disposition), quantity);
    Moved(sku, warehouse);
    reservation.lines.at(sku).returned += quantity;
  }
  state_.returns[request.return_id()] = made;
  ++reservation.version;
  return {};
}

}  // namespace inventory::model
