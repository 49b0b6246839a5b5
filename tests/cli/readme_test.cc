// What client/cli/README.md says is so.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <optional>
#include <regex>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "client/cli/help.h"
#include "client/cli/options.h"
#include "tests/cli/program.h"
#include "tests/cli/shop.h"
#include "tests/read_file.h"

namespace inventory::cli {
namespace {

std::string Readme() { return ReadFile(absl::StrCat(INVENTORY_SOURCE_DIR, "/client/cli/README.md")); }

// A command of a `console` block, and what it answers.
struct ShownCommand {
  std::string command;
  std::string answer;
};
std::vector<ShownCommand> ShownCommands() {
  std::vector<ShownCommand> all;
  bool inside = false;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(Readme(), '\n'))) {
    if (absl::StartsWith(line, "```")) {
      inside = line == "```console";
    } else if (inside && absl::StartsWith(line, "$ ")) {
      all.push_back({line.substr(2), ""});
    } else if (inside) {
      absl::StrAppend(&all.back().answer, line, "\n");
    }
  }
  return all;
}

// Nor ids of imports.
std::string WithoutTimes(const std::string& text) {
  static const auto& import = *new std::regex(R"(import-\d{8}T\d{6}-[0-9a-f]{16})");
  static const auto& time = *new std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z)");
  return std::regex_replace(std::regex_replace(text, time, "TIME"), import, "IMPORT");
}

TEST(ReadmeTest, ItsCommandsAnswerAsItShows) {
  const Shop shop;
  const std::vector<ShownCommand> shown = ShownCommands();
  ASSERT_GT(shown.size(), 8u);
  const integration::ScratchFolder no_profiles;
  std::ofstream(no_profiles.path() + "/counts.csv")
      << "sku,warehouse_id,on_hand\nRJ-1,ber-1,1\nRJ-2,nowhere,2\nRJ-3,nowhere,3\nRJ-4,ber-1,4\n";
  for (const auto& [command, answer] : shown) {
    const Finished run = RunProgram(
        {"/bin/sh", "-c",
         absl::StrCat("inventoryctl() { \"$0\" \"$@\"; }; exec 2>&1; cd ", no_profiles.path(), "; ", command),
         INVENTORYCTL_BINARY},
        {{"INVENTORY_ADDRESS", shop.address()},
         {"INVENTORY_OUTPUT", "table"},
         {"INVENTORY_TIMEOUT", "60s"},
         {"XDG_CONFIG_HOME", no_profiles.path()}});
    // Lines of CSV end with CR LF.
    EXPECT_EQ(WithoutTimes(absl::StrReplaceAll(run.out, {{"\r\n", "\n"}})), WithoutTimes(answer)) << command;
  }
}

TEST(ReadmeTest, ItsProfileIsOne) {
  const integration::ScratchFolder home;
  std::filesystem::create_directory(home.path() + "/inventory");
  const std::string readme = Readme();
  const std::size_t begin = readme.find("```toml\n") + 8;
  std::ofstream(home.path() + "/inventory/config.toml") << readme.substr(begin, readme.find("```", begin) - begin);
  Arguments flags;
  flags.Add("profile", "live");
  const auto settings = Resolve(flags, [&](const std::string& name) -> std::optional<std::string> {
    return name == "XDG_CONFIG_HOME" ? std::optional(home.path()) : std::nullopt;
  });
  ASSERT_TRUE(settings.ok()) << settings.status();
  EXPECT_THAT(settings->addresses, ::testing::ElementsAre("10.0.0.1:50051", "10.0.0.2:50051"));
  EXPECT_EQ(settings->token_file, "/home/me/.config/inventory/live.token");
}

TEST(ReadmeTest, HasTheExitCodesOfTheTool) {
  for (const auto& [code, meaning] : ExitCodeMeanings()) {
    EXPECT_THAT(Readme(), ::testing::HasSubstr(absl::StrCat("| ", code, " | ", meaning, " |\n")));
  }
}

}  // namespace
}  // namespace inventory::cli
