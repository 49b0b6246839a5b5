#include "client/cli/private_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace inventory::cli {

absl::Status CheckPrivate(const std::string& path, unsigned forbidden) {
  struct stat file = {};
  if (stat(path.c_str(), &file) != 0) {
    return absl::NotFoundError(absl::StrCat("can't read ", path, ": ", std::strerror(errno)));
  }
  if (!S_ISREG(file.st_mode)) return absl::OkStatus();
  if (file.st_uid != geteuid() && file.st_uid != 0) {
    return absl::PermissionDeniedError(absl::StrCat(path, " belongs to somebody else"));
  }
  if ((file.st_mode & forbidden) == 0) return absl::OkStatus();
  const bool readable = (forbidden & 0044) != 0;
  return absl::PermissionDeniedError(absl::StrCat("others may ", readable ? "read or change " : "change ", path,
                                                  ": mend it by `chmod ", readable ? "600 " : "go-w ", path, "`"));
}

}  // namespace inventory::cli
