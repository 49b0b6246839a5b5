#include "server/rpc/service.h"

#include <cstdio>
#include <cstdlib>
#include <utility>

#include "absl/strings/str_cat.h"
#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "server/rpc/await_request.h"
#include "server/rpc/unary.h"

namespace inventory::rpc {
namespace {

grpc::internal::RpcMethod::RpcType KindOf(const google::protobuf::MethodDescriptor& rpc) {
  using Rpc = grpc::internal::RpcMethod;
  if (!rpc.client_streaming()) return kAwaitsRequest;
  return rpc.server_streaming() ? Rpc::BIDI_STREAMING : Rpc::CLIENT_STREAMING;
}

}  // namespace

Service::Service(const google::protobuf::ServiceDescriptor& descriptor, Runtime& runtime)
    : name_(descriptor.full_name()) {
  int index = 0;
  for (const Method& method : Methods()) {
    const google::protobuf::MethodDescriptor* rpc = MethodOf(method.request());
    if (rpc->service() != &descriptor) continue;
    paths_.push_back(std::make_unique<std::string>(absl::StrCat("/", name_, "/", rpc->name())));
    AddMethod(new grpc::internal::RpcServiceMethod(paths_.back()->c_str(), KindOf(*rpc), nullptr));
    auto handler = method.make_handler ? method.make_handler(runtime) : MakeUnaryHandler(runtime, method);
    if (!rpc->client_streaming()) handler = AwaitRequest(runtime, std::move(handler));
    MarkMethodCallback(index++, handler.release());
  }
}

std::vector<std::unique_ptr<Service>> MakeServices(Runtime& runtime) {
  const absl::Status complete = CheckComplete();
  if (!complete.ok()) {
    std::fprintf(stderr, "%s\n", std::string(complete.message()).c_str());
    std::abort();
  }
  std::vector<std::unique_ptr<Service>> services;
  for (const google::protobuf::ServiceDescriptor* descriptor : Services()) {
    services.push_back(std::make_unique<Service>(*descriptor, runtime));
  }
  return services;
}

}  // namespace inventory::rpc
