#include "server/rpc/call.h"

#include <chrono>
#include <utility>

#include "absl/time/clock.h"
#include "grpcpp/server_context.h"
#include "server/errors.h"

namespace inventory::rpc {
namespace {

absl::Time DeadlineOf(const grpc::CallbackServerContext& context, absl::Duration default_deadline) {
  const std::chrono::system_clock::time_point deadline = context.deadline();
  if (deadline == std::chrono::system_clock::time_point::max()) return absl::Now() + default_deadline;
  return absl::FromChrono(deadline);
}

}  // namespace

Origin OriginOf(const grpc::CallbackServerContext& context, const MethodFacts& facts, absl::Duration default_deadline) {
  return {.method = facts.name, .deadline = DeadlineOf(context, default_deadline)};
}

Call* Call::Start(Runtime& runtime, const MethodFacts& facts, grpc::CallbackServerContext* context,
                  const google::protobuf::Message& request, const std::string& request_id) {
  Origin origin = OriginOf(*context, facts, runtime.default_deadline());
  origin.request_id = request_id;
  origin.request = &request;
  return new Call(runtime, facts, std::move(origin));
}

Call::Call(Runtime& runtime, const MethodFacts& facts, Origin origin)
    : runtime_(runtime), facts_(facts), start_(absl::Now()), origin_(std::move(origin)), reactor_(*this) {}

grpc::ServerUnaryReactor* Call::Finish(const absl::Status& status) { return FinishWith(ToGrpc(status)); }

grpc::ServerUnaryReactor* Call::FinishWith(const grpc::Status& status) {
  facts_.metrics->Record(static_cast<int>(status.error_code()), absl::Now() - start_);
  grpc::ServerUnaryReactor* reactor = &reactor_;
  reactor->Finish(status);
  return reactor;
}

grpc::ServerUnaryReactor* Call::Refuse() {
  static const auto& full = *new grpc::Status(ToGrpc(pipeline::QueueFull()));
  return FinishWith(full);
}

void Call::Submit(std::unique_ptr<pipeline::Command> command) {
  rpc::Submit(runtime_.committer(), origin_, /*step=*/"", std::move(command),
              [this](pipeline::Command&, const absl::Status& status) { Finish(status); });
}

void Call::Read(std::function<absl::Status(reading::Reader&)> read) {
  rpc::Read(runtime_.reads(), origin_, std::move(read), [this](const absl::Status& status) { Finish(status); });
}

std::shared_ptr<Steps> Call::MakeSteps() {
  return std::make_shared<PipelineSteps>(runtime_.committer(), runtime_.reads(), origin_,
                                         [this](const absl::Status& status) { Finish(status); });
}

}  // namespace inventory::rpc
