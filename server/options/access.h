// Who is let in.
#ifndef INVENTORY_SERVER_OPTIONS_ACCESS_H_
#define INVENTORY_SERVER_OPTIONS_ACCESS_H_

#include "server/options.h"
#include "server/options/sources.h"

namespace inventory::server::options {

// Notes options of authentication that contradict each other, and an address that others reach without being asked who
// they are, unless that is asked for.
void CheckAccess(const ServerOptions& options, Problems& problems);

}  // namespace inventory::server::options

#endif  // INVENTORY_SERVER_OPTIONS_ACCESS_H_
