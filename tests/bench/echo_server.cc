#include "tests/bench/echo_server.h"

#include <signal.h>

#include <cstdio>
#include <memory>

#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "grpcpp/impl/codegen/service_type.h"
#include "grpcpp/server.h"
#include "grpcpp/server_builder.h"
#include "grpcpp/support/method_handler.h"
#include "grpcpp/support/server_callback.h"
#include "inventory/v1/inventory_service.grpc.pb.h"
#include "server/options.h"
#include "server/rpc/limits.h"

namespace inventory::bench {
namespace {

using Message = v1::ReserveStockRequest;

// Made as rpc::Service is.
class EchoService final : public grpc::Service {
 public:
  EchoService() {
    AddMethod(new grpc::internal::RpcServiceMethod(kEchoMethod, grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodCallback(0, new grpc::internal::CallbackUnaryHandler<Message, Message>(
                              [](grpc::CallbackServerContext* context, const Message* request, Message* response) {
                                *response = *request;
                                grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
                                reactor->Finish(grpc::Status::OK);
                                return reactor;
                              }));
  }
};

}  // namespace

int RunEchoServer(const std::string& address) {
  sigset_t stop;
  sigemptyset(&stop);
  sigaddset(&stop, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &stop, nullptr);

  EchoService service;
  grpc::ServerBuilder builder;
  rpc::SetLimits(server::ServerOptions(), builder);
  builder.AddListeningPort(address, grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) {
    std::fprintf(stderr, "can't listen on %s\n", address.c_str());
    return 1;
  }
  int signal = 0;
  sigwait(&stop, &signal);
  server->Shutdown();
  return 0;
}

}  // namespace inventory::bench
