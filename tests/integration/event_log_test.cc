// The event log on a real database: commits that come late, transactions that are rolled back, writers that meet in one
// log. Goal: whoever reads from one cut to the next misses nothing and sees what belongs together in order.
#include <atomic>
#include <map>
#include <random>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "storage/item_repository.h"
#include "tests/integration/event_log_fixture.h"

namespace inventory::feed {
namespace {

using storage::AppendInsert;
using storage::EventChunkRecord;
using storage::Sql;

TEST_F(EventLogTest, ACommitThatComesLateIsToldOnceItIsThere) {
  Cut at = *ReadHeads(connection());
  auto slow = Open();
  auto quick = Open();
  Run(*slow, "BEGIN");
  ASSERT_TRUE(Tell(*slow, 1, "slow", 1).ok());
  ASSERT_TRUE(Tell(*quick, 2, "quick", 1).ok());
  ASSERT_TRUE(Tell(*quick, 0, "quick", 2).ok());
  EXPECT_EQ(ToldSince(at), (Strings{"quick 1", "quick 2"}));
  Run(*slow, "COMMIT");
  EXPECT_EQ(ToldSince(at), Strings{"slow 1"});
  EXPECT_EQ(ToldSince(at), Strings{});
}

// Each database gets one way.
TEST_F(EventLogTest, TheEndsOfAllLogsAreFoundBothWays) {
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(Tell(connection(), 7 * i, "a", i).ok());
  ASSERT_TRUE(Tell(connection(), 7, "a", 5).ok());
  const auto heads = [this](bool skips_in_indexes) {
    Sql sql;
    storage::AppendSelectEventHeads(sql, skips_in_indexes);
    auto results = connection().Execute(sql);
    EXPECT_TRUE(results.ok()) << results.status();
    EXPECT_EQ(results->front().size(), static_cast<std::size_t>(storage::kEventLogs));
    return Cut(storage::ParseEventPositions(results->front()));
  };
  EXPECT_TRUE(heads(true) == heads(false));
  EXPECT_EQ(heads(false).At(7), 2);
}

// What any number that is given before the commit comes to, be it AUTO_INCREMENT or a clock.
TEST_F(EventLogTest, WhoeverAsksForWhatIsAboveTheLastStampMissesIt) {
  auto slow = Open();
  auto quick = Open();
  Run(*slow, "BEGIN");
  ASSERT_TRUE(Tell(*slow, 1, "slow", 1).ok());
  ASSERT_TRUE(Tell(*quick, 2, "quick", 1).ok());
  ASSERT_TRUE(Tell(*quick, 2, "quick", 2).ok());
  const int64_t last = End(connection(), 0).max_stamp;
  Run(*slow, "COMMIT");
  EXPECT_TRUE(Run(connection(), absl::StrCat("SELECT 1 FROM event_chunk WHERE stamp > ", last))[0].empty());
}

TEST_F(EventLogTest, WhatIsRolledBackLeavesNoGap) {
  Cut at = *ReadHeads(connection());
  auto first = Open();
  auto second = Open();
  Run(*first, "BEGIN");
  ASSERT_TRUE(Tell(*first, 1, "undone", 1).ok());
  absl::Status told;
  std::thread waits([&] { told = Tell(*second, 1, "kept", 1); });
  absl::SleepFor(absl::Milliseconds(50));
  EXPECT_EQ(ToldSince(at), Strings{});
  Run(*first, "ROLLBACK");
  waits.join();
  EXPECT_TRUE(told.ok()) << told;
  ASSERT_TRUE(Tell(*first, 1, "kept", 2).ok());
  EXPECT_EQ(ToldSince(at), (Strings{"kept 1", "kept 2"}));
}

TEST_F(EventLogTest, OfTwoThatMeetInALogOneRunsAgain) {
  auto first = Open();
  auto second = Open();
  const storage::EventLogEnd seen = End(*second, 1);
  Run(*first, "BEGIN");
  ASSERT_TRUE(Tell(*first, 1, "a", 1).ok());
  absl::Status told;
  std::thread waits([&] { told = Tell(*second, 1, "b", 1, seen); });
  absl::SleepFor(absl::Milliseconds(50));
  Run(*first, "COMMIT");
  waits.join();
  EXPECT_EQ(storage::FaultOf(told), storage::SqlFault::kDuplicateKey) << told;
}

TEST_F(EventLogTest, PagesKeepTheOrderOfStampsOverAllLogs) {
  Strings all;
  auto writer = Open();
  std::mt19937 random(7);
  for (int i = 1; i <= 300; ++i) {
    // One log gets most, so that it is cut before the others.
    const int log_id = random() % 4 == 0 ? static_cast<int>(random() % 5) : 9;
    ASSERT_TRUE(Tell(*writer, log_id, "sku", i).ok());
    all.push_back(absl::StrCat("sku ", i));
  }
  Cut at;
  EXPECT_EQ(ToldSince(at), all);
}

TEST_F(EventLogTest, ManyLogsWithABacklogAreReadInFullPages) {
  Strings all;
  auto writer = Open();
  for (int i = 1; i <= 10 * storage::kEventLogs; ++i) {
    ASSERT_TRUE(Tell(*writer, i % storage::kEventLogs, "sku", i).ok());
    all.push_back(absl::StrCat("sku ", i));
  }
  const Cut heads = *ReadHeads(connection());
  Cut at;
  int pages = 0;
  for (; !(at == heads); ++pages) at = ReadPage(connection(), at, heads)->end;
  EXPECT_LE(pages, int64_t{10} * storage::kEventLogs / kPageChunks + 1);
  at = Cut();
  EXPECT_EQ(ToldSince(at), all);
}

// As a statement of MariaDB may see it: the end holds what followed from something that it lacks.
TEST_F(EventLogTest, TheEndLacksNothingThatItFollowedFrom) {
  ASSERT_TRUE(Tell(connection(), 1, "sku", 1).ok());
  EXPECT_EQ(*ReadEnd(connection()), *ReadHeads(connection()));
  auto writer = Open();
  Cut at;
  std::atomic<bool> stop = false;
  std::thread writes([&] {
    for (int i = 2; !stop; ++i) EXPECT_TRUE(Tell(*writer, i % 7, "sku", i).ok());
  });
  int64_t last = 0;
  for (int i = 0; i < 200; ++i) {
    const absl::StatusOr<Cut> end = ReadEnd(connection());
    ASSERT_TRUE(end.ok()) << end.status();
    Cut to = *end;
    to.Cover(at);
    while (!(at == to)) {
      const absl::StatusOr<Page> page = ReadPage(connection(), at, to);
      ASSERT_TRUE(page.ok()) << page.status();
      for (const Chunk& chunk : page->chunks) EXPECT_EQ(chunk.events[0].movement().sequence(), ++last);
      at = page->end;
    }
  }
  stop = true;
  writes.join();
  EXPECT_GT(last, 10);
}

TEST_F(EventLogTest, BeginsBeforeTheFirstOfATime) {
  int64_t position = 0;
  for (const int64_t second : {10, 20, 30}) {
    const EventChunkRecord chunk{.log_id = 1,
                                 .position = ++position,
                                 .stamp = second * 1'000'000,
                                 .create_time = absl::FromUnixSeconds(second),
                                 .payload = ""};
    storage::RepositoriesTest::Run([&](Sql& sql) { return AppendInsert<EventChunkRecord>(sql, {&chunk}); });
  }
  const auto since = [&](int64_t second) { return ReadSince(connection(), absl::FromUnixSeconds(second))->At(1); };
  EXPECT_EQ(since(5), 0);
  EXPECT_EQ(since(10), 0);
  EXPECT_EQ(since(11), 1);
  EXPECT_EQ(since(31), 3);
}

// Of a small table an optimizer may well read all.
TEST_F(EventLogTest, OnlyTheEndsOfIndexesAreRead) {
  std::vector<EventChunkRecord> chunks;
  for (int i = 3; i < 20'000; ++i) {
    chunks.push_back({.log_id = static_cast<int16_t>(i % 3), .position = i / 3, .stamp = i, .create_time = {}});
  }
  Insert(chunks);
  storage::RepositoriesTest::Run([](Sql& sql) {
    sql.Raw("ANALYZE TABLE event_chunk");
    return true;
  });
  const auto reads_of = [&](auto read) {
    const int64_t before = Reads();
    read();
    return Reads() - before;
  };
  const int64_t idle = reads_of([] {});
  EXPECT_LE(reads_of([&] { End(connection(), 1); }) - idle, 4);
  EXPECT_LE(reads_of([&] { ReadHeads(connection()).IgnoreError(); }) - idle, 4 * storage::kEventLogs);
  EXPECT_LE(reads_of([&] { ReadSince(connection(), absl::FromUnixMicros(400)).IgnoreError(); }) - idle,
            8 * storage::kEventLogs);
}

// Writers lock SKUs as the pipeline does, tell what they did, and commit late, early or not at all; they meet in a few
// logs all the time. Readers go from cut to cut meanwhile, and must see each SKU's sequence without a gap.
class EventLogRaceTest : public EventLogTest {
 protected:
  static constexpr int kSkus = 6;
  static constexpr int kWriters = 6;
  static constexpr int kLogs = 4;

  void SetUp() override {
    EventLogTest::SetUp();
    for (int i = 0; i < kSkus; ++i) Insert<storage::ItemRecord>({storage::Unconfigured(absl::StrCat("sku", i))});
  }

  void Write(unsigned seed) {
    auto on = Open();
    std::mt19937 random(seed);
    while (!stop_) WriteOnce(*on, random);
  }

  void WriteOnce(storage::Connection& on, std::mt19937& random) {
    const std::string sku = absl::StrCat("sku", random() % kSkus);
    Run(on, "BEGIN");
    const auto locked = Run(on, absl::StrCat("SELECT sequence FROM item WHERE sku = '", sku, "' FOR UPDATE"));
    const int64_t next = locked[0][0].Int(0) + 1;
    const int log_id = static_cast<int>(random() % kLogs);
    const storage::EventLogEnd end = End(on, log_id);
    if (random() % 3 == 0) absl::SleepFor(absl::Microseconds(random() % 5000));
    Run(on, absl::StrCat("UPDATE item SET sequence = ", next, " WHERE sku = '", sku, "'"));
    const absl::Status told = Tell(on, log_id, sku, next, end);
    if (random() % 3 == 0) absl::SleepFor(absl::Microseconds(random() % 5000));
    const bool commit = told.ok() && random() % 5 != 0;
    Run(on, commit ? "COMMIT" : "ROLLBACK");
    ++(commit ? commits_ : rollbacks_);
  }

  // How many events it has seen.
  int64_t Read(std::mt19937 random) {
    auto on = Open();
    Cut at;
    std::map<std::string, int64_t> last;
    int64_t seen = 0;
    for (bool again = true; again;) {
      again = !stop_;
      Cut end = *ReadEnd(*on);
      end.Cover(at);
      while (!(at == end)) {
        const Page page = *ReadPage(*on, at, end);
        for (const Chunk& chunk : page.chunks) {
          for (const v1::Event& event : chunk.events) {
            EXPECT_EQ(event.movement().sequence(), ++last[event.movement().sku()]) << event.movement().sku();
            ++seen;
          }
        }
        // As by a token.
        at = *Cut::FromToken(page.end.ToToken());
      }
      absl::SleepFor(absl::Microseconds(random() % 20'000));
    }
    return seen;
  }

  std::atomic<bool> stop_ = false;
  std::atomic<int> commits_ = 0;
  std::atomic<int> rollbacks_ = 0;
};

TEST_F(EventLogRaceTest, NothingIsMissedAndEverySkuIsInOrder) {
  std::vector<std::thread> writers;
  for (int i = 0; i < kWriters; ++i) writers.emplace_back([this, i] { Write(static_cast<unsigned>(i)); });
  int64_t first = 0;
  int64_t second = 0;
  std::thread reader([&] { first = Read(std::mt19937(100)); });
  std::thread other_reader([&] { second = Read(std::mt19937(200)); });
  for (const absl::Time end = absl::Now() + absl::Seconds(30); commits_ < 1500 && absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_GE(commits_, 1500);
  stop_ = true;
  for (std::thread& writer : writers) writer.join();
  reader.join();
  other_reader.join();
  EXPECT_GT(rollbacks_, 100);
  Cut at;
  const int64_t all = static_cast<int64_t>(ToldSince(at).size());
  EXPECT_EQ(all, commits_);
  EXPECT_LE(first, all);
  EXPECT_GT(first, all / 2);
  EXPECT_GT(second, all / 2);
}

}  // namespace
}  // namespace inventory::feed
