// Who calls, for fairness.
#ifndef INVENTORY_SERVER_RPC_CALLER_H_
#define INVENTORY_SERVER_RPC_CALLER_H_

#include <string>

#include "grpcpp/support/server_callback.h"
#include "server/rpc/steps.h"

namespace inventory::rpc {

// Whose share of the server a call takes: the caller's identity or, of one that has none, its host. All who come
// through one proxy without identities are one caller.
std::string ShareOf(const grpc::CallbackServerContext& context, const Origin& origin);

// The host of an address as gRPC writes it: "ipv4:10.0.0.1" of "ipv4:10.0.0.1:50051", and the network of an IPv6
// address that one host has as a rule, "ipv6:2001:db8::/64". Others are left as they are.
std::string HostOf(const std::string& peer);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_CALLER_H_
