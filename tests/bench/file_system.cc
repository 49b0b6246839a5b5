#include "tests/bench/file_system.h"

#include <mntent.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <system_error>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace inventory::bench {
namespace {

// Both absolute, without links.
bool LiesIn(const std::string& path, const std::string& folder) {
  return folder == "/" || path == folder || absl::StartsWith(path, absl::StrCat(folder, "/"));
}

}  // namespace

std::string FileSystemOf(const std::string& folder) {
  std::error_code error;
  const std::string path = std::filesystem::canonical(folder, error);
  const std::unique_ptr<FILE, decltype(&endmntent)> mounts(setmntent("/proc/self/mounts", "r"), &endmntent);
  std::string type = "unknown";
  if (error || !mounts) return type;
  std::size_t longest = 0;
  // Of mounts on the same folder the last one is seen.
  while (const mntent* mount = getmntent(mounts.get())) {
    const std::string place = mount->mnt_dir;
    if (!LiesIn(path, place) || place.size() < longest) continue;
    longest = place.size();
    type = mount->mnt_type;
  }
  return type;
}

bool InMemory(const std::string& file_system) { return file_system == "tmpfs" || file_system == "ramfs"; }

}  // namespace inventory::bench
