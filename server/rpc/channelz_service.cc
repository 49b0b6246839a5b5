#include "server/rpc/channelz_service.h"

#include <algorithm>
#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/util/json_util.h"
#include "grpc/grpc.h"
#include "grpc/support/alloc.h"
#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/method_handler.h"
#include "grpcpp/support/server_callback.h"
// For what gRPC itself needs to serve calls: where that is differs between its versions.
#include "inventory/v1/warehouse_service.grpc.pb.h"
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

grpc::Status Answer(const std::string& method, char* (*ask)(const Message&), const grpc::ByteBuffer& asked,
                    grpc::ByteBuffer& answer) {
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

}  // namespace

ChannelzService::ChannelzService(Runtime& runtime) {
  Add(runtime, "GetTopChannels",
      [](const Message& request) { return grpc_channelz_get_top_channels(Number(request, "start_channel_id")); });
  Add(runtime, "GetServers",
      [](const Message& request) { return grpc_channelz_get_servers(Number(request, "start_server_id")); });
  Add(runtime, "GetServer",
      [](const Message& request) { return grpc_channelz_get_server(Number(request, "server_id")); });
  Add(runtime, "GetServerSockets", [](const Message& request) {
    return grpc_channelz_get_server_sockets(Number(request, "server_id"), Number(request, "start_socket_id"),
                                            std::clamp<intptr_t>(Number(request, "max_results"), 0, kMaxResults));
  });
  Add(runtime, "GetChannel",
      [](const Message& request) { return grpc_channelz_get_channel(Number(request, "channel_id")); });
  Add(runtime, "GetSubchannel",
      [](const Message& request) { return grpc_channelz_get_subchannel(Number(request, "subchannel_id")); });
  Add(runtime, "GetSocket",
      [](const Message& request) { return grpc_channelz_get_socket(Number(request, "socket_id")); });
}

void ChannelzService::Add(Runtime& runtime, const std::string& method, Ask ask) {
  const auto facts = std::make_shared<const MethodFacts>(runtime, absl::StrCat(kService, ".", method));
  const int index = static_cast<int>(paths_.size());
  paths_.push_back(std::make_unique<std::string>(absl::StrCat("/", kService, "/", method)));
  AddMethod(new grpc::internal::RpcServiceMethod(paths_.back()->c_str(), kAwaitsRequest, nullptr));
  auto handler = std::make_unique<grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>>(
      [&runtime, facts, method, ask](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request,
                                     grpc::ByteBuffer* response) {
        const Admission admission = Admit(runtime, *facts, *context);
        Audit(runtime, *facts, *context, admission.origin, admission.status);
        const grpc::Status answer =
            admission.status.ok() ? Answer(method, ask, *request, *response) : ToGrpc(admission.status);
        return AnsweredCall::With(answer, runtime.open_calls(), admission.origin.share, *context);
      });
  MarkMethodCallback(index, AwaitRequest(runtime, std::move(handler)).release());
}

}  // namespace inventory::rpc
