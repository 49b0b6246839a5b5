// Addresses to listen on, and of peers.
#ifndef INVENTORY_SERVER_NET_ADDRESSES_H_
#define INVENTORY_SERVER_NET_ADDRESSES_H_

#include <netinet/in.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "server/net/descriptors.h"

namespace inventory::net {

// A socket that listens.
struct Listening {
  std::vector<Descriptor> sockets;  // One for each address of the host.
  std::string unix_path;            // Empty: TCP.
  int port = 0;                     // 0: a Unix socket.
};

// Listens on host:port, [host]:port or unix:path. Port 0 takes a free one. FAILED_PRECONDITION says why it can't.
absl::StatusOr<Listening> ListenOn(const std::string& address);

// Whether the last four bytes of the address are an IPv4 address: mapped, or through NAT64 (64:ff9b::/96, RFC 6052).
bool HoldsV4(const in6_addr& address);

// What the peers of a connection are told apart by: its IPv4 address, the /64 network of its IPv6 address, which one
// host has as a rule, or empty for a Unix socket.
std::string PeerOf(int connection);

// The host of an address as gRPC writes it: "ipv4:10.0.0.1" of "ipv4:10.0.0.1:50051", and the network of an IPv6
// address that one host has as a rule, "ipv6:2001:db8::/64". Others are left as they are.
std::string HostOf(const std::string& peer);

}  // namespace inventory::net

#endif  // INVENTORY_SERVER_NET_ADDRESSES_H_
