#include "server/rpc/streams.h"

#include <deque>
#include <functional>
#include <vector>

#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "server/errors.h"
#include "server/rpc/turns.h"

namespace inventory::rpc {
namespace {

class FakeStream final : public Streams::Stream {
 public:
  void EndSoon() override { ++told_to_end; }
  void Evict() override { ++evicted; }
  using Stream::Touch;

  int told_to_end = 0;
  int evicted = 0;
};

TEST(StreamsTest, NoMoreThanMayBeAreOpen) {
  Streams streams(absl::Hours(1));
  std::deque<FakeStream> open(Streams::kMostOpen);
  for (FakeStream& stream : open) ASSERT_TRUE(streams.Add(&stream).ok());
  FakeStream another;
  EXPECT_EQ(ReasonOf(streams.Add(&another)), "TOO_MANY_STREAMS");
  streams.Remove(&open[3]);
  EXPECT_TRUE(streams.Add(&another).ok());
  for (const FakeStream& stream : open) EXPECT_EQ(stream.evicted, 0);
}

TEST(StreamsTest, TheOneThatWasIdleLongestMakesRoom) {
  Streams streams(absl::Nanoseconds(1));
  std::deque<FakeStream> open(Streams::kMostOpen);
  for (FakeStream& stream : open) ASSERT_TRUE(streams.Add(&stream).ok());
  absl::SleepFor(absl::Milliseconds(1));
  for (FakeStream& stream : open) {
    if (&stream != &open[5]) stream.Touch();
  }
  FakeStream another;
  absl::SleepFor(absl::Milliseconds(1));
  EXPECT_TRUE(streams.Add(&another).ok());
  for (FakeStream& stream : open) EXPECT_EQ(stream.evicted, &stream == &open[5] ? 1 : 0);
  // It is on its way out: nothing more is asked of it, and its end makes no second place.
  streams.Stop();
  EXPECT_EQ(open[5].told_to_end, 0);
  EXPECT_EQ(open[4].told_to_end, 1);
  streams.Remove(&open[5]);
}

TEST(StreamsTest, NoneOpensAfterTheStop) {
  Streams streams;
  streams.Stop();
  FakeStream stream;
  EXPECT_EQ(ReasonOf(streams.Add(&stream)), "STOPPING");
}

TEST(TurnsTest, WaitForTheirTurnInOrder) {
  Turns turns(2);
  std::vector<int> started;
  for (int i = 0; i < 4; ++i) turns.Begin([&started, i] { started.push_back(i); });
  EXPECT_EQ(started, (std::vector<int>{0, 1}));
  turns.End();
  EXPECT_EQ(started, (std::vector<int>{0, 1, 2}));
  turns.End();
  turns.End();
  turns.Begin([&started] { started.push_back(4); });
  EXPECT_EQ(started, (std::vector<int>{0, 1, 2, 3, 4}));
}

}  // namespace
}  // namespace inventory::rpc
