#include "server/rpc/open_calls.h"

#include <cstddef>
#include <deque>
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
  EXPECT_EQ(Enter(calls, places, "b", 40), Verdict::kAdmitted);
  EXPECT_EQ(Enter(calls, places, "b", 11), Verdict::kTooManyBytes);
  places.clear();
  EXPECT_EQ(Enter(calls, places, "a", 50), Verdict::kAdmitted);
}

TEST(OpenCallsTest, AllRequestsTogetherAreBounded) {
  OpenCalls calls({.most_bytes = 100});
  Places places;
  EXPECT_EQ(Enter(calls, places, "a", 50), Verdict::kAdmitted);
  EXPECT_EQ(Enter(calls, places, "b", 50), Verdict::kAdmitted);
  EXPECT_EQ(Enter(calls, places, "c", 1), Verdict::kTooManyBytes);
  places.pop_back();
  places.pop_back();
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

}  // namespace
}  // namespace inventory::rpc
