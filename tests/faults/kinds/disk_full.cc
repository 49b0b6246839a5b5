#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/faults/fault.h"
#include "tests/read_file.h"

namespace inventory::faults {
namespace {

namespace fs = std::filesystem;

constexpr char kSize[] = "size=640m";
constexpr absl::Duration kDiskPatience = absl::Seconds(20);

// The database's files lie in a small file system in memory, which a file fills to the last byte.
class DiskFull : public Fault {
 public:
  std::string_view name() const override { return "disk-full"; }
  std::string_view about() const override { return "the database's file system is full, then has room again"; }
  absl::Duration longest() const override { return absl::Seconds(2); }
  // MariaDB's own files wait a minute before they look for room again, and it may die of it then.
  absl::Duration patience() const override { return absl::Minutes(3); }
  bool kills_database() const override { return true; }

  ~DiskFull() override {
    if (!folder_.empty()) umount2(folder_.c_str(), MNT_DETACH);
  }

  absl::Status Prepare(Site::Options& options) override {
    const std::string folder = options.folder + "/disk";
    std::error_code error;
    fs::create_directories(folder, error);
    if (mount("faults", folder.c_str(), "tmpfs", 0, kSize) != 0) {
      return absl::FailedPreconditionError(
          absl::StrCat("it mounts a small file system, which needs root: ", std::strerror(errno)));
    }
    folder_ = folder;
    options.data_dir = folder + "/data";
    return absl::OkStatus();
  }

  // Begun only when the database has felt it: it has room of its own in its files.
  absl::Status Begin(Site& site, Random& random) override {
    const int64_t before = Complaints(site);
    absl::Status filled = Fill();
    if (!filled.ok()) return filled;
    const absl::Time give_up = absl::Now() + kDiskPatience;
    while (absl::Now() < give_up) {
      if (Complaints(site) > before || site.database_pid() == 0) return absl::OkStatus();
      absl::SleepFor(absl::Milliseconds(20));
    }
    unlink(filler().c_str());
    return absl::InternalError("the database did not notice");
  }
  absl::Status End(Site& site, Random& random) override {
    unlink(filler().c_str());
    return absl::OkStatus();
  }

 private:
  std::string filler() const { return folder_ + "/filler"; }

  absl::Status Fill() const {
    const int file = open(filler().c_str(), O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    if (file < 0) return absl::InternalError(absl::StrCat("can't fill the disk: ", std::strerror(errno)));
    const std::string block(std::size_t{64} << 10, 'x');
    std::size_t size = block.size();
    while (size > 0) {
      if (write(file, block.data(), size) < 0) size /= 2;
    }
    close(file);
    return absl::OkStatus();
  }

  // How often the database's log has spoken of it.
  static int64_t Complaints(const Site& site) {
    const std::string log = ReadFile(site.database_log());
    int64_t count = 0;
    for (const char* words : {"No space left", "is full", "errno: 28", "Error Code: 28", "error number 28"}) {
      for (std::size_t at = log.find(words); at != std::string::npos; at = log.find(words, at + 1)) ++count;
    }
    return count;
  }

  std::string folder_;
};

}  // namespace

std::unique_ptr<Fault> MakeDiskFull() { return std::make_unique<DiskFull>(); }

}  // namespace inventory::faults
