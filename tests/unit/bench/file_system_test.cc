#include "tests/bench/file_system.h"

#include <gtest/gtest.h>

#include <filesystem>

namespace inventory::bench {
namespace {

TEST(FileSystemTest, IsThatOfTheInnermostMount) {
  EXPECT_EQ(FileSystemOf("/proc/self"), "proc");
  EXPECT_NE(FileSystemOf("/"), "unknown");
  EXPECT_NE(FileSystemOf(::testing::TempDir()), "proc");
  EXPECT_EQ(FileSystemOf("/no/such/folder"), "unknown");
}

TEST(FileSystemTest, FollowsLinks) {
  const std::filesystem::path link = std::filesystem::path(::testing::TempDir()) / "bench_file_system_link";
  std::filesystem::remove(link);
  std::filesystem::create_symlink("/proc/self", link);
  EXPECT_EQ(FileSystemOf(link), "proc");
  std::filesystem::remove(link);
}

TEST(FileSystemTest, KnowsWhichKeepNothing) {
  EXPECT_TRUE(InMemory("tmpfs"));
  EXPECT_FALSE(InMemory("ext4"));
}

}  // namespace
}  // namespace inventory::bench
