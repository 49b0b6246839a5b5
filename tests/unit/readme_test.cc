#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <string>

#include "server/options.h"

namespace inventory::server {
namespace {

TEST(ReadmeTest, HasTheTableOfAllOptionsAsItIs) {
  std::ifstream file(INVENTORY_SOURCE_DIR "/README.md");
  const std::string readme((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  EXPECT_THAT(readme, ::testing::HasSubstr("\n\n" + OptionsTable() + "\n")) << "copy the table into README.md";
}

}  // namespace
}  // namespace inventory::server
