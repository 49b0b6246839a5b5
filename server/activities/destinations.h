// Which hosts and addresses a call to the outside may reach. A rule's webhook is a URL that a caller chose, and this
// server stands where that caller may not.
#ifndef INVENTORY_SERVER_ACTIVITIES_DESTINATIONS_H_
#define INVENTORY_SERVER_ACTIVITIES_DESTINATIONS_H_

#include <sys/socket.h>

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"

namespace inventory::activities {

// Names of hosts. Immutable.
class Hosts {
 public:
  // Every host.
  Hosts() = default;

  // A list like "hooks.example.com,*.partner.example,10.0.0.7,[fd00::7]": "*." stands for one or more labels, and an
  // empty list for every host. INVALID_ARGUMENT says which part is wrong.
  static absl::StatusOr<Hosts> Parse(std::string_view list);

  // `host` is as in a URL. Case and a dot at the end don't matter.
  bool Contain(std::string_view host) const;

 private:
  std::vector<std::string> patterns_;
};

// An IPv6 address, or an IPv4 address as ::ffff:0:0/96 has it.
using Address = std::array<uint8_t, 16>;

// Of an IPv4 or IPv6 socket. IPv4 addresses that are reached through NAT64 (64:ff9b::/96) count as themselves.
std::optional<Address> AddressOf(const sockaddr& socket);

// Blocks of addresses. Immutable.
class Networks {
 public:
  // No address.
  Networks() = default;

  // A list like "10.0.0.0/8,fd00::/8"; empty: no address. INVALID_ARGUMENT says which part is wrong.
  static absl::StatusOr<Networks> Parse(std::string_view list);

  bool Contain(const Address& address) const;

 private:
  struct Network {
    Address address = {};
    int bits = 0;
  };
  static std::optional<Network> ParseOne(const std::string& text);

  std::vector<Network> networks_;
};

// True for an address of the public internet: none that IANA's registries of special-purpose addresses keep for this
// host, private networks, links, shared address space, documentation, benchmarks, tunnels or multicast.
bool IsPublic(const Address& address);

}  // namespace inventory::activities

#endif  // INVENTORY_SERVER_ACTIVITIES_DESTINATIONS_H_
