#include "tests/faults/recorder.h"

#include <gtest/gtest.h>

namespace inventory::faults {
namespace {

using End = history::Write::End;

absl::Time At(int second) { return absl::FromUnixSeconds(second); }

history::Write Ended(End end, int start, int finish) {
  history::Write write;
  write.end = end;
  write.start = At(start);
  write.finish = At(finish);
  return write;
}

TEST(RecorderTest, WhatLeavesOpenWhetherItHappenedIsUnknown) {
  EXPECT_EQ(EndOf(absl::OkStatus()), End::kAcknowledged);
  EXPECT_EQ(EndOf(absl::FailedPreconditionError("")), End::kRefused);
  EXPECT_EQ(EndOf(absl::NotFoundError("")), End::kRefused);
  for (const absl::StatusCode code :
       {absl::StatusCode::kUnavailable, absl::StatusCode::kDeadlineExceeded, absl::StatusCode::kCancelled,
        absl::StatusCode::kUnknown, absl::StatusCode::kInternal, absl::StatusCode::kResourceExhausted}) {
    EXPECT_EQ(EndOf(absl::Status(code, "")), End::kUnknown) << absl::StatusCodeToString(code);
  }
}

TEST(RecorderTest, RecoveryIsWhenTheLastCallerIsAnsweredAgain) {
  Recorder recorder;
  recorder.Add(0, Ended(End::kAcknowledged, 1, 2));
  recorder.Add(0, Ended(End::kAcknowledged, 3, 12));  // Began before.
  recorder.Add(0, Ended(End::kRefused, 13, 14));
  recorder.Add(0, Ended(End::kAcknowledged, 15, 30));
  EXPECT_EQ(recorder.AllAnsweredSince(At(10), 2), std::nullopt);
  recorder.Add(1, Ended(End::kUnknown, 11, 20));
  EXPECT_EQ(recorder.AllAnsweredSince(At(10), 2), std::nullopt);
  recorder.Add(1, Ended(End::kAcknowledged, 21, 22));
  EXPECT_EQ(recorder.AllAnsweredSince(At(10), 2), At(22));
  EXPECT_EQ(recorder.AllAnsweredSince(At(0), 2), At(22));
  EXPECT_EQ(recorder.AllAnsweredSince(At(14), 2), At(30));
}

TEST(RecorderTest, AFailedCallIsOneOfAllHoweverItEndsAtLast) {
  Recorder recorder;
  recorder.AddFailure("a write");
  recorder.Add(0, Ended(End::kAcknowledged, 1, 40));
  recorder.AddFailedRead(0);
  recorder.AddFailure("a read");
  EXPECT_EQ(recorder.counts().calls, 2);
  EXPECT_EQ(recorder.counts().failed, 2);
  EXPECT_EQ(recorder.TakeFailures(), (std::vector<std::string>{"a write", "a read"}));
}

}  // namespace
}  // namespace inventory::faults
