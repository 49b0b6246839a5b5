// Where options come from: flags, the environment, a file.
#ifndef INVENTORY_SERVER_OPTIONS_SOURCES_H_
#define INVENTORY_SERVER_OPTIONS_SOURCES_H_

#include <fstream>
#include <map>
#include <string>
#include <vector>

#include "server/options.h"
#include "server/options/table.h"

namespace inventory::server::options {

// Everything that is wrong, one line each.
using Problems = std::vector<std::string>;

// Texts by option name.
using Values = std::map<std::string, std::string>;

// Reads the flags of a command, which follow it on the command line. Returns false if help is asked for.
bool ReadFlags(int argc, const char* const* argv, const CommandFacts& command, Values& values, Problems& problems);

// Sets every option from where it wins: the flags, the environment or the file that one of these names.
void SetAll(const Values& flags, CommandLine& line, Problems& problems);

// Not open if there is no such file, or it can't be read; a directory would open and then throw.
std::ifstream OpenFile(const std::string& path);

}  // namespace inventory::server::options

#endif  // INVENTORY_SERVER_OPTIONS_SOURCES_H_
