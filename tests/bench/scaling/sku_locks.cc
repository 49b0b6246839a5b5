#include "tests/bench/scaling/sku_locks.h"

#include <utility>

namespace inventory::bench::scaling {

void SkuLocks::Lock(const std::vector<Sku>& skus, Simulator::Action locked) {
  GoOn(std::make_unique<Request>(Request{skus, std::move(locked)}));
}

void SkuLocks::GoOn(std::unique_ptr<Request> request) {
  for (; request->held < request->skus.size(); ++request->held) {
    const auto [place, free] = held_.try_emplace(request->skus[request->held]);
    if (free) continue;
    place->second.push_back(std::move(request));
    return;
  }
  request->locked();
}

void SkuLocks::Unlock(const std::vector<Sku>& skus) {
  for (const Sku sku : skus) {
    const auto place = held_.find(sku);
    Waiting& waiting = place->second;
    if (waiting.empty()) {
      held_.erase(place);
      continue;
    }
    std::unique_ptr<Request> next = std::move(waiting.front());
    waiting.erase(waiting.begin());
    ++next->held;
    GoOn(std::move(next));
  }
}

}  // namespace inventory::bench::scaling
