// Spans that wait to be exported.
#include "server/tracing/otlp/span_queue.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace inventory::tracing {
namespace {

constexpr absl::Duration kLong = absl::Minutes(10);

void Put(SpanQueue& queue, int count) {
  const Trace trace{.state = "a=b"};
  for (int i = 0; i < count; ++i) queue.Put({.trace = trace, .name = "test"});
}

TEST(SpanQueueTest, EnoughSpansEndTheWait) {
  SpanQueue queue(100, 3);
  std::thread putting([&] { Put(queue, 3); });
  std::vector<EndedSpan> spans;
  std::size_t taken = 0;
  while (taken < 3 && queue.Take(kLong, spans)) taken += spans.size();
  putting.join();
  EXPECT_EQ(taken, 3u);
  EXPECT_EQ(spans.back().state, "a=b");
}

TEST(SpanQueueTest, FewSpansWaitForThePause) {
  SpanQueue queue(100, 3);
  Put(queue, 1);
  std::vector<EndedSpan> spans;
  EXPECT_TRUE(queue.Take(absl::Milliseconds(1), spans));
  EXPECT_EQ(spans.size(), 1u);
}

TEST(SpanQueueTest, WhatWasTakenCountsUntilItHasGone) {
  SpanQueue queue(4, 1);
  Put(queue, 3);
  std::vector<EndedSpan> spans;
  ASSERT_TRUE(queue.Take(kLong, spans));
  Put(queue, 2);
  EXPECT_EQ(queue.dropped(), 1u);
  queue.Gone(2);
  Put(queue, 3);
  EXPECT_EQ(queue.dropped(), 2u);
}

TEST(SpanQueueTest, WhatWaitsWhenItIsClosedIsStillTaken) {
  SpanQueue queue(100, 3);
  Put(queue, 1);
  queue.Close();
  Put(queue, 1);
  EXPECT_EQ(queue.dropped(), 1u);
  std::vector<EndedSpan> spans;
  EXPECT_TRUE(queue.Take(kLong, spans));
  EXPECT_EQ(spans.size(), 1u);
  EXPECT_FALSE(queue.Take(kLong, spans));
}

}  // namespace
}  // namespace inventory::tracing
