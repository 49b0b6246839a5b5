#include "server/rpc/streams.h"

#include <deque>
#include <functional>
#include <string>
#include <vector>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "gtest/gtest.h"
#include "server/errors.h"
#include "server/rpc/turns.h"

namespace inventory::rpc {
namespace {

class FakeStream final : public Streams::Stream {
 public:
  void EndSoon() override { ++told_to_end; }
  void Cut() override { ++cut; }
  using Stream::AtWork;
  using Stream::AwaitCaller;

  int told_to_end = 0;
  int cut = 0;
};

TEST(StreamsTest, NoMoreThanMayBeAreOpen) {
  Streams streams({.most = 3, .most_of_a_caller = 3});
  std::deque<FakeStream> open(3);
  for (FakeStream& stream : open) ASSERT_TRUE(streams.Add(&stream, std::to_string(&stream - &open[0])).ok());
  FakeStream another;
  EXPECT_EQ(ReasonOf(streams.Add(&another, "b")), "TOO_MANY_STREAMS");
  streams.Remove(&open[2]);
  EXPECT_TRUE(streams.Add(&another, "b").ok());
}

TEST(StreamsTest, EachCallerLeavesRoomToTheNext) {
  Streams streams({.most = 16, .most_of_a_caller = 8});
  std::deque<FakeStream> open;
  // How many streams the caller can open.
  const auto fill = [&](const std::string& caller) {
    for (int n = 0;; ++n) {
      if (!streams.Add(&open.emplace_back(), caller).ok()) return n;
    }
  };
  EXPECT_EQ(fill("a"), 8);
  EXPECT_EQ(fill("b"), 4);
  EXPECT_EQ(fill("c"), 2);
  EXPECT_EQ(fill("d"), 1);
  EXPECT_EQ(fill("e"), 1);
  EXPECT_EQ(fill("f"), 0);
}

TEST(StreamsTest, OneCallerLeavesRoomToOthers) {
  Streams streams({.most = 3, .most_of_a_caller = 2});
  std::deque<FakeStream> open(3);
  EXPECT_TRUE(streams.Add(&open[0], "a").ok());
  EXPECT_TRUE(streams.Add(&open[1], "a").ok());
  EXPECT_EQ(ReasonOf(streams.Add(&open[2], "a")), "TOO_MANY_STREAMS");
  EXPECT_TRUE(streams.Add(&open[2], "b").ok());
}

TEST(StreamsTest, WhoseCallerIsTooSlowIsCutOnce) {
  Streams streams({.patience = absl::Milliseconds(1)});
  std::deque<FakeStream> open(3);
  for (FakeStream& stream : open) ASSERT_TRUE(streams.Add(&stream, "a").ok());
  open[0].AwaitCaller();
  open[1].AwaitCaller();
  open[1].AtWork();
  absl::SleepFor(absl::Milliseconds(5));
  EXPECT_EQ(streams.CutSlow(), 1);
  EXPECT_EQ(streams.CutSlow(), 0);
  EXPECT_EQ(open[0].cut, 1);
  EXPECT_EQ(open[1].cut + open[2].cut, 0);
  // It is on its way out: nothing more is asked of it.
  streams.Stop();
  EXPECT_EQ(open[0].told_to_end, 0);
  EXPECT_EQ(open[1].told_to_end, 1);
}

TEST(StreamsTest, AnyActIsAnAct) {
  Streams streams({.patience = absl::Hours(1)});
  FakeStream stream;
  ASSERT_TRUE(streams.Add(&stream, "a").ok());
  stream.AwaitCaller();
  EXPECT_EQ(streams.CutSlow(), 0);
}

TEST(StreamsTest, NoneOpensAfterTheStop) {
  Streams streams({});
  streams.Stop();
  FakeStream stream;
  EXPECT_EQ(ReasonOf(streams.Add(&stream, "a")), "STOPPING");
}

TEST(TurnsTest, WaitForTheirTurnInOrder) {
  Turns turns(2);
  std::vector<int> started;
  for (int i = 0; i < 4; ++i) turns.Begin("a", [&started, i] { started.push_back(i); });
  EXPECT_EQ(started, (std::vector<int>{0, 1}));
  turns.End();
  EXPECT_EQ(started, (std::vector<int>{0, 1, 2}));
  turns.End();
  turns.End();
  turns.Begin("a", [&started] { started.push_back(4); });
  EXPECT_EQ(started, (std::vector<int>{0, 1, 2, 3, 4}));
}

TEST(TurnsTest, OneThatIsGivenBackAtOnceIsTheNext) {
  Turns turns(1);
  std::vector<int> started;
  turns.Begin("a", [&started] { started.push_back(0); });
  turns.Begin("a", [&started, &turns] {
    started.push_back(1);
    turns.End();
  });
  turns.Begin("a", [&started] { started.push_back(2); });
  turns.End();
  EXPECT_EQ(started, (std::vector<int>{0, 1, 2}));
}

TEST(TurnsTest, GoRoundBetweenCallers) {
  Turns turns(1);
  std::vector<std::string> started;
  for (const char* name : {"a1", "a2", "a3", "b1", "c1"}) {
    turns.Begin(std::string(name, 1), [&started, name] { started.emplace_back(name); });
  }
  for (int i = 0; i < 5; ++i) turns.End();
  EXPECT_EQ(started, (std::vector<std::string>{"a1", "a2", "b1", "c1", "a3"}));
}

}  // namespace
}  // namespace inventory::rpc
