// What options mean together.
#ifndef INVENTORY_SERVER_OPTIONS_COMPLETE_H_
#define INVENTORY_SERVER_OPTIONS_COMPLETE_H_

#include "server/options.h"
#include "server/options/sources.h"

namespace inventory::server::options {

// Fills in what follows from other options, and reports those that don't fit together.
void Complete(ServerOptions& options, Problems& problems);

}  // namespace inventory::server::options

#endif  // INVENTORY_SERVER_OPTIONS_COMPLETE_H_
