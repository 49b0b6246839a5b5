// The manual page, made from the commands.
#ifndef INVENTORY_CLIENT_CLI_MAN_H_
#define INVENTORY_CLIENT_CLI_MAN_H_

#include <string>
#include <vector>

#include "client/cli/arguments.h"
#include "client/cli/command.h"

namespace inventory::cli {

// inventoryctl(1) in the language of man(7).
std::string ManualPage(const std::vector<Command>& commands, const std::vector<Argument>& options);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_MAN_H_
