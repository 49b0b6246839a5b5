#include "tests/integration/local_server.h"

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "server/errors.h"
#include "server/rpc/registry.h"
#include "server/rpc/steps.h"

namespace inventory::integration {
namespace {

using google::protobuf::Message;

std::string RequestIdOf(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  return field == nullptr ? "" : request.GetReflection()->GetString(request, field);
}

}  // namespace

LocalServer::LocalServer(const server::ServerOptions& options, const storage::DatabaseOptions& database)
    : engine_(options, database, metrics_),
      sweeper_({.interval = options.sweep_interval,
                .request_id_retention = options.request_id_retention,
                .event_retention = options.event_retention},
               engine_.pool(), engine_.runtime().committer(),
               [this](std::size_t swept) { metrics_.HoldsSwept(swept); }),
      follower_(options.sweep_interval, engine_.pool(), engine_.runtime().committer()) {}

LocalServer::~LocalServer() {
  sweeper_.Stop();
  follower_.Stop();
  engine_.Stop();
}

Client LocalServer::MakeClient() {
  return Client([this](const Message& request, Message& response, absl::Duration timeout) {
    return Answer(request, response, timeout);
  });
}

absl::Status LocalServer::Answer(const Message& request, Message& response, absl::Duration timeout) {
  const rpc::Method& method = rpc::MethodFor(request.GetDescriptor());
  rpc::Runtime& runtime = engine_.runtime();
  Violations violations;
  method.validate(request, runtime.bounds(), violations);
  if (!violations.empty()) return violations.ToStatus();
  const rpc::Origin origin = {.request_id = RequestIdOf(request),
                              .method = rpc::MethodOf(request.GetDescriptor())->full_name(),
                              .request = &request,
                              .deadline = absl::Now() + timeout};
  // Shared, because this may go on before set_value has returned.
  auto answer = std::make_shared<std::promise<absl::Status>>();
  const auto done = [answer](const absl::Status& status) { answer->set_value(status); };
  if (method.make_command != nullptr) {
    rpc::Submit(runtime.committer(), origin, /*step=*/"", method.make_command(request, response),
                [done](pipeline::Command&, const absl::Status& status) { done(status); });
  } else if (method.start != nullptr) {
    method.start(request, response,
                 std::make_shared<rpc::PipelineSteps>(runtime.committer(), runtime.reads(), origin, done));
  } else if (method.read != nullptr) {
    rpc::Read(
        runtime.reads(), origin,
        [&](reading::Reader& reader) {
          response.Clear();
          return method.read(request, reader, response);
        },
        done);
  } else {
    return absl::UnimplementedError(origin.method);
  }
  return answer->get_future().get();
}

}  // namespace inventory::integration
