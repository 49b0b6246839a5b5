// Goal: callers are told apart by the hosts that they call from, whichever ports they have and however their addresses
// are written. Method: any text as a peer, and pairs of IPv6 addresses as gRPC writes them, which often have much in
// common or hold IPv4 addresses.
#include <arpa/inet.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "server/net/addresses.h"
#include "tests/fuzz/check.h"
#include "tests/fuzz/choices.h"

namespace inventory::net {
namespace {

using fuzz::Check;
using fuzz::Choices;

void CheckText(const std::string& peer) {
  const std::string host = HostOf(peer);
  Check(HostOf(peer) == host, "a peer has one host");
  Check(peer.empty() || !host.empty(), "every peer has a host");
  if (host == peer) return;
  const bool v4 = absl::StartsWith(host, "ipv4:");
  if (absl::StartsWith(peer, "ipv4:")) {
    Check(v4 && host.size() > 5 && absl::StartsWith(peer, host + ":"), "only the port is left out");
    Check(peer.find(':', host.size() + 1) == std::string::npos, "all of the port is left out");
    return;
  }
  Check(absl::StartsWith(peer, "ipv6:"), "other peers are left as they are");
  Check(v4 || (absl::StartsWith(host, "ipv6:") && absl::EndsWith(host, "/64")), "a host is an address or a network");
  Check(HostOf(host) == host, "a host is left as it is");
}

in6_addr AnyV6(Choices& data) {
  static constexpr uint8_t kMapped[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  static constexpr uint8_t kNat64[12] = {0, 0x64, 0xFF, 0x9B};
  in6_addr address = {};
  const int kind = data.NumberIn(0, 3);
  // In the last case few, so that there are long rows of zeros.
  for (int bytes = kind == 3 ? data.NumberIn(0, 4) : 16; bytes > 0; --bytes) {
    const int at = kind == 3 ? data.NumberIn(0, 15) : bytes - 1;
    address.s6_addr[at] = data.Number<uint8_t>();
  }
  if (kind == 1) std::copy(std::begin(kMapped), std::end(kMapped), address.s6_addr);
  if (kind == 2) std::copy(std::begin(kNat64), std::end(kNat64), address.s6_addr);
  Check((kind != 1 && kind != 2) || HoldsV4(address), "IPv4 addresses are seen in others");
  return address;
}

// All groups, which nobody writes.
std::string Groups(const in6_addr& address) {
  std::string text;
  for (int i = 0; i < 16; i += 2) {
    absl::StrAppend(&text, i == 0 ? "" : ":", absl::Hex(address.s6_addr[i], absl::kZeroPad2),
                    absl::Hex(address.s6_addr[i + 1], absl::kZeroPad2));
  }
  return text;
}

std::string Text(int family, const void* address) {
  char text[INET6_ADDRSTRLEN];
  return inet_ntop(family, address, text, sizeof(text));
}

// What callers are told apart by, see PeerOf.
std::string Key(const in6_addr& address) {
  const auto* bytes = reinterpret_cast<const char*>(address.s6_addr);
  return HoldsV4(address) ? std::string(bytes + 12, 4) : std::string(bytes, 8);
}

std::string CheckV6(const in6_addr& address, uint16_t port) {
  const std::string text = Text(AF_INET6, &address);
  std::string host = HostOf(absl::StrCat("ipv6:%5B", text, "%5D:", port));
  for (const std::string& same : {absl::StrCat("[", text, "]:1"), absl::StrCat("%5B", text, "%25eth0%5D:", port),
                                  absl::StrCat("[", text, "%2]:", port), absl::StrCat("[", Groups(address), "]:2")}) {
    Check(HostOf("ipv6:" + same) == host, absl::StrCat(same, " is at ", host));
  }
  if (HoldsV4(address)) {
    const std::string v4 = Text(AF_INET, address.s6_addr + 12);
    Check(host == "ipv4:" + v4 && HostOf(absl::StrCat("ipv4:", v4, ":", port)) == host,
          "it is the IPv4 address's host");
    return host;
  }
  in6_addr network = {};
  Check(host.size() > 8 && inet_pton(AF_INET6, host.substr(5, host.size() - 8).c_str(), &network) == 1,
        "a network is written as an address");
  Check(std::memcmp(network.s6_addr, address.s6_addr, 8) == 0 &&
            std::all_of(network.s6_addr + 8, network.s6_addr + 16, [](uint8_t byte) { return byte == 0; }),
        "it is the address's network");
  CheckText(host);
  return host;
}

void CheckPair(Choices& data) {
  const in6_addr one = AnyV6(data);
  in6_addr other = AnyV6(data);
  if (data.Bool()) {
    other = one;
    other.s6_addr[data.NumberIn(0, 15)] ^= data.Number<uint8_t>();
  }
  const auto port = data.Number<uint16_t>();
  const bool same = CheckV6(one, port) == CheckV6(other, port);
  Check(same == (Key(one) == Key(other) && HoldsV4(one) == HoldsV4(other)),
        "hosts are those of the connections' peers");
}

}  // namespace
}  // namespace inventory::net

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, std::size_t size) {
  namespace net = inventory::net;
  inventory::fuzz::Choices data(bytes, size);
  if (data.Bool()) {
    const std::string text = data.Rest();
    net::CheckText(text);
    net::CheckText("ipv4:" + text);
    net::CheckText("ipv6:[" + text);
  } else {
    net::CheckPair(data);
  }
  return 0;
}
