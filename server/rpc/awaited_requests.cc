#include "server/rpc/awaited_requests.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "grpc/grpc.h"
#include "server/steady_time.h"

namespace inventory::rpc {

AwaitedRequests::Place::Place(AwaitedRequests& requests, grpc_call* call, absl::FunctionRef<std::string()> host)
    : requests_(requests), call_(call), admitted_(requests.Enter(*this, host)) {}

AwaitedRequests::Place::~Place() {
  if (admitted_) requests_.Leave(*this);
}

bool AwaitedRequests::Enter(Place& place, absl::FunctionRef<std::string()> host) {
  {
    storage::MutexLock lock(mutex_);
    if (most_ == 0 || uncounted_ < most_) {
      ++uncounted_;
      Add(place);
      return true;
    }
  }
  place.host_ = host();  // Not under the mutex, as gRPC tells it.
  storage::MutexLock lock(mutex_);
  std::size_t& count = of_host_[*place.host_];
  if (count >= most_) return false;
  ++count;
  Add(place);
  return true;
}

void AwaitedRequests::Add(Place& place) {
  place.since_ = SteadyNow();
  place.before = places_.before;
  place.after = &places_;
  places_.before->after = &place;
  places_.before = &place;
}

void AwaitedRequests::Leave(Place& place) {
  storage::MutexLock lock(mutex_);
  place.before->after = place.after;
  place.after->before = place.before;
  if (!place.host_) {
    --uncounted_;
    return;
  }
  const auto count = of_host_.find(*place.host_);
  if (--count->second == 0) of_host_.erase(count);
}

// The mutex is not held while calls are cancelled, which takes long.
int AwaitedRequests::CutSlow() {
  std::vector<grpc_call*> slow;
  {
    storage::MutexLock lock(mutex_);
    const absl::Time before = SteadyNow() - patience_;
    for (Link* link = places_.after; link != &places_; link = link->after) {
      auto& place = *static_cast<Place*>(link);
      if (place.since_ > before) break;
      // It may take gRPC a while to end it.
      if (std::exchange(place.cut_, true)) continue;
      grpc_call_ref(place.call_);
      slow.push_back(place.call_);
    }
  }
  for (grpc_call* call : slow) {
    grpc_call_cancel_with_status(call, GRPC_STATUS_CANCELLED, "the request took longer than slow-client-timeout",
                                 nullptr);
    grpc_call_unref(call);
  }
  return static_cast<int>(slow.size());
}

void AwaitedRequests::Stop() {
  storage::MutexLock lock(mutex_);
  patience_ = std::min(patience_, absl::Seconds(1));
}

}  // namespace inventory::rpc
