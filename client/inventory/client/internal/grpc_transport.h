// Attempts by gRPC.
#ifndef INVENTORY_CLIENT_INTERNAL_GRPC_TRANSPORT_H_
#define INVENTORY_CLIENT_INTERNAL_GRPC_TRANSPORT_H_

#include <memory>

#include "absl/status/statusor.h"
#include "inventory/client/internal/transport.h"
#include "inventory/client/options.h"

namespace inventory::client::internal {

// A transport to the servers of valid options. It begins to connect at once. Errors are of files and PEM.
absl::StatusOr<std::unique_ptr<Transport>> MakeGrpcTransport(const ConnectionOptions& options);

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_GRPC_TRANSPORT_H_
