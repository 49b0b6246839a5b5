#include "client/cli/profile.h"

#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <set>

#include "CLI/CLI.hpp"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/private_file.h"

namespace inventory::cli {
namespace {

constexpr char kDefaultProfile[] = "default";
constexpr unsigned kWritableByOthers = 0022;

bool IsMissing(const std::string& path) {
  struct stat file = {};
  return stat(path.c_str(), &file) != 0 && errno == ENOENT;
}

// Takes a key's values, or says what is wrong with them.
absl::Status Take(const CLI::ConfigItem& item, Profile& profile) {
  const auto& options = Options();
  const bool known = std::any_of(options.begin(), options.end(), [&](const Argument& option) {
    return option.name == item.name && !VariableOf(item.name).empty() && item.name != "profile";
  });
  if (!known) return absl::InvalidArgumentError(absl::StrCat("unknown key ", item.name));
  for (const std::string& value : item.inputs) {
    // CLI11 ends a value at "#" even within quotes.
    if (!value.empty() && (value.front() == '"' || value.front() == '\'')) {
      return absl::InvalidArgumentError(absl::StrCat(item.name, " has a quote without an end; a value can't hold #"));
    }
  }
  if (profile.contains(item.name)) return absl::InvalidArgumentError(absl::StrCat(item.name, " is set twice"));
  profile[item.name] = item.inputs;
  return absl::OkStatus();
}

}  // namespace

std::string ProfilePath(const Environment& environment) {
  const std::string file = "/inventory/config.toml";
  if (const auto folder = environment("XDG_CONFIG_HOME"); folder.has_value() && !folder->empty()) return *folder + file;
  const auto home = environment("HOME");
  return home.has_value() && !home->empty() ? absl::StrCat(*home, "/.config", file) : "";
}

absl::StatusOr<Profile> ReadProfile(const std::string& path, const std::optional<std::string>& name) {
  if (path.empty() || IsMissing(path)) {
    if (!name.has_value()) return Profile();
    return absl::NotFoundError(absl::StrCat("there is no profile ", *name, ": ", path, " does not exist"));
  }
  if (absl::Status safe = CheckPrivate(path, kWritableByOthers); !safe.ok()) return safe;
  std::ifstream file(path);
  if (!file.is_open()) return absl::PermissionDeniedError(absl::StrCat("can't read ", path));
  Profile profile;
  std::set<std::string> names = {kDefaultProfile};
  try {
    for (const CLI::ConfigItem& item : CLI::ConfigTOML().from_config(file)) {
      const std::string section = item.parents.empty() ? kDefaultProfile : absl::StrJoin(item.parents, ".");
      names.insert(section);
      // "++" and "--" are where sections begin and end.
      if (item.name == "++" || item.name == "--" || section != name.value_or(kDefaultProfile)) continue;
      absl::Status taken = Take(item, profile);
      if (!taken.ok()) return absl::InvalidArgumentError(absl::StrCat(path, ": ", taken.message()));
    }
  } catch (const CLI::Error& error) {
    return absl::InvalidArgumentError(absl::StrCat(path, ": ", error.what()));
  }
  if (!names.contains(name.value_or(kDefaultProfile))) {
    return absl::NotFoundError(absl::StrCat(path, " has no profile ", *name, ", only ", absl::StrJoin(names, ", ")));
  }
  return profile;
}

}  // namespace inventory::cli
