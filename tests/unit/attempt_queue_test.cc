#include "server/background/attempt_queue.h"

#include <future>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace inventory::background {
namespace {

using testing::ElementsAre;

using Event = AttemptQueue::Event;

Event Of(const std::string& rule_id, const std::string& destination = "") { return {{rule_id, 1}, destination}; }

class AttemptQueueTest : public testing::Test {
 protected:
  // The rules of the next events, which are there.
  std::vector<std::string> Take(int count) {
    std::vector<std::string> rules;
    for (int i = 0; i < count; ++i) {
      taken_.push_back(queue_.Take().value());
      rules.push_back(taken_.back().key.first);
    }
    return rules;
  }
  // Ends the attempt on the event of the rule.
  void End(const std::string& rule_id) {
    for (const Event& event : taken_) {
      if (event.key.first == rule_id) queue_.Done(event);
    }
  }

  AttemptQueue queue_{2};
  std::vector<Event> taken_;
};

TEST_F(AttemptQueueTest, WithoutADestinationEventsComeInOrderAndWithoutLimit) {
  queue_.SetWaiting({Of("a"), Of("b"), Of("c")});
  EXPECT_THAT(Take(3), ElementsAre("a", "b", "c"));
}

TEST_F(AttemptQueueTest, DestinationsTakeTurns) {
  queue_.SetWaiting({Of("a1", "a"), Of("a2", "a"), Of("b1", "b"), Of("c1", "c")});
  EXPECT_THAT(Take(4), ElementsAre("a1", "b1", "c1", "a2"));
}

TEST_F(AttemptQueueTest, ADestinationThatIsSlowLeavesRoomForTheOthers) {
  queue_.SetWaiting({Of("a1", "a"), Of("a2", "a"), Of("a3", "a"), Of("a4", "a"), Of("b1", "b"), Of("b2", "b")});
  EXPECT_THAT(Take(4), ElementsAre("a1", "b1", "a2", "b2"));
  auto next = std::async(std::launch::async, [this] { return queue_.Take().value().key.first; });
  End("a1");
  EXPECT_EQ(next.get(), "a3");
}

TEST_F(AttemptQueueTest, WhatIsUnderWayDoesNotWaitAgain) {
  queue_.SetWaiting({Of("a"), Of("b")});
  EXPECT_THAT(Take(1), ElementsAre("a"));
  queue_.SetWaiting({Of("a"), Of("c")});
  EXPECT_THAT(Take(1), ElementsAre("c")) << "b was not among those that wait now";
  End("a");
  queue_.SetWaiting({Of("a")});
  EXPECT_THAT(Take(1), ElementsAre("a"));
}

TEST_F(AttemptQueueTest, GivesNothingOnceStopped) {
  auto next = std::async(std::launch::async, [this] { return queue_.Take(); });
  queue_.Stop();
  EXPECT_FALSE(next.get().has_value());
  queue_.SetWaiting({Of("a")});
  EXPECT_FALSE(queue_.Take().has_value());
}

}  // namespace
}  // namespace inventory::background
