#include "server/rpc/channelz_service.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"
#include "grpc/grpc.h"
#include "grpc/support/alloc.h"
#include "grpcpp/support/byte_buffer.h"
#include "server/errors.h"
#include "server/rpc/admission.h"
#include "server/rpc/answered_call.h"
#include "server/rpc/await_request.h"
#include "server/rpc/generated_message.h"
#include "server/rpc/received.h"
#include "server/rpc/to_bytes.h"

namespace inventory::rpc {
namespace {

using google::protobuf::Message;

constexpr char kService[] = "grpc.channelz.v1.Channelz";
// Of one answer; gRPC's own default.
constexpr intptr_t kMaxResults = 500;

intptr_t Number(const Message& request, const char* name) {
  return static_cast<intptr_t>(
      request.GetReflection()->GetInt64(request, request.GetDescriptor()->FindFieldByName(name)));
}

// What the core answers to a request, in JSON that gRPC frees; null if it knows nothing.
using AskCore = char* (*)(const Message& request);

grpc::Status Answer(const std::string& method, AskCore ask, grpc::ByteBuffer& asked, grpc::ByteBuffer& answer) {
  const std::unique_ptr<Message> request = NewGenerated(absl::StrCat("grpc.channelz.v1.", method, "Request"));
  const std::unique_ptr<Message> response = NewGenerated(absl::StrCat("grpc.channelz.v1.", method, "Response"));
  const Received received = Receive(asked, kSmallRequest, *request);
  if (!received.status.ok()) return ToGrpc(received.status);
  const std::unique_ptr<char, decltype(&gpr_free)> json(ask(*request), &gpr_free);
  if (json == nullptr) return {grpc::StatusCode::NOT_FOUND, "there is nothing of this id"};
  if (!google::protobuf::util::JsonStringToMessage(json.get(), response.get()).ok()) {
    return {grpc::StatusCode::INTERNAL, "gRPC's own words can't be understood"};
  }
  return ToBytes(*response, answer);
}

void Add(Runtime& runtime, CallServer& server, const std::string& method, AskCore ask) {
  const auto facts = std::make_shared<const MethodFacts>(runtime, absl::StrCat(kService, ".", method));
  server.Add(absl::StrCat("/", kService, "/", method),
             AwaitRequest(runtime, [&runtime, facts, method, ask](Wire& wire, grpc::ByteBuffer& sent) {
               const Admission admission = Admit(runtime, *facts, wire.context());
               Audit(runtime, *facts, wire.context(), admission.origin, admission.status);
               grpc::ByteBuffer answer;
               const grpc::Status status =
                   admission.status.ok() ? Answer(method, ask, sent, answer) : ToGrpc(admission.status);
               AnsweredCall::With(status, answer, runtime.open_calls(), admission.origin.share, wire);
             }));
}

}  // namespace

void AddChannelz(Runtime& runtime, CallServer& server) {
  const auto add = [&](const char* method, AskCore ask) { Add(runtime, server, method, ask); };
  add("GetTopChannels",
      [](const Message& request) { return grpc_channelz_get_top_channels(Number(request, "start_channel_id")); });
  add("GetServers",
      [](const Message& request) { return grpc_channelz_get_servers(Number(request, "start_server_id")); });
  add("GetServer", [](const Message& request) { return grpc_channelz_get_server(Number(request, "server_id")); });
  add("GetServerSockets", [](const Message& request) {
    return grpc_channelz_get_server_sockets(Number(request, "server_id"), Number(request, "start_socket_id"),
                                            std::clamp<intptr_t>(Number(request, "max_results"), 0, kMaxResults));
  });
  add("GetChannel", [](const Message& request) { return grpc_channelz_get_channel(Number(request, "channel_id")); });
  add("GetSubchannel",
      [](const Message& request) { return grpc_channelz_get_subchannel(Number(request, "subchannel_id")); });
  add("GetSocket", [](const Message& request) { return grpc_channelz_get_socket(Number(request, "socket_id")); });
}

}  // namespace inventory::rpc
