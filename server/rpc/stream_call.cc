#include "server/rpc/stream_call.h"

#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/server_context.h"
#include "server/errors.h"
#include "server/rpc/pushback.h"
#include "server/rpc/stream_spans.h"

namespace inventory::rpc {
namespace {

constexpr absl::Duration kPause = absl::Milliseconds(100);
constexpr int64_t kRecordedSteps = 100;

// The log still names the trace.
std::optional<Origin> Unrecorded(Origin origin) {
  if (origin.trace == nullptr || !origin.trace->sampled()) return std::nullopt;
  auto trace = std::make_shared<tracing::Trace>(*origin.trace);
  trace->sink = nullptr;
  origin.trace = std::move(trace);
  return origin;
}

}  // namespace

StreamCall::StreamCall(Runtime& runtime, Streams& streams, const MethodFacts& facts, grpc::ServerContextBase& context,
                       Admission admission, Streams::Stream* stream)
    : runtime_(runtime),
      streams_(streams),
      facts_(facts),
      context_(context),
      admission_(std::move(admission)),
      unrecorded_(Unrecorded(admission_.origin)),
      stream_(stream),
      admitted_(admission_.status.ok() ? streams.Add(stream, origin().share) : admission_.status) {
  if (admitted_.ok()) return;
  if (ReasonOf(admitted_) == "TOO_MANY_STREAMS") {
    runtime.metrics().Refused(streams.metric(), "too_many");
  }
  turned_away_.emplace(runtime.open_calls(), origin().share, /*bytes=*/0, context.c_call());
  turned_away_->AwaitCaller();
}

void StreamCall::Leave() {
  if (admitted_.ok()) streams_.Remove(stream_);
  turned_away_.reset();
}

const Origin& StreamCall::NextStep() { return steps_++ >= kRecordedSteps && unrecorded_ ? *unrecorded_ : origin(); }

absl::Status StreamCall::WhyCancelled() const {
  if (absl::Now() >= origin().deadline)
    return absl::DeadlineExceededError("the deadline passed before the stream ended");
  return absl::CancelledError("cancelled before the stream ended");
}

grpc::Status StreamCall::Ended(const absl::Status& status) {
  Audit(runtime_, facts_, context_, origin(), status);
  AddPushback(PushbackOf(status), context_);
  facts_.metrics->Record(static_cast<int>(status.code()), absl::Now() - admission_.start);
  RecordStream(facts_, origin(), admission_.start, status, steps_);
  return ToGrpc(status);
}

void StreamCall::Pause(std::function<void()> then) {
  pause_ = std::make_unique<grpc::Alarm>();
  pause_->Set(absl::ToChronoTime(absl::Now() + kPause), [then = std::move(then)](bool) { then(); });
}

}  // namespace inventory::rpc
