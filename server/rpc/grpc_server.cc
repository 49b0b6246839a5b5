#include "server/rpc/grpc_server.h"

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpcpp/ext/channelz_service_plugin.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/health_check_service_interface.h"
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

}  // namespace

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const server::ServerOptions& options, Runtime& runtime) {
  std::unique_ptr<GrpcServer> made(new GrpcServer);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::reflection::InitProtoReflectionServerBuilderPlugin();
  if (options.channelz) grpc::channelz::experimental::InitChannelzService();
  grpc::ServerBuilder builder;
  if (!options.reflection) builder.SetOption(std::make_unique<WithoutReflection>());
  SetLimits(options, builder);
  builder.AddListeningPort(options.listen, grpc::InsecureServerCredentials(), &made->port_);
  made->services_ = MakeServices(runtime);
  for (const std::unique_ptr<Service>& service : made->services_) builder.RegisterService(service.get());
  made->server_ = builder.BuildAndStart();
  if (made->server_ == nullptr || made->port_ == 0) {
    return absl::FailedPreconditionError(absl::StrCat(
        "can't listen on ", options.listen, ": is another server there? Choose another address with --listen"));
  }
  made->SetServing(false);
  return made;
}

void GrpcServer::SetServing(bool serving) {
  grpc::HealthCheckServiceInterface* health = server_->GetHealthCheckService();
  health->SetServingStatus(serving);
  for (const std::unique_ptr<Service>& service : services_) health->SetServingStatus(service->name(), serving);
}

void GrpcServer::Stop(absl::Duration grace) {
  server_->Shutdown(absl::ToChronoTime(absl::Now() + grace));
  server_->Wait();
}

}  // namespace inventory::rpc
