#include "client/cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace inventory::cli {
namespace {

absl::Status Failed(const std::string& what, const std::string& path, int error) {
  return absl::ErrnoToStatus(error, absl::StrCat("can't ", what, " ", path));
}

bool IsSpecial(const std::string& path) {
  struct stat found {};
  return stat(path.c_str(), &found) == 0 && !S_ISREG(found.st_mode);
}

absl::Status Sync(const std::string& path) {
  const int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return Failed("open", path, errno);
  const int error = fsync(file) == 0 ? 0 : errno;
  close(file);
  return error == 0 ? absl::OkStatus() : Failed("save", path, error);
}

}  // namespace

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& path) {
  if (IsSpecial(path)) {
    std::unique_ptr<OutputFile> file(new OutputFile(path, path));
    if (!file->stream_.is_open()) return Failed("write", path, errno);
    return file;
  }
  std::string beside = absl::StrCat(path, ".XXXXXX");
  const int made = mkstemp(beside.data());
  if (made < 0) return Failed("write beside", path, errno);
  // As any new file, not only for its owner.
  const mode_t mask = umask(0);
  umask(mask);
  fchmod(made, 0666 & ~mask);
  close(made);
  return std::unique_ptr<OutputFile>(new OutputFile(path, beside));
}

OutputFile::OutputFile(std::string path, std::string written)
    : path_(std::move(path)), written_(std::move(written)), stream_(written_, std::ios::binary) {}

OutputFile::~OutputFile() {
  if (!committed_ && written_ != path_) unlink(written_.c_str());
}

absl::Status OutputFile::Commit() {
  absl::Status written = CheckWritten(stream_, path_);
  stream_.close();
  if (written.ok() && stream_.fail()) written = absl::DataLossError(absl::StrCat("not all of ", path_, " was written"));
  if (!written.ok() || written_ == path_) return written;
  written = Sync(written_);
  if (!written.ok()) return written;
  if (rename(written_.c_str(), path_.c_str()) != 0) return Failed("replace", path_, errno);
  committed_ = true;
  return absl::OkStatus();
}

absl::Status CheckWritten(std::ostream& stream, const std::string& name) {
  errno = 0;
  stream.flush();
  if (stream.good()) return absl::OkStatus();
  const std::string why = errno == 0 ? "" : absl::StrCat(": ", std::strerror(errno));
  return absl::DataLossError(absl::StrCat("not all of ", name, " could be written", why));
}

}  // namespace inventory::cli
