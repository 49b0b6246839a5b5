// Reads a command line.
#ifndef INVENTORY_CLIENT_CLI_PARSE_H_
#define INVENTORY_CLIENT_CLI_PARSE_H_

#include <string>
#include <vector>

#include "client/cli/arguments.h"
#include "client/cli/command.h"

namespace inventory::cli {

struct CommandLine {
  const Command* command = nullptr;  // Of those given to Parse. Null if the words name none: help, or a problem.
  std::vector<std::string> words =
      {};  // What there was of a command's words where `command` is null: {"list"}, or none.
  // What is wrong, in one line; empty if the command can be carried out, or help be shown.
  std::string problem = "";
  bool help = false;    // By --help, -h, the word `help`, or nothing at all.
  Arguments options;    // Those that every command takes.
  Arguments arguments;  // The command's own.
};

// Parts the words after the program's name. Flags may stand anywhere behind the words they belong to, and after "--"
// nothing is a flag. What looks like a negative number is a value.
CommandLine Parse(const std::vector<std::string>& words, const std::vector<Command>& commands,
                  const std::vector<Argument>& options);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_PARSE_H_
