// Everything a Connection does besides gRPC: deadlines, credentials, request ids and retries.
#ifndef INVENTORY_CLIENT_INTERNAL_RETRYING_CONNECTION_H_
#define INVENTORY_CLIENT_INTERNAL_RETRYING_CONNECTION_H_

#include <memory>

#include "inventory/client/connection.h"
#include "inventory/client/internal/transport.h"
#include "inventory/client/options.h"

namespace inventory::client::internal {

// A connection over `transport`. `options` must be valid; those that say how servers are reached are the transport's.
std::shared_ptr<Connection> MakeRetryingConnection(std::unique_ptr<Transport> transport,
                                                   const ConnectionOptions& options);

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_RETRYING_CONNECTION_H_
