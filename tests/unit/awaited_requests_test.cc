#include "server/rpc/awaited_requests.h"

#include <deque>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace inventory::rpc {
namespace {

using Waiting = std::deque<AwaitedRequests::Place>;

bool EnterFrom(AwaitedRequests& requests, Waiting& waiting, const std::string& host) {
  return waiting.emplace_back(requests, nullptr, [&host] { return host; }).admitted();
}

TEST(AwaitedRequestsTest, OneHostLeavesRoomToOthers) {
  AwaitedRequests requests({.most = 2});
  Waiting waiting;
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(EnterFrom(requests, waiting, "a"));
  EXPECT_FALSE(EnterFrom(requests, waiting, "a"));
  for (int i = 0; i < 2; ++i) EXPECT_TRUE(EnterFrom(requests, waiting, "b"));
  EXPECT_FALSE(EnterFrom(requests, waiting, "b"));
}

TEST(AwaitedRequestsTest, AsksForHostsOnlyWhereManyWait) {
  AwaitedRequests requests({.most = 2});
  int asked = 0;
  const auto host = [&asked] {
    ++asked;
    return std::string("a");
  };
  const AwaitedRequests::Place first(requests, nullptr, host);
  const AwaitedRequests::Place second(requests, nullptr, host);
  EXPECT_EQ(asked, 0);
  const AwaitedRequests::Place third(requests, nullptr, host);
  EXPECT_EQ(asked, 1);
}

TEST(AwaitedRequestsTest, ZeroIsNoLimit) {
  AwaitedRequests requests({.most = 0});
  Waiting waiting;
  for (int i = 0; i < 3000; ++i) EXPECT_TRUE(EnterFrom(requests, waiting, "a"));
}

// In whatever order they come and go, there is room for all once they are gone, and never for more than there may be.
TEST(AwaitedRequestsTest, WhoIsGoneMakesRoom) {
  std::mt19937 random(testing::UnitTest::GetInstance()->random_seed());
  for (int round = 0; round < 100; ++round) {
    AwaitedRequests requests({.most = 3});
    std::deque<std::unique_ptr<AwaitedRequests::Place>> waiting;
    for (int step = 0; step < 200; ++step) {
      if (!waiting.empty() && random() % 2 == 0) {
        std::swap(waiting[random() % waiting.size()], waiting.back());
        waiting.pop_back();
      } else {
        auto place = std::make_unique<AwaitedRequests::Place>(requests, nullptr,
                                                              [&random] { return std::string(1, "ab"[random() % 2]); });
        if (place->admitted()) waiting.push_back(std::move(place));
      }
      ASSERT_LE(waiting.size(), 3 + 2 * 3);
    }
    waiting.clear();
    Waiting all;
    for (int i = 0; i < 6; ++i) ASSERT_TRUE(EnterFrom(requests, all, "a"));
  }
}

// Nobody waits for long enough to be cut.
TEST(AwaitedRequestsTest, ManyThreadsComeAndGo) {
  AwaitedRequests requests({.most = 3});
  std::vector<std::thread> threads;
  for (const std::string host : {"a", "b", "c"}) {
    threads.emplace_back([&requests, host] {
      for (int i = 0; i < 2000; ++i) {
        Waiting waiting;
        for (int j = 0; j < 3; ++j) EXPECT_TRUE(EnterFrom(requests, waiting, host));
      }
    });
  }
  threads.emplace_back([&requests] {
    for (int i = 0; i < 2000; ++i) EXPECT_EQ(requests.CutSlow(), 0);
  });
  for (std::thread& thread : threads) thread.join();
  Waiting waiting;
  for (int i = 0; i < 6; ++i) EXPECT_TRUE(EnterFrom(requests, waiting, "a"));
  EXPECT_FALSE(EnterFrom(requests, waiting, "a"));
}

}  // namespace
}  // namespace inventory::rpc
