// The commands that export files.
#ifndef INVENTORY_CLIENT_CLI_EXPORT_H_
#define INVENTORY_CLIENT_CLI_EXPORT_H_

#include <vector>

#include "client/cli/command.h"

namespace inventory::cli {

// `inventoryctl export stock-levels|items|warehouses [FILE]`.
std::vector<Command> ExportCommands();

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_EXPORT_H_
