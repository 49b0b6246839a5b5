#include "server/rpc/open_calls.h"

#include <cstddef>
#include <deque>
#include <string>

#include "gtest/gtest.h"
#include "server/rpc/caller.h"

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

TEST(OpenCallsTest, HostsAreToldApartAndTheirPortsAreNot) {
  EXPECT_EQ(HostOf("ipv4:10.0.0.1:5000"), "ipv4:10.0.0.1");
  EXPECT_EQ(HostOf("ipv6:%5B::1%5D:5000"), "ipv6:::/64");
  EXPECT_EQ(HostOf("ipv6:[2001:db8:1:2:3:4:5:6]:5000"), "ipv6:2001:db8:1:2::/64");
  EXPECT_EQ(HostOf("ipv6:%5Bfe80::1%25eth0%5D:5000"), "ipv6:fe80::/64");
  EXPECT_EQ(HostOf("ipv6:%5B::ffff:10.0.0.1%5D:5000"), "ipv4:10.0.0.1");
  EXPECT_EQ(HostOf("ipv6:[64:ff9b::10.0.0.1]:5000"), "ipv4:10.0.0.1");
  EXPECT_EQ(HostOf("ipv6:nonsense"), "ipv6:nonsense");
  EXPECT_EQ(HostOf("unix:"), "unix:");
}

}  // namespace
}  // namespace inventory::rpc
