#include "inventory/client/internal/grpc_transport.h"

#include <algorithm>
#include <climits>
#include <cstdint>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/channel.h"
#include "grpcpp/client_context.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/impl/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/rpc_method.h"
#include "grpcpp/support/channel_arguments.h"
#include "grpcpp/support/client_callback.h"
#include "inventory/client/internal/addresses.h"
#include "inventory/client/internal/attentive_channel.h"
#include "inventory/client/internal/credentials.h"
#include "inventory/client/internal/grpc_status.h"
#include "inventory/client/internal/grpc_stream.h"

namespace inventory::client::internal {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageLite;
using grpc::internal::RpcMethod;

// Pauses between attempts to reach an address: short, so that a server that is back is found soon.
constexpr int kFirstReconnectMilliseconds = 100;
constexpr int kLongestReconnectMilliseconds = 2000;

int Milliseconds(absl::Duration duration) {
  return static_cast<int>(std::min<int64_t>(absl::ToInt64Milliseconds(duration), INT_MAX));
}

grpc::ChannelArguments ArgumentsFor(const ConnectionOptions& options) {
  grpc::ChannelArguments arguments;
  const std::string own_name = absl::StrCat("inventory-client/", INVENTORY_VERSION);
  arguments.SetUserAgentPrefix(options.user_agent.empty() ? own_name : absl::StrCat(options.user_agent, " ", own_name));
  arguments.SetLoadBalancingPolicyName("round_robin");
  // The library repeats calls; two loops would multiply.
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, 0);
  // Whoever controls a name's TXT record shall not configure its callers.
  arguments.SetInt(GRPC_ARG_SERVICE_CONFIG_DISABLE_RESOLUTION, 1);
  // A proxy would read what is meant to stay on this machine, and tokens; gRPC makes no exception of localhost.
  if (options.plaintext || AllLoopback(options.addresses)) arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kFirstReconnectMilliseconds);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kLongestReconnectMilliseconds);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, Milliseconds(options.connect_timeout));
  if (options.keepalive_interval > absl::ZeroDuration()) {
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, Milliseconds(options.keepalive_interval));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, Milliseconds(options.keepalive_timeout));
    arguments.SetInt(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
    // Otherwise gRPC asks twice, and then not again before it has data to send.
    arguments.SetInt(GRPC_ARG_HTTP2_MAX_PINGS_WITHOUT_DATA, 0);
  }
  arguments.SetMaxReceiveMessageSize(options.max_response_bytes);
  if (!options.tls.server_name.empty()) {
    arguments.SetSslTargetNameOverride(options.tls.server_name);
    arguments.SetString(GRPC_ARG_DEFAULT_AUTHORITY, options.tls.server_name);
  }
  return arguments;
}

void SetOptions(const AttemptOptions& options, grpc::ClientContext& context) {
  context.set_deadline(absl::ToChronoTime(options.deadline));
  context.set_wait_for_ready(options.wait_for_ready);
  for (const auto& [key, value] : options.metadata) context.AddMetadata(key, value);
}

class GrpcTransport final : public Transport {
 public:
  explicit GrpcTransport(std::shared_ptr<grpc::Channel> channel)
      : channel_(std::make_shared<AttentiveChannel>(std::move(channel))) {}

  AttemptResult Attempt(const Method& method, const AttemptOptions& options, const Message& request,
                        Message& response) override {
    grpc::ClientContext context;
    SetOptions(options, context);
    const std::string path = PathOf(method);
    const grpc::Status status = grpc::internal::BlockingUnaryCall<Message, Message, MessageLite, MessageLite>(
        channel_->get(), RpcMethod(path.c_str(), RpcMethod::NORMAL_RPC), &context, request, &response);
    return ResultOf(status, context);
  }

  void AttemptAsync(const Method& method, const AttemptOptions& options, const Message& request, Message& response,
                    std::function<void(AttemptResult)> done) override {
    // Deleted before `done` is called, which may be the end of the channel: see AttentiveChannel.
    auto* context = new grpc::ClientContext;
    SetOptions(options, *context);
    const std::string path = PathOf(method);
    grpc::internal::CallbackUnaryCall<Message, Message, MessageLite, MessageLite>(
        channel_->get(), RpcMethod(path.c_str(), RpcMethod::NORMAL_RPC), context, &request, &response,
        [context, done = std::move(done)](const grpc::Status& status) {
          const AttemptResult result = ResultOf(status, *context);
          delete context;
          done(result);
        });
  }

  std::unique_ptr<MessageStream> OpenStream(const Method& method, const AttemptOptions& options) override {
    auto context = std::make_unique<grpc::ClientContext>();
    SetOptions(options, *context);
    return OpenGrpcStream(channel_, method, std::move(context));
  }

 private:
  const std::shared_ptr<AttentiveChannel> channel_;  // Streams and calls under way keep it.
};

}  // namespace

absl::StatusOr<std::unique_ptr<Transport>> MakeGrpcTransport(const ConnectionOptions& options) {
  absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> credentials = MakeCredentials(options);
  if (!credentials.ok()) return credentials.status();
  std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(TargetOf(options.addresses), *credentials, ArgumentsFor(options));
  return std::make_unique<GrpcTransport>(std::move(channel));
}

}  // namespace inventory::client::internal
