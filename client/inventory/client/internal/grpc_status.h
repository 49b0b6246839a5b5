// What gRPC says of an attempt, in the library's words.
#ifndef INVENTORY_CLIENT_INTERNAL_GRPC_STATUS_H_
#define INVENTORY_CLIENT_INTERNAL_GRPC_STATUS_H_

#include "absl/status/status.h"
#include "grpcpp/client_context.h"
#include "grpcpp/support/status.h"
#include "inventory/client/internal/transport.h"

namespace inventory::client::internal {

// The status with the details that came in the trailer.
absl::Status FromGrpc(const grpc::Status& status);

// The same, and the server's pushback. The attempt of `context` must have ended.
AttemptResult ResultOf(const grpc::Status& status, const grpc::ClientContext& context);

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_GRPC_STATUS_H_
