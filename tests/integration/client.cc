#include "tests/integration/client.h"

#include <cstdlib>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/types/optional.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/impl/codegen/client_unary_call.h"
#include "grpcpp/impl/codegen/rpc_method.h"
#include "grpcpp/support/channel_arguments.h"
#include "tests/api_comments.h"

namespace inventory::integration {
namespace {

using google::protobuf::Message;
using google::protobuf::MessageLite;

// Between calls a client looks at its connections only every five seconds, if this does not say otherwise before gRPC
// is first used: a server that stops would wait for it so long, and one that is back would be found so late.
const int kPollOften = setenv("GRPC_CLIENT_CHANNEL_BACKUP_POLL_INTERVAL_MS", "50", 0);

template <typename Detail>
std::optional<Detail> DetailOf(const absl::Status& status) {
  const absl::optional<absl::Cord> payload =
      status.GetPayload(absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name()));
  Detail detail;
  if (!payload || !detail.ParseFromString(std::string(*payload))) return std::nullopt;
  return detail;
}

const google::protobuf::MethodDescriptor& MethodOf(const google::protobuf::Descriptor* request) {
  for (const google::protobuf::MethodDescriptor* method : AllMethods()) {
    if (method->input_type() == request) return *method;
  }
  ADD_FAILURE() << "no RPC takes " << request->full_name();
  return *AllMethods().front();
}

}  // namespace

std::vector<const google::protobuf::MethodDescriptor*> AllMethods() {
  std::vector<const google::protobuf::MethodDescriptor*> methods;
  const auto* pool = google::protobuf::DescriptorPool::generated_pool();
  for (const char* name : {"InventoryService", "WarehouseService", "ChannelService"}) {
    const auto* service = pool->FindServiceByName(absl::StrCat("inventory.v1.", name));
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor* method = service->method(i);
      if (!method->client_streaming() && !method->server_streaming()) methods.push_back(method);
    }
  }
  return methods;
}

Client::Client(const std::string& address, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
  grpc::ChannelArguments arguments;
  // Clients of one process share no connection, and one that was lost is made again soon.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 50);
  // How long an attempt may take: long on a busy machine.
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 200);
  arguments.SetMaxReceiveMessageSize(64 << 20);
  channel_ = grpc::CreateCustomChannel(
      address, credentials == nullptr ? grpc::InsecureChannelCredentials() : credentials, arguments);
}

absl::Status Client::Send(const Message& request, Message& response, absl::Duration timeout) const {
  const google::protobuf::MethodDescriptor& rpc = MethodOf(request.GetDescriptor());
  absl::Status status = sender_ ? sender_(request, response, timeout) : SendByGrpc(rpc, request, response, timeout);
  const std::string reason = ReasonOf(status);
  EXPECT_TRUE(reason.empty() || NamesReason(rpc, reason)) << rpc.name() << "'s comment lacks " << reason;
  return status;
}

absl::Status Client::SendByGrpc(const google::protobuf::MethodDescriptor& rpc, const Message& request,
                                Message& response, absl::Duration timeout) const {
  const std::string path = absl::StrCat("/", rpc.service()->full_name(), "/", rpc.name());
  const grpc::internal::RpcMethod method(path.c_str(), grpc::internal::RpcMethod::NORMAL_RPC, channel_);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  return FromGrpc(grpc::internal::BlockingUnaryCall<Message, Message, MessageLite, MessageLite>(
      channel_.get(), method, &context, request, &response));
}

std::string Client::Health(const std::string& service) const {
  auto stub = grpc::health::v1::Health::NewStub(channel_);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + absl::Seconds(2)));
  grpc::health::v1::HealthCheckRequest request;
  request.set_service(service);
  grpc::health::v1::HealthCheckResponse response;
  const grpc::Status status = stub->Check(&context, request, &response);
  if (!status.ok()) return absl::StatusCodeToString(static_cast<absl::StatusCode>(status.error_code()));
  return grpc::health::v1::HealthCheckResponse::ServingStatus_Name(response.status());
}

absl::Status FromGrpc(const grpc::Status& status) {
  absl::Status converted(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  google::rpc::Status details;
  if (!details.ParseFromString(status.error_details())) return converted;
  EXPECT_TRUE(status.error_details().empty() || details.code() == status.error_code());
  for (const google::protobuf::Any& detail : details.details()) {
    converted.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  }
  return converted;
}

std::string ReasonOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info) return "";
  EXPECT_EQ(info->domain(), "inventory.v1");
  return info->reason();
}

std::map<std::string, std::string> MetadataOf(const absl::Status& status) {
  const auto info = DetailOf<google::rpc::ErrorInfo>(status);
  if (!info) return {};
  return {info->metadata().begin(), info->metadata().end()};
}

std::multiset<std::string> ViolationsOf(const absl::Status& status) {
  std::multiset<std::string> fields;
  if (const auto bad = DetailOf<google::rpc::BadRequest>(status)) {
    for (const auto& violation : bad->field_violations()) {
      EXPECT_NE(violation.description(), "") << violation.field();
      fields.insert(violation.field());
    }
  }
  return fields;
}

std::optional<absl::Duration> RetryDelayOf(const absl::Status& status) {
  const auto retry = DetailOf<google::rpc::RetryInfo>(status);
  if (!retry) return std::nullopt;
  return absl::Seconds(retry->retry_delay().seconds()) + absl::Nanoseconds(retry->retry_delay().nanos());
}

std::string Outcome(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return absl::StrCat(absl::StatusCodeToString(status.code()), reason.empty() ? "" : " ", reason);
}

}  // namespace inventory::integration
