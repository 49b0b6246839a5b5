// What questions about availability cost the database.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "server/queries/stock.h"
#include "storage/backorder_repository.h"
#include "storage/incoming_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/quota_repository.h"
#include "storage/replenishment_repository.h"
#include "storage/reservation_repository.h"
#include "storage/transfer_repository.h"
#include "tests/integration/repositories_fixture.h"

namespace inventory::storage {
namespace {

class StockReadsTest : public RepositoriesTest {
 protected:
  // Selects that this session has made so far.
  int64_t Selects() {
    return Run([](Sql& sql) {
             sql.Raw("SHOW SESSION STATUS LIKE 'Com_select'");
             return true;
           })[0]
        .Int(1);
  }

  // Those that it takes to answer for the SKUs.
  int64_t SelectsFor(const std::vector<std::string_view>& skus) {
    const int64_t before = Selects();
    reading::KnownStock::Turn nobodys;
    EXPECT_TRUE(queries::ReadStock(skus, connection(), nobodys).ok());
    return Selects() - before;
  }
};

TEST_F(StockReadsTest, MoreIsReadOnlyOfSkusThatHaveMore) {
  ItemRecord limited = Item("limited");
  limited.quotas = 1;
  ItemRecord kit = Item("kit");
  kit.components = {{"plain", 2}};
  kit.config_version = 1;
  ItemRecord watched = Item("watched");
  watched.low_stock_rules = 1;
  ItemRecord waiting = Item("waiting");
  waiting.backordered = 1;
  Insert<ItemRecord>({Item("plain"), limited, kit, watched, waiting});
  Insert<LevelRecord>({Level("plain", "w1", 5, 0), Level("waiting", "w1", 5, 0)});
  // The version of the configuration, items and levels.
  EXPECT_EQ(SelectsFor({"plain", "never-seen"}), 3);
  EXPECT_EQ(SelectsFor({"plain", "watched"}), 3 + 1);
  EXPECT_EQ(SelectsFor({"plain", "limited"}), 3 + 1);
  // The levels once more, without their dead holds, and what these are.
  EXPECT_EQ(SelectsFor({"plain", "waiting"}), 3 + 3);
  // The components, which are asked for already, have no more than that.
  EXPECT_EQ(SelectsFor({"plain", "kit"}), 3);
  // Items, levels, quotas, and what is dead of the components.
  EXPECT_EQ(SelectsFor({"kit"}), 3 + 5);
}

// The past of a SKU is long, what is on its way is little.
TEST_F(StockReadsTest, WhatIsOnItsWayIsFoundWithoutReadingThePast) {
  constexpr int kPast = 3000;
  std::vector<TransferRecord> transfers;
  std::vector<TransferLineRecord> lines;
  std::vector<ReplenishmentRecord> replenishments;
  for (int i = 0; i < kPast; ++i) {
    const bool open = i % 1000 == 500;
    const std::string id = absl::StrCat("t", i);
    transfers.push_back({.transfer_id = id,
                         .from_warehouse_id = "w2",
                         .to_warehouse_id = "w1",
                         .state = open ? TransferState::kInTransit : TransferState::kReceived,
                         .create_time = kTime,
                         .update_time = kTime});
    lines.push_back({.transfer_id = id, .sku = "a", .quantity = 3, .received = open ? 1 : 3});
    replenishments.push_back({.replenishment_id = absl::StrCat("p", i),
                              .sku = "a",
                              .warehouse_id = "w1",
                              .ordered = 5,
                              .received = open ? 1 : 2,
                              .state = open ? ReplenishmentState::kOpen : ReplenishmentState::kClosed,
                              .create_time = kTime,
                              .update_time = kTime});
  }
  Insert(transfers);
  Insert(lines);
  Insert(replenishments);
  LevelRecord level = Level("a", "w1", 0, 0);
  level.quantities.incoming = 18;
  Insert<LevelRecord>({level, Level("a", "w2", 9, 0)});
  Run([](Sql& sql) {
    sql.Raw("ANALYZE TABLE transfer, transfer_line, replenishment, stock_level");
    return true;
  });
  const int64_t before = Reads();
  int64_t units = 0;
  const Texts skus = {"a"};
  const Rows rows = Run([&](Sql& sql) { return AppendSelectIncoming(sql, skus); });
  // The counters are rows of tables themselves.
  EXPECT_LT(Reads() - before, kPast / 4);
  for (const Incoming& incoming : ParseIncoming(rows)) units += incoming.quantity;
  EXPECT_EQ(units, 3 * 2 + 3 * 4);
}

TEST_F(StockReadsTest, LiveQuotasLeaveOutWhatDeadHoldsHave) {
  const auto quota = [](const std::string& sku, const std::string& channel_id, int64_t outstanding) {
    return QuotaRecord{.sku = sku,
                       .channel_id = channel_id,
                       .quantity = 9,
                       .outstanding = outstanding,
                       .version = 1,
                       .create_time = kTime,
                       .update_time = kTime};
  };
  Insert<QuotaRecord>({quota("a", "web", 8), quota("a", "shop", 4), quota("b", "web", 2)});
  Insert<ReservationRecord>(
      {Reservation("dead", ReservationState::kHeld, kPast), Reservation("live", ReservationState::kHeld, kFuture)});
  Insert<AllocationRecord>({{"dead", "a", "w1", 2, 0, 0, kPast},
                            {"dead", "a", "w2", 1, 0, 0, kPast},
                            {"live", "a", "w1", 3, 0, 0, kFuture}});
  const auto backorder = [](int64_t place, std::optional<absl::Time> expire_time) {
    return BackorderRecord{.sku = "a",
                           .place = place,
                           .reservation_id = absl::StrCat("r", place),
                           .channel_id = "web",
                           .quantity = 1,
                           .expire_time = expire_time,
                           .create_time = kTime};
  };
  Insert<BackorderRecord>({backorder(1, kPast), backorder(2, kFuture), backorder(3, std::nullopt)});
  const auto outstanding = [this](const auto& append) {
    std::vector<std::string> found;
    for (const QuotaRecord& record : ParseAll<QuotaRecord>(Run(append))) {
      found.push_back(absl::StrCat(record.sku, " ", record.channel_id, " ", record.outstanding));
    }
    return found;
  };
  const Texts skus = {"a", "b", "c"};
  EXPECT_EQ(outstanding([&](Sql& sql) { return AppendSelectLiveQuotas(sql, skus); }),
            (Texts{"a shop 4", "a web 4", "b web 2"}));
  EXPECT_EQ(outstanding([](Sql& sql) { return AppendSelectLiveQuota(sql, {"a", "web"}); }), (Texts{"a web 4"}));
}

}  // namespace
}  // namespace inventory::storage
