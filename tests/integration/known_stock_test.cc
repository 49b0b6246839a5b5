// What is known of stock, against event logs that the test writes: what has changed, or may have, is not known any
// more.
#include "server/reading/known_stock.h"

#include <gmock/gmock.h>

#include <array>
#include <atomic>
#include <map>
#include <thread>

#include "tests/integration/event_log_fixture.h"

namespace inventory::reading {
namespace {

using feed::Strings;
using ::testing::ElementsAre;
using ::testing::IsNull;
using ::testing::NotNull;

class KnownStockTest : public feed::EventLogTest {
 protected:
  using Look = std::unique_ptr<KnownStock::Look>;
  using Views = std::vector<std::string_view>;

  void SetUp() override {
    EventLogTest::SetUp();
    connection_ = Open();
  }

  // Keeps stock of the SKU that has this number. Whether it was taken.
  static bool Keep(KnownStock::Look& look, const std::string& sku, int64_t number, absl::Time until) {
    SkuStock stock;
    stock.backordered = number;
    auto owned = std::make_unique<const SkuStock>(stock);
    look.Keep(sku, owned, until);
    return owned == nullptr;
  }

  static Look Begin(KnownStock& known, storage::Connection& on) {
    auto begun = KnownStock::Begin(known.AwaitTurn(absl::Minutes(1)), on);
    EXPECT_TRUE(begun.ok()) << begun.status();
    return *std::move(begun);
  }
  Look Begin() { return Begin(known_, *connection_); }

  static void Keep(KnownStock::Look& look, const Strings& skus, int64_t number = 1) {
    for (const std::string& sku : skus) Keep(look, sku, number, absl::InfiniteFuture());
  }
  void Keep(const Strings& skus) { Keep(*Begin(), skus); }

  // "a 1": the SKUs of these that are known, with their numbers.
  static Strings Known(KnownStock::Look& look, const Strings& skus = {"a", "b", "c"}) {
    Strings known;
    const auto found = look.Find(Views(skus.begin(), skus.end()));
    for (std::size_t i = 0; i < skus.size(); ++i) {
      if (found[i] != nullptr) known.push_back(absl::StrCat(skus[i], " ", found[i]->backordered));
    }
    return known;
  }
  Strings Known() { return Known(*Begin()); }

  // Names SKUs as a commit does, or as a part of the open transaction; "NULL" names none in particular.
  static void Change(storage::Connection& on, int log_id, const std::string& skus) {
    const storage::EventLogEnd end = End(on, log_id);
    Run(on, absl::StrCat("INSERT INTO event_chunk (log_id, position, stamp, create_time, payload, skus) VALUES (",
                         log_id, ",", end.position + 1, ",", end.max_stamp + 1, ",NOW(6),'',", skus, ")"));
  }
  void Change(int log_id, const std::string& skus) { Change(connection(), log_id, skus); }

  KnownStock known_{{}};
  std::unique_ptr<storage::Connection> connection_;  // Of who looks.
};

TEST_F(KnownStockTest, KnowsWhatWasKeptUntilSomethingNamesIt) {
  EXPECT_EQ(Known(), Strings{});
  Keep({"a", "b"});
  EXPECT_EQ(Known(), (Strings{"a 1", "b 1"}));
  Change(3, "'b'");
  EXPECT_EQ(Known(), Strings{"a 1"});
  Change(3, "'c'");
  Change(4, "''");
  EXPECT_EQ(Known(), Strings{"a 1"});
  Change(3, "'x'");
  Change(63, "'c\nb\na'");
  EXPECT_EQ(Known(), Strings{});
  EXPECT_EQ(known_.stats().bytes, 0u);
}

TEST_F(KnownStockTest, SaysWhatIsMissing) {
  Keep({"b"});
  EXPECT_THAT(Begin()->Find(Views{"a", "b", "c"}), ElementsAre(IsNull(), NotNull(), IsNull()));
  EXPECT_EQ(known_.stats().found, 1);
  EXPECT_EQ(known_.stats().missed, 2);
}

TEST_F(KnownStockTest, ForgetsAllWhereItIsNotSaidWhatHasChanged) {
  Keep({"a"});
  Change(0, "'b'");
  Change(0, "NULL");
  EXPECT_EQ(Known(), Strings{});
}

TEST_F(KnownStockTest, ForgetsAllWhenTooMuchHasHappened) {
  Keep({"a"});
  for (int i = 0; i < 64; ++i) Change(i, "'b'");
  EXPECT_EQ(Known(), Strings{"a 1"});
  for (int i = 0; i < 65; ++i) Change(i % 64, "'b'");
  EXPECT_EQ(Known(), Strings{});
  Keep({"a"});
  EXPECT_EQ(Known(), Strings{"a 1"});
}

TEST_F(KnownStockTest, ForgetsAllWhenWhatHasHappenedIsNotToldAnyMore) {
  Keep({"a"});
  Change(0, "'a'");
  Change(0, "'b'");
  Run(connection(), "DELETE FROM event_chunk WHERE skus = 'a'");
  EXPECT_EQ(Known(), Strings{});
}

TEST_F(KnownStockTest, ForgetsAllWhenTheDatabaseHasLostCommits) {
  Change(7, "'b'");
  Keep({"a"});
  Run(connection(), "DELETE FROM event_chunk WHERE skus = 'b'");
  EXPECT_EQ(Known(), Strings{});
  Keep({"a"});
  EXPECT_EQ(Known(), Strings{"a 1"});
}

// A database that was started anew may have given the place of a lost commit to another one.
TEST_F(KnownStockTest, ForgetsAllWithEachNewConnection) {
  auto older = std::exchange(connection_, Open());
  Keep({"a"});
  EXPECT_EQ(Known(*Begin(known_, *older)), Strings{"a 1"});
  auto newer = Open();
  EXPECT_EQ(Known(*Begin(known_, *newer)), Strings{});
  Keep({"a"});
  EXPECT_EQ(Known(*Begin(known_, *newer)), Strings{"a 1"});
}

// Another look hears of a change first, and what the slow one has read may be older.
TEST_F(KnownStockTest, WhatHasChangedSinceALookBeganIsNotKept) {
  Begin();
  auto slow = Begin();
  Change(0, "'a'");
  auto quick = Begin();
  Keep(*quick, {"a"}, 2);
  Keep(*slow, {"a", "b"}, 1);
  EXPECT_EQ(Known(), (Strings{"a 2", "b 1"}));
  slow = Begin();
  Change(0, "NULL");
  Begin();
  Keep(*slow, {"c"});
  EXPECT_EQ(Known(), Strings{});
}

// Whoever has found something uses it until the look is over, whatever becomes of it meanwhile.
TEST_F(KnownStockTest, WhatWasFoundLivesAsLongAsTheLook) {
  KnownStock small({.most_bytes = 16 << 10});
  Keep(*Begin(small, *connection_), {"a", "b"}, 7);
  auto look = Begin(small, *connection_);
  const std::vector<const SkuStock*> found = look->Find(Views{"a", "b"});
  ASSERT_THAT(found, ElementsAre(NotNull(), NotNull()));
  Change(0, "'a'");
  for (int i = 0; i < 200; ++i) Keep(*Begin(small, *connection_), {absl::StrCat("other ", i)});
  Change(0, "NULL");
  Begin(small, *connection_);
  for (const SkuStock* stock : found) EXPECT_EQ(stock->backordered, 7);
}

// Whoever looks after a commit has that or something newer, whatever others write and read at the same time.
TEST_F(KnownStockTest, NobodyIsToldLessThanWasCommittedBeforeHeAsked) {
  constexpr int kWriters = 3;
  constexpr int kReaders = 3;
  Run(connection(), "CREATE TABLE truth (sku VARCHAR(16) PRIMARY KEY, n BIGINT NOT NULL)");
  const Strings skus = {"a", "b", "c", "d"};
  for (const std::string& sku : skus) Run(connection(), absl::StrCat("INSERT INTO truth VALUES ('", sku, "', 0)"));
  std::array<std::atomic<int64_t>, 4> committed = {};
  std::atomic<int> reading = kReaders;
  const auto write = [&](int log_id) {
    const auto own = Open();
    for (int i = log_id; reading > 0; ++i) {
      const std::string& sku = skus[i % 4];
      Run(*own, "BEGIN");
      Run(*own, absl::StrCat("UPDATE truth SET n = n + 1 WHERE sku = '", sku, "'"));
      const int64_t n = Run(*own, absl::StrCat("SELECT n FROM truth WHERE sku = '", sku, "'"))[0][0].Int(0);
      Change(*own, log_id, absl::StrCat("'", sku, "'"));
      Run(*own, "COMMIT");
      for (int64_t told = committed[i % 4]; told < n && !committed[i % 4].compare_exchange_weak(told, n);) {
      }
    }
  };
  const auto read = [&] {
    const auto own = Open();
    for (int i = 0; i < 200; ++i) {
      std::array<int64_t, 4> least = {};
      for (int sku = 0; sku < 4; ++sku) least[sku] = committed[sku];
      const auto look = Begin(known_, *own);
      std::map<std::string, int64_t> told;
      const auto found = look->Find(Views(skus.begin(), skus.end()));
      for (std::size_t sku = 0; sku < skus.size(); ++sku) {
        const std::string& name = skus[sku];
        if (found[sku] != nullptr) {
          told[name] = found[sku]->backordered;
          continue;
        }
        told[name] = Run(*own, absl::StrCat("SELECT n FROM truth WHERE sku = '", name, "'"))[0][0].Int(0);
        Keep(*look, name, told[name], absl::InfiniteFuture());
      }
      for (int sku = 0; sku < 4; ++sku) EXPECT_GE(told[skus[sku]], least[sku]);
    }
    --reading;
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < kWriters; ++i) threads.emplace_back(write, i);
  for (int i = 0; i < kReaders; ++i) threads.emplace_back(read);
  for (std::thread& thread : threads) thread.join();
  EXPECT_GT(known_.stats().found, 0);
  EXPECT_GT(known_.stats().missed, 4);
}

TEST_F(KnownStockTest, HoldsNoLongerThanItWasToldTo) {
  {
    auto look = Begin();
    EXPECT_FALSE(Keep(*look, "a", 1, look->now()));
    EXPECT_TRUE(Keep(*look, "b", 1, look->now() + absl::Milliseconds(300)));
    EXPECT_TRUE(Keep(*look, "c", 1, look->now() + absl::Hours(1)));
  }
  EXPECT_EQ(Known(), (Strings{"b 1", "c 1"}));
  absl::SleepFor(absl::Milliseconds(310));
  EXPECT_EQ(Known(), Strings{"c 1"});
}

TEST_F(KnownStockTest, SeesWhatNobodyNamesInTheEnd) {
  KnownStock hasty({.longest = absl::Milliseconds(200)});
  Keep(*Begin(hasty, *connection_), {"a"});
  EXPECT_EQ(Known(*Begin(hasty, *connection_)), Strings{"a 1"});
  absl::SleepFor(absl::Milliseconds(210));
  EXPECT_EQ(Known(*Begin(hasty, *connection_)), Strings{});
}

TEST_F(KnownStockTest, KeepsWhatIsUsedWithinItsMemory) {
  constexpr std::size_t kBytes = 64 << 10;
  KnownStock small({.most_bytes = kBytes});
  auto look = Begin(small, *connection_);
  Keep(*look, {"a"});
  for (int i = 0; i < 1000; ++i) {
    Keep(*look, {absl::StrCat("other ", i)});
    ASSERT_LE(small.stats().bytes, kBytes);
    ASSERT_EQ(Known(*look, {"a"}), Strings{"a 1"});
  }
  EXPECT_EQ(Known(*look, {"other 1"}), Strings{});
  EXPECT_EQ(Known(*look, {"other 999"}), Strings{"other 999 1"});
  EXPECT_GT(small.stats().bytes, kBytes / 4);
}

}  // namespace
}  // namespace inventory::reading
