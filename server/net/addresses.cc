#include "server/net/addresses.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace inventory::net {
namespace {

constexpr int kSocketFlags = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;

absl::Status CantListen(const std::string& address, const std::string& why) {
  return absl::FailedPreconditionError(absl::StrCat("can't listen on ", address, " (", why, ")"));
}

absl::Status CantListen(const std::string& address) { return CantListen(address, std::strerror(errno)); }

// A socket file outlives its server's sudden death. While something listens on it, it is left alone.
bool RemoveDeadSocket(const sockaddr_un& address) {
  struct stat file = {};
  if (lstat(address.sun_path, &file) != 0 || !S_ISSOCK(file.st_mode)) return true;
  const Descriptor probe(socket(AF_UNIX, kSocketFlags, 0));
  const int connected = connect(probe.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  if (connected == 0 || errno != ECONNREFUSED) return false;
  return unlink(address.sun_path) == 0;
}

absl::StatusOr<Listening> ListenOnUnix(const std::string& whole, const std::string& path) {
  sockaddr_un address = {};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof(address.sun_path)) return CantListen(whole, "the path is too long");
  std::memcpy(address.sun_path, path.data(), path.size());
  if (!RemoveDeadSocket(address)) return CantListen(whole, "address already in use");
  Descriptor socket(::socket(AF_UNIX, kSocketFlags, 0));
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)) != 0 ||
      listen(socket.get(), SOMAXCONN) != 0) {
    return CantListen(whole);
  }
  Listening listening;
  listening.sockets.push_back(std::move(socket));
  listening.unix_path = path;
  return listening;
}

void SetPort(sockaddr_storage& address, int port) {
  if (address.ss_family == AF_INET6) {
    reinterpret_cast<sockaddr_in6&>(address).sin6_port = htons(static_cast<uint16_t>(port));
  } else {
    reinterpret_cast<sockaddr_in&>(address).sin_port = htons(static_cast<uint16_t>(port));
  }
}

int PortOf(int socket) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size) != 0) return 0;
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(address).sin6_port
                                             : reinterpret_cast<const sockaddr_in&>(address).sin_port);
}

// [::] takes IPv4, too.
bool ListenOnTcp(const addrinfo& found, Listening& listening) {
  Descriptor socket(::socket(found.ai_family, kSocketFlags, 0));
  const int on = 1;
  const int off = 0;
  setsockopt(socket.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (found.ai_family == AF_INET6) setsockopt(socket.get(), IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off));
  sockaddr_storage address = {};
  std::memcpy(&address, found.ai_addr, found.ai_addrlen);
  if (listening.port != 0) SetPort(address, listening.port);
  if (bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), found.ai_addrlen) != 0 ||
      listen(socket.get(), SOMAXCONN) != 0) {
    return false;
  }
  listening.port = PortOf(socket.get());
  listening.sockets.push_back(std::move(socket));
  return true;
}

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

absl::StatusOr<Listening> ListenOn(const std::string& address) {
  if (absl::StartsWith(address, "unix:")) {
    absl::string_view path = absl::StripPrefix(address, "unix:");
    if (absl::StartsWith(path, "///")) path.remove_prefix(2);
    return ListenOnUnix(address, std::string(path));
  }
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) return CantListen(address, "it is not host:port");
  absl::string_view host(address.data(), colon);
  if (absl::ConsumePrefix(&host, "[")) absl::ConsumeSuffix(&host, "]");
  addrinfo hints = {};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int error = getaddrinfo(std::string(host).c_str(), address.c_str() + colon + 1, &hints, &found);
  if (error != 0) return CantListen(address, gai_strerror(error));
  const std::unique_ptr<addrinfo, decltype(&freeaddrinfo)> owned(found, freeaddrinfo);
  Listening listening;
  for (const addrinfo* one = found; one != nullptr; one = one->ai_next) {
    // A host may have an address of a family that this machine does not have, as ::1 of localhost.
    if (!ListenOnTcp(*one, listening) && errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL) return CantListen(address);
  }
  if (listening.sockets.empty()) return CantListen(address);
  return listening;
}

bool HoldsV4(const in6_addr& address) {
  static constexpr uint8_t kNat64[12] = {0x00, 0x64, 0xFF, 0x9B};
  return IN6_IS_ADDR_V4MAPPED(&address) || std::equal(std::begin(kNat64), std::end(kNat64), address.s6_addr);
}

std::string PeerOf(int connection) {
  sockaddr_storage address = {};
  socklen_t size = sizeof(address);
  if (getpeername(connection, reinterpret_cast<sockaddr*>(&address), &size) != 0) return "";
  const auto bytes = [](const void* from, std::size_t count) {
    return std::string(static_cast<const char*>(from), count);
  };
  if (address.ss_family == AF_INET) return bytes(&reinterpret_cast<const sockaddr_in&>(address).sin_addr, 4);
  if (address.ss_family != AF_INET6) return "";
  const in6_addr& v6 = reinterpret_cast<const sockaddr_in6&>(address).sin6_addr;
  return HoldsV4(v6) ? bytes(v6.s6_addr + 12, 4) : bytes(v6.s6_addr, 8);
}

std::string HostOf(const std::string& peer) {
  static constexpr absl::string_view kV4 = "ipv4:";
  if (absl::StartsWith(peer, kV4)) {
    const std::size_t port = peer.rfind(':');
    return port > kV4.size() ? peer.substr(0, port) : peer;
  }
  absl::string_view address = peer;
  const std::optional<in6_addr> v6 = absl::ConsumePrefix(&address, "ipv6:") ? V6Of(address) : std::nullopt;
  if (!v6) return peer;
  char text[INET6_ADDRSTRLEN];
  if (HoldsV4(*v6)) return absl::StrCat("ipv4:", inet_ntop(AF_INET, v6->s6_addr + 12, text, sizeof(text)));
  in6_addr network = {};
  std::copy_n(v6->s6_addr, 8, network.s6_addr);
  return absl::StrCat("ipv6:", inet_ntop(AF_INET6, &network, text, sizeof(text)), "/64");
}

}  // namespace inventory::net
