// What a caller shows of itself.
#ifndef INVENTORY_SERVER_AUTH_CREDENTIALS_H_
#define INVENTORY_SERVER_AUTH_CREDENTIALS_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/server_context.h"
#include "server/auth/grant.h"

namespace inventory::auth {

// What gRPC has verified of a client's certificate: nothing, if it has shown none.
struct CertificateNames {
  std::vector<std::string> uris;
  std::vector<std::string> dns;
};

// The identity in a certificate: its SPIFFE id, or else its first DNS name, in lower case; none if it has neither.
// UNAUTHENTICATED, reason CERTIFICATE_AMBIGUOUS if it has several SPIFFE ids or a malformed one, IDENTITY_TOO_LONG.
absl::StatusOr<Identity> IdentityOf(const CertificateNames& names);

// The bearer token of a call; empty if it has none. UNAUTHENTICATED, reason CREDENTIALS_MALFORMED, if there are several
// `authorization` headers or one that is not a bearer's; the message holds nothing of them.
absl::StatusOr<std::string> BearerToken(const grpc::ServerContextBase& context);

// The names that the connection's certificate is verified for.
CertificateNames NamesOf(const grpc::AuthContext& connection);

// Whether a token may be sent over this connection: it is encrypted, or does not leave the machine.
bool KeepsSecrets(const grpc::ServerContextBase& context);

// Whether an address as gRPC writes it is of this machine: "ipv4:127.0.0.1:50051", "unix:/run/inventory".
bool IsLocal(const std::string& peer);

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_CREDENTIALS_H_
