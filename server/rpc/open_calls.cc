#include "server/rpc/open_calls.h"

#include <algorithm>
#include <limits>
#include <utility>
#include <vector>

#include "grpc/grpc.h"
#include "server/steady_time.h"

namespace inventory::rpc {
namespace {

constexpr int64_t kNotYet = std::numeric_limits<int64_t>::max();

// Refused calls of a caller whose answers are on their way. So many are no burst of one who will take them, and each
// has memory of gRPC.
constexpr int kFlood = 10'000;

}  // namespace

OpenCalls::Place::Place(OpenCalls& calls, std::string caller, std::size_t bytes, grpc_call* call)
    : calls_(calls),
      caller_(std::move(caller)),
      bytes_(bytes),
      call_(call),
      awaiting_since_(kNotYet),
      verdict_(calls.Enter(*this)) {}

OpenCalls::Place::~Place() { calls_.Leave(*this); }

bool OpenCalls::Place::Answer(std::size_t bytes, bool refusable) { return calls_.Exchange(*this, bytes, refusable); }

void OpenCalls::Place::AwaitCaller() {
  awaiting_since_.store(absl::ToUnixMicros(SteadyNow()), std::memory_order_relaxed);
  if (verdict_ == Verdict::kFlood) grpc_call_cancel(call_, nullptr);
}

OpenCalls::Verdict OpenCalls::Enter(Place& place) {
  storage::MutexLock lock(mutex_);
  places_.insert(&place);
  const auto share = of_caller_.try_emplace(place.caller_).first;
  const Verdict verdict = Judge(share->second, place.bytes_);
  ++share->second.places;
  if (verdict == Verdict::kAdmitted) {
    ++share->second.calls;
    share->second.bytes += place.bytes_;
    bytes_ += place.bytes_;
  }
  return verdict;
}

OpenCalls::Verdict OpenCalls::Judge(const Share& share, std::size_t bytes) const {
  const int most = options_.most_of_a_caller;
  if (most != 0 && share.places - share.calls >= std::max(most, kFlood)) return Verdict::kFlood;
  if (most != 0 && share.calls >= most) return Verdict::kTooManyCalls;
  return Fits(share, bytes) ? Verdict::kAdmitted : Verdict::kTooManyBytes;
}

bool OpenCalls::Fits(const Share& share, std::size_t bytes) const {
  return bytes_ + bytes + share.bytes + bytes <= options_.most_bytes;
}

bool OpenCalls::Exchange(Place& place, std::size_t bytes, bool refusable) {
  storage::MutexLock lock(mutex_);
  if (place.verdict_ != Verdict::kAdmitted) return true;
  Share& share = of_caller_.find(place.caller_)->second;
  bytes_ -= place.bytes_;
  share.bytes -= place.bytes_;
  const bool taken = !refusable || Fits(share, bytes);
  place.bytes_ = taken ? bytes : 0;
  bytes_ += place.bytes_;
  share.bytes += place.bytes_;
  return taken;
}

void OpenCalls::Leave(Place& place) {
  storage::MutexLock lock(mutex_);
  places_.erase(&place);
  const auto share = of_caller_.find(place.caller_);
  if (place.verdict_ == Verdict::kAdmitted) {
    --share->second.calls;
    share->second.bytes -= place.bytes_;
    bytes_ -= place.bytes_;
  }
  if (--share->second.places == 0) of_caller_.erase(share);
}

// The mutex is not held while calls are cancelled, which takes long.
int OpenCalls::CutSlow() {
  const int64_t before = absl::ToUnixMicros(SteadyNow() - options_.patience);
  std::vector<grpc_call*> slow;
  {
    storage::MutexLock lock(mutex_);
    for (const Place* place : places_) {
      if (place->awaiting_since_.load(std::memory_order_relaxed) > before) continue;
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
