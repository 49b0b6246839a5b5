// A command of inventoryctl, as parsing, help, completion and the manual page see it.
//
// Most are made from the RPCs, see rpc_commands.h. One with code of its own is a function that returns a Command, and a
// line in commands.cc:
//
//   Command ImportCommand() {
//     return {.words = {"import"},
//             .group = Group::kBulk,
//             .summary = "Loads a file.",
//             .arguments = {{.name = "file", .kind = Argument::Kind::kPositional, .value = "FILE", .required = true}},
//             .run = [](const Arguments& arguments, Session& session) { ... }};
//   }
#ifndef INVENTORY_CLIENT_CLI_COMMAND_H_
#define INVENTORY_CLIENT_CLI_COMMAND_H_

#include <functional>
#include <string>
#include <vector>

#include "client/cli/arguments.h"
#include "client/cli/exit_code.h"
#include "client/cli/session.h"

namespace inventory::cli {

// Where `inventoryctl --help` lists a command.
enum class Group {
  kEveryday,  // Short forms, and to watch.
  kBulk,      // Files in and out.
  kApi,       // One for each RPC.
  kTool,      // Of inventoryctl itself.
};

struct Command {
  std::vector<std::string> words;  // {"get", "item"}: a verb, and its noun if it has one.
  Group group = Group::kTool;      // Default kTool.
  std::string summary;             // The first sentence of its help.
  std::string description = "";    // What follows it; paragraphs parted by an empty line. May be empty.
  std::string example = "";        // A whole command line; empty for none.
  std::string method = "";         // Full name of the RPC it calls: "inventory.v1.InventoryService.GetItem"; or empty.
  std::vector<Argument> arguments = {};  // Positional ones in their order, the rest in the order of help.

  // Carries it out. Has all arguments that are required and none that are unknown.
  std::function<ExitCode(const Arguments&, Session&)> run = nullptr;

  // As typed: "get item".
  std::string name() const {
    std::string name;
    for (const std::string& word : words) name += (name.empty() ? "" : " ") + word;
    return name;
  }
};

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_COMMAND_H_
