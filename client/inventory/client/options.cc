#include "inventory/client/options.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "inventory/client/internal/read_file.h"

namespace inventory::client {

TokenProvider TokenFromFile(std::string path) {
  return [path = std::move(path)]() -> absl::StatusOr<std::string> {
    const absl::StatusOr<std::string> text = internal::ReadFile(path, absl::StrCat("the token's file ", path));
    if (!text.ok()) return text.status();
    std::string token = text->substr(0, text->find('\n'));
    absl::StripAsciiWhitespace(&token);
    if (token.empty()) return absl::UnauthenticatedError(absl::StrCat("there is no token in ", path));
    return token;
  };
}

}  // namespace inventory::client
