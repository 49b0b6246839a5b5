#include "server/rpc/call.h"

#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/server_context.h"
#include "server/errors.h"
#include "server/rpc/call_spans.h"
#include "server/rpc/pushback.h"
#include "server/rpc/to_bytes.h"

namespace inventory::rpc {
namespace {

using google::protobuf::Message;

const Message& EmptyOf(const google::protobuf::Descriptor& type) {
  return *google::protobuf::MessageFactory::generated_factory()->GetPrototype(&type);
}

// What many calls end with, so that it is made only once.
struct Refused {
  explicit Refused(const absl::Status& refusal)
      : status(refusal), answer(ToGrpc(refusal)), pushback(PushbackOf(refusal)) {}

  const absl::Status status;
  const grpc::Status answer;
  const std::string pushback;
};

}  // namespace

UnaryFacts::UnaryFacts(Runtime& runtime, const Method& rule)
    : method(runtime, *MethodOf(rule.request())),
      request(EmptyOf(*MethodOf(rule.request())->input_type())),
      response(EmptyOf(*MethodOf(rule.request())->output_type())),
      request_id(rule.make_command || rule.start ? rule.request()->FindFieldByName("request_id") : nullptr),
      is_command(rule.make_command != nullptr) {}

Call::Call(Runtime& runtime, const UnaryFacts& facts, Wire& wire, Admission admission, grpc::ByteBuffer* sent)
    : Reactor(wire),
      runtime_(runtime),
      facts_(facts),
      admission_(std::move(admission)),
      full_(sent == nullptr),
      received_(ReceiveIfPermitted(sent)),
      place_(runtime.open_calls(), origin().share, received_.bytes, context().c_call()) {}

// Nothing is done for those who may not call at all, and to look at a write that will be refused would be taken from
// those that are served.
Received Call::ReceiveIfPermitted(grpc::ByteBuffer* sent) {
  if (full_) return {.status = FullQueue()};
  if (!permitted().ok()) return LeaveUnread(*sent);
  Message& request = *messages_.emplace(facts_.request, facts_.response).request();
  admission_.origin.request = &request;
  Received received = Receive(*sent, runtime_.most_request_bytes(), request);
  // Of a request that lacks what was sent it can't be told what it is about.
  if (!received.status.ok()) return received;
  AdmitRequest(request, admission_);
  if (facts_.request_id != nullptr) {
    admission_.origin.request_id = request.GetReflection()->GetString(request, facts_.request_id);
  }
  // Nothing of it is kept if the call is not permitted, and so ends at once.
  if (!permitted().ok()) received.bytes = 0;
  return received;
}

void Call::Finish(const absl::Status& status) {
  const absl::Status outcome = status.ok() ? Serialize() : status;
  // All of it is in the answer now, whose bytes may wait for long until the caller takes them.
  messages_.reset();
  Audit(runtime_, facts_.method, context(), origin(), outcome);
  if (IsQueueFull(outcome)) runtime_.metrics().Refused("call", "queue_full");
  FinishWith(ToGrpc(outcome), outcome.ok() ? "" : PushbackOf(outcome), outcome);
}

absl::Status Call::Serialize() {
  if (!ToBytes(response(), answer_).ok()) return absl::InternalError("the response can't be put into bytes");
  // What a write has done must be told.
  const bool refusable = facts_.request_id == nullptr;
  if (place_.Answer(answer_.Length(), refusable)) return absl::OkStatus();
  answer_.Clear();
  runtime_.metrics().Refused("call", "too_many_bytes");
  return TooManyBytes();
}

void Call::TurnAway(const absl::Status& status) {
  messages_.reset();
  Finish(status);
}

void Call::FinishWith(const grpc::Status& answer, const std::string& pushback, const absl::Status& status) {
  facts_.method.metrics->Record(static_cast<int>(answer.error_code()), absl::Now() - start());
  RecordCall(facts_.method, origin(), start(), status);
  AddPushback(pushback, context());
  if (!answer.ok()) place_.Answer(0, /*refusable=*/false);
  place_.AwaitCaller();
  if (answer.ok()) {
    WriteAndFinish(answer_);
  } else {
    Reactor::Finish(answer);
  }
}

void Call::Refuse() {
  static const auto& full = *new Refused(FullQueue());
  runtime_.metrics().Refused("call", "queue_full");
  FinishWith(full.answer, full.pushback, full.status);
}

void Call::RefuseCaller() {
  static const auto& calls = *new Refused(TooManyCalls());
  static const auto& bytes = *new Refused(TooManyBytes());
  const bool too_large = place_.verdict() == OpenCalls::Verdict::kTooManyBytes;
  runtime_.metrics().Refused("call", too_large ? "too_many_bytes" : "too_many_of_a_caller");
  const Refused& refused = too_large ? bytes : calls;
  messages_.reset();
  FinishWith(refused.answer, refused.pushback, refused.status);
}

void Call::Submit(std::unique_ptr<pipeline::Command> command) {
  rpc::Submit(runtime_.committer(), origin(), /*step=*/"", std::move(command),
              [this](pipeline::Command&, const absl::Status& status) { Finish(status); });
}

void Call::Read(std::function<absl::Status(reading::Reader&)> read) {
  const auto done = [this](const absl::Status& status) {
    const bool check = status.ok() && origin().permit.checks_response();
    Finish(check ? origin().permit.CheckResponse(response()) : status);
  };
  rpc::Read(runtime_.reads(), origin(), std::move(read), done, facts_.method.freshness);
}

std::shared_ptr<Steps> Call::MakeSteps() {
  return std::make_shared<PipelineSteps>(runtime_.committer(), runtime_.reads(), origin(),
                                         [this](const absl::Status& status) { Finish(status); });
}

}  // namespace inventory::rpc
