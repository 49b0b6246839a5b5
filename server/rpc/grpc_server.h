// The port that callers reach.
#ifndef INVENTORY_SERVER_RPC_GRPC_SERVER_H_
#define INVENTORY_SERVER_RPC_GRPC_SERVER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/server.h"
#include "server/options.h"
#include "server/rpc/health_service.h"
#include "server/rpc/service.h"

namespace inventory::rpc {

// A gRPC server with all services of inventory.v1, the standard health service and, by option, reflection and channelz.
// Thread-safe.
class GrpcServer {
 public:
  // Listens, with every service NOT_SERVING. `runtime` must outlive the server. FAILED_PRECONDITION if the address
  // can't be listened on.
  static absl::StatusOr<std::unique_ptr<GrpcServer>> Start(const server::ServerOptions& options, Runtime& runtime);

  // Tells health watchers, for each service and for the whole server.
  void SetServing(bool serving) { health_.SetServing(serving); }

  // Begins a stop: NOT_SERVING for good, but calls are still answered.
  void Drain() { health_.Drain(); }

  // After Drain: refuses new calls, has streams end, waits up to `grace` for calls under way, then cancels the rest,
  // and returns when none is left.
  void Stop(absl::Duration grace);

  // Ends the grace of a Stop on another thread.
  void CancelCalls();

  // The port, which differs from the option's if that was 0.
  int port() const { return port_; }

 private:
  explicit GrpcServer(Runtime& runtime);

  Streams& streams_;
  const std::vector<std::unique_ptr<Service>> services_;
  HealthService health_;
  std::unique_ptr<grpc::Server> server_;
  int port_ = 0;
};

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_GRPC_SERVER_H_
