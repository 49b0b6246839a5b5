#include "server/rpc/stream_call.h"

#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "server/errors.h"
#include "server/rpc/call.h"

namespace inventory::rpc {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(100);

}  // namespace

StreamCall::StreamCall(Runtime& runtime, const MethodFacts& facts, const grpc::CallbackServerContext& context,
                       Streams::Stream* stream)
    : runtime_(runtime),
      facts_(facts),
      start_(absl::Now()),
      origin_(OriginOf(context, facts, absl::InfiniteDuration())),
      stream_(stream),
      admitted_(runtime.streams().Add(stream)) {}

StreamCall::~StreamCall() {
  if (admitted_.ok()) runtime_.streams().Remove(stream_);
}

absl::Status StreamCall::WhyCancelled() const {
  if (absl::Now() >= origin_.deadline)
    return absl::DeadlineExceededError("the deadline passed before the stream ended");
  return absl::CancelledError("cancelled before the stream ended");
}

grpc::Status StreamCall::Ended(const absl::Status& status) const {
  facts_.metrics->Record(static_cast<int>(status.code()), absl::Now() - start_);
  return ToGrpc(status);
}

void StreamCall::Pause(std::function<void()> then) {
  pause_ = std::make_unique<grpc::Alarm>();
  pause_->Set(absl::ToChronoTime(absl::Now() + kPause), [then = std::move(then)](bool) { then(); });
}

bool IsQueueFull(const absl::Status& status) {
  return absl::IsResourceExhausted(status) && ReasonOf(status) == "QUEUE_FULL";
}

}  // namespace inventory::rpc
