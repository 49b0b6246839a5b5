// What streams of every kind have in common.
#ifndef INVENTORY_SERVER_RPC_STREAM_CALL_H_
#define INVENTORY_SERVER_RPC_STREAM_CALL_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/alarm.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"
#include "server/rpc/admission.h"
#include "server/rpc/open_calls.h"
#include "server/rpc/received.h"
#include "server/rpc/runtime.h"
#include "server/rpc/steps.h"
#include "server/rpc/streams.h"

namespace inventory::rpc {

// What the caller of a stream with one request asks for.
template <typename Request>
struct StreamRequest {
  // By credentials and, if it is well received, by the request.
  Admission admission;
  // Or what to end with.
  absl::StatusOr<Request> request;
};

// Admits the stream, and looks at the request only then.
template <typename Request>
StreamRequest<Request> ReceiveStream(Runtime& runtime, const MethodFacts& facts, const grpc::ServerContextBase& context,
                                     grpc::ByteBuffer& sent) {
  StreamRequest<Request> asked{.admission = Admit(runtime, facts, context), .request = Request()};
  const Received received =
      asked.admission.status.ok() ? Receive(sent, kSmallRequest, *asked.request) : LeaveUnread(sent);
  if (received.status.ok()) {
    AdmitRequest(*asked.request, asked.admission);
  } else {
    asked.request = asked.admission.status.ok() ? received.status : asked.admission.status;
  }
  return asked;
}

// A stream's place among the open ones, whose it is, and its end in the metrics and, if it is denied, in the audit. A
// stream that brings no deadline has none. Thread-safe but for Pause.
class StreamCall {
 public:
  // Everything must outlive it. `streams` are those it is one of.
  StreamCall(Runtime& runtime, Streams& streams, const MethodFacts& facts, grpc::ServerContextBase& context,
             Admission admission, Streams::Stream* stream);
  ~StreamCall() { Leave(); }

  // Not OK: the stream must end with this at once.
  const absl::Status& admitted() const { return admitted_; }
  const Origin& origin() const { return admission_.origin; }

  // The origin of the stream's next step. The first steps are recorded in its trace; a stream may have any number of
  // them, so the others are only counted.
  const Origin& NextStep();

  // The caller does not wait any more: drops what has not begun.
  void Cancel() { origin().cancelled->store(true, std::memory_order_relaxed); }
  bool cancelled() const { return origin().cancelled->load(std::memory_order_relaxed); }
  // What it then ends with: CANCELLED, or DEADLINE_EXCEEDED if that is why.
  absl::Status WhyCancelled() const;

  // What to finish the stream with; counts it.
  grpc::Status Ended(const absl::Status& status);

  // gRPC is done with the call. Gives up its place; the destructor does, too.
  void Leave();

  // Calls `then` on another thread after as long as a full queue asks callers to wait. One at a time.
  void Pause(std::function<void()> then);

 private:
  Runtime& runtime_;
  Streams& streams_;
  const MethodFacts& facts_;
  grpc::ServerContextBase& context_;
  const Admission admission_;
  const std::optional<Origin> unrecorded_;  // The same, out of the trace's sight; none if the trace is not sampled.
  std::atomic<int64_t> steps_ = 0;
  Streams::Stream* const stream_;
  const absl::Status admitted_;
  // Its place while it is not an open stream and the caller is still to take that it ends.
  std::optional<OpenCalls::Place> turned_away_;
  std::unique_ptr<grpc::Alarm> pause_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_STREAM_CALL_H_
