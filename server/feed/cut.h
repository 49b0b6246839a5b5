// Where somebody has got to in the event logs.
#ifndef INVENTORY_SERVER_FEED_CUT_H_
#define INVENTORY_SERVER_FEED_CUT_H_

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "storage/event_repository.h"

namespace inventory::feed {

// The last position that was read of every log. What was read up to it is complete: with an event it holds all that the
// event's transaction could know of; see server/adr/0016-event-log.md. A value.
class Cut {
 public:
  Cut() = default;
  explicit Cut(std::span<const storage::EventPosition> positions) {
    for (const storage::EventPosition& at : positions) Set(at.log_id, at.position);
  }

  int64_t At(int16_t log_id) const { return positions_[static_cast<std::size_t>(log_id)]; }
  void Set(int16_t log_id, int64_t position) { positions_[static_cast<std::size_t>(log_id)] = position; }

  // Whether all that is up to `other` is up to this.
  bool Covers(const Cut& other) const;
  // Goes on to what `other` covers besides.
  void Cover(const Cut& other);
  // Leaves out what `other` does not cover.
  void LimitTo(const Cut& other);
  bool operator==(const Cut&) const = default;

  // Opaque text for callers, which holds no more than the positions.
  std::string ToToken() const;
  // Nothing if no ToToken has made it.
  static std::optional<Cut> FromToken(std::string_view token);

 private:
  std::array<int64_t, storage::kEventLogs> positions_ = {};
};

// What `to` covers and `from` does not.
std::vector<storage::EventRange> RangesBetween(const Cut& from, const Cut& to);
int64_t ChunksIn(const std::vector<storage::EventRange>& ranges);

}  // namespace inventory::feed

#endif  // INVENTORY_SERVER_FEED_CUT_H_
