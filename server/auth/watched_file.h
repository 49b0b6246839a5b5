// Files that are read again when they change.
#ifndef INVENTORY_SERVER_AUTH_WATCHED_FILE_H_
#define INVENTORY_SERVER_AUTH_WATCHED_FILE_H_

#include <sys/stat.h>

#include <cstddef>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"

namespace inventory::auth {

// A small file, which may be replaced, moved away and come back, or be a link that is turned to another file. Not
// thread-safe.
class WatchedFile {
 public:
  // Longer files are refused.
  WatchedFile(std::string path, std::size_t max_bytes) : path_(std::move(path)), max_bytes_(max_bytes) {}

  // The content if the file has changed since the last call that answered OK, nothing if it has not. NOT_FOUND,
  // FAILED_PRECONDITION if it can't be read or is too long; the message has the path.
  absl::StatusOr<std::optional<std::string>> ReadIfChanged();

  // Has the next call read the file, changed or not.
  void Forget() { seen_.reset(); }

  const std::string& path() const { return path_; }

 private:
  // What changes with the file. Tools that keep the time of its content when they replace it can't keep the time of its
  // last change.
  struct Mark {
    explicit Mark(const struct stat& file);
    bool operator==(const Mark&) const = default;

    dev_t device;
    ino_t number;
    off_t size;
    int64_t written_seconds;
    int64_t written_nanoseconds;
    int64_t changed_seconds;
    int64_t changed_nanoseconds;
  };

  const std::string path_;
  const std::size_t max_bytes_;
  std::optional<Mark> seen_;
};

}  // namespace inventory::auth

#endif  // INVENTORY_SERVER_AUTH_WATCHED_FILE_H_
