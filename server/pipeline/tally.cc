#include "server/pipeline/tally.h"

#include <algorithm>
#include <cstdlib>
#include <string>

namespace inventory::pipeline {
namespace {

static_assert(Tally::kMovementTypes == static_cast<std::size_t>(storage::MovementType::kBalanceForward) + 1);

int64_t UnitsOf(const storage::Quantities& delta) {
  int64_t units = 0;
  for (const storage::QuantityField& field : storage::kQuantities) {
    units = std::max<int64_t>(units, std::abs(delta.*field.value));
  }
  return units;
}

bool Waits(const Rows& rows, const std::string& reservation_id) {
  const auto of_reservation = [&](const storage::ReservationLineRecord& line) {
    return line.reservation_id == reservation_id;
  };
  const auto lines = rows.reservation_lines.Range({reservation_id, ""}, of_reservation);
  return std::any_of(lines.begin(), lines.end(), [](const auto* line) { return line->backordered > 0; });
}

}  // namespace

void Tally::Count(const Rows& rows) {
  for (std::size_t i = rows.marked_movements(); i < rows.movements.size(); ++i) {
    const storage::MovementRecord& movement = rows.movements[i];
    moved_units[static_cast<std::size_t>(movement.type)] += UnitsOf(movement.delta);
  }
  rows.reservations.ForEachChange(
      [&](const storage::ReservationRecord* before, const storage::ReservationRecord* after) {
        if (before != nullptr || after == nullptr) return;
        ++(Waits(rows, after->reservation_id) ? reservations_backordered : reservations_accepted);
      });
  rows.low_stock_events.ForEachChange(
      [this](const storage::LowStockEventRecord* before, const storage::LowStockEventRecord* after) {
        if (before == nullptr && after != nullptr) ++low_stock_events;
      });
}

}  // namespace inventory::pipeline
