#include "tests/bench/scaling/lane_queue.h"

#include <algorithm>
#include <functional>

namespace inventory::bench::scaling {

void LaneQueue::Push(Sku sku) {
  const auto [place, free] = waiting_.try_emplace(sku);
  place->second.push_back(next_);
  if (free) {
    ready_.emplace_back(next_, sku);
    std::push_heap(ready_.begin(), ready_.end(), std::greater<>());
  }
  ++next_;
}

std::vector<Sku> LaneQueue::Take() {
  std::vector<Sku> taken;
  absl::flat_hash_map<Sku, std::size_t> counts;
  while (!ready_.empty() && taken.size() < max_batch_) {
    std::pop_heap(ready_.begin(), ready_.end(), std::greater<>());
    const Sku sku = ready_.back().second;
    ready_.pop_back();
    taken.push_back(sku);
    const std::vector<Number>& numbers = waiting_.find(sku)->second;
    const std::size_t count = ++counts[sku];
    if (count == numbers.size()) continue;
    ready_.emplace_back(numbers[count], sku);
    std::push_heap(ready_.begin(), ready_.end(), std::greater<>());
  }
  for (const auto& [sku, count] : counts) {
    std::vector<Number>& numbers = waiting_.find(sku)->second;
    numbers.erase(numbers.begin(), numbers.begin() + static_cast<std::ptrdiff_t>(count));
  }
  // What is left of SKUs that are now in flight has to wait for their release.
  std::erase_if(ready_, [&counts](const Ready& ready) { return counts.contains(ready.second); });
  std::make_heap(ready_.begin(), ready_.end(), std::greater<>());
  return taken;
}

void LaneQueue::Release(const std::vector<Sku>& skus) {
  for (const Sku sku : skus) {
    const auto place = waiting_.find(sku);
    if (place->second.empty()) {
      waiting_.erase(place);
      continue;
    }
    ready_.emplace_back(place->second.front(), sku);
    std::push_heap(ready_.begin(), ready_.end(), std::greater<>());
  }
}

}  // namespace inventory::bench::scaling
