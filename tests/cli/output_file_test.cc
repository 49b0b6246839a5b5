// Files that commands write.
#include "client/cli/output_file.h"

#include <gtest/gtest.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/integration/server_process.h"
#include "tests/read_file.h"

namespace inventory::cli {
namespace {

class OutputFileTest : public ::testing::Test {
 protected:
  std::string Path(const std::string& name) const { return folder_.path() + "/" + name; }
  std::string Text(const std::string& name) const { return ReadFile(Path(name)); }
  std::ptrdiff_t FileCount() const {
    return std::distance(std::filesystem::directory_iterator(folder_.path()), std::filesystem::directory_iterator());
  }

  const integration::ScratchFolder folder_;
};

TEST_F(OutputFileTest, FollowsLinksAndKeepsPermissions) {
  std::ofstream(Path("target")) << "old";
  ASSERT_EQ(chmod(Path("target").c_str(), 0640), 0);
  ASSERT_EQ(symlink("target", Path("link").c_str()), 0);
  auto file = OutputFile::Create(Path("link"));
  ASSERT_TRUE(file.ok()) << file.status();
  (*file)->stream() << "new";
  EXPECT_EQ(Text("target"), "old");
  ASSERT_EQ((*file)->Commit(), absl::OkStatus());
  EXPECT_EQ(Text("target"), "new");
  EXPECT_TRUE(std::filesystem::is_symlink(Path("link")));
  struct stat found {};
  ASSERT_EQ(stat(Path("target").c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0640u);
}

TEST_F(OutputFileTest, LeavesWhatWasThereIfItIsNotCommitted) {
  std::ofstream(Path("file")) << "old";
  {
    auto file = OutputFile::Create(Path("file"));
    ASSERT_TRUE(file.ok()) << file.status();
    (*file)->stream() << "new";
    EXPECT_EQ(FileCount(), 2);
  }
  EXPECT_EQ(Text("file"), "old");
  EXPECT_EQ(FileCount(), 1);
}

TEST_F(OutputFileTest, ASignalLeavesNothingBehind) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  for (const int number : {SIGINT, SIGTERM}) {
    EXPECT_EXIT(
        {
          auto file = OutputFile::Create(Path("file"));
          if (!file.ok() || FileCount() != 1) _exit(1);
          raise(number);
        },
        ::testing::KilledBySignal(number), "");
    EXPECT_EQ(FileCount(), 0);
  }
}

}  // namespace
}  // namespace inventory::cli
