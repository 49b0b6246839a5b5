#include "client/cli/man.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/cli/help.h"
#include "client/cli/options.h"

namespace inventory::cli {
namespace {

// Text as man(7) takes it. A line must not begin with its control characters.
std::string Escaped(const std::string& text) {
  std::string escaped;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const std::string plain = absl::StrReplaceAll(line, {{"\\", "\\e"}, {"-", "\\-"}});
    const bool is_request = absl::StartsWith(plain, ".") || absl::StartsWith(plain, "'");
    if (plain.empty()) {
      escaped += ".PP\n";
    } else {
      absl::StrAppend(&escaped, is_request ? "\\&" : "", plain, "\n");
    }
  }
  return escaped;
}

std::string Tagged(const std::string& tag, const std::string& text) {
  return absl::StrCat(".TP\n.B ", Escaped(tag), text.empty() ? "\\&\n" : Escaped(text));
}

std::string Section(const Command& command) {
  std::string section = absl::StrCat(".SS ", Escaped(UsageOf(command)), Escaped(command.summary));
  if (!command.description.empty()) absl::StrAppend(&section, ".PP\n", Escaped(command.description));
  for (const Argument& argument : command.arguments) absl::StrAppend(&section, Tagged(FormOf(argument), argument.help));
  if (!command.example.empty()) {
    absl::StrAppend(&section, ".PP\nExample:\n.PP\n.EX\n", Escaped(command.example), ".EE\n");
  }
  return section;
}

}  // namespace

std::string ManualPage(const std::vector<Command>& commands, const std::vector<Argument>& options) {
  std::string page = absl::StrCat(".TH INVENTORYCTL 1 \"\" \"inventoryctl ", INVENTORY_VERSION, "\"\n.ad l\n");
  absl::StrAppend(
      &page, ".SH NAME\ninventoryctl \\- looks at stock, and changes it\n",
      ".SH SYNOPSIS\n.B inventoryctl\nCOMMAND [ARGUMENTS] [FLAGS]\n",
      ".SH DESCRIPTION\nCalls a server of the inventory service. The first commands are short forms for every "
      "day; those after them are made of a verb and a noun, one for each call of the API.\n",
      ".SH COMMANDS\n");
  for (const Group group : {Group::kEveryday, Group::kBulk, Group::kApi, Group::kTool}) {
    for (const Command& command : commands) {
      if (command.group == group) page += Section(command);
    }
  }
  absl::StrAppend(&page, ".SH OPTIONS\nOf every command.\n");
  for (const Argument& option : options) page += Tagged(FormOf(option), option.help);
  absl::StrAppend(&page, ".SH EXIT STATUS\n");
  for (const auto& [code, meaning] : ExitCodeMeanings()) page += Tagged(absl::StrCat(code), meaning);
  absl::StrAppend(&page, ".SH ENVIRONMENT\n",
                  Escaped("A flag wins over its variable, and that over the profile, unless --profile names it."));
  for (const Argument& option : options) {
    const std::string variable = VariableOf(option.name);
    if (!variable.empty()) page += Tagged(variable, absl::StrCat("The value of --", option.name, "."));
  }
  absl::StrAppend(&page, ".SH FILES\n",
                  Tagged("$XDG_CONFIG_HOME/inventory/config.toml",
                         "Profiles: sections with values of options. Without XDG_CONFIG_HOME it is in ~/.config."));
  return page;
}

}  // namespace inventory::cli
