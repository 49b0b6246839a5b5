// Events that are not kept any more. Goal: whoever comes too late for some is told so, and who begins with the oldest
// that are kept misses none from there on, though the logs are cleaned one after another while he begins.
#include <atomic>
#include <random>
#include <thread>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/integration/event_log_fixture.h"
#include "tests/integration/local_server.h"
#include "tests/integration/server_process.h"

namespace inventory::feed {
namespace {

class EventRetentionTest : public EventLogTest {
 protected:
  // As a step of the sweeper: all chunks of the log but its last go that are below the horizon.
  static void Clean(storage::Connection& on, int log_id, int64_t horizon) {
    storage::Sql sql;
    storage::AppendDeleteEventsBelow(sql, log_id, horizon, 1000);
    EXPECT_TRUE(on.Execute(sql).ok());
  }
  static void SetHorizon(storage::Connection& on, int64_t stamp) {
    Run(on, absl::StrCat("UPDATE event_horizon SET stamp = ", stamp, " WHERE id = 1"));
  }
  int64_t Horizon() { return Run(connection(), "SELECT stamp FROM event_horizon WHERE id = 1")[0][0].Int(0); }
  int64_t Chunks() { return Run(connection(), "SELECT COUNT(*) FROM event_chunk")[0][0].Int(0); }

  // Stamps are 1, 2, 3, ... as numbers are, over some logs by turns.
  void TellNine() {
    for (int i = 1; i <= 9; ++i) ASSERT_TRUE(Tell(connection(), i % 3, "sku", i).ok());
  }
  static Strings Numbers(int first, int last) {
    Strings numbers;
    for (int i = first; i <= last; ++i) numbers.push_back(absl::StrCat("sku ", i));
    return numbers;
  }
};

TEST_F(EventRetentionTest, WhoeverStillNeedsWhatIsGoneIsTold) {
  for (int i = 1; i <= 5; ++i) ASSERT_TRUE(Tell(connection(), 3, "sku", i).ok());
  Cut late;
  late.Set(3, 2);
  Cut in_time;
  in_time.Set(3, 4);
  Clean(connection(), 3, 100);
  const Cut heads = *ReadHeads(connection());
  EXPECT_EQ(heads.At(3), 5) << "the last one stays, so that positions go on";
  EXPECT_EQ(ReadPage(connection(), late, heads).status().code(), absl::StatusCode::kOutOfRange);
  EXPECT_EQ(ToldSince(in_time), Strings{"sku 5"});
  Cut beginning = *ReadBeginning(connection());
  EXPECT_EQ(ToldSince(beginning), Strings{"sku 5"});
}

TEST_F(EventRetentionTest, TheBeginningHasNoGapWhileOneLogIsCleanAndOthersAreNot) {
  TellNine();
  Cut at = *ReadBeginning(connection());
  EXPECT_EQ(ToldSince(at), Numbers(1, 9));
  SetHorizon(connection(), 5);
  Clean(connection(), 1, 5);
  at = *ReadBeginning(connection());
  EXPECT_EQ(ToldSince(at), Numbers(5, 9));
  at = *ReadSince(connection(), absl::FromUnixMicros(2));
  EXPECT_EQ(ToldSince(at), Numbers(5, 9));
  at = *ReadSince(connection(), absl::FromUnixMicros(7));
  EXPECT_EQ(ToldSince(at), Numbers(7, 9));
}

// The last chunk of each log stays, however old it is: of some SKU there may be others missing after it.
TEST_F(EventRetentionTest, TheBeginningHasNoGapAfterWhatIsLeftOfLogsThatRest) {
  TellNine();
  for (int i = 10; i <= 12; ++i) ASSERT_TRUE(Tell(connection(), 0, "sku", i).ok());
  SetHorizon(connection(), 11);
  for (int log_id = 0; log_id < storage::kEventLogs; ++log_id) Clean(connection(), log_id, 11);
  EXPECT_EQ(Chunks(), storage::kEventLogs + 1);
  Cut at = *ReadBeginning(connection());
  EXPECT_EQ(ToldSince(at), Numbers(11, 12));
}

TEST_F(EventRetentionTest, TheHorizonRisesWithTimeButPassesNoEvent) {
  const auto raise = [this](absl::Duration retention) {
    const auto rows = storage::RepositoriesTest::Run(
        [retention](storage::Sql& sql) { return storage::AppendRaiseEventHorizon(sql, retention); });
    return storage::ParseEventHorizon(rows);
  };
  TellNine();
  EXPECT_EQ(raise(absl::Hours(1'000'000)), 0) << "before 1970";
  EXPECT_EQ(raise(absl::Hours(1)), 9) << "the next stamp may be 10";
  EXPECT_EQ(raise(absl::Hours(1'000'000)), 9) << "it never falls";
  Run(connection(), "DELETE FROM event_horizon");
  EXPECT_EQ(raise(absl::Hours(1)), 9) << "its row is made anew";
  const int64_t now = absl::ToUnixMicros(absl::Now());
  Run(connection(), absl::StrCat("UPDATE event_chunk SET stamp = ", now, " WHERE stamp = 9"));
  const int64_t horizon = raise(absl::Hours(1));
  EXPECT_LE(horizon, absl::ToUnixMicros(absl::Now() - absl::Hours(1)));
  EXPECT_GE(horizon, now - absl::ToInt64Microseconds(absl::Hours(1)) - 1'000'000);
}

TEST_F(EventRetentionTest, TheSweeperCleansAllLogs) {
  TellNine();
  const integration::LocalServer server({}, options());
  EXPECT_TRUE(integration::Eventually([this] { return Chunks() == storage::kEventLogs; })) << Chunks();
  EXPECT_EQ(Horizon(), 9);
  Cut at = *ReadBeginning(connection());
  EXPECT_EQ(ToldSince(at), Numbers(9, 9));
}

// One writes, one cleans, and some begin all the time: each is told numbers without a gap, or that he was too late.
TEST_F(EventRetentionTest, WhoeverBeginsWhileLogsAreCleanedMissesNothing) {
  std::atomic<bool> stop = false;
  std::atomic<int> written = 0;
  std::thread writer([&] {
    auto on = Open();
    std::mt19937 random(1);
    while (!stop) {
      EXPECT_TRUE(Tell(*on, static_cast<int>(random() % 5), "sku", ++written).ok());
      absl::SleepFor(absl::Microseconds(300));
    }
  });
  std::thread sweeper([&] {
    auto on = Open();
    while (!stop) {
      const int64_t horizon = written - 200;
      SetHorizon(*on, horizon);
      for (int log_id = 0; log_id < 5; ++log_id) Clean(*on, log_id, horizon);
    }
  });
  std::atomic<int> begun = 0;
  const auto begin = [&] {
    auto on = Open();
    while (!stop) {
      Cut at = *ReadBeginning(*on);
      const Cut end = *ReadEnd(*on);
      int64_t last = 0;
      while (!(at == end)) {
        const absl::StatusOr<Page> page = ReadPage(*on, at, end);
        if (absl::IsOutOfRange(page.status())) break;
        ASSERT_TRUE(page.ok()) << page.status();
        for (const Chunk& chunk : page->chunks) {
          const int64_t number = chunk.events[0].movement().sequence();
          ASSERT_TRUE(last == 0 || number == last + 1) << number << " after " << last;
          last = number;
        }
        at = page->end;
      }
      if (last != 0) ++begun;
    }
  };
  std::thread first(begin);
  std::thread second(begin);
  for (const absl::Time end = absl::Now() + absl::Seconds(30); begun < 100 && absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  stop = true;
  for (std::thread* thread : {&writer, &sweeper, &first, &second}) thread->join();
  EXPECT_GE(begun, 100);
}

}  // namespace
}  // namespace inventory::feed
