#include "client/cli/streaming.h"

#include <gtest/gtest.h>

#include "inventory/client/errors.h"

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
