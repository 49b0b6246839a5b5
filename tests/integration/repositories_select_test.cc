// The selects of the repositories against a real database: live state, filters, pages.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "storage/configuration_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"
#include "storage/replenishment_repository.h"
#include "storage/reservation_repository.h"
#include "storage/return_repository.h"
#include "storage/shipment_repository.h"
#include "storage/transfer_repository.h"
#include "tests/integration/repositories_fixture.h"

namespace inventory::storage {
namespace {

class RepositoriesSelectTest : public RepositoriesTest {
 protected:
  Texts ListItems(const ItemFilter& filter, const std::string& after = "", int64_t limit = 100) {
    return ParseTexts(Run([&](Sql& sql) { return AppendListItems(sql, filter, after, limit); }));
  }

  // "sku/warehouse:reserved" of the live levels.
  Texts ListLevels(const LevelFilter& filter, const LevelRecord::Key& after = {}, int64_t limit = 100) {
    Texts found;
    const Rows rows = Run([&](Sql& sql) { return AppendListLiveLevels(sql, filter, after, limit); });
    for (const LevelRecord& level : ParseAll<LevelRecord>(rows)) {
      found.push_back(level.sku + "/" + level.warehouse_id + ":" + std::to_string(level.quantities.reserved));
    }
    return found;
  }

  Texts ListReservations(const ReservationFilter& filter, const std::string& after = "", int64_t limit = 100) {
    return ParseTexts(Run([&](Sql& sql) { return AppendListReservations(sql, filter, after, limit); }));
  }

  Texts ListShipments(const ShipmentFilter& filter, const std::string& after = "", int64_t limit = 100) {
    return ParseTexts(Run([&](Sql& sql) { return AppendListShipments(sql, filter, after, limit); }));
  }

  Texts ListReturns(const ReturnFilter& filter, const std::string& after = "", int64_t limit = 100) {
    return ParseTexts(Run([&](Sql& sql) { return AppendListReturns(sql, filter, after, limit); }));
  }

  // "sku/sequence" of the movements.
  Texts ListMovements(const MovementFilter& filter, const MovementRecord::Key& after = {"", 0}, int64_t limit = 100) {
    Texts found;
    const Rows rows = Run([&](Sql& sql) { return AppendListMovements(sql, filter, after, limit); });
    for (const MovementRecord& movement : ParseAll<MovementRecord>(rows)) {
      found.push_back(movement.sku + "/" + std::to_string(movement.sequence));
    }
    return found;
  }
};

TEST_F(RepositoriesSelectTest, ListItemsFiltersAndPages) {
  Insert<ItemRecord>({Item("a1"), Item("a2", false), Item("a3"), Item("b"), Unconfigured("a0")});
  EXPECT_EQ(ListItems({}), (Texts{"a1", "a2", "a3", "b"}));
  EXPECT_EQ(ListItems({.sku_prefix = "a"}), (Texts{"a1", "a2", "a3"}));
  EXPECT_EQ(ListItems({.sku_prefix = "a", .published = true}), (Texts{"a1", "a3"}));
  EXPECT_EQ(ListItems({.sku_prefix = "", .published = false}), (Texts{"a2"}));
  EXPECT_EQ(ListItems({}, "a1", 2), (Texts{"a2", "a3"}));
  EXPECT_EQ(ListItems({}, "b", 2), Texts{});
}

TEST_F(RepositoriesSelectTest, PrefixesMayEndInTheHighestByte) {
  Insert<ItemRecord>({Item("a\xFF"), Item("a\xFFz"), Item("b"), Item("\xFF\xFF"), Item("\xFF\xFFq")});
  EXPECT_EQ(ListItems({.sku_prefix = "a\xFF"}), (Texts{"a\xFF", "a\xFFz"}));
  EXPECT_EQ(ListItems({.sku_prefix = "\xFF\xFF"}), (Texts{"\xFF\xFF", "\xFF\xFFq"}));
  EXPECT_EQ(ListItems({.sku_prefix = "a%"}), Texts{});
}

TEST_F(RepositoriesSelectTest, LiveLevelsLeaveDeadHoldsOut) {
  Insert<ReservationRecord>(
      {Reservation("r1", ReservationState::kHeld, kPast), Reservation("r2", ReservationState::kHeld, kFuture),
       Reservation("r3", ReservationState::kCommitted), Reservation("r4", ReservationState::kHeld, kPast),
       Reservation("r5", ReservationState::kHeld, kFuture)});
  Insert<LevelRecord>({Level("A", "w1", 10, 9), Level("A", "w2", 10, 5), Level("B", "w1", 1, 1)});
  Insert<AllocationRecord>({{"r1", "A", "w1", 4, 0, 0, kPast},
                            {"r2", "A", "w1", 3, 0, 0, kFuture},
                            {"r3", "A", "w1", 2, 0, 0, std::nullopt},
                            {"r4", "A", "w1", 0, 0, 0, kPast},
                            {"r5", "A", "w2", 5, 0, 0, kFuture},
                            {"r1", "B", "w1", 1, 0, 0, kPast}});
  EXPECT_EQ(ListLevels({}), (Texts{"A/w1:5", "A/w2:5", "B/w1:0"}));
  const Texts skus = {"B", "A"};
  const auto levels = ParseAll<LevelRecord>(Run([&](Sql& sql) { return AppendSelectLiveLevels(sql, skus); }));
  ASSERT_EQ(levels.size(), 3u);
  EXPECT_EQ(levels[0], Level("A", "w1", 10, 5));
  const auto level = ParseAll<LevelRecord>(Run([&](Sql& sql) { return AppendSelectLiveLevel(sql, "B", "w1"); }));
  EXPECT_EQ(level, std::vector<LevelRecord>{Level("B", "w1", 1, 0)});
  const auto stored =
      ParseLevelsWithState(Run([&](Sql& sql) { return AppendSelectLevelsAndState(sql, skus, /*event_log_id=*/0); }));
  EXPECT_EQ(std::count(stored.begin(), stored.end(), Level("A", "w1", 10, 9)), 1);
}

TEST_F(RepositoriesSelectTest, ListLevelsFiltersAndPages) {
  Insert<LevelRecord>({Level("a1", "w1", 1, 0), Level("a1", "w2", 2, 2), Level("a2", "w1", 1, 3),
                       Level("a2", "w2", 0, 0), Level("b", "w1", 1, 1)});
  Insert<ReservationRecord>({Reservation("r", ReservationState::kHeld, kPast)});
  Insert<AllocationRecord>({{"r", "b", "w1", 1, 0, 0, kPast}});
  EXPECT_EQ(ListLevels({.sku_prefix = "a", .warehouse_id = "w1"}), (Texts{"a1/w1:0", "a2/w1:3"}));
  EXPECT_EQ(ListLevels({.status = LevelStatus::kInStock}), (Texts{"a1/w1:0", "b/w1:0"}));
  EXPECT_EQ(ListLevels({.status = LevelStatus::kOutOfStock}), (Texts{"a1/w2:2", "a2/w2:0"}));
  EXPECT_EQ(ListLevels({.status = LevelStatus::kDeficit}), (Texts{"a2/w1:3"}));
  EXPECT_EQ(ListLevels({}, {"a1", "w1"}, 2), (Texts{"a1/w2:2", "a2/w1:3"}));
  EXPECT_EQ(ListLevels({.warehouse_id = "w2"}, {"a1", "w1"}), (Texts{"a1/w2:2", "a2/w2:0"}));
  EXPECT_EQ(ListLevels({.warehouse_id = "w1"}, {"a1", "w1"}), (Texts{"a2/w1:3", "b/w1:0"}));
}

TEST_F(RepositoriesSelectTest, DeadAllocationsOldestFirst) {
  const AllocationRecord oldest = {"r3", "A", "w1", 1, 0, 0, kPast - absl::Seconds(1)};
  Insert<AllocationRecord>({{"r1", "A", "w1", 2, 0, 0, kPast},
                            {"r1", "A", "w2", 3, 0, 0, kPast},
                            {"r1", "B", "w1", 1, 0, 0, kPast},
                            {"r2", "A", "w1", 1, 0, 0, kFuture},
                            oldest});
  const Texts skus = {"A"};
  const auto dead = [&](int64_t limit) {
    return ParseAll<AllocationRecord>(
        Run([&](Sql& sql) { return AppendSelectDeadAllocations(sql, skus, absl::Now(), limit); }));
  };
  EXPECT_EQ(dead(10).size(), 3u);
  EXPECT_EQ(dead(1), std::vector<AllocationRecord>{oldest});
}

TEST_F(RepositoriesSelectTest, LinesByTheirFullKeys) {
  const ReservationLineRecord wanted = {"r1", "A", 5, 5, 0, 0};
  Insert<ReservationLineRecord>({wanted, {"r1", "B", 1, 1, 0, 0}, {"r2", "A", 1, 1, 0, 0}});
  const std::vector<ReservationLineRecord::Key> keys = {{"r1", "A"}, {"r2", "B"}};
  const auto lines = ParseAll<ReservationLineRecord>(Run([&](Sql& sql) { return AppendSelectLines(sql, keys); }));
  EXPECT_EQ(lines, std::vector<ReservationLineRecord>{wanted});
}

TEST_F(RepositoriesSelectTest, HoldersAreLiveAndHaveUnitsOutstandingLastFirst) {
  Insert<ReservationRecord>(
      {Reservation("1", ReservationState::kCommitted), Reservation("2", ReservationState::kHeld, kFuture),
       Reservation("3", ReservationState::kHeld, kPast), Reservation("4", ReservationState::kFulfilled),
       Reservation("5", ReservationState::kCommitted), Reservation("6", ReservationState::kCommitted)});
  Insert<ReservationLineRecord>({{"1", "A", 1, 1, 0, 0},
                                 {"2", "A", 1, 1, 0, 0},
                                 {"3", "A", 1, 1, 0, 0},
                                 {"4", "A", 1, 0, 1, 0},
                                 {"5", "A", 1, 0, 0, 1},
                                 {"6", "B", 1, 1, 0, 0}});
  const auto holders = [&](absl::Time now, int64_t limit) {
    return ParseTexts(Run([&](Sql& sql) { return AppendSelectHolders(sql, "A", now, limit); }));
  };
  EXPECT_EQ(holders(kPast, 10), (Texts{"2", "1"}));
  EXPECT_EQ(holders(kPast, 1), Texts{"2"});
  EXPECT_EQ(holders(kPast - absl::Microseconds(1), 10), (Texts{"3", "2", "1"}));
  EXPECT_EQ(holders(kFuture, 10), Texts{"1"});
}

TEST_F(RepositoriesSelectTest, NumbersThatAreTaken) {
  Insert<MovementRecord>({Movement("A", 3, "w1", 2, 1), Movement("B", 1, "w1", 1, 1)});
  const auto taken = [&](const std::vector<MovementRecord>& movements) {
    return ParseTexts(Run([&](Sql& sql) { return AppendSelectTakenNumber(sql, Pointers(movements)); }));
  };
  const MovementRecord next = Movement("A", 4, "w1", 3, 1);
  EXPECT_EQ(taken({next}), Texts{});
  EXPECT_EQ(taken({next, Movement("B", 1, "w2", 1, 1)}), Texts{"B"});
  EXPECT_EQ(taken({next, Movement("A", 5, "w1", 2, 1)}), Texts{"A"});
}

TEST_F(RepositoriesSelectTest, DeadHoldsDoNotUseAWarehouse) {
  Insert<LevelRecord>({Level("A", "w1", 0, 3), Level("B", "w1", 0, 4), Level("C", "w1", 1, 2)});
  Insert<AllocationRecord>({{"r1", "A", "w1", 1, 0, 0, kPast},
                            {"r2", "A", "w1", 2, 0, 0, kPast},
                            {"r1", "B", "w1", 1, 0, 0, kPast},
                            {"r1", "B", "w2", 9, 0, 0, kPast},
                            {"r3", "B", "w1", 3, 0, 0, kFuture},
                            {"r4", "C", "w1", 2, 0, 0, kPast}});
  const WarehouseUse found = ParseWarehouseUse(Run([](Sql& sql) { return AppendWarehouseUse(sql, "w1"); }));
  EXPECT_EQ(found.levels, 2);
  EXPECT_EQ(found.allocations, 1);
  EXPECT_EQ(found.example_skus, (Texts{"B", "C"}));
}

TEST_F(RepositoriesSelectTest, ListReservationsByLiveState) {
  Insert<ReservationRecord>(
      {Reservation("1", ReservationState::kHeld, kFuture), Reservation("2", ReservationState::kHeld, kPast),
       Reservation("3", ReservationState::kExpired), Reservation("4", ReservationState::kCommitted),
       Reservation("5", ReservationState::kHeld, kPast - absl::Hours(1))});
  EXPECT_EQ(ListReservations({.state = ReservationState::kHeld}), Texts{"1"});
  EXPECT_EQ(ListReservations({.state = ReservationState::kExpired}), (Texts{"2", "3", "5"}));
  EXPECT_EQ(ListReservations({.state = ReservationState::kCommitted}), Texts{"4"});
  EXPECT_EQ(ListReservations({}, "1", 2), (Texts{"2", "3"}));
  const auto expired = [&](const std::optional<ExpiredReservation>& after) {
    Texts ids;
    for (const auto& one :
         ParseExpiredReservations(Run([&](Sql& sql) { return AppendSelectExpiredReservations(sql, after, 10); }))) {
      ids.push_back(one.reservation_id);
    }
    return ids;
  };
  EXPECT_EQ(expired(std::nullopt), (Texts{"5", "2"}));
  const ExpiredReservation first =
      ParseExpiredReservations(Run([&](Sql& sql) { return AppendSelectExpiredReservations(sql, std::nullopt, 1); }))[0];
  EXPECT_EQ(expired(first), (Texts{"2"}));
  EXPECT_EQ(expired(ExpiredReservation{"4", first.expire_time}), (Texts{"5", "2"}));
  const Texts ids = {"2"};
  const auto live = ParseAll<ReservationRecord>(Run([&](Sql& sql) { return AppendSelectLiveReservations(sql, ids); }));
  EXPECT_EQ(live, (std::vector<ReservationRecord>{Reservation("2", ReservationState::kExpired, kPast)}));
  EXPECT_EQ(Select<ReservationRecord>("2")[0].state, ReservationState::kHeld);
}

TEST_F(RepositoriesSelectTest, ListReservationsFilters) {
  ReservationRecord other = Reservation("3", ReservationState::kCommitted);
  other.channel_id = "shop";
  Insert<ReservationRecord>(
      {Reservation("1", ReservationState::kCommitted), Reservation("2", ReservationState::kCommitted), other});
  Insert<ReservationLineRecord>({{"1", "A", 1, 1, 0, 0}, {"1", "B", 1, 1, 0, 0}, {"3", "A", 1, 1, 0, 0}});
  EXPECT_EQ(ListReservations({.sku = "A"}), (Texts{"1", "3"}));
  EXPECT_EQ(ListReservations({.sku = "A"}, "1"), Texts{"3"});
  EXPECT_EQ(ListReservations({.channel_id = "web"}), (Texts{"1", "2"}));
  EXPECT_EQ(ListReservations({.order_reference = "order-2"}), Texts{"2"});
  EXPECT_EQ(ListReservations({.channel_id = "shop", .sku = "B"}), Texts{});
}

TEST_F(RepositoriesSelectTest, ListShipments) {
  Insert<ShipmentRecord>({{"s1", "r1", "w1", ShipmentState::kShipped, "", "", "", 1, kTime, kTime},
                          {"s2", "r2", "w1", ShipmentState::kReadyToShip, "", "", "", 1, kTime, kTime}});
  EXPECT_EQ(ListShipments({}), (Texts{"s1", "s2"}));
  EXPECT_EQ(ListShipments({}, "s1"), Texts{"s2"});
  EXPECT_EQ(ListShipments({.reservation_id = "r1"}), Texts{"s1"});
  EXPECT_EQ(ListShipments({.warehouse_id = "w1", .state = ShipmentState::kReadyToShip}), Texts{"s2"});
}

TEST_F(RepositoriesSelectTest, ListReturns) {
  Insert<ReturnRecord>({{"b1", "r1", "", kTime}, {"b2", "r1", "", kTime}, {"b3", "r2", "", kTime}});
  Insert<ReturnLineRecord>({{"b1", "A", "w1", Disposition::kRestock, 1},
                            {"b1", "A", "w1", Disposition::kDamaged, 1},
                            {"b1", "B", "w2", Disposition::kDamaged, 1},
                            {"b2", "A", "w2", Disposition::kRestock, 1},
                            {"b3", "A", "w1", Disposition::kRestock, 1}});
  EXPECT_EQ(ListReturns({}), (Texts{"b1", "b2", "b3"}));
  EXPECT_EQ(ListReturns({}, "b1", 1), Texts{"b2"});
  EXPECT_EQ(ListReturns({.reservation_id = "r1"}), (Texts{"b1", "b2"}));
  EXPECT_EQ(ListReturns({.sku = "A"}), (Texts{"b1", "b2", "b3"}));
  EXPECT_EQ(ListReturns({.sku = "A"}, "b1", 1), Texts{"b2"});
  EXPECT_EQ(ListReturns({.warehouse_id = "w2"}), (Texts{"b1", "b2"}));
  EXPECT_EQ(ListReturns({.sku = "A", .warehouse_id = "w2"}), Texts{"b2"});
  EXPECT_EQ(ListReturns({.reservation_id = "r1", .sku = "A", .warehouse_id = "w1"}), Texts{"b1"});
  EXPECT_EQ(ListReturns({.reservation_id = "r2", .warehouse_id = "w2"}), Texts{});
}

TEST_F(RepositoriesSelectTest, ListReplenishments) {
  Insert<ReplenishmentRecord>({{"p1", "A", "w1", 5, 0, {}, ReplenishmentState::kOpen, "", "", 1, kTime, kTime},
                               {"p2", "A", "w2", 5, 5, {}, ReplenishmentState::kReceived, "", "", 1, kTime, kTime},
                               {"p3", "B", "w1", 5, 1, {}, ReplenishmentState::kClosed, "", "", 1, kTime, kTime}});
  const auto list = [&](const ReplenishmentFilter& filter, const std::string& after = "", int64_t limit = 100) {
    return ParseTexts(Run([&](Sql& sql) { return AppendListReplenishments(sql, filter, after, limit); }));
  };
  EXPECT_EQ(list({}), (Texts{"p1", "p2", "p3"}));
  EXPECT_EQ(list({}, "p1", 1), Texts{"p2"});
  EXPECT_EQ(list({.sku = "A"}), (Texts{"p1", "p2"}));
  EXPECT_EQ(list({.warehouse_id = "w1"}), (Texts{"p1", "p3"}));
  EXPECT_EQ(list({.state = ReplenishmentState::kClosed}), Texts{"p3"});
  EXPECT_EQ(list({.sku = "A", .warehouse_id = "w1", .state = ReplenishmentState::kReceived}), Texts{});
}

TEST_F(RepositoriesSelectTest, ListTransfers) {
  Insert<TransferRecord>({{"t1", "w1", "w2", TransferState::kInTransit, {}, "", "", 1, kTime, kTime},
                          {"t2", "w2", "w1", TransferState::kInTransit, {}, "", "", 1, kTime, kTime},
                          {"t3", "w1", "w2", TransferState::kReceived, {}, "", "", 1, kTime, kTime}});
  Insert<TransferLineRecord>({{"t1", "A", 1, 0, 0, ""}, {"t1", "B", 1, 0, 0, ""}, {"t3", "A", 1, 1, 0, ""}});
  const auto list = [&](const TransferFilter& filter, const std::string& after = "", int64_t limit = 100) {
    return ParseTexts(Run([&](Sql& sql) { return AppendListTransfers(sql, filter, after, limit); }));
  };
  EXPECT_EQ(list({}), (Texts{"t1", "t2", "t3"}));
  EXPECT_EQ(list({}, "t1", 1), Texts{"t2"});
  EXPECT_EQ(list({.from_warehouse_id = "w1"}), (Texts{"t1", "t3"}));
  EXPECT_EQ(list({.to_warehouse_id = "w1"}), Texts{"t2"});
  EXPECT_EQ(list({.state = TransferState::kReceived}), Texts{"t3"});
  EXPECT_EQ(list({.sku = "A"}), (Texts{"t1", "t3"}));
  EXPECT_EQ(list({.state = TransferState::kInTransit, .sku = "A"}), Texts{"t1"});
}

TEST_F(RepositoriesSelectTest, ListMovementsAndLevelAsOf) {
  MovementRecord last = Movement("B", 1, "w1", 1, 4);
  last.document_id = "d";
  last.type = MovementType::kSet;
  Insert<MovementRecord>(
      {Movement("A", 1, "w1", 1, 1), Movement("A", 2, "w2", 1, 2), Movement("A", 3, "w1", 2, 3), last});
  EXPECT_EQ(ListMovements({}), (Texts{"A/1", "A/2", "A/3", "B/1"}));
  EXPECT_EQ(ListMovements({}, {"A", 2}, 2), (Texts{"A/3", "B/1"}));
  EXPECT_EQ(ListMovements({.sku = "A"}, {"A", 1}), (Texts{"A/2", "A/3"}));
  EXPECT_EQ(ListMovements({.sku = "A"}, {"B", 1}), Texts{});
  EXPECT_EQ(ListMovements({.sku = "A", .warehouse_id = "w1"}), (Texts{"A/1", "A/3"}));
  EXPECT_EQ(ListMovements({.document_id = "d"}), Texts{"B/1"});
  EXPECT_EQ(ListMovements({.type = MovementType::kSet}), Texts{"B/1"});
  EXPECT_EQ(ListMovements({.start = kTime + absl::Seconds(2), .end = kTime + absl::Seconds(3)}), Texts{"A/2"});
  const auto as_of = [&](absl::Time time) {
    return ParseAll<MovementRecord>(Run([&](Sql& sql) { return AppendLevelAsOf(sql, "A", "w1", time); }));
  };
  EXPECT_EQ(as_of(kTime).size(), 0u);
  EXPECT_EQ(as_of(kTime + absl::Seconds(2)).at(0).version, 1);
  EXPECT_EQ(as_of(kTime + absl::Seconds(3)).at(0).version, 2);
}

}  // namespace
}  // namespace inventory::storage
