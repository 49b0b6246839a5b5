#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "server/options.h"
#include "server/options/table.h"

namespace inventory::server {
namespace {

using options::Group;
using options::Option;

// Text as a cell of a Markdown table.
std::string Cell(const std::string& text) { return absl::StrReplaceAll(text, {{"|", "\\|"}}); }

std::string Code(const std::string& text) { return text.empty() ? "" : "`" + text + "`"; }

}  // namespace

std::string OptionsTable() {
  std::string table;
  const Group* group = nullptr;
  for (const Option& option : options::Table()) {
    if (option.group != group) {
      absl::StrAppend(&table, group == nullptr ? "" : "\n", "**", option.group->title,
                      "**\n\n| Option | Default | Values | Environment | Meaning |\n|---|---|---|---|---|\n");
    }
    group = option.group;
    absl::StrAppend(&table, "| ", option.sources & options::kFlag ? Code(option.flag()) : "", " | ",
                    Cell(option.shown_default != nullptr ? option.default_text() : Code(option.default_text())), " | ",
                    Cell(option.kind.values), " | ",
                    option.sources & options::kEnvironment ? Code(option.variable()) : "", " | ", Cell(option.meaning),
                    " |\n");
  }
  return table;
}

}  // namespace inventory::server
