// Completion of command lines by the shell.
#ifndef INVENTORY_CLIENT_CLI_COMPLETION_H_
#define INVENTORY_CLIENT_CLI_COMPLETION_H_

#include <string>
#include <vector>

#include "client/cli/arguments.h"
#include "client/cli/command.h"

namespace inventory::cli {

// The word before a command line to complete; the scripts call `inventoryctl __complete WORD...`.
inline constexpr char kCompleteWord[] = "__complete";

// What the last word, of which a part or nothing is typed, may become: words of commands, flags, or values. None where
// anything goes: shells then offer files.
std::vector<std::string> Complete(const std::vector<std::string>& words, const std::vector<Command>& commands,
                                  const std::vector<Argument>& options);

// `inventoryctl completion bash|zsh`.
Command CompletionCommand();

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_COMPLETION_H_
