#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "server/options.h"
#include "tests/read_file.h"

namespace inventory::server {
namespace {

TEST(ReadmeTest, HasTheTableOfAllOptionsAsItIs) {
  const std::string readme = ReadFile(INVENTORY_SOURCE_DIR "/README.md");
  EXPECT_THAT(readme, ::testing::HasSubstr("\n\n" + OptionsTable() + "\n")) << "copy the table into README.md";
}

}  // namespace
}  // namespace inventory::server
