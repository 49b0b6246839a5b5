#include "server/rpc/grpc_server.h"

#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpc/grpc.h"
#include "grpcpp/ext/channelz_service_plugin.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/server_builder.h"
#include "server/rpc/limits.h"

namespace inventory::rpc {
namespace {

// A program that is linked with gRPC's reflection serves it, asked to or not.
class WithoutReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

// What health can be asked about: the whole server, whose name is empty, and each service.
std::set<std::string> HealthNames(const std::vector<std::unique_ptr<Service>>& services) {
  std::set<std::string> names = {""};
  for (const std::unique_ptr<Service>& service : services) names.insert(service->name());
  return names;
}

}  // namespace

GrpcServer::GrpcServer(Runtime& runtime)
    : streams_(runtime.streams()), services_(MakeServices(runtime)), health_(HealthNames(services_)) {}

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const server::ServerOptions& options, Runtime& runtime) {
  std::unique_ptr<GrpcServer> made(new GrpcServer(runtime));
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  if (options.channelz) grpc::channelz::experimental::InitChannelzService();
  grpc::ServerBuilder builder;
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  SetLimits(options, builder);
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &made->port_);
  builder.RegisterService(&made->health_);
  for (const std::unique_ptr<Service>& service : made->services_) builder.RegisterService(service.get());
  made->server_ = builder.BuildAndStart();
  if (made->server_ == nullptr || made->port_ == 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "can't listen on ", options.listen, ": is another server there? Choose another address with --listen"));
  }
  return made;
}

void GrpcServer::Stop(absl::Duration grace) {
  health_.EndWatches();
  streams_.Stop();
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
}

void GrpcServer::CancelCalls() { grpc_server_cancel_all_calls(server_->c_server()); }

}  // namespace inventory::rpc
