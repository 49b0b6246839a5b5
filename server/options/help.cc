#include "server/options/help.h"

#include <functional>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace inventory::server::options {
namespace {

// Breaks at spaces so that no line is longer than a terminal's, and indents.
std::string Wrapped(const std::string& text, const std::string& indent) {
  constexpr std::size_t kWidth = 100;
  std::string out;
  std::string line = indent;
  for (const std::string& word : std::vector<std::string>(absl::StrSplit(text, ' '))) {
    if (line.size() > indent.size() && line.size() + 1 + word.size() > kWidth) {
      out += line + "\n";
      line = indent;
    }
    if (line.size() > indent.size()) line += ' ';
    line += word;
  }
  return out + line + "\n";
}

std::string HelpOf(const Option& option) {
  std::string head = option.sources & kFlag ? option.flag() : option.variable();
  const std::string default_text = option.default_text();
  std::string facts = absl::StrCat("Default: ", default_text.empty() ? "empty" : default_text, ".");
  if ((option.sources & kEnvironment) && (option.sources & kFlag)) {
    absl::StrAppend(&facts, " Environment: ", option.variable(), ".");
  }
  if (option.sources == kEnvironment) facts += " Only from the environment.";
  return absl::StrCat("  ", head, "  (", option.kind.values, ")\n", Wrapped(option.meaning, "      "),
                      Wrapped(facts, "      "));
}

// The options that `takes` selects, grouped.
std::string HelpOf(const std::function<bool(const Option&)>& takes) {
  std::string help;
  const Group* group = nullptr;
  for (const Option& option : Table()) {
    if (!takes(option)) continue;
    if (option.group != group) absl::StrAppend(&help, "\n", option.group->title, "\n");
    group = option.group;
    help += HelpOf(option);
  }
  return help;
}

constexpr char kPrecedence[] =
    "\nA flag wins over its environment variable, which wins over the file of --config (where names are\n"
    "written without the dashes in front), which wins over the default.\n";

}  // namespace

std::string HelpOf(const std::string& program) {
  std::string help = absl::StrCat("Usage: ", program, " <command> [--option value]...\n\nCommands\n");
  for (const CommandFacts& facts : Commands()) {
    absl::StrAppend(&help, "  ", facts.name, std::string(10 - std::string_view(facts.name).size(), ' '), facts.meaning,
                    "\n");
  }
  absl::StrAppend(&help, "\n", program, " <command> --help shows what a command takes.\n", kPrecedence);
  return help + HelpOf([](const Option&) { return true; });
}

std::string HelpOf(const std::string& program, const CommandFacts& command) {
  const std::string help =
      absl::StrCat("Usage: ", program, " ", command.name, " [--option value]...\n", command.meaning, "\n", kPrecedence);
  return help + HelpOf([&](const Option& option) { return option.group->IsFor(command.command); });
}

}  // namespace inventory::server::options
