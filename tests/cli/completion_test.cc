// Completion, alone and by the shells.
#include "client/cli/completion.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "client/cli/commands.h"
#include "client/cli/options.h"
#include "tests/cli/program.h"

namespace inventory::cli {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using Words = std::vector<std::string>;

constexpr char kZsh[] = "/bin/zsh";

Words Completed(const Words& words) { return Complete(words, AllCommands(), Options()); }

TEST(CompletionTest, OffersVerbsNounsFlagsAndValues) {
  EXPECT_THAT(Completed({"rec"}), ElementsAre("receive", "reclassify"));
  EXPECT_THAT(Completed({"receive", ""}), ElementsAre("replenishment", "transfer"));
  EXPECT_THAT(Completed({"-o", "json", "receive", "t"}), ElementsAre("transfer"));
  EXPECT_THAT(Completed({"list", "stock-levels", "--sku"}), ElementsAre("--sku-prefix"));
  EXPECT_THAT(Completed({"list", "stock-levels", "--status", ""}), ElementsAre("in-stock", "out-of-stock", "deficit"));
  EXPECT_THAT(Completed({"list", "stock-levels", "--status=i"}), ElementsAre("--status=in-stock"));
  EXPECT_THAT(Completed({"get", "item", "A", "--out"}), ElementsAre("--output"));
  EXPECT_THAT(Completed({"get", "item", "A", "-o", ""}), ElementsAre("table", "json", "csv"));
  EXPECT_THAT(Completed({"completion", ""}), ElementsAre("bash", "zsh"));
  EXPECT_THAT(Completed({""}), Contains("reserve"));
}

TEST(CompletionTest, KnowsShortFormsFromVerbsWithNouns) {
  EXPECT_THAT(Completed({"reserve", ""}), ElementsAre("stock"));
  EXPECT_THAT(Completed({"reserve", "web-eu", "--or"}), ElementsAre("--order"));
  EXPECT_THAT(Completed({"reserve", "stock", "web-eu", "--or"}), ElementsAre("--order-reference"));
  EXPECT_THAT(Completed({"reserve", "web-eu", ""}), IsEmpty());
}

TEST(CompletionTest, OffersNothingWhereAnythingGoes) {
  EXPECT_THAT(Completed({"get", "item", ""}), IsEmpty());
  EXPECT_THAT(Completed({"--address", ""}), IsEmpty());
  EXPECT_THAT(Completed({"nothing", "s"}), IsEmpty());
}

// What bash offers for a line whose words, parted as bash does, are these.
std::string InBash(const Words& words) {
  const std::string folder = std::filesystem::path(INVENTORYCTL_BINARY).parent_path();
  const std::string script = absl::StrCat(
      "PATH=\"$0:$PATH\"; source <(inventoryctl completion bash); complete -p inventoryctl >/dev/null || exit 1; "
      "COMP_WORDS=(inventoryctl \"$@\"); COMP_CWORD=$#; _inventoryctl; echo \"${COMPREPLY[*]}\"");
  Words arguments = {"/bin/bash", "-c", script, folder};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const Finished run = RunProgram(arguments);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  return run.out;
}

TEST(CompletionTest, WorksInBash) {
  EXPECT_EQ(InBash({"rec"}), "receive reclassify\n");
  EXPECT_EQ(InBash({"list", "stock-levels", "--sku"}), "--sku-prefix\n");
  EXPECT_EQ(InBash({"list", "stock-levels", "--status", "=", "i"}), "in-stock\n");
  EXPECT_EQ(InBash({"list", "stock-levels", "--status", "="}), "in-stock out-of-stock deficit\n");
  EXPECT_EQ(InBash({"get", "item", ""}), "\n");
}

// What zsh offers for a line of these words; its completion is stubbed where it takes over.
std::string InZsh(const Words& words) {
  const std::string script =
      "compdef() { [[ \"$*\" == '_inventoryctl inventoryctl' ]] || exit 1; }; compadd() { shift; echo \"$*\"; }; "
      "_files() { echo files; }; source <(\"$0\" completion zsh); "
      "words=(\"$0\" \"$@\"); CURRENT=$#words; _inventoryctl";
  Words arguments = {kZsh, "-f", "-c", script, INVENTORYCTL_BINARY};
  arguments.insert(arguments.end(), words.begin(), words.end());
  const Finished run = RunProgram(arguments);
  EXPECT_EQ(run.exit_code, 0) << run.err;
  EXPECT_EQ(run.err, "");
  return run.out;
}

TEST(CompletionTest, WorksInZsh) {
  if (!std::filesystem::exists(kZsh)) {
    ASSERT_EQ(std::getenv("INVENTORY_NO_SKIPS"), nullptr) << "there is no zsh here";
    GTEST_SKIP() << "there is no zsh here";
  }
  EXPECT_EQ(InZsh({"rec"}), "receive reclassify\n");
  EXPECT_EQ(InZsh({"list", "stock-levels", "--status=i"}), "--status=in-stock\n");
  EXPECT_EQ(InZsh({"get", "item", ""}), "files\n");
}

}  // namespace
}  // namespace inventory::cli
