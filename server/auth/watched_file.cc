#include "server/auth/watched_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <vector>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"

namespace inventory::auth {

WatchedFile::Mark::Mark(const struct stat& file)
    : device(file.st_dev),
      number(file.st_ino),
      size(file.st_size),
      written_seconds(file.st_mtim.tv_sec),
      written_nanoseconds(file.st_mtim.tv_nsec),
      changed_seconds(file.st_ctim.tv_sec),
      changed_nanoseconds(file.st_ctim.tv_nsec) {}

absl::StatusOr<std::optional<std::string>> WatchedFile::ReadIfChanged() {
  const int file = open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (file < 0) return absl::NotFoundError(absl::StrCat(path_, ": ", std::strerror(errno)));
  const auto closed = absl::MakeCleanup([file] { close(file); });
  struct stat state {};
  if (fstat(file, &state) != 0 || !S_ISREG(state.st_mode)) {
    return absl::FailedPreconditionError(absl::StrCat(path_, " is not a file"));
  }
  const Mark mark(state);
  if (seen_ == mark) return std::optional<std::string>();
  std::string content(max_bytes_ + 1, '\0');
  std::size_t length = 0;
  for (;;) {
    const ssize_t got = read(file, content.data() + length, content.size() - length);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return absl::FailedPreconditionError(absl::StrCat(path_, ": ", std::strerror(errno)));
    length += static_cast<std::size_t>(got);
    if (length > max_bytes_) {
      return absl::FailedPreconditionError(absl::StrCat(path_, " has more than ", max_bytes_, " bytes"));
    }
    if (got == 0) break;
  }
  content.resize(length);
  seen_ = mark;
  return std::optional(std::move(content));
}

}  // namespace inventory::auth
