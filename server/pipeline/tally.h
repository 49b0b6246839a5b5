// What a batch has done, in figures.
#ifndef INVENTORY_SERVER_PIPELINE_TALLY_H_
#define INVENTORY_SERVER_PIPELINE_TALLY_H_

#include <array>
#include <cstddef>
#include <cstdint>

#include "server/pipeline/rows.h"

namespace inventory::pipeline {

// Not thread-safe.
struct Tally {
  // Places for every storage::MovementType.
  static constexpr std::size_t kMovementTypes = 18;

  // Reservations made with all that was asked for, and those of which some waits for stock.
  int64_t reservations_accepted = 0;
  int64_t reservations_backordered = 0;
  // By type. The units of a movement are the most by which it changes any of its level's quantities.
  std::array<int64_t, kMovementTypes> moved_units = {};
  // Events of low-stock rules, whichever way they tell.
  int64_t low_stock_events = 0;

  // Counts all changes since the last mark.
  void Count(const Rows& rows);
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_TALLY_H_
