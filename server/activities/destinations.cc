#include "server/activities/destinations.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <cstring>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace inventory::activities {
namespace {

constexpr Address kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
constexpr Address kNat64 = {0x00, 0x64, 0xFF, 0x9B};
constexpr int kIpv4At = 12;  // Where an embedded IPv4 address begins.

// 168.63.129.16 is a public address at which a cloud's machines reach their own host (Azure's WireServer). IPv6 outside
// of 2000::/3 is not public, so only what lies inside is listed. 6to4 and Teredo carry IPv4 addresses.
constexpr std::string_view kNotPublic =
    "0.0.0.0/8,10.0.0.0/8,100.64.0.0/10,127.0.0.0/8,168.63.129.16/32,169.254.0.0/16,172.16.0.0/12,192.0.0.0/24,"
    "192.0.2.0/24,192.88.99.0/24,192.168.0.0/16,198.18.0.0/15,198.51.100.0/24,203.0.113.0/24,224.0.0.0/4,240.0.0.0/4,"
    "2001::/23,2001:db8::/32,2002::/16,3fff::/20";

bool HasPrefix(const Address& address, const Address& prefix, int bits) {
  const int bytes = bits / 8;
  if (!std::equal(address.begin(), address.begin() + bytes, prefix.begin())) return false;
  const int rest = bits % 8;
  return rest == 0 || (address[bytes] >> (8 - rest)) == (prefix[bytes] >> (8 - rest));
}

bool IsIpv4(const Address& address) { return HasPrefix(address, kMapped, 96); }

Address Ipv4(const void* bytes) {
  Address address = kMapped;
  std::memcpy(address.data() + kIpv4At, bytes, 4);
  return address;
}

bool IsHostPattern(std::string_view pattern) {
  if (pattern.size() > 2 && pattern.front() == '[' && pattern.back() == ']') return true;
  const std::string_view name = pattern.starts_with("*.") ? pattern.substr(2) : pattern;
  return !name.empty() && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '.' || c == '-' || c == '_';
  });
}

std::vector<std::string> Parts(std::string_view list) {
  std::vector<std::string> parts = absl::StrSplit(std::string(list), ',', absl::SkipWhitespace());
  for (std::string& part : parts) absl::StripAsciiWhitespace(&part);
  return parts;
}

}  // namespace

absl::StatusOr<Hosts> Hosts::Parse(std::string_view list) {
  Hosts hosts;
  for (const std::string& part : Parts(list)) {
    if (!IsHostPattern(part)) return absl::InvalidArgumentError(absl::StrCat("\"", part, "\" is not a host"));
    hosts.patterns_.push_back(absl::AsciiStrToLower(part));
  }
  // Whoever wrote commas meant to name some, not to let every host in.
  if (hosts.patterns_.empty() && list.find(',') != std::string_view::npos) {
    return absl::InvalidArgumentError(absl::StrCat("\"", std::string(list), "\" names no host"));
  }
  return hosts;
}

bool Hosts::Contain(std::string_view host) const {
  if (patterns_.empty()) return true;
  std::string name = absl::AsciiStrToLower(std::string(host));
  if (name.ends_with('.')) name.pop_back();
  return std::any_of(patterns_.begin(), patterns_.end(), [&name](std::string_view pattern) {
    if (!pattern.starts_with("*.")) return name == pattern;
    const std::string_view suffix = pattern.substr(1);
    return name.size() > suffix.size() && name.ends_with(suffix);
  });
}

std::optional<Address> AddressOf(const sockaddr& socket) {
  if (socket.sa_family == AF_INET) return Ipv4(&reinterpret_cast<const sockaddr_in&>(socket).sin_addr);
  if (socket.sa_family != AF_INET6) return std::nullopt;
  Address address;
  std::memcpy(address.data(), &reinterpret_cast<const sockaddr_in6&>(socket).sin6_addr, address.size());
  return HasPrefix(address, kNat64, 96) ? Ipv4(address.data() + kIpv4At) : address;
}

std::optional<Networks::Network> Networks::ParseOne(const std::string& text) {
  const std::size_t slash = text.find('/');
  if (slash == std::string::npos) return std::nullopt;
  Network network;
  if (!absl::SimpleAtoi(text.substr(slash + 1), &network.bits)) return std::nullopt;
  const std::string address = text.substr(0, slash);
  int most = 128;
  if (in_addr ipv4{}; inet_pton(AF_INET, address.c_str(), &ipv4) == 1) {
    network.address = Ipv4(&ipv4);
    most = 32;
  } else if (inet_pton(AF_INET6, address.c_str(), network.address.data()) != 1) {
    return std::nullopt;
  }
  if (network.bits < 0 || network.bits > most) return std::nullopt;
  network.bits += 128 - most;
  return network;
}

absl::StatusOr<Networks> Networks::Parse(std::string_view list) {
  Networks networks;
  for (const std::string& part : Parts(list)) {
    const std::optional<Network> network = ParseOne(part);
    if (!network) {
      return absl::InvalidArgumentError(absl::StrCat("\"", part, "\" is not a network like 10.0.0.0/8 or fd00::/8"));
    }
    networks.networks_.push_back(*network);
  }
  return networks;
}

bool Networks::Contain(const Address& address) const {
  return std::any_of(networks_.begin(), networks_.end(),
                     [&](const Network& network) { return HasPrefix(address, network.address, network.bits); });
}

bool IsPublic(const Address& address) {
  static const auto& kSpecial = *new Networks(Networks::Parse(kNotPublic).value());
  const bool global_unicast = (address[0] & 0xE0) == 0x20;
  return (IsIpv4(address) || global_unicast) && !kSpecial.Contain(address);
}

}  // namespace inventory::activities
