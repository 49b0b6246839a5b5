#include "inventory/client/internal/read_file.h"

#include <array>
#include <cerrno>
#include <fstream>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace inventory::client::internal {
namespace {

constexpr std::size_t kBufferBytes = std::size_t{16} << 10;

absl::Status CantRead(const std::string& name) {
  const std::string message = absl::StrCat("can't read ", name);
  return errno == 0 ? absl::DataLossError(message) : absl::ErrnoToStatus(errno, message);
}

}  // namespace

absl::StatusOr<std::string> ReadAll(std::istream& in, const std::string& name) {
  std::string text;
  std::array<char, kBufferBytes> buffer;
  errno = 0;
  // An iterator over the stream's buffer would throw on a folder.
  while (in.good()) {
    in.read(buffer.data(), buffer.size());
    text.append(buffer.data(), static_cast<std::size_t>(in.gcount()));
  }
  if (in.bad()) return CantRead(name);
  return text;
}

absl::StatusOr<std::string> ReadFile(const std::string& path, const std::string& name) {
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file.is_open()) return CantRead(name);
  return ReadAll(file, name);
}

}  // namespace inventory::client::internal
