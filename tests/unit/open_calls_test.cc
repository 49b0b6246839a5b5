#include "server/rpc/open_calls.h"

#include <cstddef>
#include <deque>
#include <random>
#include <string>

#include "gtest/gtest.h"

namespace inventory::rpc {
namespace {

using Verdict = OpenCalls::Verdict;
using Places = std::deque<OpenCalls::Place>;

Verdict Enter(OpenCalls& calls, Places& places, const std::string& caller, std::size_t bytes = 10) {
  return places.emplace_back(calls, caller, bytes, nullptr).verdict();
}

TEST(OpenCallsTest, OneCallerLeavesRoomToOthers) {
  OpenCalls calls({.most_of_a_caller = 2});
  Places places;
  EXPECT_EQ(Enter(calls, places, "a"), Verdict::kAdmitted);
  EXPECT_EQ(Enter(calls, places, "a"), Verdict::kAdmitted);
  EXPECT_EQ(Enter(calls, places, "a"), Verdict::kTooManyCalls);
  EXPECT_EQ(Enter(calls, places, "b"), Verdict::kAdmitted);
}

TEST(OpenCallsTest, EndedCallsMakeRoomAndRefusedOnesTakeNone) {
  OpenCalls calls({.most_of_a_caller = 1});
  for (int i = 0; i < 3; ++i) {
    Places places;
    EXPECT_EQ(Enter(calls, places, "a"), Verdict::kAdmitted);
    EXPECT_EQ(Enter(calls, places, "a"), Verdict::kTooManyCalls);
  }
}

TEST(OpenCallsTest, RefusedCallsWhoseAnswersAreNotTakenAreAFlood) {
  OpenCalls calls({.most_of_a_caller = 2});
  Places places;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Enter(calls, places, "a"), Verdict::kAdmitted);
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(Enter(calls, places, "a"), Verdict::kTooManyCalls);
  for (int i = 0; i < 2; ++i) EXPECT_EQ(Enter(calls, places, "a"), Verdict::kFlood);
  EXPECT_EQ(Enter(calls, places, "b"), Verdict::kAdmitted);
  places.clear();
  EXPECT_EQ(Enter(calls, places, "a"), Verdict::kAdmitted);
}

TEST(OpenCallsTest, ZeroIsNoLimit) {
  OpenCalls calls({.most_of_a_caller = 0});
  Places places;
  for (int i = 0; i < 2000; ++i) EXPECT_EQ(Enter(calls, places, "a"), Verdict::kAdmitted);
}

TEST(OpenCallsTest, OneCallersRequestsTakeHalfOfTheBytes) {
  OpenCalls calls({.most_bytes = 100});
  Places places;
  EXPECT_EQ(Enter(calls, places, "a", 30), Verdict::kAdmitted);
  EXPECT_EQ(Enter(calls, places, "a", 21), Verdict::kTooManyBytes);
  EXPECT_EQ(Enter(calls, places, "a", 20), Verdict::kAdmitted);
  places.clear();
  EXPECT_EQ(Enter(calls, places, "a", 50), Verdict::kAdmitted);
}

TEST(OpenCallsTest, EachCallerLeavesRoomToTheNext) {
  OpenCalls calls({.most_bytes = 100});
  Places places;
  EXPECT_EQ(Enter(calls, places, "a", 50), Verdict::kAdmitted);
  EXPECT_EQ(Enter(calls, places, "b", 26), Verdict::kTooManyBytes);
  EXPECT_EQ(Enter(calls, places, "b", 25), Verdict::kAdmitted);
  EXPECT_EQ(Enter(calls, places, "c", 12), Verdict::kAdmitted);
  EXPECT_EQ(Enter(calls, places, "a", 1), Verdict::kTooManyBytes);
  EXPECT_EQ(Enter(calls, places, "d", 6), Verdict::kAdmitted);
  places.clear();
  EXPECT_EQ(Enter(calls, places, "c", 50), Verdict::kAdmitted);
}

TEST(OpenCallsTest, AnswersTakeThePlaceOfTheirRequests) {
  OpenCalls calls({.most_bytes = 100});
  Places places;
  EXPECT_EQ(Enter(calls, places, "a", 50), Verdict::kAdmitted);
  EXPECT_TRUE(places[0].Answer(20, /*refusable=*/true));
  EXPECT_EQ(Enter(calls, places, "a", 30), Verdict::kAdmitted);
  EXPECT_FALSE(places[1].Answer(31, /*refusable=*/true)) << "half of all for one caller";
  EXPECT_EQ(Enter(calls, places, "a", 30), Verdict::kAdmitted) << "what was refused takes nothing";
  EXPECT_TRUE(places[2].Answer(200, /*refusable=*/false));
  EXPECT_EQ(Enter(calls, places, "b", 1), Verdict::kTooManyBytes) << "what had to be told is counted all the same";
  places.clear();
  EXPECT_EQ(Enter(calls, places, "a", 50), Verdict::kAdmitted);
}

// Many callers at random: nobody who has nothing and asks for no more than is left to the next is ever refused, and all
// together stay within the bound.
TEST(OpenCallsTest, WhoeverHasNothingFindsRoom) {
  constexpr std::size_t kBytes = 1 << 20;
  std::mt19937 random(7);
  OpenCalls calls({.most_of_a_caller = 0, .most_bytes = kBytes});
  Places places;
  for (int caller = 0; caller < 8; ++caller) {
    const std::string name = std::to_string(caller);
    ASSERT_EQ(Enter(calls, places, name, 1), Verdict::kAdmitted) << caller;
    for (int i = 0; i < 2000; ++i) Enter(calls, places, name, 1 + random() % 4000);
  }
  places.clear();
  EXPECT_EQ(Enter(calls, places, "0", kBytes / 2), Verdict::kAdmitted);
}

}  // namespace
}  // namespace inventory::rpc
