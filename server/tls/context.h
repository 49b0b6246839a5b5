// TLS of servers of our own; gRPC makes its own.
#ifndef INVENTORY_SERVER_TLS_CONTEXT_H_
#define INVENTORY_SERVER_TLS_CONTEXT_H_

#include "absl/status/statusor.h"
#include "server/tls/credentials.h"
#include "server/tls/openssl.h"

namespace inventory::tls {

// A context of TLS 1.2 or later with ciphers that have forward secrecy and authentication, as gRPC's. `mutual`: clients
// must show a certificate of the authorities. INVALID_ARGUMENT says what the library does not take.
absl::StatusOr<Context> MakeServerContext(const Credentials& credentials, bool mutual);

}  // namespace inventory::tls

#endif  // INVENTORY_SERVER_TLS_CONTEXT_H_
