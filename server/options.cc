#include "server/options.h"

#include <algorithm>
#include <filesystem>
#include <string_view>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/options/complete.h"
#include "server/options/help.h"
#include "server/options/sources.h"
#include "server/options/table.h"

namespace inventory::server {
namespace {

absl::Status Refused(const std::string& program, options::Problems problems) {
  problems.push_back(absl::StrCat("See ", program, " --help."));
  return absl::InvalidArgumentError(absl::StrJoin(problems, "\n"));
}

bool AsksForHelp(const std::string& argument) { return argument == "--help" || argument == "-h" || argument == "help"; }

}  // namespace

absl::StatusOr<CommandLine> ParseCommandLine(int argc, const char* const* argv) {
  const std::string program = argc > 0 ? std::filesystem::path(argv[0]).filename().string() : "inventory";
  if (argc < 2) return Refused(program, {"a command is missing: serve, migrate, verify or version"});
  CommandLine line;
  // The word by which programs are asked for their version means the command.
  const std::string word = argv[1] == std::string_view("--version") ? "version" : argv[1];
  if (AsksForHelp(word)) {
    line.help = options::HelpOf(program);
    return line;
  }
  const auto commands = options::Commands();
  const auto command = std::find_if(commands.begin(), commands.end(),
                                    [&](const options::CommandFacts& facts) { return word == facts.name; });
  if (command == commands.end()) {
    return Refused(program, {absl::StrCat("\"", word, "\" is not a command: serve, migrate, verify or version")});
  }
  line.command = command->command;
  options::Problems problems;
  options::Values flags;
  if (!options::ReadFlags(argc, argv, *command, flags, problems)) {
    line.help = options::HelpOf(program, *command);
    return line;
  }
  if (line.command != Command::kVersion) {
    options::SetAll(flags, line, problems);
    options::Complete(line.server, problems);
  }
  if (!problems.empty()) return Refused(program, std::move(problems));
  return line;
}

}  // namespace inventory::server
