// A stream over gRPC.
#ifndef INVENTORY_CLIENT_INTERNAL_GRPC_STREAM_H_
#define INVENTORY_CLIENT_INTERNAL_GRPC_STREAM_H_

#include <memory>

#include "grpcpp/client_context.h"
#include "inventory/client/internal/attentive_channel.h"
#include "inventory/client/method.h"
#include "inventory/client/stream.h"

namespace inventory::client::internal {

// Opens a stream of `method` with the deadline and metadata of `context`.
std::unique_ptr<MessageStream> OpenGrpcStream(std::shared_ptr<AttentiveChannel> channel, const Method& method,
                                              std::unique_ptr<grpc::ClientContext> context);

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_GRPC_STREAM_H_
