#include "server/auth/credentials.h"

#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "grpc/grpc_security_constants.h"
#include "grpcpp/security/auth_context.h"
#include "grpcpp/server_context.h"
#include "server/auth/token.h"

namespace inventory::auth {
namespace {

std::vector<std::string> Values(const grpc::AuthContext& connection, const char* property) {
  std::vector<std::string> values;
  for (const grpc::string_ref& value : connection.FindPropertyValues(property)) {
    values.emplace_back(value.data(), value.size());
  }
  return values;
}

// As the SPIFFE specification has it, but for the rules of characters, which the authority is trusted with.
bool IsSpiffeId(const std::string& uri) {
  constexpr std::size_t kScheme = 9;
  const std::size_t slash = uri.find('/', kScheme);
  return uri.size() > kScheme && slash > kScheme && slash != std::string::npos && slash + 1 < uri.size() &&
         uri.find_first_of("?#@*", kScheme) == std::string::npos && uri.back() != '/';
}

absl::Status Ambiguous() {
  return Unauthenticated("CERTIFICATE_AMBIGUOUS",
                         "the client's certificate must have one SPIFFE id, of a trust domain and a path");
}

}  // namespace

absl::StatusOr<Identity> IdentityOf(const CertificateNames& names) {
  Identity identity;
  for (const std::string& uri : names.uris) {
    if (!absl::StartsWithIgnoreCase(uri, "spiffe:")) continue;
    if (!identity.name.empty() || !absl::StartsWith(uri, "spiffe://") || !IsSpiffeId(uri)) return Ambiguous();
    identity.name = uri;
  }
  if (identity.name.empty() && !names.dns.empty()) {
    identity.name = absl::StrCat("dns:", absl::AsciiStrToLower(names.dns.front()));
  }
  if (identity.name.empty()) return identity;
  if (identity.name.size() > kMaxNameBytes) {
    return Unauthenticated("IDENTITY_TOO_LONG", absl::StrCat("the name in the client's certificate has more than ",
                                                             kMaxNameBytes, " bytes"));
  }
  identity.source = Identity::Source::kCertificate;
  return identity;
}

absl::StatusOr<std::string> BearerToken(const grpc::ServerContextBase& context) {
  constexpr std::size_t kScheme = 7;
  const auto [begin, end] = context.client_metadata().equal_range("authorization");
  if (begin == end) return std::string();
  const std::string header(begin->second.data(), begin->second.size());
  if (std::next(begin) != end || !absl::StartsWithIgnoreCase(header, "bearer ") || header.size() == kScheme) {
    return Unauthenticated("CREDENTIALS_MALFORMED", "there must be one authorization header, \"Bearer \" and a token");
  }
  return header.substr(kScheme);
}

CertificateNames NamesOf(const grpc::AuthContext& connection) {
  if (!connection.IsPeerAuthenticated()) return {};
  return {.uris = Values(connection, GRPC_PEER_URI_PROPERTY_NAME),
          .dns = Values(connection, GRPC_PEER_DNS_PROPERTY_NAME)};
}

bool KeepsSecrets(const grpc::ServerContextBase& context) {
  const std::shared_ptr<const grpc::AuthContext> connection = context.auth_context();
  if (connection != nullptr) {
    for (const std::string& type : Values(*connection, GRPC_TRANSPORT_SECURITY_TYPE_PROPERTY_NAME)) {
      if (type == GRPC_SSL_TRANSPORT_SECURITY_TYPE || type == "tls") return true;
    }
  }
  return IsLocal(context.peer());
}

bool IsLocal(const std::string& peer) {
  return absl::StartsWith(peer, "ipv4:127.") || absl::StartsWith(peer, "ipv6:[::1]:") ||
         absl::StartsWith(peer, "ipv6:%5B::1%5D:") || absl::StartsWith(peer, "ipv6:[::ffff:127.") ||
         absl::StartsWith(peer, "ipv6:%5B::ffff:127.") || absl::StartsWith(peer, "unix:");
}

}  // namespace inventory::auth
