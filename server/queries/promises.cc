#include "server/queries/promises.h"

#include <algorithm>
#include <map>

namespace inventory::queries {

std::vector<Promise> PromisesOf(int64_t available, int64_t waiting, const std::vector<storage::Incoming>& incoming,
                                const std::vector<std::string>& warehouse_ids, absl::Time now) {
  std::map<absl::Time, int64_t> dated;
  for (const storage::Incoming& units : incoming) {
    const bool here = std::find(warehouse_ids.begin(), warehouse_ids.end(), units.warehouse_id) != warehouse_ids.end();
    if (here && units.expected_time && *units.expected_time > now) dated[*units.expected_time] += units.quantity;
  }
  std::vector<Promise> promises = {{now, available}};
  int64_t total = -waiting;
  for (const auto& [time, quantity] : dated) {
    total += quantity;
    const int64_t promised = available + std::max<int64_t>(total, 0);
    if (promised > promises.back().quantity) promises.push_back({time, promised});
  }
  return promises;
}

std::vector<Promise> Capped(const std::vector<Promise>& promises, int64_t limit) {
  std::vector<Promise> capped;
  for (const Promise& promise : promises) {
    const int64_t quantity = std::min(promise.quantity, limit);
    if (capped.empty() || quantity > capped.back().quantity) capped.push_back({promise.time, quantity});
  }
  return capped;
}

std::optional<absl::Time> ReachedAt(const std::vector<Promise>& promises, int64_t quantity) {
  for (const Promise& promise : promises) {
    if (promise.quantity >= quantity) return promise.time;
  }
  return std::nullopt;
}

}  // namespace inventory::queries
