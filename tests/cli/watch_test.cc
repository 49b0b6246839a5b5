// `inventoryctl watch` against the real server.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "client/cli/commands.h"
#include "client/cli/completion.h"
#include "client/cli/options.h"
#include "client/cli/watch_place.h"
#include "nlohmann/json.hpp"
#include "tests/cli/program.h"
#include "tests/cli/shop.h"

namespace inventory::cli {
namespace {

using integration::Eventually;
using integration::ProgramRun;
using integration::ScratchFolder;
using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

// Objects, one a line; what is none is left out.
std::vector<json> Objects(const std::string& text) {
  std::vector<json> objects;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    const json object = json::parse(line, nullptr, /*allow_exceptions=*/false);
    if (object.is_object()) objects.push_back(object);
  }
  return objects;
}

// What levels were set to, in the order in which it was told.
std::vector<std::string> Counts(const std::string& text) {
  std::vector<std::string> counts;
  for (const json& event : Objects(text)) {
    if (event.contains("movement")) counts.push_back(event["movement"]["balance"].value("on_hand", "0"));
  }
  return counts;
}

class WatchTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { shop_ = new Shop; }
  static void TearDownTestSuite() {
    delete shop_;
    shop_ = nullptr;
  }

  static Finished Run(const Words& words, int exit_code = 0) { return shop_->Run(words, exit_code); }
  static Words WatchWords(const Words& words) {
    Words all = {"watch"};
    all.insert(all.end(), words.begin(), words.end());
    return all;
  }
  // To its end.
  static Finished Watch(const Words& words, int exit_code = 0) { return Run(WatchWords(words), exit_code); }
  // That goes on.
  ProgramRun StartWatch(const Words& words) const {
    Words all = {INVENTORYCTL_BINARY, "watch"};
    all.insert(all.end(), words.begin(), words.end());
    return ProgramRun(all, {{"INVENTORY_ADDRESS", shop_->address()}, {"XDG_CONFIG_HOME", folder_.path()}});
  }
  // Until it writes this; the test fails if it does not, or ends.
  static void Await(ProgramRun& run, const std::string& text) {
    EXPECT_TRUE(Eventually([&] { return absl::StrContains(run.output(), text) || run.Ended(); }));
    EXPECT_THAT(run.output(), HasSubstr(text));
  }
  void AwaitPlace() const {
    EXPECT_TRUE(Eventually([this] { return std::filesystem::exists(place_); })) << "the watch does not begin";
  }

  // Tests have SKUs of their own.
  static std::string Sku() { return ::testing::UnitTest::GetInstance()->current_test_info()->name(); }
  static void Set(int units, const std::string& warehouse = "ber-1") {
    Run({"set", "stock", Sku(), warehouse, absl::StrCat(units)});
  }

  static Shop* shop_;
  const ScratchFolder folder_;
  const std::string place_ = folder_.path() + "/place";
};
Shop* WatchTest::shop_ = nullptr;

TEST_F(WatchTest, TellsEachEventAtOnceUntilItIsInterrupted) {
  ProgramRun run = StartWatch({"--sku", Sku(), "--resume-file", place_});
  AwaitPlace();
  for (const int units : {5, 6}) {
    Set(units);
    Await(run, absl::StrCat("\"on_hand\":\"", units, "\""));
  }
  EXPECT_FALSE(run.Ended());
  run.Signal(SIGINT);
  EXPECT_EQ(run.Wait(), -SIGINT);
  const std::string output = run.output();
  EXPECT_EQ(std::count(output.begin(), output.end(), '\n'), 3) << output;
  const std::vector<json> events = Objects(output);
  ASSERT_EQ(events.size(), 3u);
  EXPECT_EQ(events[0]["type"], "EVENT_TYPE_MOVEMENT");
  EXPECT_EQ(events[0]["movement"]["sku"], Sku());
  EXPECT_NE(events[0]["event_id"], events[2]["event_id"]);
  EXPECT_EQ(events[1]["type"], "EVENT_TYPE_BACK_IN_STOCK");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
}

TEST_F(WatchTest, FiltersAsItIsAsked) {
  Set(1);
  Set(2, "rtm-1");
  Run({"reserve", "web-eu", Sku() + "=1", "--reservation-id", "R-filter"});
  Run({"confirm", "R-filter"});
  Set(9, "rtm-1");
  const auto told = [](const Words& words) {
    Words all = {"--from-beginning", "--sku", Sku(), "--sku", "none"};
    all.insert(all.end(), words.begin(), words.end());
    std::vector<std::string> types;
    for (const json& event : Objects(Watch(all).out)) types.push_back(event["type"]);
    return types;
  };
  EXPECT_THAT(told({"--warehouse-id", "rtm-1", "--limit", "3"}),
              ElementsAre("EVENT_TYPE_MOVEMENT", "EVENT_TYPE_BACK_IN_STOCK", "EVENT_TYPE_MOVEMENT"));
  EXPECT_THAT(told({"--channel-id", "web-eu", "--type", "reservation", "--type", "out-of-stock", "--limit", "3"}),
              ElementsAre("EVENT_TYPE_OUT_OF_STOCK", "EVENT_TYPE_RESERVATION", "EVENT_TYPE_RESERVATION"));
}

TEST_F(WatchTest, BeginsAtATime) {
  Set(1);
  absl::SleepFor(absl::Milliseconds(2));
  Set(2);
  const std::vector<json> ledger = Objects(Run({"ledger", Sku()}).out);
  ASSERT_EQ(ledger.size(), 2u);
  const std::string time = ledger[1]["create_time"];
  EXPECT_THAT(Counts(Watch({"--sku", Sku(), "--since", time, "--limit", "1"}).out), ElementsAre("2"));
}

TEST_F(WatchTest, GoesOnWhereTheResumeFileSays) {
  Set(1);
  const Words words = {"--sku", Sku(), "--type", "movement", "--from-beginning", "--resume-file", place_};
  const auto next = [&words] {
    Words all = words;
    all.insert(all.end(), {"--limit", "1"});
    return Counts(Watch(all).out);
  };
  EXPECT_THAT(next(), ElementsAre("1"));
  Set(2);
  Set(3);
  EXPECT_THAT(next(), ElementsAre("2"));
  EXPECT_THAT(next(), ElementsAre("3"));
}

// Goal: a limit ends the watch after any event, also in the middle of what one commit has to tell, and no event is told
// twice or left out by it.
TEST_F(WatchTest, ALimitEndsItBetweenAnyTwoEvents) {
  Set(3);
  Run({"reserve", "web-eu", Sku() + "=3", "--reservation-id", "R-limit"});
  const Words words = {"--sku", Sku(), "--from-beginning"};
  const auto told = [&words](const Words& more) {
    Words all = words;
    all.insert(all.end(), more.begin(), more.end());
    std::vector<std::string> ids;
    for (const json& event : Objects(Watch(all).out)) ids.push_back(event["event_id"]);
    return ids;
  };
  const std::vector<std::string> at_once = told({"--limit", "5"});
  ASSERT_EQ(at_once.size(), 5u);  // Counted, back in stock, reserved, out of stock, held.
  std::vector<std::string> one_by_one;
  for (const char* limit : {"1", "1", "2", "1"}) {
    for (const std::string& id : told({"--limit", limit, "--resume-file", place_})) one_by_one.push_back(id);
  }
  EXPECT_EQ(one_by_one, at_once);
  const auto place = ReadWatchPlace(place_);
  ASSERT_TRUE(place.ok() && place->has_value()) << place.status();
  EXPECT_THAT((*place)->told, IsEmpty());
}

// Goal: whoever watches sees nothing of a server that stops or dies but a note. What is set meanwhile is told.
TEST_F(WatchTest, OutlivesTheServer) {
  ProgramRun run = StartWatch({"--sku", Sku(), "--type", "movement", "--resume-file", place_});
  AwaitPlace();
  Set(1);
  Await(run, "\"on_hand\":\"1\"");
  EXPECT_EQ(shop_->server().Stop(), 0);
  Await(run, "broken off (");
  shop_->server().Restart();
  Set(2);
  Await(run, "\"on_hand\":\"2\"");
  shop_->server().Kill();
  shop_->server().Restart();
  Set(3);
  Await(run, "\"on_hand\":\"3\"");
  EXPECT_THAT(Counts(run.output()), ElementsAre("1", "2", "3"));
}

TEST_F(WatchTest, NoticesThatAServerHasFallenSilent) {
  ProgramRun run = StartWatch({"--sku", Sku(), "--type", "movement", "--resume-file", place_, "--timeout", "4s"});
  AwaitPlace();
  ASSERT_EQ(kill(shop_->server().pid(), SIGSTOP), 0);
  Await(run, "broken off (the server has not answered for 4s), going on");
  ASSERT_EQ(kill(shop_->server().pid(), SIGCONT), 0);
  Set(1);
  Await(run, "\"on_hand\":\"1\"");
}

TEST_F(WatchTest, GivesUpAfterItsTimeoutAndSaysHowToGoOn) {
  Set(1);
  ProgramRun run = StartWatch({"--sku", Sku(), "--type", "movement", "--from-beginning", "--timeout", "3s"});
  Await(run, "\"on_hand\":\"1\"");
  shop_->server().Kill();
  EXPECT_EQ(run.Wait(), 3);
  shop_->server().Restart();
  const std::string output = run.output();
  EXPECT_THAT(output, HasSubstr("error: UNAVAILABLE"));
  const std::size_t flag = output.rfind("--resume-token ");
  ASSERT_NE(flag, std::string::npos) << output;
  const std::vector<std::string> advice = absl::StrSplit(output.substr(flag), ' ');
  Set(2);
  EXPECT_THAT(Counts(Watch({"--sku", Sku(), "--type", "movement", advice[0], advice[1], "--limit", "1"}).out),
              ElementsAre("2"));
}

TEST_F(WatchTest, WhatCouldNotBeWrittenIsToldAgain) {
  Set(1);
  const ProgramRun::Environment environment = {{"INVENTORY_ADDRESS", shop_->address()},
                                               {"XDG_CONFIG_HOME", folder_.path()}};
  const Words words = {"/bin/sh",
                       "-c",
                       "exec \"$0\" \"$@\" >/dev/full",
                       INVENTORYCTL_BINARY,
                       "watch",
                       "--from-beginning",
                       "--sku",
                       Sku(),
                       "--resume-file",
                       place_};
  const Finished full = RunProgram(words, environment);
  EXPECT_EQ(full.exit_code, 5);
  EXPECT_THAT(full.err, HasSubstr("error: not all of the events could be written"));
  EXPECT_THAT(Counts(Watch({"--sku", Sku(), "--resume-file", place_, "--limit", "1"}).out), ElementsAre("1"));
}

TEST_F(WatchTest, WritesTablesAndCsv) {
  Set(7);
  const Words words = {"--sku", Sku(), "--from-beginning", "--limit", "2", "-o"};
  const auto shown = [&words](const std::string& format) {
    Words all = words;
    all.push_back(format);
    return Watch(all).out;
  };
  const std::vector<std::string> table = absl::StrSplit(shown("table"), '\n');
  ASSERT_EQ(table.size(), 4u);
  EXPECT_EQ(table[0], "TIME                  TYPE           SKU                 WAREHOUSE  CHANNEL  WHAT");
  EXPECT_EQ(table[1].substr(20),
            "  movement       WritesTablesAndCsv  ber-1      -        set: on hand +7 -> 7, "
            "available 7");
  EXPECT_EQ(table[2].substr(20), "  back-in-stock  WritesTablesAndCsv  ber-1      -        available 0 -> 7");
  const std::vector<std::string> csv = absl::StrSplit(shown("csv"), "\r\n");
  ASSERT_EQ(csv.size(), 4u);
  EXPECT_THAT(csv[0], StartsWith("event_id,type,time,channel_id,movement.sku,"));
  EXPECT_THAT(csv[1], HasSubstr(",movement,"));
  EXPECT_THAT(csv[2], HasSubstr(",,,WritesTablesAndCsv,ber-1,0,7,"));
  EXPECT_EQ(std::count(csv[0].begin(), csv[0].end(), ','), std::count(csv[1].begin(), csv[1].end(), ','));
}

TEST_F(WatchTest, SaysWhatIsWrongWithItsArgumentsBeforeAnythingIsSent) {
  const std::string empty = folder_.path() + "/empty";
  std::ofstream(empty).flush();
  const std::vector<std::pair<Words, std::string>> cases = {
      {{"--since", "yesterday"}, "--since: expected a time"},
      {{"--type", "movements"}, "--type: expected one of movement, reservation, shipment, low-stock"},
      {{"--limit", "-1"}, "--limit: expected a number"},
      {{"--timeout", "2s"}, "--timeout: a watch can't do with less than 3s"},
      {{"--from-beginning", "--resume-token", "T"}, "give one of --since, --from-beginning and --resume-token"},
      {{"--resume-token", "T", "--resume-file", place_}, "give one of --resume-token and --resume-file"},
      {{"--resume-file", empty}, "has no resume token"},
      {{"--resume-file", folder_.path()}, "Is a directory"},
      {{"--resume-file", "/proc/none/place"}, "can't write beside /proc/none/place"},
      {{"JEANS-M"}, "unexpected argument"},
  };
  for (const auto& [words, problem] : cases) {
    const Finished run = RunTool(WatchWords(words));
    EXPECT_EQ(run.exit_code, 2) << ::testing::PrintToString(words);
    EXPECT_THAT(run.err, HasSubstr(problem));
    EXPECT_EQ(run.out, "");
  }
  EXPECT_FALSE(std::filesystem::exists(place_));
}

TEST_F(WatchTest, SaysWhichArgumentTheServerRefuses) {
  EXPECT_THAT(Watch({"--resume-token", "x"}, 1).err, HasSubstr("  --resume-token (resume_token): is not one that"));
  EXPECT_THAT(Watch({"--sku", " x"}, 1).err, HasSubstr("  --sku (filter.skus[0]): "));
  std::ofstream(place_) << "x\n";
  EXPECT_THAT(Watch({"--resume-file", place_}, 1).err, HasSubstr("  --resume-file (resume_token): is not one that"));
  // Of events that are not there yet.
  const Finished gone = Watch({"--resume-token", "AQX___8P"}, 1);
  EXPECT_THAT(gone.err, StartsWith("error: OUT_OF_RANGE EVENTS_GONE: "));
  EXPECT_THAT(gone.err, HasSubstr("begin anew, without the token"));
  EXPECT_THAT(gone.err, Not(HasSubstr("goes on after what was told")));
}

TEST(WatchCommandTest, CompletesWhatItCanTell) {
  EXPECT_THAT(Complete({"watch", "--type", ""}, AllCommands(), Options()),
              ElementsAre("movement", "reservation", "shipment", "low-stock", "out-of-stock", "back-in-stock"));
  EXPECT_THAT(Complete({"watch", "--"}, AllCommands(), Options()),
              ::testing::IsSupersetOf({"--resume-token", "--since", "--sku", "--warehouse-id", "--channel-id", "--type",
                                       "--from-beginning", "--resume-file", "--limit", "--timeout"}));
  EXPECT_THAT(Complete({"watch", "--heart"}, AllCommands(), Options()), IsEmpty());
}

}  // namespace
}  // namespace inventory::cli
