// Channelz: what gRPC knows of its own connections.
#ifndef INVENTORY_SERVER_RPC_CHANNELZ_SERVICE_H_
#define INVENTORY_SERVER_RPC_CHANNELZ_SERVICE_H_

#include "server/rpc/call_server.h"
#include "server/rpc/runtime.h"

namespace inventory::rpc {

// Answers grpc.channelz.v1.Channelz with what gRPC's core says. gRPC's own service can't be told to ask who calls.
// `runtime` must outlive the server.
void AddChannelz(Runtime& runtime, CallServer& server);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_CHANNELZ_SERVICE_H_
