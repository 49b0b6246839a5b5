#include "client/cli/tool.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands.h"
#include "client/cli/completion.h"
#include "client/cli/help.h"
#include "client/cli/parse.h"
#include "client/cli/report.h"
#include "inventory/client/connection.h"

namespace inventory::cli {
namespace {

ExitCode ShowHelp(const CommandLine& line, std::ostream& out) {
  if (line.command != nullptr) {
    out << HelpOf(*line.command);
  } else if (!line.words.empty()) {
    out << HelpOfVerb(line.words.front(), AllCommands());
  } else {
    out << Overview(AllCommands(), Options());
  }
  return ExitCode::kOk;
}

ExitCode ShowCompletion(const std::vector<std::string>& words, std::ostream& out) {
  const std::vector<std::string> typed(words.begin() + 1, words.end());
  for (const std::string& candidate : Complete(typed, AllCommands(), Options())) out << candidate << '\n';
  return ExitCode::kOk;
}

// What commands of the tool itself know of their environment, unless they name a profile: it is made for calls, and
// their work, such as completion in a shell's start, can do without it.
std::optional<std::string> NoVariable(const std::string&) { return std::nullopt; }

ExitCode RunCommand(const CommandLine& line, const Environment& environment, const Terminal& terminal) {
  const bool on_its_own = line.command->group == Group::kTool && !line.options.Has("profile");
  const absl::StatusOr<Settings> settings = Resolve(line.options, on_its_own ? NoVariable : environment);
  if (!settings.ok()) return ReportUsage(settings.status(), "", terminal.err);
  Session session = {.in = terminal.in, .out = terminal.out, .err = terminal.err};
  session.err_is_terminal = terminal.err_is_terminal;
  session.format_asked = settings->output;
  session.format = settings->output.value_or(terminal.out_is_terminal ? OutputFormat::kTable : OutputFormat::kJson);
  session.request_id = settings->request_id;
  session.timeout = settings->timeout;
  if (line.options.Has("timeout")) session.patience = settings->timeout;
  session.connect = [&settings, connection = std::shared_ptr<client::Connection>()]() mutable
      -> absl::StatusOr<std::shared_ptr<client::Connection>> {
    if (connection != nullptr) return connection;
    const absl::StatusOr<client::ConnectionOptions> options = ConnectionOptionsOf(*settings);
    if (!options.ok()) return options.status();
    absl::StatusOr<std::shared_ptr<client::Connection>> connected = client::Connect(*options);
    if (connected.ok()) connection = *connected;
    return connected;
  };
  return line.command->run(line.arguments, session);
}

// The word by which tools are asked for their version means the command.
bool AsksForVersion(const std::vector<std::string>& words) { return words.size() == 1 && words.front() == "--version"; }

ExitCode Run(const std::vector<std::string>& words, const Environment& environment, const Terminal& terminal) {
  if (!words.empty() && words.front() == kCompleteWord) return ShowCompletion(words, terminal.out);
  const CommandLine line =
      Parse(AsksForVersion(words) ? std::vector<std::string>{"version"} : words, AllCommands(), Options());
  if (!line.problem.empty()) {
    const std::string command = line.command == nullptr ? absl::StrJoin(line.words, " ") : line.command->name();
    return ReportUsage(absl::InvalidArgumentError(line.problem), command, terminal.err);
  }
  if (line.help) return ShowHelp(line, terminal.out);
  return RunCommand(line, environment, terminal);
}

}  // namespace

ExitCode RunTool(const std::vector<std::string>& words, const Environment& environment, const Terminal& terminal) {
  const ExitCode code = Run(words, environment, terminal);
  terminal.out.flush();
  if (terminal.out.good()) return code;
  terminal.err << "error: the answer could not be written\n";
  return code == ExitCode::kOk ? ExitCode::kFault : code;
}

}  // namespace inventory::cli
