#include "server/rpc/open_calls.h"

#include <deque>

#include "gtest/gtest.h"
#include "server/rpc/caller.h"

namespace inventory::rpc {
namespace {

TEST(OpenCallsTest, OneCallerLeavesRoomToOthers) {
  OpenCalls calls({.most_of_a_caller = 2});
  std::deque<OpenCalls::Place> places;
  places.emplace_back(calls, "a", nullptr);
  places.emplace_back(calls, "a", nullptr);
  EXPECT_TRUE(places.back().admitted());
  places.emplace_back(calls, "a", nullptr);
  EXPECT_FALSE(places.back().admitted());
  places.emplace_back(calls, "b", nullptr);
  EXPECT_TRUE(places.back().admitted());
}

TEST(OpenCallsTest, EndedCallsMakeRoomAndRefusedOnesTakeNone) {
  OpenCalls calls({.most_of_a_caller = 1});
  for (int i = 0; i < 3; ++i) {
    const OpenCalls::Place place(calls, "a", nullptr);
    EXPECT_TRUE(place.admitted());
    const OpenCalls::Place refused(calls, "a", nullptr);
    EXPECT_FALSE(refused.admitted());
  }
}

TEST(OpenCallsTest, ZeroIsNoLimit) {
  OpenCalls calls({.most_of_a_caller = 0});
  std::deque<OpenCalls::Place> places;
  for (int i = 0; i < 2000; ++i) EXPECT_TRUE(places.emplace_back(calls, "a", nullptr).admitted());
}

TEST(OpenCallsTest, HostsAreToldApartAndTheirPortsAreNot) {
  EXPECT_EQ(HostOf("ipv4:10.0.0.1:5000"), "ipv4:10.0.0.1");
  EXPECT_EQ(HostOf("ipv6:%5B::1%5D:5000"), "ipv6:%5B::1%5D");
  EXPECT_EQ(HostOf("unix:"), "unix:");
}

}  // namespace
}  // namespace inventory::rpc
