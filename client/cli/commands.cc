#include "client/cli/commands.h"

#include <utility>

#include "client/cli/completion.h"
#include "client/cli/export.h"
#include "client/cli/health.h"
#include "client/cli/import.h"
#include "client/cli/man.h"
#include "client/cli/options.h"
#include "client/cli/rpc_commands.h"
#include "client/cli/watch.h"

namespace inventory::cli {
namespace {

Command VersionCommand() {
  return {.words = {"version"},
          .summary = "Prints the version of inventoryctl.",
          .run = [](const Arguments&, Session& session) {
            session.out << "inventoryctl " << INVENTORY_VERSION << '\n';
            return ExitCode::kOk;
          }};
}

Command ManCommand() {
  return {.words = {"man"},
          .summary = "Prints the manual page.",
          .example = "inventoryctl man | man -l -",
          .run = [](const Arguments&, Session& session) {
            session.out << ManualPage(AllCommands(), Options());
            return ExitCode::kOk;
          }};
}

}  // namespace

const std::vector<Command>& AllCommands() {
  static const auto& commands = *[] {
    auto* commands = new std::vector<Command>(RpcCommands());
    for (auto& bulk : {ImportCommands(), ExportCommands()}) commands->insert(commands->end(), bulk.begin(), bulk.end());
    for (Command (*own)() : {WatchCommand, HealthCommand, CompletionCommand, ManCommand, VersionCommand})
      commands->push_back(own());
    return commands;
  }();
  return commands;
}

}  // namespace inventory::cli
