#include "server/rpc/call.h"

#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/server_context.h"
#include "server/errors.h"
#include "server/rpc/call_spans.h"
#include "server/rpc/caller.h"
#include "server/rpc/pushback.h"
#include "server/rpc/received.h"

namespace inventory::rpc {
namespace {

// What the request that is worked with takes: nothing if the call is not permitted, and so ends at once.
std::size_t BytesOf(const Admission& admission) { return admission.status.ok() ? ReceivedRequest().bytes : 0; }

// What many calls end with, so that it is made only once.
struct Refused {
  explicit Refused(const absl::Status& refusal)
      : status(refusal), answer(ToGrpc(refusal)), pushback(PushbackOf(refusal)) {}

  const absl::Status status;
  const grpc::Status answer;
  const std::string pushback;
};

}  // namespace

Call* Call::Start(Runtime& runtime, const MethodFacts& facts, grpc::CallbackServerContext* context,
                  const google::protobuf::Message& request, const std::string& request_id) {
  // Of a request that lacks what was sent it can't be told what it is about.
  const bool received = ReceivedRequest().status.ok();
  Admission admission = Admit(runtime, facts, *context, received ? &request : nullptr, runtime.default_deadline());
  admission.origin.request_id = request_id;
  admission.origin.request = &request;
  return new Call(runtime, facts, *context, std::move(admission));
}

Call::Call(Runtime& runtime, const MethodFacts& facts, grpc::CallbackServerContext& context, Admission admission)
    : runtime_(runtime),
      facts_(facts),
      context_(context),
      start_(absl::Now()),
      admission_(std::move(admission)),
      place_(runtime.open_calls(), ShareOf(context, origin()), BytesOf(admission_), context.c_call()),
      reactor_(*this) {}

grpc::ServerUnaryReactor* Call::Finish(const absl::Status& status) {
  Audit(runtime_, facts_, context_, origin(), status);
  if (IsQueueFull(status)) runtime_.metrics().Refused("call", "queue_full");
  return FinishWith(ToGrpc(status), status.ok() ? "" : PushbackOf(status), status);
}

grpc::ServerUnaryReactor* Call::TurnAway(const absl::Status& status) {
  if (status == FullQueue()) return Refuse();
  context_.GetRpcAllocatorState()->FreeRequest();
  return Finish(status);
}

grpc::ServerUnaryReactor* Call::FinishWith(const grpc::Status& answer, const std::string& pushback,
                                           const absl::Status& status) {
  facts_.metrics->Record(static_cast<int>(answer.error_code()), absl::Now() - start_);
  RecordCall(facts_, origin(), start_, status);
  AddPushback(pushback, context_);
  place_.AwaitCaller();
  grpc::ServerUnaryReactor* reactor = &reactor_;
  reactor->Finish(answer);
  return reactor;
}

grpc::ServerUnaryReactor* Call::Refuse() {
  static const auto& full = *new Refused(FullQueue());
  runtime_.metrics().Refused("call", "queue_full");
  context_.GetRpcAllocatorState()->FreeRequest();
  return FinishWith(full.answer, full.pushback, full.status);
}

grpc::ServerUnaryReactor* Call::RefuseCaller() {
  static const auto& calls = *new Refused(TooManyCalls());
  static const auto& bytes = *new Refused(TooManyBytes());
  const bool too_large = place_.verdict() == OpenCalls::Verdict::kTooManyBytes;
  runtime_.metrics().Refused("call", too_large ? "too_many_bytes" : "too_many_of_a_caller");
  const Refused& refused = too_large ? bytes : calls;
  context_.GetRpcAllocatorState()->FreeRequest();
  return FinishWith(refused.answer, refused.pushback, refused.status);
}

void Call::Submit(std::unique_ptr<pipeline::Command> command) {
  rpc::Submit(runtime_.committer(), origin(), /*step=*/"", std::move(command),
              [this](pipeline::Command&, const absl::Status& status) { Finish(status); });
}

void Call::Read(google::protobuf::Message* response, std::function<absl::Status(reading::Reader&)> read) {
  const auto done = [this, response](const absl::Status& status) {
    const bool check = status.ok() && origin().permit.checks_response();
    Finish(check ? origin().permit.CheckResponse(*response) : status);
  };
  rpc::Read(runtime_.reads(), origin(), std::move(read), done, facts_.freshness);
}

std::shared_ptr<Steps> Call::MakeSteps() {
  return std::make_shared<PipelineSteps>(runtime_.committer(), runtime_.reads(), origin(),
                                         [this](const absl::Status& status) { Finish(status); });
}

}  // namespace inventory::rpc
