// All commands of inventoryctl.
#ifndef INVENTORY_CLIENT_CLI_COMMANDS_H_
#define INVENTORY_CLIENT_CLI_COMMANDS_H_

#include <vector>

#include "client/cli/command.h"

namespace inventory::cli {

// Made when first called, from the RPCs, the short forms and the commands with code of their own. Thread-safe.
const std::vector<Command>& AllCommands();

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_COMMANDS_H_
