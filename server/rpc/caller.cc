#include "server/rpc/caller.h"

#include <arpa/inet.h>
#include <netinet/in.h>

#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "grpcpp/server_context.h"
#include "server/net/addresses.h"

namespace inventory::rpc {

namespace {

// Of "[::1]:50051", whose brackets gRPC escapes, and without the zone that may follow the address.
std::optional<in6_addr> V6Of(absl::string_view address) {
  const std::size_t begin =
      absl::ConsumePrefix(&address, "%5B") || absl::ConsumePrefix(&address, "[") ? 0 : address.size();
  const std::string text(address.substr(begin, address.find_first_of("%]", begin) - begin));
  in6_addr parsed = {};
  if (inet_pton(AF_INET6, text.c_str(), &parsed) != 1) return std::nullopt;
  return parsed;
}

}  // namespace

std::string HostOf(const std::string& peer) {
  if (absl::StartsWith(peer, "ipv4:")) return peer.substr(0, peer.rfind(':'));
  absl::string_view address = peer;
  const std::optional<in6_addr> v6 = absl::ConsumePrefix(&address, "ipv6:") ? V6Of(address) : std::nullopt;
  if (!v6) return peer;
  char text[INET6_ADDRSTRLEN];
  if (net::HoldsV4(*v6)) return absl::StrCat("ipv4:", inet_ntop(AF_INET, v6->s6_addr + 12, text, sizeof(text)));
  in6_addr network = {};
  std::copy_n(v6->s6_addr, 8, network.s6_addr);
  return absl::StrCat("ipv6:", inet_ntop(AF_INET6, &network, text, sizeof(text)), "/64");
}

std::string ShareOf(const grpc::CallbackServerContext& context, const Origin& origin) {
  return origin.caller.empty() ? HostOf(context.peer()) : absl::StrCat("caller:", origin.caller);
}

}  // namespace inventory::rpc
