// A step of clean-up reads about as many rows as it removes, however many others there are.
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"
#include "storage/request_repository.h"
#include "tests/integration/repositories_fixture.h"

namespace inventory::storage {
namespace {

constexpr int kLong = 9000;    // Movements of the SKU "hot", a second apart, in three warehouses.
constexpr int kOld = 300;      // Of these.
constexpr int kOthers = 3000;  // SKUs with one old movement each.
constexpr int64_t kLimit = 500;
// Some indexes and intermediate results are read for each row.
constexpr int64_t kMostReads = 5 * kLimit;

class RetentionReadsTest : public RepositoriesTest {
 protected:
  void SetUp() override {
    RepositoriesTest::SetUp();
    std::vector<MovementRecord> movements;
    std::vector<LevelRecord> levels;
    for (const char* warehouse_id : {"w0", "w1", "w2"}) levels.push_back(Level("hot", warehouse_id, 1, 0));
    for (int i = 0; i < kLong; ++i) movements.push_back(Movement("hot", i + 1, absl::StrCat("w", i % 3), 1 + i / 3, 1));
    for (int i = 0; i < kOthers; ++i) {
      movements.push_back(Movement(absl::StrFormat("other%05d", i), 1, "w1", 1, 1));
      levels.push_back(Level(movements.back().sku, "w1", 1, 0));
    }
    Insert(movements);
    Insert(levels);
    Run([](Sql& sql) {
      sql.Raw("ANALYZE TABLE movement, stock_level");
      return true;
    });
  }

  // Everything before this is old.
  static absl::Time Cutoff() { return kTime + absl::Seconds(kOld + 1); }

  // The result, which must not have taken too many reads.
  template <typename Append>
  Rows RunBounded(Append append) {
    const int64_t before = Reads();
    Rows rows = Run(append);
    EXPECT_LT(Reads() - before, kMostReads);
    return rows;
  }
};

TEST_F(RetentionReadsTest, LevelsThatHaveSomethingToFoldAreFoundByTheirFirstTwoMovements) {
  const auto find = [this](const LevelRecord::Key& after, absl::Time before) {
    std::vector<std::string> aged;
    for (const AgedLevel& level :
         ParseAgedLevels(RunBounded([&](Sql& sql) { return AppendSelectAgedLevels(sql, after, before, kLimit); }))) {
      if (level.aged) aged.push_back(absl::StrCat(level.key.first, " ", level.key.second));
    }
    return aged;
  };
  EXPECT_EQ(find({"", ""}, Cutoff()), (std::vector<std::string>{"hot w0", "hot w1", "hot w2"}));
  EXPECT_EQ(find({"hot", "w1"}, Cutoff()), std::vector<std::string>{"hot w2"});
  EXPECT_EQ(find({"", ""}, kTime), std::vector<std::string>());
  EXPECT_EQ(find({"other02000", "w1"}, kFuture), std::vector<std::string>());
}

TEST_F(RetentionReadsTest, OldMovementsAreReadFromTheFirstOn) {
  const auto select = [this](int64_t after, absl::Time before, int64_t limit) {
    return RunBounded([&](Sql& sql) { return AppendSelectOldMovements(sql, "hot", after, before, limit); }).size();
  };
  EXPECT_EQ(select(0, Cutoff(), kLimit), static_cast<std::size_t>(kOld));
  EXPECT_EQ(select(0, Cutoff(), 100), 100u);
  EXPECT_EQ(select(kOld - 10, Cutoff(), kLimit), 10u);
  EXPECT_EQ(select(0, kTime, kLimit), 0u);
  EXPECT_EQ(RunBounded([](Sql& sql) { return AppendSelectFirstMovements(sql, "hot"); }).size(), 3u);
}

TEST_F(RetentionReadsTest, FoldedMovementsAreDeletedByTheirKeys) {
  const std::vector<MovementRecord> old =
      ParseAll<MovementRecord>(Run([](Sql& sql) { return AppendSelectOldMovements(sql, "hot", 0, Cutoff(), kLimit); }));
  RunBounded([&](Sql& sql) { return AppendDelete<MovementRecord>(sql, Pointers(old)); });
  EXPECT_EQ(Select<MovementRecord>("hot").size(), static_cast<std::size_t>(kLong - kOld));
}

TEST_F(RetentionReadsTest, APastLevelIsReadFromTheNewestMovementDownToThen) {
  constexpr int kSince = 30;
  const PastLevel past = ParsePastLevel(RunBounded(
      [](Sql& sql) { return AppendSelectPastLevel(sql, "hot", "w0", kTime + absl::Seconds(kLong - kSince)); }));
  EXPECT_EQ(past.on_hand, 1);
  EXPECT_EQ(past.counted_since, 0);
  EXPECT_FALSE(past.begin_time.has_value());
}

TEST_F(RetentionReadsTest, OldRequestIdsAreDeletedByTheirAge) {
  std::vector<RequestRecord> requests;
  for (int i = 0; i < 6000; ++i) {
    RequestRecord request{.caller = "c", .request_id = absl::StrCat("id", i), .fingerprint = std::string(32, 'f')};
    request.create_time = i % 6 == 0 ? kPast : kFuture;
    requests.push_back(std::move(request));
  }
  Run([&](Sql& sql) { return AppendInsertRequests(sql, Pointers(requests)); });
  const auto left = [this] {
    return Run([](Sql& sql) {
             sql.Raw("SELECT COUNT(*) FROM request_record");
             return true;
           })[0]
        .Int(0);
  };
  const auto forget = [this] {
    RunBounded([](Sql& sql) { return AppendDeleteOldRequests(sql, absl::Hours(1), kLimit); });
  };
  forget();
  EXPECT_EQ(left(), 5500);
  forget();
  EXPECT_EQ(left(), 5000);
  forget();
  EXPECT_EQ(left(), 5000);
}

}  // namespace
}  // namespace inventory::storage
