// How what is served is protected on its way.
#ifndef INVENTORY_SERVER_OPTIONS_TRANSPORT_H_
#define INVENTORY_SERVER_OPTIONS_TRANSPORT_H_

#include <string>

#include "server/options.h"
#include "server/options/sources.h"

namespace inventory::server::options {

// Whether only this machine reaches an address of CheckListen: a Unix socket, localhost, or a loopback address.
bool IsLocal(const std::string& address);

// Notes options of TLS that contradict each other, and addresses that others reach without TLS and without being asked
// to.
void CheckTransport(const ServerOptions& options, Problems& problems);

}  // namespace inventory::server::options

#endif  // INVENTORY_SERVER_OPTIONS_TRANSPORT_H_
