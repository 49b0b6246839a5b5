// What inventoryctl does without a server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "tests/cli/program.h"
#include "tests/cli/shop.h"
#include "tests/integration/server_process.h"

namespace inventory::cli {
namespace {

using ::testing::HasSubstr;

// Goal: a folder in the place of a file is an error of usage, not the end of the program by a signal.
TEST(LocalTest, RefusesFoldersInPlaceOfFiles) {
  const integration::ScratchFolder folder;
  for (const Words& option : {Words{"--json", folder.path()}, Words{"--token-file", folder.path()},
                              Words{"--tls-ca", folder.path()}, Words{"--tls-key", folder.path()}}) {
    Words words = {"get", "item", "A"};
    words.insert(words.end(), option.begin(), option.end());
    if (option[0] == "--tls-key") words.insert(words.end(), {"--tls-cert", folder.path()});
    const Finished run = RunTool(words);
    EXPECT_EQ(run.exit_code, 2) << option[0] << ": " << run.err;
    EXPECT_THAT(run.err, HasSubstr(folder.path() + ": Is a directory"));
  }
}

TEST(LocalTest, CommandsOfTheToolItselfNeedNoValidEnvironment) {
  for (const Words& words : {Words{"completion", "bash"}, Words{"man"}, Words{"version"}}) {
    const Finished run = RunTool(words, {{"INVENTORY_TIMEOUT", "bogus"}, {"INVENTORY_PROFILE", "missing"}});
    EXPECT_EQ(run.exit_code, 0) << words[0] << ": " << run.err;
    EXPECT_NE(run.out, "") << words[0];
  }
  EXPECT_EQ(RunTool({"version", "--timeout", "bogus"}).exit_code, 2);
  EXPECT_EQ(RunTool({"version", "--profile", "missing"}).exit_code, 2);
  EXPECT_EQ(RunTool({"list", "items"}, {{"INVENTORY_TIMEOUT", "bogus"}}).exit_code, 2);
}

}  // namespace
}  // namespace inventory::cli
