#include "server/pipeline/command_queue.h"

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/unit/pipeline_jobs.h"

namespace inventory::pipeline {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

void MustPush(CommandQueue& queue, std::unique_ptr<Job> job) { ASSERT_EQ(queue.Push(std::move(job)), nullptr); }

// Takes, and says that everything is done at once.
std::vector<std::string> TakeAndFinish(CommandQueue& queue) {
  const Jobs jobs = queue.Take();
  queue.Release(jobs);
  queue.Finished();
  return IdsOf(jobs);
}

std::unique_ptr<Job> Unresolved(const std::string& id) {
  auto job = MakeJob(id, {});
  job->resolved = false;
  return job;
}

std::unique_ptr<Job> Configuring(const std::string& id) {
  auto job = MakeJob(id, {});
  job->needs.configuration = true;
  return job;
}

TEST(CommandQueueTest, OneTakeGetsAllThatWaitsInOrderOfArrival) {
  CommandQueue queue({});
  MustPush(queue, MakeJob("1", {"x"}));
  MustPush(queue, MakeJob("2", {"y"}));
  MustPush(queue, MakeJob("3", {"x"}));
  MustPush(queue, MakeJob("4", {"x", "y"}));
  EXPECT_EQ(queue.waiting(), 4u);
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("1", "2", "3", "4"));
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST(CommandQueueTest, SkuInFlightWaitsForItsReleaseWhileOthersRun) {
  CommandQueue queue({});
  MustPush(queue, MakeJob("1", {"x"}));
  const Jobs first = queue.Take();
  MustPush(queue, MakeJob("2", {"x"}));
  MustPush(queue, MakeJob("3", {"y"}));
  const Jobs second = queue.Take();
  EXPECT_THAT(IdsOf(second), ElementsAre("3"));
  EXPECT_EQ(queue.waiting(), 1u);
  queue.Release(first);
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("2"));
}

TEST(CommandQueueTest, ReleaseOfOneBatchLeavesTheSkusOfAnotherInFlight) {
  CommandQueue queue({});
  MustPush(queue, MakeJob("1", {"x"}));
  const Jobs first = queue.Take();
  MustPush(queue, MakeJob("2", {"y"}));
  const Jobs second = queue.Take();
  queue.Release(first);
  MustPush(queue, MakeJob("3", {"y"}));
  MustPush(queue, MakeJob("4", {"x"}));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("4"));
  queue.Release(second);
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("3"));
}

TEST(CommandQueueTest, NoJobOvertakesABlockedOneThatSharesASku) {
  CommandQueue queue({});
  MustPush(queue, MakeJob("1", {"x"}));
  const Jobs first = queue.Take();
  MustPush(queue, MakeJob("2", {"x", "y"}));
  MustPush(queue, MakeJob("3", {"y", "z"}));  // Waits for 2, though y is free.
  MustPush(queue, MakeJob("4", {"z"}));       // Waits for 3.
  MustPush(queue, MakeJob("5", {"free"}));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("5"));
  queue.Release(first);
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("2", "3", "4"));
}

TEST(CommandQueueTest, BatchHasAtMostSoManyCommands) {
  CommandQueue queue({.max_batch_commands = 2});
  for (int i = 1; i <= 5; ++i) MustPush(queue, MakeJob(absl::StrCat(i), {"x"}));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("1", "2"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("3", "4"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("5"));
}

TEST(CommandQueueTest, BatchHasAtMostSoManySkusUnlessOneCommandAloneHasMore) {
  CommandQueue queue({.max_batch_skus = 3});
  MustPush(queue, MakeJob("1", {"a", "b"}));
  MustPush(queue, MakeJob("2", {"c", "d"}));
  MustPush(queue, MakeJob("3", {"e"}));
  MustPush(queue, MakeJob("4", {"d"}));
  MustPush(queue, MakeJob("5", {"a", "b", "c", "d", "e"}));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("1", "3"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("2", "4"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("5"));
}

TEST(CommandQueueTest, UnresolvedJobsAreTakenFirstAndApart) {
  CommandQueue queue({});
  MustPush(queue, MakeJob("1", {"x"}));
  MustPush(queue, Unresolved("2"));
  MustPush(queue, Unresolved("3"));
  EXPECT_EQ(queue.waiting(), 3u);
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("2", "3"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("1"));
}

TEST(CommandQueueTest, JobsThatWereLookedUpWaitAsIfTheyCameNow) {
  CommandQueue queue({});
  MustPush(queue, Unresolved("1"));
  MustPush(queue, Unresolved("2"));
  Jobs taken = queue.Take();
  MustPush(queue, MakeJob("3", {"x"}));
  for (const auto& job : taken) {
    job->skus = {"x"};
    job->resolved = true;
  }
  queue.PutBack(std::move(taken));
  queue.Finished();
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("3", "1", "2"));
}

TEST(CommandQueueTest, JobsThatRunAgainComeFirstInTheirOrder) {
  CommandQueue queue({});
  MustPush(queue, MakeJob("1", {"x"}));
  MustPush(queue, MakeJob("2", {"x"}));
  Jobs taken = queue.Take();
  MustPush(queue, MakeJob("3", {"x"}));
  queue.Release(taken);
  for (const auto& job : taken) job->rounds = 1;
  queue.PutBack(std::move(taken));
  queue.Finished();
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("1", "2", "3"));
}

TEST(CommandQueueTest, FullQueueLeavesTheJobWithTheCallerButTakesJobsBack) {
  CommandQueue queue({.max_waiting = 2});
  MustPush(queue, MakeJob("1", {"x"}));
  Jobs taken = queue.Take();
  MustPush(queue, MakeJob("2", {"x"}));
  MustPush(queue, Unresolved("3"));
  std::unique_ptr<Job> refused = queue.Push(MakeJob("4", {"y"}));
  ASSERT_NE(refused, nullptr);
  EXPECT_EQ(refused->identity.request_id, "4");

  queue.Release(taken);
  taken[0]->rounds = 1;
  queue.PutBack(std::move(taken));
  queue.Finished();
  EXPECT_EQ(queue.waiting(), 3u);
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("3"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("1", "2"));
  EXPECT_EQ(queue.Push(std::move(refused)), nullptr);
}

// A job of `share`.
std::unique_ptr<Job> Of(const std::string& share, const std::string& id, const std::set<std::string>& skus) {
  auto job = MakeJob(id, skus);
  job->share = share;
  return job;
}

TEST(CommandQueueTest, CallersTakeTurns) {
  CommandQueue queue({.max_batch_commands = 2});
  for (int i = 1; i <= 4; ++i) MustPush(queue, Of("a", absl::StrCat("a", i), {"x"}));
  for (int i = 1; i <= 2; ++i) MustPush(queue, Of("b", absl::StrCat("b", i), {"y"}));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("a1", "b1"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("a2", "b2"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("a3", "a4"));
}

TEST(CommandQueueTest, ACommandOfManySkusIsAsManyTurns) {
  CommandQueue queue({.max_batch_commands = 1});
  for (int i = 1; i <= 2; ++i) MustPush(queue, Of("a", absl::StrCat("a", i), {"1", "2", "3"}));
  for (int i = 1; i <= 4; ++i) MustPush(queue, Of("b", absl::StrCat("b", i), {"y"}));
  std::vector<std::string> order;
  while (queue.waiting() > 0) order.push_back(TakeAndFinish(queue).front());
  EXPECT_THAT(order, ElementsAre("a1", "b1", "b2", "b3", "a2", "b4"));
}

TEST(CommandQueueTest, InAFullQueueWhoHasMostWaitingGivesWay) {
  CommandQueue queue({.max_waiting = 4});
  for (int i = 1; i <= 4; ++i) MustPush(queue, Of("a", absl::StrCat("a", i), {"x"}));
  EXPECT_EQ(queue.Push(Of("a", "a5", {"x"}))->identity.request_id, "a5");
  EXPECT_TRUE(queue.FullFor("a"));
  EXPECT_FALSE(queue.FullFor("b"));
  EXPECT_EQ(queue.Push(Of("b", "b1", {"y"}))->identity.request_id, "a4");
  std::unique_ptr<Job> bulk = Of("c", "c1", {"z"});
  bulk->bulk = true;
  EXPECT_EQ(queue.Push(std::move(bulk))->identity.request_id, "a3");
  EXPECT_EQ(queue.Push(Of("b", "b2", {"y"}))->identity.request_id, "b2") << "it would have as many as the other";
  EXPECT_EQ(queue.waiting(), 4u);
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("a1", "b1", "a2"));
  EXPECT_FALSE(queue.FullFor("a"));
}

TEST(CommandQueueTest, WhoHasMostIsWhoHasMostOfAllKinds) {
  CommandQueue queue({.max_waiting = 6});
  for (int i = 1; i <= 3; ++i) MustPush(queue, Of("c", absl::StrCat("c", i), {"x"}));
  for (int i = 1; i <= 2; ++i) {
    auto unresolved = Of("a", absl::StrCat("a", i), {});
    unresolved->resolved = false;
    MustPush(queue, std::move(unresolved));
  }
  auto bulk = Of("a", "a3", {"y"});
  bulk->bulk = true;
  MustPush(queue, std::move(bulk));
  EXPECT_EQ(queue.Push(Of("a", "a4", {"z"}))->identity.request_id, "a4") << "both have three";
  // The last of either, then of the other; of a's the last of those that it has most of.
  EXPECT_THAT((std::vector<std::string>{queue.Push(Of("b", "b1", {"z"}))->identity.request_id,
                                        queue.Push(Of("b", "b2", {"z"}))->identity.request_id}),
              UnorderedElementsAre("c3", "a2"));
  EXPECT_EQ(queue.Push(Of("b", "b3", {"z"}))->identity.request_id, "b3") << "all have two";
  EXPECT_EQ(queue.waiting(), 6u);
}

TEST(CommandQueueTest, TheServersOwnJobsGiveNoWay) {
  CommandQueue queue({.max_waiting = 3});
  for (int i = 0; i < 3; ++i) MustPush(queue, Of("server", "", {"x"}));
  EXPECT_EQ(queue.Push(Of("b", "b1", {"y"}))->identity.request_id, "b1");
}

TEST(CommandQueueTest, WhatHasRunBeforeGivesNoWay) {
  CommandQueue queue({.max_waiting = 3});
  for (int i = 1; i <= 3; ++i) MustPush(queue, Of("a", absl::StrCat("a", i), {"x"}));
  Jobs taken = queue.Take();
  queue.Release(taken);
  for (const auto& job : taken) job->rounds = 1;
  queue.PutBack(std::move(taken));
  queue.Finished();
  EXPECT_EQ(queue.Push(Of("b", "b1", {"y"}))->identity.request_id, "b1");
}

TEST(CommandQueueTest, ConfigurationJobsRunOneBatchAtATimeAndApartFromOthers) {
  CommandQueue queue({});
  MustPush(queue, Configuring("1"));
  MustPush(queue, MakeJob("2", {"x"}));
  MustPush(queue, Configuring("3"));
  const Jobs first = queue.Take();
  EXPECT_THAT(IdsOf(first), ElementsAre("1", "3"));
  MustPush(queue, Configuring("4"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("2"));
  EXPECT_EQ(queue.waiting(), 1u);
  queue.Release(first);
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("4"));
}

TEST(CommandQueueTest, ClosedQueueRefusesButHandsOutWhatWaits) {
  CommandQueue queue({});
  MustPush(queue, MakeJob("1", {"x"}));
  MustPush(queue, Unresolved("2"));
  queue.Close();
  EXPECT_NE(queue.Push(MakeJob("3", {"x"})), nullptr);
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("2"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("1"));
  EXPECT_THAT(queue.Take(), IsEmpty());
}

// Many times over, so that the other lane is sometimes there before the job is back.
TEST(CommandQueueTest, ClosedQueueIsNotAtItsEndWhileALaneMayPutJobsBack) {
  for (int round = 0; round < 200; ++round) {
    CommandQueue queue({});
    MustPush(queue, MakeJob("1", {"x"}));
    Jobs busy = queue.Take();
    queue.Close();
    std::vector<std::string> taken;
    std::atomic<bool> started = false;
    std::thread other([&] {
      started = true;
      for (Jobs jobs = queue.Take(); !jobs.empty(); jobs = queue.Take()) {
        for (const std::string& id : IdsOf(jobs)) taken.push_back(id);
        queue.Release(jobs);
        queue.Finished();
      }
    });
    while (!started) std::this_thread::yield();
    for (int i = 0; i < round; ++i) std::this_thread::yield();
    queue.Release(busy);
    queue.PutBack(std::move(busy));
    queue.Finished();
    other.join();
    ASSERT_THAT(taken, ElementsAre("1"));
  }
}

TEST(CommandQueueTest, WaitingLaneWakesForAPushAndForARelease) {
  CommandQueue queue({});
  std::vector<std::string> taken;
  std::thread lane([&] {
    for (int i = 0; i < 2; ++i) {
      for (const std::string& id : TakeAndFinish(queue)) taken.push_back(id);
    }
  });
  MustPush(queue, MakeJob("1", {"x"}));
  while (queue.waiting() > 0) std::this_thread::yield();
  MustPush(queue, MakeJob("2", {"x"}));
  lane.join();
  EXPECT_THAT(taken, ElementsAre("1", "2"));
}

// Several callers and lanes at once. No SKU is in two lanes, and each caller's jobs run in its order for every SKU.
// What the lanes note down has no other protection than the queue's promise, so thread sanitizers check it too.
TEST(CommandQueueTest, ManyThreadsNeverMeetOnASkuAndKeepTheOrder) {
  constexpr int kCallers = 4;
  constexpr int kLanes = 3;
  constexpr int kJobs = 1500;
  constexpr int kSkus = 7;
  CommandQueue queue({.max_waiting = 100, .max_batch_commands = 8});
  struct SkuLog {
    std::atomic<bool> busy = false;
    int last[kCallers] = {};  // Number of the last job of each caller.
  };
  SkuLog logs[kSkus];
  std::atomic<int> met = 0;
  std::atomic<int> disordered = 0;
  std::atomic<int> done = 0;

  const auto call = [&](int caller) {
    for (int number = 1; number <= kJobs; ++number) {
      const int mixed = (number * 31 + caller * 17) % (kSkus * kSkus);
      // All of one share: none gives way to another.
      auto job = MakeJob(absl::StrCat(caller), {absl::StrCat(mixed % kSkus), absl::StrCat(mixed / kSkus)});
      job->rounds = number;
      while (job != nullptr) job = queue.Push(std::move(job));
    }
  };
  const auto run_lane = [&] {
    for (Jobs jobs = queue.Take(); !jobs.empty(); jobs = queue.Take()) {
      std::set<std::string> skus;
      for (const auto& job : jobs) skus.insert(job->skus.begin(), job->skus.end());
      for (const std::string& sku : skus) met += logs[std::stoi(sku)].busy.exchange(true) ? 1 : 0;
      for (const auto& job : jobs) {
        for (const std::string& sku : job->skus) {
          int& last = logs[std::stoi(sku)].last[std::stoi(job->identity.request_id)];
          disordered += job->rounds <= last ? 1 : 0;
          last = job->rounds;
        }
      }
      for (const std::string& sku : skus) logs[std::stoi(sku)].busy = false;
      done += static_cast<int>(jobs.size());
      queue.Release(jobs);
      queue.Finished();
    }
  };
  std::vector<std::thread> lanes;
  for (int i = 0; i < kLanes; ++i) lanes.emplace_back(run_lane);
  std::vector<std::thread> callers;
  for (int i = 0; i < kCallers; ++i) callers.emplace_back(call, i);
  for (std::thread& caller : callers) caller.join();
  queue.Close();
  for (std::thread& lane : lanes) lane.join();
  EXPECT_EQ(met, 0);
  EXPECT_EQ(disordered, 0);
  EXPECT_EQ(done, kCallers * kJobs);
}

std::unique_ptr<Job> Bulk(const std::string& id, const std::set<std::string>& skus) {
  auto job = MakeJob(id, skus);
  job->bulk = true;
  return job;
}

TEST(CommandQueueTest, BulkJobsShareNoBatchWithOthersAndComeAfterThem) {
  CommandQueue queue({});
  MustPush(queue, Bulk("b1", {"x"}));
  MustPush(queue, Bulk("b2", {"y"}));
  MustPush(queue, MakeJob("1", {"z"}));
  MustPush(queue, MakeJob("2", {"y"}));
  EXPECT_EQ(queue.waiting(), 4u);
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("1", "2"));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("b1", "b2"));
  EXPECT_EQ(queue.waiting(), 0u);
}

TEST(CommandQueueTest, BulkJobsAreNotStarved) {
  CommandQueue queue({});
  MustPush(queue, Bulk("b", {"x"}));
  std::vector<std::string> taken;
  for (int i = 0; i < 12; ++i) {
    MustPush(queue, MakeJob("1", {"y"}));
    taken.push_back(TakeAndFinish(queue).front());
    if (taken.back() == "b") break;
  }
  EXPECT_THAT(taken, ElementsAre("1", "1", "1", "1", "b"));
}

TEST(CommandQueueTest, OnlySoManyBatchesOfBulkJobsAreInFlight) {
  CommandQueue queue({.max_bulk_batches = 1});
  MustPush(queue, Bulk("b1", {"x"}));
  const Jobs first = queue.Take();
  MustPush(queue, Bulk("b2", {"y"}));
  MustPush(queue, MakeJob("1", {"z"}));
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("1"));
  queue.Release(first);
  queue.Finished();
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("b2"));
}

TEST(CommandQueueTest, ABulkJobWhoseSkuIsInFlightLetsOthersRun) {
  CommandQueue queue({});
  MustPush(queue, MakeJob("1", {"x"}));
  const Jobs first = queue.Take();
  MustPush(queue, Bulk("b", {"x"}));
  for (int i = 0; i < 6; ++i) {
    MustPush(queue, MakeJob("2", {"y"}));
    EXPECT_THAT(TakeAndFinish(queue), ElementsAre("2"));
  }
  queue.Release(first);
  queue.Finished();
  EXPECT_THAT(TakeAndFinish(queue), ElementsAre("b"));
}

// Two lanes, each with one of the bulk job's SKUs in flight: never are both free at once by themselves.
TEST(CommandQueueTest, ABulkJobIsNotStarvedByJobsThatHoldItsSkusByTurns) {
  CommandQueue queue({});
  std::map<std::string, Jobs> lanes;
  for (const std::string sku : {"x", "y"}) {
    MustPush(queue, MakeJob("first", {sku}));
    lanes[sku] = queue.Take();
  }
  MustPush(queue, Bulk("b", {"x", "y"}));
  std::vector<std::string> taken;
  for (int i = 0; i < 20 && (taken.empty() || taken.back() != "b"); ++i) {
    for (auto& [sku, jobs] : lanes) {
      MustPush(queue, MakeJob("more", {sku}));
      MustPush(queue, MakeJob("other", {"beside " + sku}));
      queue.Release(jobs);
      queue.Finished();
      jobs = queue.Take();
      for (const std::string& id : IdsOf(jobs)) taken.push_back(id);
    }
  }
  EXPECT_EQ(taken.back(), "b");
  for (const auto& [sku, jobs] : lanes) {
    queue.Release(jobs);
    queue.Finished();
  }
}

}  // namespace
}  // namespace inventory::pipeline
