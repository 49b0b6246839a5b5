// Who calls, for fairness.
#ifndef INVENTORY_SERVER_RPC_CALLER_H_
#define INVENTORY_SERVER_RPC_CALLER_H_

#include <string>

#include "grpcpp/support/server_callback.h"
#include "server/rpc/steps.h"

namespace inventory::rpc {

// Whose share of the server a call takes: the caller's identity or, of one that has none, its host. All who come
// through one proxy without identities are one caller.
std::string ShareOf(const grpc::CallbackServerContext& context, const Origin& origin);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_CALLER_H_
