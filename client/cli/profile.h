// Profiles: named sets of options in a file.
#ifndef INVENTORY_CLIENT_CLI_PROFILE_H_
#define INVENTORY_CLIENT_CLI_PROFILE_H_

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/cli/options.h"

namespace inventory::cli {

// An option may have several values, as addresses do.
using Profile = std::map<std::string, std::vector<std::string>>;

// $XDG_CONFIG_HOME/inventory/config.toml, or ~/.config/inventory/config.toml; empty without a home.
std::string ProfilePath(const Environment& environment);

// Reads a profile of the file: TOML whose keys are the names of options, without section those of the profile
// `default`, in the section [NAME] those of NAME. Without `name` it is `default`, and may be missing with its file. The
// file must not be writable by others: it says where to send tokens. Errors are INVALID_ARGUMENT, NOT_FOUND or
// PERMISSION_DENIED.
absl::StatusOr<Profile> ReadProfile(const std::string& path, const std::optional<std::string>& name);

}  // namespace inventory::cli

#endif  // INVENTORY_CLIENT_CLI_PROFILE_H_
