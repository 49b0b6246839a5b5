// The command that tells what happens.
#ifndef INVENTORY_CLIENT_CLI_WATCH_H_
#define INVENTORY_CLIENT_CLI_WATCH_H_

#include "client/cli/command.h"

namespace inventory::cli {

// `inventoryctl watch`.
Command WatchCommand();

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_WATCH_H_
