// The port that callers reach.
#ifndef INVENTORY_SERVER_RPC_GRPC_SERVER_H_
#define INVENTORY_SERVER_RPC_GRPC_SERVER_H_

#include <cstddef>
#include <memory>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/server_builder.h"
#include "server/auth/gate.h"
#include "server/net/listener.h"
#include "server/options.h"
#include "server/rpc/call_server.h"
#include "server/rpc/health_service.h"
#include "server/rpc/reflection_service.h"
#include "server/tls/store.h"

namespace inventory::rpc {

// A gRPC server with all services of inventory.v1, the standard health service and, by option, reflection and channelz.
// Thread-safe.
class GrpcServer {
 public:
  // Listens, with every service NOT_SERVING, over TLS if there is a store of certificates. `runtime` and `certificates`
  // must outlive the server. FAILED_PRECONDITION if the address can't be listened on, or
  // the policy or the keys can't be used.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const server::ServerOptions& options, Runtime& runtime,
                                                           const tls::Store* certificates);

  // Tells health watchers, for each service and for the whole server.
  void SetServing(bool serving) { health_.SetServing(serving); }

  // Begins a stop: NOT_SERVING for good, but calls are still answered.
  void Drain() { health_.Drain(); }

  // After Drain: refuses new calls, has streams end, waits up to `grace` for calls under way, then cancels the rest,
  // and returns when none is left.
  void Stop(absl::Duration grace);

  // Ends the grace of a Stop on another thread.
  void CancelCalls() { calls_.CancelCalls(); }

  // The port, which differs from the option's if that was 0.
  int port() const { return listener_->port(); }

  // How many connections are open.
  std::size_t connections() { return listener_->open(); }

  // How often a thread that takes calls was helped, since the start.
  int64_t helped() const { return calls_.helped(); }

 private:
  using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

  GrpcServer(const server::ServerOptions& options, Runtime& runtime);
  void TakeConnections();

  Runtime& runtime_;
  Streams& streams_;
  Streams& watches_;
  HealthService health_;
  ReflectionService reflection_;
  std::unique_ptr<auth::Gate> gate_;
  std::shared_ptr<grpc::ServerCredentials> credentials_;
  std::unique_ptr<Acceptor> acceptor_;
  CallServer calls_;
  std::unique_ptr<net::Listener> listener_;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_GRPC_SERVER_H_
