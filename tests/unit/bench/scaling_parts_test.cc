// What the simulation of many machines is made of.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <vector>

#include "tests/bench/scaling/lane_queue.h"
#include "tests/bench/scaling/load.h"
#include "tests/bench/scaling/processor.h"
#include "tests/bench/scaling/simulator.h"
#include "tests/bench/scaling/sku_locks.h"

namespace inventory::bench::scaling {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

TEST(SimulatorTest, LetsThingsHappenInOrderOfTimeAndThenOfAsking) {
  Simulator simulator;
  std::string order;
  simulator.After(20, [&] { order += 'c'; });
  simulator.After(10, [&] {
    order += 'a';
    simulator.After(10, [&] { order += 'd'; });
    simulator.After(0, [&] { order += 'b'; });
  });
  simulator.After(31, [&] { order += "too late"; });
  simulator.RunUntil(30);
  EXPECT_EQ(order, "abcd");
  EXPECT_EQ(simulator.now_us(), 30);
}

class ProcessorTest : public ::testing::Test {
 protected:
  Simulator::Action Note(const std::string& name) {
    return [this, name] { ends_.emplace_back(name, std::round(simulator_.now_us())); };
  }

  Simulator simulator_;
  std::vector<std::pair<std::string, double>> ends_;
};

TEST_F(ProcessorTest, GivesEachJobACoreWhileThereAreEnough) {
  Processor processor(simulator_, 2);
  processor.Run(100, Note("long"));
  processor.Run(30, Note("short"));
  simulator_.RunUntil(1000);
  EXPECT_THAT(ends_, ElementsAre(Pair("short", 30), Pair("long", 100)));
  EXPECT_NEAR(processor.UsedUs(), 130, 0.001);
}

TEST_F(ProcessorTest, SharesCoresEqually) {
  Processor processor(simulator_, 1);
  processor.Run(100, Note("first"));
  simulator_.After(50, [&] { processor.Run(100, Note("second")); });
  simulator_.RunUntil(1000);
  // Both have half of the core from 50 on, until the first has had its other 50 at 150.
  EXPECT_THAT(ends_, ElementsAre(Pair("first", 150), Pair("second", 200)));
  EXPECT_NEAR(processor.UsedUs(), 200, 0.001);
}

TEST_F(ProcessorTest, CountsWhatWasUsedSoFar) {
  Processor processor(simulator_, 2);
  for (int job = 0; job < 4; ++job) processor.Run(100, Note("one of four"));
  simulator_.RunUntil(60);
  EXPECT_NEAR(processor.UsedUs(), 120, 0.001);
  EXPECT_THAT(ends_, IsEmpty());
}

TEST_F(ProcessorTest, ThreadsDoOneJobAfterAnother) {
  Processor processor(simulator_, 8);
  Threads threads(processor, 2);
  for (const char* name : {"a", "b", "c"}) threads.Run(100, Note(name));
  simulator_.RunUntil(150);
  threads.Run(100, Note("d"));
  simulator_.RunUntil(1000);
  EXPECT_THAT(ends_, ElementsAre(Pair("a", 100), Pair("b", 100), Pair("c", 200), Pair("d", 250)));
}

class SkuLocksTest : public ::testing::Test {
 protected:
  void Lock(const std::string& name, const std::vector<Sku>& skus) {
    locks_.Lock(skus, [this, name] { locked_.push_back(name); });
  }

  SkuLocks locks_;
  std::vector<std::string> locked_;
};

TEST_F(SkuLocksTest, AreHeldByOneAndGivenInTheOrderOfAsking) {
  const std::vector<Sku> hot = {7};
  Lock("first", hot);
  Lock("second", hot);
  Lock("third", hot);
  EXPECT_THAT(locked_, ElementsAre("first"));
  locks_.Unlock(hot);
  EXPECT_THAT(locked_, ElementsAre("first", "second"));
  locks_.Unlock(hot);
  locks_.Unlock(hot);
  Lock("fourth", hot);
  EXPECT_THAT(locked_, ElementsAre("first", "second", "third", "fourth"));
}

TEST_F(SkuLocksTest, AreHeldWhileOneWaitsForMore) {
  const std::vector<Sku> last = {3};
  const std::vector<Sku> all = {1, 2, 3};
  const std::vector<Sku> middle = {2};
  Lock("last", last);
  Lock("all", all);
  Lock("middle", middle);
  EXPECT_THAT(locked_, ElementsAre("last"));
  locks_.Unlock(last);
  EXPECT_THAT(locked_, ElementsAre("last", "all"));
  locks_.Unlock(all);
  EXPECT_THAT(locked_, ElementsAre("last", "all", "middle"));
}

TEST(LaneQueueTest, GivesAllThatWaitAndWhoseSkusAreFree) {
  LaneQueue queue(256);
  for (const Sku sku : {1, 2, 1}) queue.Push(sku);
  EXPECT_THAT(queue.Take(), ElementsAre(1, 2, 1));
  queue.Push(2);
  EXPECT_FALSE(queue.ready());
  queue.Push(3);
  EXPECT_TRUE(queue.ready());
  EXPECT_THAT(queue.Take(), ElementsAre(3));
  EXPECT_THAT(queue.Take(), IsEmpty());
  queue.Release({1, 2});
  EXPECT_THAT(queue.Take(), ElementsAre(2));
  EXPECT_FALSE(queue.ready());
}

TEST(LaneQueueTest, GivesNoMoreThanTheLimitInTheOrderOfComing) {
  LaneQueue queue(3);
  for (const Sku sku : {7, 5, 7, 7, 5, 6}) queue.Push(sku);
  EXPECT_THAT(queue.Take(), ElementsAre(7, 5, 7));
  EXPECT_THAT(queue.Take(), ElementsAre(6));
  queue.Push(7);
  queue.Release({5, 7});
  EXPECT_THAT(queue.Take(), ElementsAre(7, 5, 7));
  queue.Push(6);
  queue.Release({6});
  queue.Release({5, 7});
  queue.Push(5);
  EXPECT_THAT(queue.Take(), ElementsAre(6, 5));
}

std::map<Sku, int> Draw(const Load& load, int times, uint64_t seed) {
  Random random(seed);
  std::map<Sku, int> counts;
  for (int i = 0; i < times; ++i) ++counts[load.Next(random)];
  return counts;
}

TEST(LoadTest, DrawsTheSameForTheSameSeed) {
  const Load load = Load::Zipf(1000, 1.0);
  EXPECT_EQ(Draw(load, 1000, 5), Draw(load, 1000, 5));
  EXPECT_NE(Draw(load, 1000, 5), Draw(load, 1000, 6));
}

TEST(LoadTest, DrawsAllSkusEquallyOrByTheirRank) {
  constexpr int kDraws = 100'000;
  const std::map<Sku, int> uniform = Draw(Load::Uniform(10), kDraws, 1);
  ASSERT_EQ(uniform.size(), 10U);
  for (const auto& [sku, count] : uniform) EXPECT_NEAR(count, 0.1 * kDraws, 0.01 * kDraws);

  const Load zipf = Load::Zipf(10, 1.0);
  std::vector<int> counts;
  for (const auto& [sku, count] : Draw(zipf, kDraws, 1)) counts.push_back(count);
  std::sort(counts.rbegin(), counts.rend());
  ASSERT_EQ(counts.size(), 10U);
  double sum = 0;
  for (int rank = 1; rank <= 10; ++rank) sum += 1.0 / rank;
  for (std::size_t rank = 1; rank <= 10; ++rank) {
    EXPECT_NEAR(counts[rank - 1], kDraws / sum / static_cast<double>(rank), 0.01 * kDraws);
  }
  EXPECT_DOUBLE_EQ(zipf.TopShare(), 1 / sum);
  EXPECT_DOUBLE_EQ(Load::Uniform(10).TopShare(), 0.1);
}

TEST(LoadTest, PartsAreNumbered) {
  std::vector<Sku> skus;
  for (const auto& [sku, count] : Draw(Load::Parts(4), 100, 1)) skus.push_back(sku);
  EXPECT_THAT(skus, ElementsAre(0, 1, 2, 3));
}

}  // namespace
}  // namespace inventory::bench::scaling
