// Where servers are, in gRPC's words.
#ifndef INVENTORY_CLIENT_INTERNAL_ADDRESSES_H_
#define INVENTORY_CLIENT_INTERNAL_ADDRESSES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"

namespace inventory::client::internal {

// OK, or INVALID_ARGUMENT that says what is wrong with ConnectionOptions::addresses.
absl::Status CheckAddresses(const std::vector<std::string>& addresses);

// Whether all valid addresses are of this machine, so that nobody else is on the way to them: localhost, 127.0.0.0/8,
// ::1 and Unix sockets.
bool AllLoopback(const std::vector<std::string>& addresses);

// gRPC's target for valid addresses: "dns:///stock.internal:50051", "ipv4:10.0.0.1:50051,10.0.0.2:50051".
std::string TargetOf(const std::vector<std::string>& addresses);

}  // namespace inventory::client::internal

#endif  // INVENTORY_CLIENT_INTERNAL_ADDRESSES_H_
