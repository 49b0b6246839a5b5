// What the generator makes of a small proto.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "absl/strings/str_cat.h"

namespace inventory::client {
namespace {

std::string Contents(const std::string& path) {
  std::ifstream file(path);
  EXPECT_TRUE(file) << path;
  return std::string(std::istreambuf_iterator<char>(file), {});
}

class GoldenTest : public ::testing::TestWithParam<const char*> {};

INSTANTIATE_TEST_SUITE_P(Files, GoldenTest, ::testing::Values("client.h", "client.cc", "mock_client.h"),
                         [](const auto& info) {
                           std::string name = info.param;
                           name[name.find('.')] = '_';
                           return name;
                         });

TEST_P(GoldenTest, OutputIsAsReviewed) {
  const std::string made = absl::StrCat(INVENTORY_GENERATED_DIR, "/sample/v1/sample_service.", GetParam());
  const std::string golden =
      absl::StrCat(INVENTORY_SOURCE_DIR, "/tests/client/golden/sample_service.", GetParam(), ".txt");
  EXPECT_EQ(Contents(made), Contents(golden)) << "if this is meant: cp " << made << " " << golden;
}

}  // namespace
}  // namespace inventory::client
