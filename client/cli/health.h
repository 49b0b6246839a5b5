// `inventoryctl health`: whether the server can do its work, for scripts and for health checks of containers.
#ifndef INVENTORY_CLIENT_CLI_HEALTH_H_
#define INVENTORY_CLIENT_CLI_HEALTH_H_

#include "client/cli/command.h"

namespace inventory::cli {

Command HealthCommand();

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_HEALTH_H_
