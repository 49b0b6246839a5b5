#include "inventory/client/connection.h"

#include <utility>

#include "inventory/client/internal/checks.h"
#include "inventory/client/internal/grpc_transport.h"
#include "inventory/client/internal/retrying_connection.h"

namespace inventory::client {

absl::StatusOr<std::shared_ptr<Connection>> Connect(const ConnectionOptions& options) {
  if (absl::Status checked = internal::CheckConnectionOptions(options); !checked.ok()) return checked;
  absl::StatusOr<std::unique_ptr<internal::Transport>> transport = internal::MakeGrpcTransport(options);
  if (!transport.ok()) return transport.status();
  return internal::MakeRetryingConnection(*std::move(transport), options);
}

}  // namespace inventory::client
