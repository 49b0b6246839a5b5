// What batches and background work look for all the time reads about as many rows as it finds, however many others
// there are.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/backorder_repository.h"
#include "storage/item_repository.h"
#include "storage/reservation_repository.h"
#include "storage/verify_repository.h"
#include "tests/integration/repositories_fixture.h"

namespace inventory::storage {
namespace {

// Half of the holds have no end, the others end in the far future, but for one in kDead, which is dead.
constexpr int kHolds = 4000;
constexpr int kDead = 400;
constexpr std::size_t kAllDead = kHolds / kDead;
constexpr int64_t kAtOnce = 500;
// The counters themselves are rows too.
constexpr int64_t kMostReadsOfLook = 1500;

std::string Id(int i) { return absl::StrFormat("r%05d", i); }

std::optional<absl::Time> ExpiryOf(int i) {
  if (i % kDead == 7) return kPast;
  return i % 2 == 0 ? std::nullopt : std::optional(kFuture);
}

class BackgroundReadsTest : public RepositoriesTest {
 protected:
  void SetUp() override {
    RepositoriesTest::SetUp();
    InsertOrders();
    InsertItems();
    Run([](Sql& sql) {
      sql.Raw("ANALYZE TABLE item, reservation, reservation_line, allocation, backorder");
      return true;
    });
  }

  // The result, which must not have taken too many reads.
  template <typename Append>
  Rows RunBounded(Append append) {
    const int64_t before = Reads();
    Rows rows = Run(append);
    EXPECT_LT(Reads() - before, kMostReadsOfLook);
    return rows;
  }

  const Texts hot_ = {"hot", "r00007"};

 private:
  // Each has a line of the SKU "hot" that is partly reserved and partly waits.
  void InsertOrders() {
    std::vector<ReservationRecord> reservations;
    std::vector<ReservationLineRecord> lines;
    std::vector<AllocationRecord> allocations;
    std::vector<BackorderRecord> backorders;
    for (int i = 0; i < kHolds; ++i) {
      const auto expiry = ExpiryOf(i);
      reservations.push_back(
          Reservation(Id(i), expiry ? ReservationState::kHeld : ReservationState::kCommitted, expiry));
      lines.push_back({.reservation_id = Id(i), .sku = "hot", .requested = 2, .reserved = 1, .backordered = 1});
      allocations.push_back(
          {.reservation_id = Id(i), .sku = "hot", .warehouse_id = "w1", .reserved = 1, .expire_time = expiry});
      backorders.push_back({.sku = "hot",
                            .place = i,
                            .reservation_id = Id(i),
                            .channel_id = absl::StrCat("c", i % 4),
                            .quantity = 1,
                            .expire_time = expiry,
                            .create_time = kTime});
    }
    Insert(reservations);
    Insert(lines);
    Insert(allocations);
    Insert(backorders);
  }

  void InsertItems() {
    std::vector<ItemRecord> items;
    for (int i = 0; i < kHolds; ++i) {
      items.push_back(Item(Id(i)));
      if (i % kDead != 0) continue;
      items.back().backordered = 1;
      items.back().fill_pending = true;
      items.push_back(Item("kit" + Id(i)));
      items.back().components = {{Id(0), 12}, {Id(i + 1), 3}};
    }
    Insert(items);
  }
};

TEST_F(BackgroundReadsTest, HoldsThatHaveDied) {
  EXPECT_EQ(RunBounded([](Sql& sql) { return AppendSelectExpiredReservations(sql, std::nullopt, kAtOnce); }).size(),
            kAllDead);
  const auto now = absl::Now();
  EXPECT_EQ(RunBounded([&](Sql& sql) { return AppendSelectDeadAllocations(sql, hot_, now, kAtOnce); }).size(),
            kAllDead);
  EXPECT_EQ(RunBounded([&](Sql& sql) { return AppendSelectDeadAllocations(sql, hot_, now, 3); }).size(), 3u);
  EXPECT_EQ(RunBounded([&](Sql& sql) { return AppendSelectNextExpiries(sql, hot_, now); }).size(), 1u);
  EXPECT_EQ(RunBounded([&](Sql& sql) { return AppendSelectDeadUnits(sql, hot_); }).size(), 1u);

  // Those that wait.
  EXPECT_EQ(RunBounded([&](Sql& sql) { return AppendSelectDeadBackorders(sql, hot_, now, kAtOnce); }).size(), kAllDead);
  EXPECT_EQ(RunBounded([&](Sql& sql) { return AppendSelectLinesOfDeadBackorders(sql, hot_, now, kAtOnce); }).size(),
            kAllDead);
  EXPECT_EQ(
      RunBounded([&](Sql& sql) { return AppendSelectReservationsOfDeadBackorders(sql, hot_, now, kAtOnce); }).size(),
      kAllDead);
  EXPECT_EQ(RunBounded([&](Sql& sql) { return AppendSelectDeadWaiting(sql, hot_); }).size(), 1u);
}

TEST_F(BackgroundReadsTest, WhoWaitsAndWhatIsFollowed) {
  const Texts channels = {"c1", "c2"};
  for (const int after : {-1, kHolds / 2, kHolds - 21}) {
    const auto next = ParseAll<BackorderRecord>(
        RunBounded([&](Sql& sql) { return AppendSelectWaiting(sql, "hot", after, channels, 10); }));
    ASSERT_EQ(next.size(), 10u);
    EXPECT_LE(next.front().place, after + 4);
  }
  const Texts reservations = {Id(1), Id(2)};
  EXPECT_EQ(RunBounded([&](Sql& sql) { return AppendSelectBackordersOfReservations(sql, reservations); }).size(), 2u);
  EXPECT_EQ(RunBounded([&](Sql& sql) { return AppendSelectAllocationsOf(sql, "hot", reservations); }).size(), 2u);

  EXPECT_EQ(RunBounded([](Sql& sql) { return AppendSelectFillPending(sql, kAtOnce); }).size(), kAllDead);
  EXPECT_EQ(RunBounded([](Sql& sql) { return AppendSelectFollowedSkus(sql, "", 3); }).size(), 3u);
  EXPECT_EQ(RunBounded([](Sql& sql) { return AppendSelectFollowedSkus(sql, Id(kHolds - kDead - 1), kAtOnce); }).size(),
            1u);

  // A check finds the kits of a component without a look at each item.
  const int64_t before = Reads();
  const auto page = ReadVerifySnapshot(connection(), Id(0), "", kAtOnce);
  EXPECT_LT(Reads() - before, kMostReadsOfLook);
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->kits.size(), 1u);
  EXPECT_EQ(page->kits[0].sku, Id(0));
  EXPECT_EQ(page->kits[0].count, static_cast<int64_t>(kAllDead));
}

}  // namespace
}  // namespace inventory::storage
