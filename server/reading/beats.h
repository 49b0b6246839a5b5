// How old copies of a counter are.
#ifndef INVENTORY_SERVER_READING_BEATS_H_
#define INVENTORY_SERVER_READING_BEATS_H_

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>

namespace inventory::reading {

// Remembers when a counter in the primary had which value. A replica that takes over transactions in their order has
// everything that was committed before the raise to the value that its copy has; by which time that was is told by the
// clock of whoever asks, so no two clocks are compared. Not thread-safe.
class Beats {
 public:
  using Time = std::chrono::steady_clock::time_point;

  // A question that was sent at `asked`, no earlier than the one before, was answered with this value; `raised` if the
  // question itself had raised it.
  void Note(int64_t beats, bool raised, Time asked);

  // Where the copy has this value, everything is that was committed by then. Nothing if that is not known, as of values
  // before the first note or long ago.
  std::optional<Time> CompleteUntil(int64_t beats) const;

 private:
  struct Known {
    int64_t beats;
    Time complete_until;
  };
  // Half an hour of them, two a second.
  static constexpr std::size_t kMost = 3600;

  std::deque<Known> known_;  // Both grow.
  // What was noted last, and when that had been asked for.
  std::optional<int64_t> last_beats_;
  Time last_asked_;
};

}  // namespace inventory::reading

#endif  // INVENTORY_SERVER_READING_BEATS_H_
