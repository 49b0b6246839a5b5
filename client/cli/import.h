// The commands that import files.
#ifndef INVENTORY_CLIENT_CLI_IMPORT_H_
#define INVENTORY_CLIENT_CLI_IMPORT_H_

#include <vector>

#include "client/cli/command.h"

namespace inventory::cli {

// `inventoryctl import stock-levels|items|warehouses FILE`.
std::vector<Command> ImportCommands();

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_IMPORT_H_
