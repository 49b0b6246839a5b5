#include "server/rpc/grpc_server.h"

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "grpcpp/server_builder.h"
#include "server/net/addresses.h"
#include "server/rpc/answered_call.h"
#include "server/rpc/channelz_service.h"
#include "server/rpc/limits.h"
#include "server/rpc/registry.h"
#include "server/rpc/server_credentials.h"
#include "server/rpc/services.h"

namespace inventory::rpc {
namespace {

// A program that is linked with gRPC's reflection serves it, asked to or not, and to everybody.
class WithoutItsReflection final : public grpc::ServerBuilderOption {
 public:
  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    std::erase_if(*plugins, [](const auto& plugin) { return plugin->name() == "proto_server_reflection"; });
  }
};

// What health can be asked about: the whole server, whose name is empty, and each service.
std::set<std::string> HealthNames() {
  std::set<std::string> names = {""};
  for (const google::protobuf::ServiceDescriptor* service : Services()) names.insert(service->full_name());
  return names;
}

// What reflection tells of.
std::vector<std::string> ReflectedNames(const server::ServerOptions& options) {
  std::vector<std::string> names = {"grpc.health.v1.Health", "grpc.reflection.v1alpha.ServerReflection"};
  for (const google::protobuf::ServiceDescriptor* service : Services()) names.push_back(service->full_name());
  if (options.channelz) names.emplace_back("grpc.channelz.v1.Channelz");
  return names;
}

// As gRPC does itself, but counted: who takes no answers can't have any number of them.
void RefuseUnknown(Runtime& runtime, Wire& wire) {
  AnsweredCall::Refuse(absl::UnimplementedError("the server has no such RPC"), runtime.open_calls(),
                       net::HostOf(wire.context().peer()), wire);
}

net::Listener::Options ListenerOptions(const server::ServerOptions& options) {
  return {.address = options.listen,
          .most = options.max_connections,
          .most_of_an_address = options.max_connections_per_address,
          .unacknowledged = options.keepalive_timeout};
}

}  // namespace

GrpcServer::GrpcServer(const server::ServerOptions& options, Runtime& runtime)
    : runtime_(runtime),
      streams_(runtime.streams()),
      watches_(runtime.watches()),
      health_(HealthNames(),
              {.watchers = options.max_connections,
               .watchers_of_a_host = static_cast<std::size_t>(options.max_calls_per_client)},
              runtime),
      reflection_(ReflectedNames(options)),
      calls_([&runtime](Wire& wire) { RefuseUnknown(runtime, wire); }) {
  AddServices(runtime, calls_);
  health_.AddTo(calls_);
  if (options.reflection) reflection_.AddTo(calls_, runtime);
  if (options.channelz) AddChannelz(runtime, calls_);
}

absl::StatusOr<std::unique_ptr<GrpcServer>> GrpcServer::Start(const server::ServerOptions& options, Runtime& runtime,
                                                              const tls::Store* certificates) {
  std::unique_ptr<GrpcServer> made(new GrpcServer(options, runtime));
  absl::StatusOr<std::unique_ptr<auth::Gate>> gate = auth::Gate::Make(options, runtime.metrics());
  if (!gate.ok()) return gate.status();
  made->gate_ = *std::move(gate);
  runtime.SetGate(made->gate_.get());
  absl::StatusOr<std::unique_ptr<net::Listener>> listener = net::Listener::Listen(ListenerOptions(options));
  if (!listener.ok()) {
    return absl::FailedPreconditionError(
        absl::StrCat(listener.status().message(), ": is another server there? Choose another address with --listen"));
  }
  made->listener_ = *std::move(listener);
  made->credentials_ = certificates == nullptr ? grpc::InsecureServerCredentials()
                                               : TlsCredentials(*certificates, options.tls_client_auth);
  grpc::ServerBuilder builder;
  builder.SetOption(std::make_unique<WithoutItsReflection>());
  SetLimits(options, builder);
  made->acceptor_ = builder.experimental().AddExternalConnectionAcceptor(
      grpc::ServerBuilder::experimental_type::ExternalConnectionType::FROM_FD, made->credentials_);
  if (!made->calls_.Start(builder, CallThreads(options))) return absl::InternalError("gRPC does not start");
  made->TakeConnections();
  return made;
}

void GrpcServer::TakeConnections() {
  listener_->Start(
      [this](int listener, int connection) {
        Acceptor::NewConnectionParameters taken;
        taken.listener_fd = listener;
        taken.fd = connection;
        acceptor_->HandleNewConnection(&taken);
      },
      [this](std::string_view reason) { runtime_.metrics().Refused("connection", reason); });
}

void GrpcServer::Stop(absl::Duration grace) {
  health_.EndWatches();
  streams_.Stop();
  watches_.Stop();
  runtime_.awaited_requests().Stop();
  listener_->Stop();
  calls_.Stop(grace);
}

}  // namespace inventory::rpc
