#include "server/fair_queue.h"

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace inventory {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Ware : Waits {
  std::string name;
  uint64_t cost = 1;
};
using Queue = FairQueue<Ware>;

std::unique_ptr<Ware> Make(const std::string& share, const std::string& name, uint64_t cost = 1) {
  auto item = std::make_unique<Ware>();
  item->share = share;
  item->name = name;
  item->cost = cost;
  return item;
}

// One item for each letter, of the share that it names: "aab" are a1, a2 and b1.
void PushAll(Queue& queue, const std::string& shares) {
  std::map<char, int> numbers;
  for (const char share : shares) {
    const std::string name(1, share);
    queue.Push(Make(name, absl::StrCat(name, ++numbers[share])));
  }
}

std::vector<std::string> TakeAll(Queue& queue) {
  std::vector<std::string> names;
  while (!queue.empty()) names.push_back(queue.TakeFirst()->name);
  return names;
}

TEST(FairQueueTest, OneShareIsFirstInFirstOut) {
  Queue queue;
  PushAll(queue, "aaa");
  EXPECT_THAT(TakeAll(queue), ElementsAre("a1", "a2", "a3"));
}

TEST(FairQueueTest, TurnsGoRoundBetweenShares) {
  Queue queue;
  PushAll(queue, "aaaabbc");
  EXPECT_THAT(TakeAll(queue), ElementsAre("a1", "b1", "c1", "a2", "b2", "a3", "a4"));
}

TEST(FairQueueTest, WhoComesLateIsNotOwedWhatWasServedBefore) {
  Queue queue;
  PushAll(queue, "aaaaa");
  for (int i = 0; i < 3; ++i) queue.TakeFirst();
  PushAll(queue, "bbb");
  EXPECT_THAT(TakeAll(queue), ElementsAre("b1", "a4", "b2", "a5", "b3"));
}

TEST(FairQueueTest, ACostlyItemPutsOffTheNextOfItsShare) {
  Queue queue;
  queue.Push(Make("a", "a1"), 3);
  queue.Push(Make("a", "a2"), 3);
  PushAll(queue, "bbbbb");
  EXPECT_THAT(TakeAll(queue), ElementsAre("a1", "b1", "b2", "b3", "a2", "b4", "b5"));
}

TEST(FairQueueTest, WhatIsPutFirstIsFirst) {
  Queue queue;
  PushAll(queue, "aab");
  std::unique_ptr<Ware> item = queue.TakeFirst();
  queue.PutFirst(std::move(item));
  EXPECT_EQ(queue.Of("a"), 2u);
  EXPECT_THAT(TakeAll(queue), ElementsAre("a1", "b1", "a2"));
  queue.PutFirst(Make("c", "c1"));
  EXPECT_THAT(TakeAll(queue), ElementsAre("c1"));
}

TEST(FairQueueTest, TakesWhatIsChosenAndLeavesTheRestInOrder) {
  Queue queue;
  PushAll(queue, "aaaaaa");
  const auto taken = queue.TakeIf(5, [](const Ware& item) {
    if (item.name == "a5") return Queue::Choice::kStop;
    return item.name == "a2" || item.name == "a4" ? Queue::Choice::kTake : Queue::Choice::kPass;
  });
  ASSERT_EQ(taken.size(), 2u);
  EXPECT_EQ(taken[0]->name, "a2");
  EXPECT_EQ(taken[1]->name, "a4");
  EXPECT_EQ(queue.Of("a"), 4u);
  EXPECT_THAT(TakeAll(queue), ElementsAre("a1", "a3", "a5", "a6"));
}

TEST(FairQueueTest, TakesAll) {
  Queue queue;
  PushAll(queue, "aabbc");
  EXPECT_EQ(queue.TakeIf(9, [](const Ware&) { return Queue::Choice::kTake; }).size(), 5u);
  EXPECT_TRUE(queue.empty());
  EXPECT_EQ(queue.Of("a"), 0u);
  PushAll(queue, "ab");
  EXPECT_THAT(TakeAll(queue), ElementsAre("a1", "b1"));
}

TEST(FairQueueTest, WhatWasServedCountsThoughNothingWaitedSince) {
  Queue queue;
  PushAll(queue, "bbbbbb");
  queue.Push(Make("a", "a1"), 4);
  EXPECT_EQ(queue.TakeFirst()->name, "b1");
  EXPECT_EQ(queue.TakeFirst()->name, "a1");
  queue.Push(Make("a", "a2"), 4);
  EXPECT_THAT(TakeAll(queue), ElementsAre("b2", "b3", "b4", "b5", "a2", "b6"));
}

TEST(FairQueueTest, ForgetsSharesThatAreThrough) {
  Queue queue;
  queue.Push(Make("stays", "s"), 1000);
  for (int i = 0; i < 100'000; ++i) {
    queue.Push(Make("stays", "s"), 1);
    queue.Push(Make(absl::StrCat(i), "x"));
    while (queue.size() > 1) queue.TakeFirst();
  }
  EXPECT_LT(queue.shares(), 200u);
}

TEST(FairQueueTest, LooksAtSoManyOnly) {
  Queue queue;
  PushAll(queue, "aaa");
  EXPECT_EQ(queue.TakeIf(2, [](const Ware&) { return Queue::Choice::kTake; }).size(), 2u);
  EXPECT_THAT(TakeAll(queue), ElementsAre("a3"));
  EXPECT_THAT(queue.TakeIf(2, [](const Ware&) { return Queue::Choice::kTake; }), IsEmpty());
}

TEST(FairQueueTest, AFullQueueTakesInPlaceOfWhoHasMost) {
  Queue queue;
  for (int i = 1; i <= 4; ++i) EXPECT_EQ(queue.PushWithin(Make("a", absl::StrCat("a", i)), 4), nullptr);
  EXPECT_EQ(queue.PushWithin(Make("a", "a5"), 4)->name, "a5");
  EXPECT_EQ(queue.PushWithin(Make("b", "b1"), 4)->name, "a4");
  EXPECT_EQ(queue.PushWithin(Make("b", "b2"), 4)->name, "a3");
  // With a third it would have more than the other.
  EXPECT_EQ(queue.PushWithin(Make("b", "b3"), 4)->name, "b3");
  EXPECT_EQ(queue.size(), 4u);
  EXPECT_THAT(TakeAll(queue), ElementsAre("a1", "b1", "a2", "b2"));
  EXPECT_EQ(queue.PushWithin(Make("a", "a6"), 0)->name, "a6");
}

TEST(FairQueueTest, WhatWasTurnedAwayCostsNothing) {
  Queue queue;
  std::map<std::string, int> served;
  for (int round = 0; round < 300; ++round) {
    for (const char* share : {"a", "b"}) {
      for (int i = 0; i < 10; ++i) queue.PushWithin(Make(share, "x"), 100);
    }
    for (int i = 0; i < 10; ++i) ++served[queue.TakeFirst()->share];
  }
  EXPECT_NEAR(served["a"], served["b"], 60);
}

TEST(FairQueueTest, WhatIsServedBeforeItsTurnMovesNobody) {
  Queue queue;
  for (int i = 1; i <= 100; ++i) queue.Push(Make("a", absl::StrCat("a", i)));
  const auto taken = queue.TakeIf(
      100, [](const Ware& item) { return item.name == "a100" ? Queue::Choice::kTake : Queue::Choice::kPass; });
  ASSERT_EQ(taken.size(), 1u);
  queue.Push(Make("b", "b1"));
  EXPECT_EQ(queue.TakeFirst()->name, "a1");
  EXPECT_EQ(queue.TakeFirst()->name, "b1");
}

TEST(FairQueueTest, WhatWasMoreThanKnownIsCharged) {
  Queue queue;
  PushAll(queue, "abbbbb");
  EXPECT_EQ(queue.TakeFirst()->name, "a1");
  queue.Charge("a", 2);
  queue.Push(Make("a", "a2"));
  EXPECT_THAT(TakeAll(queue), ElementsAre("b1", "b2", "b3", "b4", "a2", "b5"));
  queue.Charge("a", 100);
  PushAll(queue, "ab");
  EXPECT_THAT(TakeAll(queue), ElementsAre("a1", "b1")) << "nobody waited for what was charged";
}

TEST(ShareCountsTest, AgreeWithASimpleCount) {
  std::mt19937 random(3);
  ShareCounts counts;
  std::map<std::string, std::size_t> simple;
  for (int i = 0; i < 20'000; ++i) {
    const std::string share = absl::StrCat(random() % 5);
    // Grows and shrinks by turns.
    if (simple[share] > 0 && random() % 100 < (i / 500 % 2 == 0 ? 30u : 70u)) {
      counts.Remove(share);
      --simple[share];
    } else {
      counts.Add(share);
      ++simple[share];
    }
    std::size_t most = 0;
    for (const auto& [name, count] : simple) {
      most = std::max(most, count);
      ASSERT_EQ(counts.Of(name), count);
    }
    for (const auto& [name, count] : simple) {
      const std::string* gives_way = counts.WhoGivesWayTo(name);
      ASSERT_EQ(gives_way != nullptr, most > count + 1) << name;
      if (gives_way != nullptr) {
        ASSERT_EQ(simple[*gives_way], most);
      }
    }
  }
}

TEST(FairQueueTest, OnlyWhatMayGoIsTakenOut) {
  Queue queue;
  PushAll(queue, "aab");
  EXPECT_EQ(queue.TakeLastOf("a", [](const Ware& item) { return item.name != "a2"; })->name, "a1");
  EXPECT_EQ(queue.TakeLastOf("a", [](const Ware& item) { return item.name != "a2"; }), nullptr);
  EXPECT_THAT(TakeAll(queue), ElementsAre("b1", "a2"));
}

// At random: shares that always have something waiting get the same by cost, within what one item of each costs. That
// is theorem 1 of the paper that the header names.
TEST(FairQueueTest, SharesThatAlwaysWaitAreServedAlike) {
  constexpr uint64_t kMostCost = 20;
  for (unsigned seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    Queue queue;
    const int shares = 2 + static_cast<int>(random() % 6);
    std::map<std::string, uint64_t> served;
    std::map<std::string, int> pushed;
    std::map<std::string, int> taken;
    const auto push = [&](const std::string& share) {
      const uint64_t cost = 1 + random() % kMostCost;
      queue.Push(Make(share, absl::StrCat(pushed[share]++), cost), cost);
    };
    for (int share = 0; share < shares; ++share) {
      // However unlike what they have waiting is.
      for (unsigned i = 0; i <= random() % 300; ++i) push(absl::StrCat(share));
      served[absl::StrCat(share)] = 0;
    }
    for (int i = 0; i < 2000; ++i) {
      const std::unique_ptr<Ware> item = queue.TakeFirst();
      ASSERT_EQ(item->name, absl::StrCat(taken[item->share]++)) << "the order of a share";
      served[item->share] += item->cost;
      if (queue.Of(item->share) == 0 || random() % 2 == 0) push(item->share);
      const auto [least, most] =
          std::minmax_element(served.begin(), served.end(), [](auto& a, auto& b) { return a.second < b.second; });
      ASSERT_LE(most->second - least->second, 2 * kMostCost) << "seed " << seed << ", item " << i;
    }
  }
}

}  // namespace
}  // namespace inventory
