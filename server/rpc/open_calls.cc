#include "server/rpc/open_calls.h"

#include <limits>
#include <utility>
#include <vector>

#include "absl/time/clock.h"
#include "grpc/grpc.h"

namespace inventory::rpc {
namespace {

constexpr int64_t kNotYet = std::numeric_limits<int64_t>::max();

}  // namespace

OpenCalls::Place::Place(OpenCalls& calls, std::string caller, grpc_call* call)
    : calls_(calls),
      caller_(std::move(caller)),
      call_(call),
      answering_since_(kNotYet),
      admitted_(calls.Enter(*this)) {}

OpenCalls::Place::~Place() { calls_.Leave(*this); }

void OpenCalls::Place::Answering() {
  answering_since_.store(absl::ToUnixMicros(absl::Now()), std::memory_order_relaxed);
}

bool OpenCalls::Enter(Place& place) {
  storage::MutexLock lock(mutex_);
  places_.insert(&place);
  if (options_.most_of_a_caller == 0) return true;
  int& open = of_caller_[place.caller_];
  if (open >= options_.most_of_a_caller) return false;
  ++open;
  return true;
}

void OpenCalls::Leave(Place& place) {
  storage::MutexLock lock(mutex_);
  places_.erase(&place);
  if (options_.most_of_a_caller == 0 || !place.admitted_) return;
  const auto open = of_caller_.find(place.caller_);
  if (--open->second == 0) of_caller_.erase(open);
}

// A call that is cancelled may end on this thread, and come back here: so the mutex is not held then.
int OpenCalls::CutSlow() {
  const int64_t before = absl::ToUnixMicros(absl::Now() - options_.patience);
  std::vector<grpc_call*> slow;
  {
    storage::MutexLock lock(mutex_);
    for (const Place* place : places_) {
      if (place->answering_since_.load(std::memory_order_relaxed) > before) continue;
      grpc_call_ref(place->call_);
      slow.push_back(place->call_);
    }
  }
  for (grpc_call* call : slow) {
    grpc_call_cancel(call, nullptr);
    grpc_call_unref(call);
  }
  return static_cast<int>(slow.size());
}

}  // namespace inventory::rpc
