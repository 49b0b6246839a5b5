// What answers of the service tell of a write.
#ifndef INVENTORY_TESTS_HISTORY_NOTE_H_
#define INVENTORY_TESTS_HISTORY_NOTE_H_

#include "tests/history/history.h"

namespace inventory::history {

// Keeps of any answer to a write what it has of movements, of a level and of a reservation.
template <typename Answer>
void Note(const Answer& answer, Write& write) {
  if constexpr (requires { answer.movements(); }) {
    write.movements.assign(answer.movements().begin(), answer.movements().end());
  }
  if constexpr (requires { answer.movement(); }) {
    if (answer.has_movement()) write.movements = {answer.movement()};
  }
  if constexpr (requires { answer.results(); }) {
    for (const auto& result : answer.results()) {
      if (result.has_movement()) write.movements.push_back(result.movement());
    }
  }
  if constexpr (requires { answer.stock_level(); }) write.level = answer.stock_level();
  if constexpr (requires { answer.reservation(); }) write.reservation = answer.reservation();
}

}  // namespace inventory::history

#endif  // INVENTORY_TESTS_HISTORY_NOTE_H_
