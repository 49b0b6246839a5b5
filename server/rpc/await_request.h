// Requests that are still on their way.
#ifndef INVENTORY_SERVER_RPC_AWAIT_REQUEST_H_
#define INVENTORY_SERVER_RPC_AWAIT_REQUEST_H_

#include <functional>

#include "grpcpp/support/byte_buffer.h"
#include "server/rpc/runtime.h"
#include "server/rpc/wire.h"

namespace inventory::rpc {

// Makes a Reactor for a call with a single request, which has come, on whichever thread its OnReadDone is called. The
// bytes are the function's to take.
using ServeRequest = std::function<void(Wire& wire, grpc::ByteBuffer& sent)>;

// Has a call wait for its request before `serve` begins. Of callers who send half a request there could be any number,
// for as long as their connections live: each is among those that `runtime` counts by host, and is cut when its request
// takes too long. Who goes away before that or sends none, or one too large for gRPC, is not `serve`'s business.
// `runtime` must outlive what is made.
Wire::Opener AwaitRequest(Runtime& runtime, ServeRequest serve);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_AWAIT_REQUEST_H_
