#include "client/cli/streaming.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "inventory/client/errors.h"
#include "tests/client/fake_clock.h"

namespace inventory::cli {
namespace {

TEST(StreamingTest, WhatPassesIsWhatSingleCallsRepeat) {
  EXPECT_TRUE(Passes(absl::UnavailableError("")));
  EXPECT_TRUE(Passes(absl::CancelledError("")));
  EXPECT_TRUE(Passes(client::MakeError(absl::StatusCode::kResourceExhausted, "later",
                                       {.reason = "QUEUE_FULL", .retry_delay = absl::Seconds(1)})));
  EXPECT_FALSE(Passes(absl::ResourceExhaustedError("")));
  EXPECT_FALSE(Passes(absl::DeadlineExceededError("")));
  EXPECT_FALSE(Passes(absl::InvalidArgumentError("")));
}

class PersistenceTest : public ::testing::Test {
 protected:
  static absl::Status Later(absl::Duration delay) {
    return client::MakeError(absl::StatusCode::kResourceExhausted, "later",
                             {.reason = "TOO_MANY_STREAMS", .retry_delay = delay});
  }

  client::FakeClock clock_;
  std::ostringstream err_;
  Persistence persistence_{absl::Seconds(10), clock_, err_};
};

TEST_F(PersistenceTest, GoesOnUntilThereWasNoAnswerForTooLong) {
  int tries = 0;
  while (persistence_.GoOn(absl::UnavailableError("gone"))) ++tries;
  EXPECT_EQ(tries, 10);
  persistence_.Heard();
  EXPECT_TRUE(persistence_.GoOn(absl::UnavailableError("gone")));
  clock_.Advance(absl::Seconds(9));
  EXPECT_FALSE(persistence_.GoOn(absl::UnavailableError("gone")));
}

TEST_F(PersistenceTest, WaitsAsLongAsItIsAskedToButNotBeyondItsEnd) {
  for (const int seconds : {0, 3, 60}) EXPECT_TRUE(persistence_.GoOn(Later(absl::Seconds(seconds))));
  EXPECT_FALSE(persistence_.GoOn(Later(absl::Seconds(1))));
  EXPECT_THAT(clock_.pauses(), ::testing::ElementsAre(absl::Seconds(1), absl::Seconds(3), absl::Seconds(6)));
}

TEST_F(PersistenceTest, SaysACauseOnceAndNoneThatDoesNotPass) {
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(persistence_.GoOn(absl::UnavailableError("go\ne")));
  EXPECT_TRUE(persistence_.GoOn(absl::UnavailableError("stopping")));
  persistence_.Heard();
  EXPECT_TRUE(persistence_.GoOn(absl::UnavailableError("stopping")));
  EXPECT_FALSE(persistence_.GoOn(absl::OutOfRangeError("refused")));
  EXPECT_EQ(err_.str(),
            "broken off (go\\ne), going on\n"
            "broken off (stopping), going on\n"
            "broken off (stopping), going on\n");
}

TEST(StreamingTest, AWatchdogLeavesCallsInTimeAlone) {
  Watchdog watchdog(absl::Hours(1));
  int calls = 0;
  for (int i = 0; i < 100; ++i) {
    EXPECT_TRUE(watchdog.Watch([] { ADD_FAILURE() << "is cancelled"; }, [&] { ++calls; }));
  }
  EXPECT_EQ(calls, 100);
}

}  // namespace
}  // namespace inventory::cli
