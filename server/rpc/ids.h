// New ids.
#ifndef INVENTORY_SERVER_RPC_IDS_H_
#define INVENTORY_SERVER_RPC_IDS_H_

#include <string>

namespace inventory::rpc {

// A new UUID of version 7 (RFC 9562): 62 random bits, and in order of time to a quarter of a microsecond. Thread-safe.
std::string NewId();

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_IDS_H_
