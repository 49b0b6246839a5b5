#include "server/options/sources.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <string_view>
#include <system_error>

#include "CLI/CLI.hpp"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace inventory::server::options {
namespace {

// Reports what CLI11 could not place. What follows an unknown flag is taken for its value.
void ReportUnknown(const std::vector<std::string>& rest, const CommandFacts& command, Problems& problems) {
  bool after_flag = false;
  for (const std::string& argument : rest) {
    const bool is_flag = argument.size() > 1 && argument.front() == '-';
    const std::string name = argument.substr(0, argument.find('='));
    const Option* known = absl::StartsWith(name, "--") ? Find(name.substr(2)) : nullptr;
    if (is_flag && known != nullptr && (known->sources & kFlag)) {
      problems.push_back(absl::StrCat(name, ": the command ", command.name, " does not take it"));
    } else if (is_flag && known != nullptr) {
      problems.push_back(absl::StrCat(name, ": is not taken as a flag, only as ", known->variable()));
    } else if (is_flag) {
      problems.push_back(absl::StrCat(name, ": unknown flag"));
    } else if (!after_flag) {
      problems.push_back(absl::StrCat("unexpected argument \"", argument, "\""));
    }
    after_flag = is_flag && argument.find('=') == std::string::npos;
  }
}

// Rewrites what CLI11 reads otherwise: "--name=" has an empty value, instead of the next argument, and a switch alone
// is "--name=true".
std::vector<std::string> Arguments(int argc, const char* const* argv) {
  constexpr int kFirst = 2;  // After the program and the command.
  std::vector<std::string> arguments;
  for (int i = kFirst; i < argc; ++i) {
    std::string argument = argv[i];
    const Option* option = absl::StartsWith(argument, "--") ? Find(argument.substr(2)) : nullptr;
    const std::string_view next = i + 1 < argc ? argv[i + 1] : "";
    if (option != nullptr && option->kind.is_switch && next != "true" && next != "false") argument += "=true";
    const bool empty = absl::StartsWith(argument, "--") && argument.find('=') == argument.size() - 1;
    if (empty) argument.pop_back();
    arguments.push_back(std::move(argument));
    if (empty) arguments.emplace_back();
  }
  return arguments;
}

// Takes a key's value, or reports a problem.
void ReadItem(const CLI::ConfigItem& item, const std::string& where, Values& values, Problems& problems) {
  const Option* option = item.parents.empty() ? Find(item.name) : nullptr;
  if (option == nullptr || !(option->sources & kFile)) {
    problems.push_back(absl::StrCat(where, ": unknown key ", item.fullname()));
    return;
  }
  const std::string value = item.inputs.empty() ? "" : item.inputs.front();
  if (item.inputs.size() > 1 || values.contains(item.name)) {
    problems.push_back(absl::StrCat(where, ": ", item.name, " has more than one value; quote a value with spaces"));
    return;
  }
  // CLI11 ends a value at "#" even within quotes.
  if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
    problems.push_back(absl::StrCat(where, ": ", item.name, " has a quote without an end; a value can't hold #"));
    return;
  }
  values[item.name] = value;
}

void ReadFile(const std::string& path, Values& values, Problems& problems) {
  std::ifstream file = OpenFile(path);
  if (!file.is_open()) {
    problems.push_back(absl::StrCat("--config: can't read ", path));
    return;
  }
  try {
    for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(file)) {
      // "++" and "--" are where sections begin and end.
      if (item.name != "++" && item.name != "--") ReadItem(item, path, values, problems);
    }
  } catch (const CLI::Error& error) {
    problems.push_back(absl::StrCat(path, ": ", error.what()));
  }
}

Values ReadEnvironment() {
  Values values;
  for (const Option& option : Table()) {
    const char* value = option.sources & kEnvironment ? std::getenv(option.variable().c_str()) : nullptr;
    if (value != nullptr) values[option.name] = value;
  }
  return values;
}

// Sets all options of `values`; `where` says of an option what the value came from.
void Set(const Values& values, const std::function<std::string(const Option&)>& where, CommandLine& line,
         Problems& problems) {
  for (const Option& option : Table()) {
    const auto value = values.find(option.name);
    if (value == values.end()) continue;
    const std::string wrong = option.kind.set(value->second, line);
    if (wrong.empty()) continue;
    problems.push_back(absl::StrCat(option.flag(), ": ", wrong, where(option)));
  }
}

}  // namespace

bool ReadFlags(int argc, const char* const* argv, const CommandFacts& command, Values& values, Problems& problems) {
  CLI::App app;
  app.allow_extras();
  app.allow_windows_style_options(false);
  std::map<std::string, std::string> texts;
  std::map<std::string, CLI::Option*> flags;
  for (const Option& option : Table()) {
    if (!(option.sources & kFlag) || !option.group->IsFor(command.command)) continue;
    CLI::Option* flag = app.add_option(option.flag(), texts[option.name]);
    flag->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
    flags[option.name] = flag;
  }
  std::vector<std::string> arguments = Arguments(argc, argv);
  std::reverse(arguments.begin(), arguments.end());
  try {
    app.parse(arguments);
  } catch (const CLI::CallForHelp&) {
    return false;
  } catch (const CLI::ParseError& error) {
    problems.push_back(error.what());
    return true;
  }
  for (const auto& [name, flag] : flags) {
    if (flag->count() > 0) values[name] = texts[name];
  }
  ReportUnknown(app.remaining(), command, problems);
  return true;
}

void SetAll(const Values& flags, CommandLine& line, Problems& problems) {
  Values environment = ReadEnvironment();
  Values file;
  std::string path;
  if (const auto config = environment.find("config"); config != environment.end()) path = config->second;
  if (const auto config = flags.find("config"); config != flags.end()) path = config->second;
  if (!path.empty()) ReadFile(path, file, problems);
  // What does not win is not looked at: a wrong value can be overridden.
  for (const auto& [name, text] : flags) environment.erase(name);
  for (const auto& [name, text] : flags) file.erase(name);
  for (const auto& [name, text] : environment) file.erase(name);
  Set(
      flags, [](const Option&) { return ""; }, line, problems);
  Set(
      environment, [](const Option& option) { return " (from " + option.variable() + ")"; }, line, problems);
  Set(
      file, [&](const Option&) { return " (from " + path + ")"; }, line, problems);
}

std::ifstream OpenFile(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) return {};
  return std::ifstream(path, std::ios::binary);
}

}  // namespace inventory::server::options
