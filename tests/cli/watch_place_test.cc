// Files that say how far a watch has come.
#include "client/cli/watch_place.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "tests/integration/server_process.h"

namespace inventory::cli {
namespace {

class WatchPlaceTest : public ::testing::Test {
 protected:
  WatchPlace Written(const std::string& text) const {
    std::ofstream(path_) << text;
    const auto place = ReadWatchPlace(path_);
    EXPECT_TRUE(place.ok() && place->has_value()) << place.status();
    return place.ok() ? place->value_or(WatchPlace()) : WatchPlace();
  }

  const integration::ScratchFolder folder_;
  const std::string path_ = folder_.path() + "/place";
};

TEST_F(WatchPlaceTest, IsReadAsItWasWritten) {
  for (const WatchPlace& place : {WatchPlace{"T", {"1-2-3", "1-2-4"}}, WatchPlace{"U", {}}}) {
    ASSERT_EQ(WriteWatchPlace(path_, place), absl::OkStatus());
    const auto read = ReadWatchPlace(path_);
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(*read, place);
  }
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(WatchPlaceTest, ATokenAloneIsEnough) {
  EXPECT_EQ(Written("T"), (WatchPlace{"T", {}}));
  EXPECT_EQ(Written("T\r\n1\r\n\r\n"), (WatchPlace{"T", {"1"}}));
}

TEST_F(WatchPlaceTest, AnEmptyFileIsNotANewOne) {
  EXPECT_EQ(ReadWatchPlace(path_).value(), std::nullopt);
  std::ofstream(path_).flush();
  EXPECT_EQ(ReadWatchPlace(path_).status().code(), absl::StatusCode::kInvalidArgument);
  EXPECT_FALSE(ReadWatchPlace(folder_.path()).ok());
}

}  // namespace
}  // namespace inventory::cli
