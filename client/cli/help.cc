#include "client/cli/help.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "client/cli/options.h"
#include "client/cli/profile.h"

namespace inventory::cli {
namespace {

using Kind = Argument::Kind;

constexpr std::size_t kWidth = 100;
constexpr std::size_t kNameColumn = 21;

// Breaks each line of the text at kWidth, with `indent` spaces before each.
std::string Wrapped(const std::string& text, std::size_t indent) {
  std::string wrapped;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    std::size_t column = 0;
    for (const absl::string_view word : absl::StrSplit(line, ' ', absl::SkipEmpty())) {
      if (column > 0 && column + 1 + word.size() > kWidth) {
        wrapped += '\n';
        column = 0;
      }
      const std::string gap(column == 0 ? indent : 1, ' ');
      absl::StrAppend(&wrapped, gap, word);
      column += gap.size() + word.size();
    }
    wrapped += '\n';
  }
  return wrapped;
}

// A name and what it is, the text beginning in a column of its own.
std::string Entry(const std::string& name, const std::string& text) {
  const std::string padding(name.size() < kNameColumn ? kNameColumn - name.size() : 1, ' ');
  const std::string body = Wrapped(text, 2 + kNameColumn);
  return absl::StrCat("  ", name, padding, absl::StripLeadingAsciiWhitespace(body));
}

std::string ArgumentHelp(const Argument& argument) {
  const std::string help =
      argument.repeated && argument.kind != Kind::kPositional && argument.name != "address" && argument.name != "clear"
          ? absl::StrCat(argument.help, argument.help.empty() ? "" : " ", "May be repeated.")
          : argument.help;
  return absl::StrCat("  ", FormOf(argument), "\n", Wrapped(help, 6));
}

std::string ListOf(const std::vector<Command>& commands, Group group) {
  std::string list;
  for (const Command& command : commands) {
    if (command.group == group) absl::StrAppend(&list, Entry(command.name(), command.summary));
  }
  return list;
}

// One line for each verb with its nouns.
std::string ApiList(const std::vector<Command>& commands) {
  std::map<std::string, std::set<std::string>> nouns;
  for (const Command& command : commands) {
    if (command.group == Group::kApi) nouns[command.words.front()].insert(command.words.back());
  }
  std::string list;
  for (const auto& [verb, its] : nouns) absl::StrAppend(&list, Entry(verb, absl::StrJoin(its, ", ")));
  return list;
}

}  // namespace

const std::vector<ExitCodeMeaning>& ExitCodeMeanings() {
  static const auto& meanings = *new std::vector<ExitCodeMeaning>{
      {static_cast<int>(ExitCode::kOk), "Done."},
      {static_cast<int>(ExitCode::kRefused), "The service refused, or refused some rows; again it would refuse again."},
      {static_cast<int>(ExitCode::kUsage), "The command line or a file that it names is wrong; nothing was sent."},
      {static_cast<int>(ExitCode::kUnreachable),
       "No answer, or one that asks to try again. A write may have happened: repeat it with the --request-id that the "
       "error names."},
      {static_cast<int>(ExitCode::kMismatch), "`verify` found what does not add up, and has not repaired all of it."},
      {static_cast<int>(ExitCode::kFault), "A fault of the service, or output could not be written."},
  };
  return meanings;
}

std::string FormOf(const Argument& argument) {
  if (argument.kind == Kind::kPositional) {
    const std::string name = absl::StrCat(argument.value, argument.repeated ? "..." : "");
    return argument.required ? name : absl::StrCat("[", name, "]");
  }
  const std::string letter = argument.letter == 0 ? "" : absl::StrCat("-", std::string(1, argument.letter), ", ");
  if (argument.kind == Kind::kSwitch) return absl::StrCat(letter, "--", argument.name, "[=false]");
  return absl::StrCat(letter, "--", argument.name, " ", argument.value);
}

std::string UsageOf(const Command& command) {
  std::string usage = absl::StrCat("inventoryctl ", command.name());
  bool has_flags = false;
  for (const Argument& argument : command.arguments) {
    if (argument.kind == Kind::kPositional) absl::StrAppend(&usage, " ", FormOf(argument));
    if (argument.kind != Kind::kPositional && argument.required) absl::StrAppend(&usage, " ", FormOf(argument));
    has_flags = has_flags || (argument.kind != Kind::kPositional && !argument.required);
  }
  return has_flags ? usage + " [FLAGS]" : usage;
}

std::string Overview(const std::vector<Command>& commands, const std::vector<Argument>& options) {
  std::string help = "inventoryctl COMMAND [ARGUMENTS] [FLAGS]: looks at stock, and changes it.\n\n";
  absl::StrAppend(&help, "Every day:\n", ListOf(commands, Group::kEveryday));
  if (const std::string files = ListOf(commands, Group::kBulk); !files.empty()) {
    absl::StrAppend(&help, "\nFiles:\n", files);
  }
  absl::StrAppend(&help, "\nEverything the API has, as VERB NOUN, `inventoryctl get item JEANS-M`:\n",
                  ApiList(commands));
  absl::StrAppend(&help, "\nOf the tool itself:\n", ListOf(commands, Group::kTool));
  absl::StrAppend(&help, "\n`inventoryctl COMMAND --help` says all about one.\n\nFlags of every command:\n");
  for (const Argument& option : options) absl::StrAppend(&help, ArgumentHelp(option));
  absl::StrAppend(
      &help, "\n",
      Wrapped("All but --request-id may be set in the environment, --tls-ca as INVENTORY_TLS_CA, and all but "
              "--request-id and --profile in a profile.",
              0));
  absl::StrAppend(&help, "\nExit codes:\n");
  for (const auto& [code, meaning] : ExitCodeMeanings()) absl::StrAppend(&help, Entry(absl::StrCat(code), meaning));
  return help;
}

std::string HelpOfVerb(const std::string& verb, const std::vector<Command>& commands) {
  std::string help;
  for (const Command& command : commands) {
    if (command.words.front() != verb) continue;
    absl::StrAppend(&help, "  ", UsageOf(command), "\n", Wrapped(command.summary, 6));
  }
  return help;
}

std::string HelpOf(const Command& command) {
  std::string help = Wrapped(command.summary, 0);
  absl::StrAppend(&help, "\nUsage:\n  ", UsageOf(command), "\n");
  if (!command.example.empty()) absl::StrAppend(&help, "\nExample:\n  ", command.example, "\n");
  if (!command.description.empty()) absl::StrAppend(&help, "\n", Wrapped(command.description, 0));
  for (const bool positional : {true, false}) {
    std::string list;
    for (const Argument& argument : command.arguments) {
      if ((argument.kind == Kind::kPositional) == positional) absl::StrAppend(&list, ArgumentHelp(argument));
    }
    if (!list.empty()) absl::StrAppend(&help, positional ? "\nArguments:\n" : "\nFlags:\n", list);
  }
  return absl::StrCat(help, "\nFlags of every command: `inventoryctl --help`.\n");
}

}  // namespace inventory::cli
