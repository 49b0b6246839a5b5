#include "client/cli/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <system_error>
#include <utility>

#include "absl/strings/str_cat.h"

namespace inventory::cli {
namespace {

absl::Status Failed(const std::string& what, const std::string& path, int error) {
  return absl::ErrnoToStatus(error, absl::StrCat("can't ", what, " ", path));
}

// What to remove if a signal ends the process: read by its handler. Empty: nothing.
char unfinished[PATH_MAX] = "";
volatile std::sig_atomic_t is_unfinished = 0;

extern "C" void RemoveUnfinished(int number) {
  if (is_unfinished != 0) unlink(unfinished);
  // Its end is that of the signal: the handler is reset, and the signal blocked until this returns.
  raise(number);
}

void RemoveOnSignal(const std::string& path) {
  is_unfinished = 0;
  if (path.size() >= sizeof unfinished) return;
  std::memcpy(unfinished, path.c_str(), path.size() + 1);
  is_unfinished = 1;
  for (const int number : {SIGHUP, SIGINT, SIGTERM}) {
    struct sigaction old {};
    struct sigaction action {};
    action.sa_handler = RemoveUnfinished;
    action.sa_flags = static_cast<int>(SA_RESETHAND);
    // What whoever started this ignores or handles stays so.
    if (sigaction(number, nullptr, &old) == 0 && old.sa_handler == SIG_DFL) sigaction(number, &action, nullptr);
  }
}

// Where links lead; the path itself if they lead in a circle.
std::string Followed(const std::string& path) {
  constexpr int kMostLinks = 40;
  std::filesystem::path followed = path;
  std::error_code error;
  for (int i = 0; i < kMostLinks && std::filesystem::is_symlink(followed, error); ++i) {
    const std::filesystem::path target = std::filesystem::read_symlink(followed, error);
    followed = target.is_absolute() ? target : followed.parent_path() / target;
  }
  return followed.string();
}

// Those of the file that is there, otherwise as any new file, not only for its owner.
mode_t PermissionsFor(const std::string& path) {
  struct stat found {};
  if (stat(path.c_str(), &found) == 0) return found.st_mode & 0777;
  const mode_t mask = umask(0);
  umask(mask);
  return 0666 & ~mask;
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

absl::StatusOr<std::unique_ptr<OutputFile>> OutputFile::Create(const std::string& named) {
  if (IsSpecial(named)) {
    std::unique_ptr<OutputFile> file(new OutputFile(named, named));
    if (!file->stream_.is_open()) return Failed("write", named, errno);
    return file;
  }
  const std::string path = Followed(named);
  std::string beside = absl::StrCat(path, ".XXXXXX");
  const int made = mkstemp(beside.data());
  if (made < 0) return Failed("write beside", path, errno);
  RemoveOnSignal(beside);
  fchmod(made, PermissionsFor(path));
  close(made);
  return std::unique_ptr<OutputFile>(new OutputFile(path, beside));
}

OutputFile::OutputFile(std::string path, std::string written)
    : path_(std::move(path)), written_(std::move(written)), stream_(written_, std::ios::binary) {}

OutputFile::~OutputFile() {
  if (committed_ || written_ == path_) return;
  unlink(written_.c_str());
  is_unfinished = 0;
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
  is_unfinished = 0;
  // Without this a power failure may bring the old one back.
  const std::string folder = std::filesystem::path(path_).parent_path().string();
  return Sync(folder.empty() ? "." : folder);
}

absl::Status CheckWritten(std::ostream& stream, const std::string& name) {
  errno = 0;
  stream.flush();
  if (stream.good()) return absl::OkStatus();
  const std::string why = errno == 0 ? "" : absl::StrCat(": ", std::strerror(errno));
  return absl::DataLossError(absl::StrCat("not all of ", name, " could be written", why));
}

}  // namespace inventory::cli
