// TLS from options.
#ifndef INVENTORY_CLIENT_INTERNAL_CREDENTIALS_H_
#define INVENTORY_CLIENT_INTERNAL_CREDENTIALS_H_

#include <memory>

#include "absl/status/statusor.h"
#include "grpcpp/security/credentials.h"
#include "inventory/client/options.h"

namespace inventory::client::internal {

// What valid options say of TLS or plaintext. An error names the file that can't be read, or the PEM that is none.
absl::StatusOr<std::shared_ptr<grpc::ChannelCredentials>> MakeCredentials(const ConnectionOptions& options);

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_CREDENTIALS_H_
