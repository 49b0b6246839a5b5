// What --help prints.
#ifndef INVENTORY_SERVER_OPTIONS_HELP_H_
#define INVENTORY_SERVER_OPTIONS_HELP_H_

#include <string>

#include "server/options/table.h"

namespace inventory::server::options {

// All commands and options.
std::string HelpOf(const std::string& program);

// A command and the options that it takes.
std::string HelpOf(const std::string& program, const CommandFacts& command);

}  // namespace inventory::server::options

#endif  // INVENTORY_SERVER_OPTIONS_HELP_H_
