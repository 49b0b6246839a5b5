// The gRPC services, made of the registered RPCs.
#ifndef INVENTORY_SERVER_RPC_SERVICES_H_
#define INVENTORY_SERVER_RPC_SERVICES_H_

#include "server/rpc/call_server.h"
#include "server/rpc/runtime.h"

namespace inventory::rpc {

// Adds all RPCs of inventory.v1: each is served by the file that holds its rule and named nowhere else. CHECK-fails
// unless CheckComplete() is OK. `runtime` must outlive the server.
void AddServices(Runtime& runtime, CallServer& server);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_SERVICES_H_
