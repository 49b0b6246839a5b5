// Reading command lines.
#include "client/cli/parse.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "client/cli/commands.h"
#include "client/cli/options.h"

namespace inventory::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using Words = std::vector<std::string>;

CommandLine Read(const Words& words) { return Parse(words, AllCommands(), Options()); }

std::string ProblemOf(const Words& words) { return Read(words).problem; }

TEST(ParseTest, TakesVerbAndNoun) {
  const CommandLine line = Read({"get", "item", "JEANS-M"});
  ASSERT_EQ(line.problem, "");
  EXPECT_EQ(line.command->name(), "get item");
  EXPECT_EQ(line.arguments.Get("sku"), "JEANS-M");
}

TEST(ParseTest, TakesAShortFormWhereNoNounFollows) {
  EXPECT_EQ(Read({"reserve", "stock", "web-eu", "A=1"}).command->name(), "reserve stock");
  const CommandLine line = Read({"reserve", "web-eu", "A=1", "B=2", "--order", "1001"});
  ASSERT_EQ(line.problem, "");
  EXPECT_EQ(line.command->name(), "reserve");
  EXPECT_EQ(line.arguments.Get("channel-id"), "web-eu");
  EXPECT_THAT(line.arguments.All("lines"), ElementsAre("A=1", "B=2"));
  EXPECT_EQ(line.arguments.Get("order"), "1001");
}

TEST(ParseTest, TakesFlagsInAllForms) {
  const CommandLine line = Read({"-ojson", "list", "--timeout=5s", "items", "--published=false", "--limit", "7"});
  ASSERT_EQ(line.problem, "");
  EXPECT_EQ(line.options.Get("output"), "json");
  EXPECT_EQ(line.options.Get("timeout"), "5s");
  EXPECT_EQ(line.arguments.Get("published"), "false");
  EXPECT_FALSE(line.arguments.IsOn("published"));
  EXPECT_EQ(line.arguments.Get("limit"), "7");
}

TEST(ParseTest, KeepsValuesAsTheyAre) {
  const CommandLine line = Read({"adjust", "[a,b]", "w1", "-3", "--reason", "--x", "--etag="});
  ASSERT_EQ(line.problem, "");
  EXPECT_EQ(line.arguments.Get("sku"), "[a,b]");
  EXPECT_EQ(line.arguments.Get("delta"), "-3");
  EXPECT_EQ(line.arguments.Get("reason"), "--x");
  EXPECT_EQ(line.arguments.Get("etag"), "");
}

TEST(ParseTest, TakesNoFlagsAfterTwoDashes) {
  const CommandLine line = Read({"get", "item", "--", "--help"});
  ASSERT_EQ(line.problem, "");
  EXPECT_FALSE(line.help);
  EXPECT_EQ(line.arguments.Get("sku"), "--help");
}

TEST(ParseTest, AsksForHelp) {
  EXPECT_TRUE(Read({}).help);
  EXPECT_TRUE(Read({"--help"}).help);
  EXPECT_THAT(Read({"list", "-h"}).words, ElementsAre("list"));
  const CommandLine line = Read({"help", "get", "item"});
  EXPECT_TRUE(line.help);
  EXPECT_EQ(line.command->name(), "get item");
  EXPECT_EQ(Read({"get", "item", "--help"}).problem, "");
}

TEST(ParseTest, SaysWhatIsWrong) {
  EXPECT_EQ(ProblemOf({"gte", "item"}), "unknown command \"gte\"; did you mean get?");
  EXPECT_EQ(ProblemOf({"get", "itme"}), "get: unknown noun \"itme\"; did you mean item?");
  EXPECT_THAT(ProblemOf({"get"}), HasSubstr("get what? One of channel, "));
  EXPECT_THAT(ProblemOf({"receive", "xyzzy"}), HasSubstr("it takes replenishment, transfer"));
  EXPECT_EQ(ProblemOf({"get", "item"}), "missing SKU");
  EXPECT_EQ(ProblemOf({"set", "stock", "A"}), "missing WAREHOUSE_ID, ON_HAND");
  EXPECT_EQ(ProblemOf({"get", "item", "A", "B"}), "unexpected argument \"B\"");
  EXPECT_EQ(ProblemOf({"get", "item", "A", "--skuu"}), "unknown flag --skuu");
  EXPECT_EQ(ProblemOf({"reserve", "web-eu", "A=1", "--warehouse", "w"}),
            "unknown flag --warehouse; did you mean --warehouse-id?");
  EXPECT_THAT(ProblemOf({"--order", "1", "reserve"}), HasSubstr("Flags of a command follow its words"));
  EXPECT_EQ(ProblemOf({"list", "items", "--limit"}), "--limit needs a value: NUMBER");
  EXPECT_EQ(ProblemOf({"list", "items", "--limit", "1", "--limit", "2"}), "--limit is given twice");
  EXPECT_EQ(ProblemOf({"list", "items", "--published=yes"}), "--published: expected true or false, not \"yes\"");
}

TEST(ParseTest, KnowsTheCommandOfAProblem) {
  EXPECT_EQ(Read({"get", "item"}).command->name(), "get item");
  EXPECT_THAT(Read({"get", "itme"}).words, ElementsAre("get"));
  EXPECT_THAT(Read({"gte"}).words, IsEmpty());
}

TEST(ParseTest, TakesAWholeRequestInsteadOfWhatIsRequired) {
  EXPECT_EQ(ProblemOf({"set", "stock", "--json", "request.json"}), "");
}

}  // namespace
}  // namespace inventory::cli
