// The repositories against a real database: every record's round trip and what the selects leave
// out.
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "storage/configuration_repository.h"
#include "storage/connection.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"
#include "storage/shipment_repository.h"
#include "storage/verify_repository.h"
#include "tests/integration/database_fixture.h"

namespace inventory::storage {
namespace {

using Texts = std::vector<std::string>;

const absl::Time kTime = absl::FromUnixMicros(1'700'000'000'123'456);
const absl::Time kPast = kTime;
const absl::Time kFuture = absl::FromUnixSeconds(4'000'000'000);

class RepositoriesTest : public DatabaseTest {
 protected:
  // Runs what `append` appends, and gives its last result.
  template <typename Append>
  Rows Run(Append append) {
    Sql sql;
    EXPECT_TRUE(append(sql));
    absl::StatusOr<std::vector<Rows>> results = connection().Execute(sql);
    EXPECT_TRUE(results.ok()) << results.status();
    return results.ok() && !results->empty() ? results->back() : Rows();
  }

  template <typename Append>
  absl::Status Try(Append append) {
    Sql sql;
    EXPECT_TRUE(append(sql));
    return connection().Execute(sql).status();
  }

  template <typename Record>
  void Insert(const std::vector<Record>& records) {
    Run([&](Sql& sql) { return AppendInsert(sql, Pointers(records)); });
  }

  template <typename Record>
  static std::vector<const Record*> Pointers(const std::vector<Record>& records) {
    std::vector<const Record*> pointers;
    for (const Record& record : records) pointers.push_back(&record);
    return pointers;
  }

  template <typename Record>
  std::vector<Record> Select(const std::string& key) {
    const Texts keys = {key};
    return ParseAll<Record>(
        Run([&](Sql& sql) { return AppendSelectByKeyPrefix<Record>(sql, keys); }));
  }

  // Inserting gives the record back, inserting again fails, an upsert overwrites.
  template <typename Record>
  void RoundTrip(const std::string& key, const Record& record, const Record& changed) {
    Insert<Record>({record});
    EXPECT_EQ(Select<Record>(key), std::vector<Record>{record});
    EXPECT_FALSE(Try([&](Sql& sql) { return AppendInsert<Record>(sql, {&record}); }).ok());
    Run([&](Sql& sql) { return AppendUpsert<Record>(sql, {&changed}); });
    EXPECT_EQ(Select<Record>(key), std::vector<Record>{changed});
  }

  Texts ListItems(const ItemFilter& filter, const std::string& after = "", int64_t limit = 100) {
    return ParseTexts(Run([&](Sql& sql) { return AppendListItems(sql, filter, after, limit); }));
  }

  // "sku/warehouse:reserved" of the live levels.
  Texts ListLevels(const LevelFilter& filter, const LevelRecord::Key& after = {},
                   int64_t limit = 100) {
    Texts found;
    const Rows rows =
        Run([&](Sql& sql) { return AppendListLiveLevels(sql, filter, after, limit); });
    for (const LevelRecord& level : ParseAll<LevelRecord>(rows)) {
      found.push_back(level.sku + "/" + level.warehouse_id + ":" +
                      std::to_string(level.quantities.reserved));
    }
    return found;
  }

  Texts ListReservations(const ReservationFilter& filter, const std::string& after = "",
                         int64_t limit = 100) {
    return ParseTexts(
        Run([&](Sql& sql) { return AppendListReservations(sql, filter, after, limit); }));
  }

  Texts ListShipments(const ShipmentFilter& filter, const std::string& after = "",
                      int64_t limit = 100) {
    return ParseTexts(
        Run([&](Sql& sql) { return AppendListShipments(sql, filter, after, limit); }));
  }

  // "sku/sequence" of the movements.
  Texts ListMovements(const MovementFilter& filter, const MovementKey& after = {"", 0},
                      int64_t limit = 100) {
    Texts found;
    const Rows rows = Run([&](Sql& sql) { return AppendListMovements(sql, filter, after, limit); });
    for (const MovementRecord& movement : ParseAll<MovementRecord>(rows)) {
      found.push_back(movement.sku + "/" + std::to_string(movement.sequence));
    }
    return found;
  }
};

ItemRecord Unconfigured(const std::string& sku) {
  ItemRecord item;
  item.sku = sku;
  return item;
}

ItemRecord Item(const std::string& sku, bool published = true) {
  ItemRecord item;
  item.sku = sku;
  item.configured = true;
  item.published = published;
  return item;
}

LevelRecord Level(const std::string& sku, const std::string& warehouse_id, int64_t on_hand,
                  int64_t reserved) {
  return {sku, warehouse_id, {.on_hand = on_hand, .reserved = reserved}, 1, kTime};
}

ReservationRecord Reservation(const std::string& id, ReservationState state,
                              std::optional<absl::Time> expire_time = std::nullopt) {
  return {id, "web", "order-" + id, state, expire_time, 1, kTime, kTime};
}

MovementRecord Movement(const std::string& sku, int64_t sequence, const std::string& warehouse_id,
                        int64_t version, int64_t on_hand) {
  MovementRecord movement;
  movement.sku = sku;
  movement.sequence = sequence;
  movement.warehouse_id = warehouse_id;
  movement.version = version;
  movement.type = MovementType::kAdjust;
  movement.delta.on_hand = on_hand;
  movement.balance = {on_hand, 2, 3, 4, 5};
  movement.create_time = kTime + absl::Seconds(sequence);
  return movement;
}

TEST_F(RepositoriesTest, NothingIsAppendedForNothing) {
  Sql sql;
  EXPECT_FALSE(AppendLockItems(sql, {}));
  EXPECT_FALSE(AppendEnsureItems(sql, {}));
  EXPECT_FALSE(AppendItemCounters(sql, {}));
  EXPECT_FALSE(AppendInsert<ItemRecord>(sql, {}));
  EXPECT_FALSE(AppendUpsert<ItemRecord>(sql, {}));
  EXPECT_FALSE(AppendSelectLiveLevels(sql, {}));
  EXPECT_FALSE(AppendSelectDeadAllocations(sql, {}, 1));
  EXPECT_FALSE(AppendSelectDeadLines(sql, {}, 1));
  EXPECT_FALSE(AppendSelectRequests(sql, {}));
  EXPECT_FALSE(AppendDelete<AttachmentRecord>(sql, {}));
  EXPECT_FALSE(AppendShareLockWarehouses(sql, {}));
  EXPECT_TRUE(sql.empty());
}

TEST_F(RepositoriesTest, ItemRoundTrip) {
  ItemRecord item = Item("A'\\\";--");
  item.tracked = false;
  item.display_availability = item.display_stock_quantity = true;
  item.min_order_quantity = 2;
  item.max_order_quantity = 0;
  item.multiple_order_quantity = 3;
  item.allowed_order_quantities = {1, 20, 9'000'000'000'000'000'000};
  item.default_safety_stock = 7;
  item.labels = {{"colour", "dark = blue, \\ 'é'"}, {"empty", ""}};
  item.config_version = 4;
  item.create_time = kTime;
  item.last_movement_time = kTime;
  RoundTrip(item.sku, item, Item(item.sku));
}

TEST_F(RepositoriesTest, EnsuredItemsAreUnconfiguredAndOthersStay) {
  Insert<ItemRecord>({Item("B")});
  const Texts skus = {"C", "B", "A", "C"};
  Run([&](Sql& sql) { return AppendEnsureItems(sql, skus); });
  const std::vector<ItemRecord> items =
      ParseAll<ItemRecord>(Run([&](Sql& sql) { return AppendLockItems(sql, skus); }));
  ASSERT_EQ(items.size(), 3u);
  EXPECT_EQ(items[0], Unconfigured("A"));
  EXPECT_EQ(items[1], Item("B"));
  EXPECT_EQ(items[2].sku, "C");
}

TEST_F(RepositoriesTest, CountersLeaveTheConfigurationAlone) {
  Insert<ItemRecord>({Item("A")});
  ItemRecord counted = Unconfigured("A");
  counted.sequence = 5;
  counted.last_movement_time = kTime;
  Run([&](Sql& sql) { return AppendItemCounters(sql, {&counted}); });
  ItemRecord expected = Item("A");
  expected.sequence = 5;
  expected.last_movement_time = kTime;
  EXPECT_EQ(Select<ItemRecord>("A"), std::vector<ItemRecord>{expected});
}

TEST_F(RepositoriesTest, ListItemsFiltersAndPages) {
  Insert<ItemRecord>({Item("a1"), Item("a2", false), Item("a3"), Item("b"), Unconfigured("a0")});
  EXPECT_EQ(ListItems({}), (Texts{"a1", "a2", "a3", "b"}));
  EXPECT_EQ(ListItems({.sku_prefix = "a"}), (Texts{"a1", "a2", "a3"}));
  EXPECT_EQ(ListItems({.sku_prefix = "a", .published = true}), (Texts{"a1", "a3"}));
  EXPECT_EQ(ListItems({.sku_prefix = "", .published = false}), (Texts{"a2"}));
  EXPECT_EQ(ListItems({}, "a1", 2), (Texts{"a2", "a3"}));
  EXPECT_EQ(ListItems({}, "b", 2), Texts{});
}

TEST_F(RepositoriesTest, PrefixesMayEndInTheHighestByte) {
  Insert<ItemRecord>(
      {Item("a\xFF"), Item("a\xFFz"), Item("b"), Item("\xFF\xFF"), Item("\xFF\xFFq")});
  EXPECT_EQ(ListItems({.sku_prefix = "a\xFF"}), (Texts{"a\xFF", "a\xFFz"}));
  EXPECT_EQ(ListItems({.sku_prefix = "\xFF\xFF"}), (Texts{"\xFF\xFF", "\xFF\xFFq"}));
  EXPECT_EQ(ListItems({.sku_prefix = "a%"}), Texts{});
}

TEST_F(RepositoriesTest, LevelRoundTrip) {
  RoundTrip<LevelRecord>("A", {"A", "w", {1, -2, 3, 4, 5}, 6, kTime}, Level("A", "w", 9, 0));
}

TEST_F(RepositoriesTest, LiveLevelsLeaveDeadHoldsOut) {
  Insert<LevelRecord>({Level("A", "w1", 10, 9), Level("A", "w2", 10, 5), Level("B", "w1", 1, 1)});
  Insert<AllocationRecord>({{"r1", "A", "w1", 4, 0, 0, kPast},
                            {"r2", "A", "w1", 3, 0, 0, kFuture},
                            {"r3", "A", "w1", 2, 0, 0, std::nullopt},
                            {"r4", "A", "w1", 0, 0, 0, kPast},
                            {"r1", "A", "w2", 5, 0, 0, kFuture},
                            {"r1", "B", "w1", 1, 0, 0, kPast}});
  EXPECT_EQ(ListLevels({}), (Texts{"A/w1:5", "A/w2:5", "B/w1:0"}));
  const Texts skus = {"B", "A"};
  const auto levels =
      ParseAll<LevelRecord>(Run([&](Sql& sql) { return AppendSelectLiveLevels(sql, skus); }));
  ASSERT_EQ(levels.size(), 3u);
  EXPECT_EQ(levels[0], Level("A", "w1", 10, 5));
  const auto level =
      ParseAll<LevelRecord>(Run([&](Sql& sql) { return AppendSelectLiveLevel(sql, "B", "w1"); }));
  EXPECT_EQ(level, std::vector<LevelRecord>{Level("B", "w1", 1, 0)});
  const auto stored =
      ParseAll<LevelRecord>(Run([&](Sql& sql) { return AppendSelectLevels(sql, skus); }));
  EXPECT_EQ(std::count(stored.begin(), stored.end(), Level("A", "w1", 10, 9)), 1);
}

TEST_F(RepositoriesTest, ListLevelsFiltersAndPages) {
  Insert<LevelRecord>({Level("a1", "w1", 1, 0), Level("a1", "w2", 2, 2), Level("a2", "w1", 1, 3),
                       Level("a2", "w2", 0, 0), Level("b", "w1", 1, 1)});
  Insert<AllocationRecord>({{"r", "b", "w1", 1, 0, 0, kPast}});
  EXPECT_EQ(ListLevels({.sku_prefix = "a", .warehouse_id = "w1"}), (Texts{"a1/w1:0", "a2/w1:3"}));
  EXPECT_EQ(ListLevels({.status = LevelStatus::kInStock}), (Texts{"a1/w1:0", "b/w1:0"}));
  EXPECT_EQ(ListLevels({.status = LevelStatus::kOutOfStock}),
            (Texts{"a1/w2:2", "a2/w1:3", "a2/w2:0"}));
  EXPECT_EQ(ListLevels({.status = LevelStatus::kDeficit}), (Texts{"a2/w1:3"}));
  EXPECT_EQ(ListLevels({}, {"a1", "w1"}, 2), (Texts{"a1/w2:2", "a2/w1:3"}));
  EXPECT_EQ(ListLevels({.warehouse_id = "w2"}, {"a1", "w1"}), (Texts{"a1/w2:2", "a2/w2:0"}));
  EXPECT_EQ(ListLevels({.warehouse_id = "w1"}, {"a1", "w1"}), (Texts{"a2/w1:3", "b/w1:0"}));
}

TEST_F(RepositoriesTest, ReservationRoundTrips) {
  RoundTrip("r", Reservation("r", ReservationState::kHeld, kFuture),
            Reservation("r", ReservationState::kCommitted));
  RoundTrip<ReservationLineRecord>("r", {"r", "A", 1, 2, 3, 4}, {"r", "A", 5, 6, 7, 8});
  RoundTrip<AllocationRecord>("r", {"r", "A", "w", 1, 2, 3, kTime},
                              {"r", "A", "w", 4, 5, 6, std::nullopt});
  const Texts ids = {"r", "missing"};
  const Rows rows = Run([&](Sql& sql) { return AppendSelectReservationSkus(sql, ids); });
  EXPECT_EQ(ParseReservationSkus(rows),
            (std::vector<std::pair<std::string, std::string>>{{"r", "A"}}));
}

TEST_F(RepositoriesTest, DeadAllocationsAndTheirLinesEachOnce) {
  Insert<ReservationLineRecord>({{"r1", "A", 5, 5, 0, 0},
                                 {"r1", "B", 1, 1, 0, 0},
                                 {"r2", "A", 1, 1, 0, 0},
                                 {"r3", "A", 1, 1, 0, 0}});
  const AllocationRecord oldest = {"r3", "A", "w1", 1, 0, 0, kPast - absl::Seconds(1)};
  Insert<AllocationRecord>({{"r1", "A", "w1", 2, 0, 0, kPast},
                            {"r1", "A", "w2", 3, 0, 0, kPast},
                            {"r1", "B", "w1", 1, 0, 0, kPast},
                            {"r2", "A", "w1", 1, 0, 0, kFuture},
                            oldest});
  const Texts skus = {"A"};
  const auto dead = [&](int64_t limit) {
    return ParseAll<AllocationRecord>(
        Run([&](Sql& sql) { return AppendSelectDeadAllocations(sql, skus, limit); }));
  };
  EXPECT_EQ(dead(10).size(), 3u);
  EXPECT_EQ(dead(1), std::vector<AllocationRecord>{oldest});
  const auto lines = [&](int64_t limit) {
    return ParseAll<ReservationLineRecord>(
        Run([&](Sql& sql) { return AppendSelectDeadLines(sql, skus, limit); }));
  };
  EXPECT_EQ(lines(10).size(), 2u);
  EXPECT_EQ(lines(1), (std::vector<ReservationLineRecord>{{"r3", "A", 1, 1, 0, 0}}));
}

TEST_F(RepositoriesTest, ListReservationsByLiveState) {
  Insert<ReservationRecord>({Reservation("1", ReservationState::kHeld, kFuture),
                             Reservation("2", ReservationState::kHeld, kPast),
                             Reservation("3", ReservationState::kExpired),
                             Reservation("4", ReservationState::kCommitted),
                             Reservation("5", ReservationState::kHeld, kPast - absl::Hours(1))});
  EXPECT_EQ(ListReservations({.state = ReservationState::kHeld}), Texts{"1"});
  EXPECT_EQ(ListReservations({.state = ReservationState::kExpired}), (Texts{"2", "3", "5"}));
  EXPECT_EQ(ListReservations({.state = ReservationState::kCommitted}), Texts{"4"});
  EXPECT_EQ(ListReservations({}, "1", 2), (Texts{"2", "3"}));
  EXPECT_EQ(ParseTexts(Run([&](Sql& sql) { return AppendSelectExpiredReservations(sql, 10); })),
            (Texts{"5", "2"}));
  const Texts ids = {"2"};
  const auto live = ParseAll<ReservationRecord>(
      Run([&](Sql& sql) { return AppendSelectLiveReservations(sql, ids); }));
  EXPECT_EQ(live,
            (std::vector<ReservationRecord>{Reservation("2", ReservationState::kExpired, kPast)}));
  EXPECT_EQ(Select<ReservationRecord>("2")[0].state, ReservationState::kHeld);
}

TEST_F(RepositoriesTest, ListReservationsFilters) {
  ReservationRecord other = Reservation("3", ReservationState::kCommitted);
  other.channel_id = "shop";
  Insert<ReservationRecord>({Reservation("1", ReservationState::kCommitted),
                             Reservation("2", ReservationState::kCommitted), other});
  Insert<ReservationLineRecord>(
      {{"1", "A", 1, 1, 0, 0}, {"1", "B", 1, 1, 0, 0}, {"3", "A", 1, 1, 0, 0}});
  EXPECT_EQ(ListReservations({.sku = "A"}), (Texts{"1", "3"}));
  EXPECT_EQ(ListReservations({.sku = "A"}, "1"), Texts{"3"});
  EXPECT_EQ(ListReservations({.channel_id = "web"}), (Texts{"1", "2"}));
  EXPECT_EQ(ListReservations({.order_reference = "order-2"}), Texts{"2"});
  EXPECT_EQ(ListReservations({.channel_id = "shop", .sku = "B"}), Texts{});
}

TEST_F(RepositoriesTest, ShipmentRoundTripsAndLists) {
  const ShipmentRecord shipment = {
      "s1", "r1", "w1", ShipmentState::kProcessing, "Carrier é", "T'1", 1, kTime, kTime};
  ShipmentRecord changed = shipment;
  changed.state = ShipmentState::kShipped;
  RoundTrip("s1", shipment, changed);
  RoundTrip<ShipmentLineRecord>("s1", {"s1", "A", "w2", 3}, {"s1", "A", "w2", 4});
  Insert<ShipmentRecord>(
      {{"s2", "r2", "w1", ShipmentState::kReadyToShip, "", "", 1, kTime, kTime}});
  EXPECT_EQ(ListShipments({}), (Texts{"s1", "s2"}));
  EXPECT_EQ(ListShipments({}, "s1"), Texts{"s2"});
  EXPECT_EQ(ListShipments({.reservation_id = "r1"}), Texts{"s1"});
  EXPECT_EQ(ListShipments({.warehouse_id = "w1", .state = ShipmentState::kReadyToShip}),
            Texts{"s2"});
  const Texts reservations = {"r1"};
  EXPECT_EQ(ParseAll<ShipmentRecord>(Run(
                [&](Sql& sql) { return AppendSelectShipmentsOfReservations(sql, reservations); })),
            std::vector<ShipmentRecord>{changed});
  EXPECT_EQ(ParseAll<ShipmentLineRecord>(Run([&](Sql& sql) {
              return AppendSelectShipmentLinesOfReservations(sql, reservations);
            })).size(),
            1u);
  const Texts ids = {"s2", "missing"};
  EXPECT_EQ(ParseShipmentReservations(
                Run([&](Sql& sql) { return AppendSelectShipmentReservations(sql, ids); })),
            (std::vector<std::pair<std::string, std::string>>{{"s2", "r2"}}));
}

TEST_F(RepositoriesTest, MovementRoundTrip) {
  MovementRecord movement = Movement("A", 1, "w", 1, -7);
  movement.reason = "counted – twice";
  movement.actor = "user:1";
  movement.document_id = "d";
  movement.request_id = "q";
  Insert<MovementRecord>({movement});
  const MovementRecord read = Select<MovementRecord>("A").at(0);
  EXPECT_EQ(read.sequence, 1);
  EXPECT_EQ(read.warehouse_id, "w");
  EXPECT_EQ(read.version, 1);
  EXPECT_EQ(read.type, movement.type);
  EXPECT_EQ(read.delta, movement.delta);
  EXPECT_EQ(read.balance, movement.balance);
  EXPECT_EQ(read.reason, movement.reason);
  EXPECT_EQ(read.actor, movement.actor);
  EXPECT_EQ(read.document_id, movement.document_id);
  EXPECT_EQ(read.request_id, movement.request_id);
  EXPECT_EQ(read.create_time, movement.create_time);
}

TEST_F(RepositoriesTest, ListMovementsAndLevelAsOf) {
  MovementRecord last = Movement("B", 1, "w1", 1, 4);
  last.document_id = "d";
  last.type = MovementType::kSet;
  Insert<MovementRecord>({Movement("A", 1, "w1", 1, 1), Movement("A", 2, "w2", 1, 2),
                          Movement("A", 3, "w1", 2, 3), last});
  EXPECT_EQ(ListMovements({}), (Texts{"A/1", "A/2", "A/3", "B/1"}));
  EXPECT_EQ(ListMovements({}, {"A", 2}, 2), (Texts{"A/3", "B/1"}));
  EXPECT_EQ(ListMovements({.sku = "A"}, {"A", 1}), (Texts{"A/2", "A/3"}));
  EXPECT_EQ(ListMovements({.sku = "A"}, {"B", 1}), Texts{});
  EXPECT_EQ(ListMovements({.sku = "A", .warehouse_id = "w1"}), (Texts{"A/1", "A/3"}));
  EXPECT_EQ(ListMovements({.document_id = "d"}), Texts{"B/1"});
  EXPECT_EQ(ListMovements({.type = MovementType::kSet}), Texts{"B/1"});
  EXPECT_EQ(ListMovements({.start = kTime + absl::Seconds(2), .end = kTime + absl::Seconds(3)}),
            Texts{"A/2"});
  const auto as_of = [&](absl::Time time) {
    return ParseAll<MovementRecord>(
        Run([&](Sql& sql) { return AppendLevelAsOf(sql, "A", "w1", time); }));
  };
  EXPECT_EQ(as_of(kTime).size(), 0u);
  EXPECT_EQ(as_of(kTime + absl::Seconds(2)).at(0).version, 1);
  EXPECT_EQ(as_of(kTime + absl::Seconds(3)).at(0).version, 2);
}

TEST_F(RepositoriesTest, RequestsAreFirstComeUnlessUpserted) {
  const std::string bytes("\0\xFF';\\\n", 6);
  const RequestRecord first = {"c", "q", std::string(32, '\xFE'), 9, bytes, kTime};
  Run([&](Sql& sql) { return AppendInsertRequests(sql, {&first}); });
  EXPECT_FALSE(Try([&](Sql& sql) { return AppendInsertRequests(sql, {&first}); }).ok());
  const RequestRecord second = {"c", "q", std::string(32, 'x'), 0, "", kTime + absl::Hours(1)};
  const std::vector<RequestKey> keys = {{"c", "q"}, {"c", "other"}};
  const auto read = [&] {
    return ParseAll<RequestRecord>(Run([&](Sql& sql) { return AppendSelectRequests(sql, keys); }));
  };
  ASSERT_EQ(read().size(), 1u);
  EXPECT_EQ(read()[0].reply, bytes);
  EXPECT_EQ(read()[0].code, 9);
  Run([&](Sql& sql) { return AppendUpsertRequests(sql, {&second}); });
  EXPECT_EQ(read()[0].reply, "");
  EXPECT_EQ(read()[0].code, 0);
  EXPECT_EQ(read()[0].fingerprint, first.fingerprint);
  EXPECT_EQ(read()[0].create_time, kTime);
}

TEST_F(RepositoriesTest, ConfigurationRoundTrips) {
  WarehouseRecord warehouse;
  warehouse.warehouse_id = "w";
  warehouse.name = "Größe";
  warehouse.latitude = 0.1 + 0.2;
  warehouse.longitude = -179.99999999999997;
  warehouse.street_lines = {"Street 1", "Door 2"};
  warehouse.country_code = "DE";
  warehouse.create_time = warehouse.update_time = kTime;
  WarehouseRecord changed = warehouse;
  changed.latitude = changed.longitude = std::nullopt;
  changed.street_lines = {};
  changed.delete_time = kTime;
  RoundTrip("w", warehouse, changed);
  const ChannelRecord channel = {"c", "Name", true, 1, kTime, kTime, std::nullopt};
  ChannelRecord deleted = channel;
  deleted.delete_time = kTime;
  RoundTrip("c", channel, deleted);
  RoundTrip<AttachmentRecord>("c", {"c", "w", 1}, {"c", "w", 2});
  Insert<AttachmentRecord>({{"c", "w2", 3}});
  const AttachmentRecord removed = {"c", "w", 0};
  Run([&](Sql& sql) { return AppendDelete<AttachmentRecord>(sql, {&removed}); });
  EXPECT_EQ(Select<AttachmentRecord>("c"), (std::vector<AttachmentRecord>{{"c", "w2", 3}}));
}

TEST_F(RepositoriesTest, ConfigurationVersionAndLocks) {
  const auto version = [&] { return ParseConfigurationVersion(Run(AppendLockConfiguration)); };
  const int64_t before = version();
  Run(AppendBumpConfiguration);
  EXPECT_EQ(version(), before + 1);
  EXPECT_EQ(ParseConfigurationVersion(Run(AppendSelectConfigurationVersion)), before + 1);
  WarehouseRecord warehouse;
  warehouse.warehouse_id = "w";
  warehouse.create_time = warehouse.update_time = kTime;
  Insert<WarehouseRecord>({warehouse});
  const Texts ids = {"x", "w"};
  EXPECT_EQ(ParseTexts(Run([&](Sql& sql) { return AppendShareLockWarehouses(sql, ids); })),
            Texts{"w"});
  EXPECT_EQ(ParseTexts(Run([&](Sql& sql) { return AppendLockWarehouses(sql, ids); })), Texts{"w"});
  EXPECT_EQ(ParseAll<WarehouseRecord>(Run(AppendSelectWarehouses)).size(), 1u);
  EXPECT_EQ(ParseAll<ChannelRecord>(Run(AppendSelectChannels)).size(), 0u);
  EXPECT_EQ(ParseAll<AttachmentRecord>(Run(AppendSelectAttachments)).size(), 0u);
}

TEST_F(RepositoriesTest, WarehouseUse) {
  const auto use = [&](const std::string& id) {
    return ParseWarehouseUse(Run([&](Sql& sql) { return AppendWarehouseUse(sql, id); }));
  };
  EXPECT_FALSE(use("w1").in_use());
  std::vector<LevelRecord> levels = {Level("A", "w2", 1, 0), Level("Z", "w1", 0, 0)};
  for (int i = 10; i < 22; ++i) levels.push_back(Level("S" + std::to_string(i), "w1", i, 1));
  Insert(levels);
  Insert<AllocationRecord>({{"r1", "S10", "w1", 1, 0, 0, std::nullopt},
                            {"r2", "S10", "w1", 0, 0, 1, std::nullopt},
                            {"r3", "S10", "w2", 1, 0, 0, std::nullopt}});
  Insert<ShipmentRecord>({{"s1", "r1", "w1", ShipmentState::kReadyToShip, "", "", 1, kTime, kTime},
                          {"s2", "r1", "w1", ShipmentState::kShipped, "", "", 1, kTime, kTime}});
  const WarehouseUse found = use("w1");
  EXPECT_EQ(found.levels, 12);
  EXPECT_EQ(found.allocations, 1);
  EXPECT_EQ(found.open_shipments, 1);
  ASSERT_EQ(found.example_skus.size(), 10u);
  EXPECT_EQ(found.example_skus[0], "S10");
}

TEST_F(RepositoriesTest, VerifySnapshotSumsAndPages) {
  Insert<ItemRecord>({Item("a1"), Item("a2"), Item("b")});
  Insert<LevelRecord>({Level("a1", "w1", 3, 4), Level("a15", "w1", 9, 0), Level("b", "w1", 1, 0)});
  Insert<MovementRecord>({Movement("a1", 1, "w1", 1, 1), Movement("a1", 2, "w1", 2, 2)});
  Insert<ReservationLineRecord>({{"r1", "a1", 4, 4, 0, 0}});
  Insert<AllocationRecord>(
      {{"r1", "a1", "w1", 1, 1, 0, std::nullopt}, {"r2", "a1", "w1", 3, 0, 0, kPast}});
  Insert<ShipmentRecord>({{"s1", "r1", "w1", ShipmentState::kProcessing, "", "", 1, kTime, kTime},
                          {"s2", "r1", "w1", ShipmentState::kShipped, "", "", 1, kTime, kTime}});
  Insert<ShipmentLineRecord>(
      {{"s1", "a1", "w1", 2}, {"s1", "a1", "w2", 3}, {"s2", "a1", "w1", 50}});
  const auto first = ReadVerifySnapshot(connection(), "a", "", 1);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->next_after_sku, "a1");
  ASSERT_EQ(first->levels.size(), 1u);
  ASSERT_EQ(first->reserved.size(), 1u);
  EXPECT_EQ(first->reserved[0].reserved, 4);
  ASSERT_EQ(first->level_ledgers.size(), 1u);
  EXPECT_EQ(first->level_ledgers[0].deltas, (Quantities{.on_hand = 3}));
  EXPECT_EQ(first->level_ledgers[0].last_version, 2);
  EXPECT_EQ(first->level_ledgers[0].movements, 2);
  ASSERT_EQ(first->sku_ledgers.size(), 1u);
  EXPECT_EQ(first->sku_ledgers[0].last_sequence, 2);
  ASSERT_EQ(first->shipped.size(), 1u);
  EXPECT_EQ(first->shipped[0].in_shipment, 1);
  EXPECT_EQ(first->shipped[0].in_open_shipments, 5);
  const auto rest = ReadVerifySnapshot(connection(), "a", "a1", 10);
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(rest->next_after_sku, "");
  ASSERT_EQ(rest->items.size(), 1u);
  ASSERT_EQ(rest->levels.size(), 1u);
  EXPECT_EQ(rest->levels[0].sku, "a15");
}

}  // namespace
}  // namespace inventory::storage
