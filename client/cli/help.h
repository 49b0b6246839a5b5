// Help, made from the commands.
#ifndef INVENTORY_CLIENT_CLI_HELP_H_
#define INVENTORY_CLIENT_CLI_HELP_H_

#include <string>
#include <vector>

#include "client/cli/arguments.h"
#include "client/cli/command.h"

namespace inventory::cli {

// What `inventoryctl --help` says: all commands in groups, the options, the environment and the exit codes.
std::string Overview(const std::vector<Command>& commands, const std::vector<Argument>& options);

// What `inventoryctl VERB --help` says: the commands that begin with the verb.
std::string HelpOfVerb(const std::string& verb, const std::vector<Command>& commands);

// What `inventoryctl COMMAND --help` says.
std::string HelpOf(const Command& command);

// "inventoryctl get item SKU [flags]".
std::string UsageOf(const Command& command);
// How the argument is typed: "--ttl DURATION", "[WAREHOUSE_ID]".
std::string FormOf(const Argument& argument);

// Exit codes with their meaning, as ExitCode has them.
struct ExitCodeMeaning {
  int code;
  const char* meaning;
};
const std::vector<ExitCodeMeaning>& ExitCodeMeanings();

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_HELP_H_
