// What one caller may cost the server.
#ifndef INVENTORY_SERVER_RPC_LIMITS_H_
#define INVENTORY_SERVER_RPC_LIMITS_H_

#include "grpcpp/server_builder.h"
#include "server/options.h"

namespace inventory::rpc {

// Sets the limits of the options, and some that are constant, on messages, streams, connections, memory and threads.
// gRPC's defaults have none of them.
void SetLimits(const server::ServerOptions& options, grpc::ServerBuilder& builder);

// How many threads take calls: by the option, or by how many cores there are.
int CallThreads(const server::ServerOptions& options);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_LIMITS_H_
