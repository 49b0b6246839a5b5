#include "inventory/client/internal/addresses.h"

#include <arpa/inet.h>

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"

namespace inventory::client::internal {
namespace {

struct HostAndPort {
  std::string host;  // Without the brackets of an IPv6 address.
  std::string port;
};

HostAndPort Split(const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return {address, ""};
  std::string host = address.substr(0, colon);
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  return {host, address.substr(colon + 1)};
}

bool IsPort(const std::string& text) {
  int port = 0;
  return absl::SimpleAtoi(text, &port) && port >= 1 && port <= 65535;
}

bool IsIp(int family, const std::string& host) {
  unsigned char bytes[sizeof(in6_addr)];
  return inet_pton(family, host.c_str(), bytes) == 1;
}

bool HasScheme(const std::string& address) {
  for (const char* scheme : {"dns:", "ipv4:", "ipv6:", "unix:", "unix-abstract:"}) {
    if (absl::StartsWith(address, scheme)) return true;
  }
  return false;
}

bool AllOf(int family, const std::vector<std::string>& addresses) {
  return std::all_of(addresses.begin(), addresses.end(),
                     [&](const std::string& address) { return IsIp(family, Split(address).host); });
}

bool IsLoopback(const std::string& address) {
  absl::string_view host = address;
  if (absl::StartsWith(host, "unix:") || absl::StartsWith(host, "unix-abstract:")) return true;
  for (const char* scheme : {"dns:///", "dns:", "ipv4:", "ipv6:"}) absl::ConsumePrefix(&host, scheme);
  if (absl::StrContains(host, ",")) return false;
  if (absl::StartsWith(host, "[::1]")) return true;
  host = host.substr(0, host.find(':'));
  // "127.example.com" is somewhere else.
  const bool is_number = host.find_first_not_of("0123456789.") == absl::string_view::npos;
  return host == "localhost" || (is_number && absl::StartsWith(host, "127."));
}

}  // namespace

absl::Status CheckAddresses(const std::vector<std::string>& addresses) {
  if (addresses.empty()) return absl::InvalidArgumentError("name at least one, as host:port");
  if (addresses.size() == 1 && HasScheme(addresses[0])) return absl::OkStatus();
  for (const std::string& address : addresses) {
    const auto [host, port] = Split(address);
    if (host.empty() || !IsPort(port)) {
      return absl::InvalidArgumentError(absl::StrCat("\"", address, "\" is not host:port, with a port of 1 to 65535"));
    }
  }
  if (addresses.size() > 1 && !AllOf(AF_INET, addresses) && !AllOf(AF_INET6, addresses)) {
    return absl::InvalidArgumentError(
        "several must be IP addresses with ports, all IPv4 or all IPv6; a name stands for many by itself, as "
        "dns:///name:port");
  }
  return absl::OkStatus();
}

bool AllLoopback(const std::vector<std::string>& addresses) {
  return std::all_of(addresses.begin(), addresses.end(), IsLoopback);
}

std::string TargetOf(const std::vector<std::string>& addresses) {
  if (addresses.size() > 1) {
    return absl::StrCat(AllOf(AF_INET, addresses) ? "ipv4:" : "ipv6:", absl::StrJoin(addresses, ","));
  }
  return HasScheme(addresses[0]) ? addresses[0] : absl::StrCat("dns:///", addresses[0]);
}

}  // namespace inventory::client::internal
