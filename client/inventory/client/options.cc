#include "inventory/client/options.h"

#include <cerrno>
#include <fstream>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace inventory::client {

TokenProvider TokenFromFile(std::string path) {
  return [path = std::move(path)]() -> absl::StatusOr<std::string> {
    std::ifstream file(path);
    if (!file) return absl::ErrnoToStatus(errno, absl::StrCat("the token's file ", path, " can't be read"));
    std::string token;
    std::getline(file, token);
    if (token.empty()) return absl::UnauthenticatedError(absl::StrCat("there is no token in ", path));
    return token;
  };
}

}  // namespace inventory::client
