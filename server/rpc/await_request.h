// Requests that are still on their way.
#ifndef INVENTORY_SERVER_RPC_AWAIT_REQUEST_H_
#define INVENTORY_SERVER_RPC_AWAIT_REQUEST_H_

#include <memory>

#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "server/rpc/runtime.h"

namespace inventory::rpc {

// How RPCs with one request are registered whose handlers wait for it by AwaitRequest.
inline constexpr grpc::internal::RpcMethod::RpcType kAwaitsRequest = grpc::internal::RpcMethod::BIDI_STREAMING;

// Has a call wait for its request before `handler` begins, which is one for a single request. gRPC would wait itself,
// but nobody would know: of callers who send half a request it keeps any number, for as long as their connections live.
// Here each is among those that `runtime` counts by host, and is cut when its request takes too long. Who goes away
// before that is not `handler`'s business. `runtime` must outlive what is made.
std::unique_ptr<grpc::internal::MethodHandler> AwaitRequest(Runtime& runtime,
                                                            std::unique_ptr<grpc::internal::MethodHandler> handler);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_AWAIT_REQUEST_H_
