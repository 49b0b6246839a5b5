// Requests that are no messages.
#ifndef INVENTORY_SERVER_RPC_MALFORMED_H_
#define INVENTORY_SERVER_RPC_MALFORMED_H_

#include <memory>

#include "absl/status/status.h"
#include "grpcpp/support/method_handler.h"

namespace inventory::rpc {

// The same handler, but for a request that can't be parsed: gRPC itself would answer UNIMPLEMENTED, as if there were no
// such RPC. This one calls the handler with what could be parsed, and RequestIsMalformed() says so.
std::unique_ptr<grpc::internal::MethodHandler> AcceptMalformed(std::unique_ptr<grpc::internal::MethodHandler> handler);

// Whether the handler that is being called on this thread got a request that could not be parsed.
bool RequestIsMalformed();

// INVALID_ARGUMENT, reason MALFORMED_REQUEST: what its caller hears.
absl::Status MalformedRequest();

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_MALFORMED_H_
