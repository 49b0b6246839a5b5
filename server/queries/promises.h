// How many units can be promised by when.
#ifndef INVENTORY_SERVER_QUERIES_PROMISES_H_
#define INVENTORY_SERVER_QUERIES_PROMISES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "storage/incoming_repository.h"

namespace inventory::queries {

// From a moment on, so many units in all.
struct Promise {
  absl::Time time;
  int64_t quantity = 0;
  bool operator==(const Promise&) const = default;
};

// Available to promise: what the warehouses have available now, and each later moment at which more is expected there,
// after `waiting` units of backorders, which are served first. Only what has a date after `now` counts: what is overdue
// or has no date can't be promised. The first promise is for now; quantities grow strictly from one to the next.
// (The cumulative form of available-to-promise; see APICS Dictionary, "available-to-promise".)
std::vector<Promise> PromisesOf(int64_t available, int64_t waiting, const std::vector<storage::Incoming>& incoming,
                                const std::vector<std::string>& warehouse_ids, absl::Time now);

// The promises with no quantity above `limit`.
std::vector<Promise> Capped(const std::vector<Promise>& promises, int64_t limit);

// When the promises first reach `quantity`; nothing if they never do.
std::optional<absl::Time> ReachedAt(const std::vector<Promise>& promises, int64_t quantity);

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_PROMISES_H_
