// Checks of what callers give. Everything wrong is named at once, as field violations of INVALID_ARGUMENT.
#ifndef INVENTORY_CLIENT_INTERNAL_CHECKS_H_
#define INVENTORY_CLIENT_INTERNAL_CHECKS_H_

#include <string>

#include "absl/status/status.h"
#include "inventory/client/options.h"

namespace inventory::client::internal {

absl::Status CheckConnectionOptions(const ConnectionOptions& options);
absl::Status CheckCallOptions(const CallOptions& options);

// A token must be able to stand in a header. The error does not repeat it.
absl::Status CheckToken(const std::string& token);

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_CHECKS_H_
