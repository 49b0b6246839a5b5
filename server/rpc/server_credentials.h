// How gRPC's connections are protected.
#ifndef INVENTORY_SERVER_RPC_SERVER_CREDENTIALS_H_
#define INVENTORY_SERVER_RPC_SERVER_CREDENTIALS_H_

#include <memory>

#include "grpcpp/security/server_credentials.h"
#include "server/options.h"
#include "server/tls/store.h"

namespace inventory::rpc {

// TLS with what `store` has in use when a connection begins. Clients show a certificate of its authorities, if it has
// any, as `client_auth` says. `store` must outlive all connections.
//
// Not gRPC's FileWatcherCertificateProvider, which takes what it finds: with a key of another certificate every new
// connection fails.
std::shared_ptr<grpc::ServerCredentials> TlsCredentials(const tls::Store& store, server::TlsClientAuth client_auth);

}  // namespace inventory::rpc

#endif  // INVENTORY_SERVER_RPC_SERVER_CREDENTIALS_H_
