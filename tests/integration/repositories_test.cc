// The repositories against a real database: every record round trip, and what is written and
// locked.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/configuration_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"
#include "storage/replenishment_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"
#include "storage/return_repository.h"
#include "storage/shipment_repository.h"
#include "storage/transfer_repository.h"
#include "storage/verify_repository.h"
#include "tests/integration/repositories_fixture.h"

namespace inventory::storage {
namespace {

TEST_F(RepositoriesTest, NothingIsAppendedForNothing) {
  Sql sql;
  EXPECT_FALSE(AppendLockItems(sql, {}));
  EXPECT_FALSE(AppendInsert<ItemRecord>(sql, {}));
  EXPECT_FALSE(AppendUpsert<ItemRecord>(sql, {}));
  EXPECT_FALSE(AppendUpdate(sql, Item("A"), Item("A")));
  EXPECT_FALSE(AppendUpdates<ItemRecord>(sql, {}));
  const ItemRecord same = Item("A");
  EXPECT_FALSE(AppendUpdates<ItemRecord>(sql, {{&same, &same}, {&same, &same}}));
  EXPECT_FALSE(AppendSelectLiveLevels(sql, {}));
  EXPECT_FALSE(AppendSelectDeadAllocations(sql, {}, kTime, 1));
  EXPECT_FALSE(AppendSelectNextExpiries(sql, {}, kTime));
  EXPECT_FALSE(AppendSelectLines(sql, {}));
  EXPECT_FALSE(AppendSelectRequests(sql, {}));
  EXPECT_FALSE(AppendDelete<AttachmentRecord>(sql, {}));
  EXPECT_FALSE(AppendShareLockWarehouses(sql, {}));
  EXPECT_TRUE(sql.empty());
}

// Rows are inserted without the columns in which none of them has more than the default.
TEST_F(RepositoriesTest, ColumnsLeftOutHoldTheirDefaults) {
  ReservationRecord reservation{.reservation_id = "r", .create_time = kTime, .update_time = kTime};
  MovementRecord movement{.sku = "A", .create_time = kTime};
  Insert<ReservationRecord>({reservation});
  Insert<ReservationLineRecord>({{.reservation_id = "r", .sku = "A"}});
  Insert<AllocationRecord>({{.reservation_id = "r", .sku = "A", .warehouse_id = "w"}});
  Insert<MovementRecord>({movement});
  const LevelRecord level{.sku = "A", .warehouse_id = "w", .update_time = kTime};
  Insert<LevelRecord>({level});
  EXPECT_EQ(Select<LevelRecord>("A"), std::vector{level});
  EXPECT_EQ(Select<ReservationRecord>("r"), std::vector{reservation});
  EXPECT_EQ(Select<ReservationLineRecord>("r"),
            std::vector({ReservationLineRecord{.reservation_id = "r", .sku = "A"}}));
  EXPECT_EQ(Select<AllocationRecord>("r"),
            std::vector({AllocationRecord{.reservation_id = "r", .sku = "A", .warehouse_id = "w"}}));
  EXPECT_EQ(Select<MovementRecord>("A"), std::vector{movement});
}

// A column that one row needs is written for all of them.
TEST_F(RepositoriesTest, RowsOfOneInsertKeepWhatOnlySomeOfThemHave) {
  const std::vector<ReservationLineRecord> lines = {{.reservation_id = "r", .sku = "A", .shipped = 2},
                                                    {.reservation_id = "r", .sku = "B", .requested = 1},
                                                    {.reservation_id = "r", .sku = "C"}};
  Insert(lines);
  EXPECT_EQ(Select<ReservationLineRecord>("r"), lines);
  const std::vector<MovementRecord> movements = {
      {.sku = "A", .sequence = 1, .version = 1, .delta = {.incoming = 1}, .reason = "it's \n \\", .create_time = kTime},
      {.sku = "A", .sequence = 2, .version = 2, .balance = {.on_hand = -1}, .actor = "", .create_time = kPast}};
  Insert(movements);
  EXPECT_EQ(Select<MovementRecord>("A"), movements);
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

TEST_F(RepositoriesTest, ItemsAreInsertedWithoutWhatTheSchemaGivesThem) {
  ItemRecord by_schema = Table<ItemRecord>::Defaults();
  by_schema.sku = "A";
  ItemRecord some = Unconfigured("C");
  some.sequence = 3;
  some.last_movement_time = kTime;
  const std::vector<ItemRecord> items = {by_schema, Unconfigured("B"), some, Item("D", false)};
  Run([](Sql& sql) {
    sql.Raw("INSERT INTO item (sku) VALUES ('A')");
    return true;
  });
  Insert<ItemRecord>({items[1]});
  Insert<ItemRecord>({items[2], items[3]});
  EXPECT_EQ(ParseItems(Run([](Sql& sql) { return AppendSelectItems(sql, Texts{"A", "B", "C", "D"}); })), items);
}

// An item for each detail, which has no other, but a configuration if the detail belongs to that.
std::vector<ItemRecord> ItemsWithADetailEach() {
  const std::vector<std::function<void(ItemRecord&)>> counters = {[](ItemRecord& item) { item.configured = true; },
                                                                  [](ItemRecord& item) { item.config_version = 2; },
                                                                  [](ItemRecord& item) { item.backordered = 3; },
                                                                  [](ItemRecord& item) { item.last_backorder = 4; },
                                                                  [](ItemRecord& item) { item.fill_pending = true; },
                                                                  [](ItemRecord& item) { item.fill_after = 5; },
                                                                  [](ItemRecord& item) { item.kits = 6; },
                                                                  [](ItemRecord& item) { item.quotas = 7; },
                                                                  [](ItemRecord& item) { item.low_stock_rules = 8; }};
  const std::vector<std::function<void(ItemRecord&)>> configurations = {
      [](ItemRecord& item) { item.tracked = false; },
      [](ItemRecord& item) { item.published = false; },
      [](ItemRecord& item) { item.display_availability = true; },
      [](ItemRecord& item) { item.display_stock_quantity = true; },
      [](ItemRecord& item) { item.min_order_quantity = 2; },
      [](ItemRecord& item) { item.max_order_quantity = 3; },
      [](ItemRecord& item) { item.multiple_order_quantity = 4; },
      [](ItemRecord& item) {
        item.allowed_order_quantities = {5, 10};
      },
      [](ItemRecord& item) { item.default_safety_stock = 6; },
      [](ItemRecord& item) {
        item.labels = {{"a", "b c"}, {"empty", ""}};
      },
      [](ItemRecord& item) { item.backorder_policy = BackorderPolicy::kLimited; },
      [](ItemRecord& item) { item.backorder_limit = 7; },
      [](ItemRecord& item) {
        item.units_of_measure = {.base_unit = "kg", .precision = 3, .factors = {{"case", 12}}};
      },
      [](ItemRecord& item) {
        item.components = {{"C", 2}};
      },
      [](ItemRecord& item) { item.availability_estimate = "estimate"; },
      [](ItemRecord& item) { item.unpublished_by = "rule"; },
      [](ItemRecord& item) { item.external_reference_code = "code"; }};
  EXPECT_EQ(counters.size(), std::tuple_size_v<decltype(Table<ItemRecord>::kCounters)>);
  EXPECT_EQ(configurations.size(), std::tuple_size_v<decltype(Table<ItemRecord>::kConfiguration)>);
  std::vector<ItemRecord> items;
  for (const auto& set : counters) set(items.emplace_back(Unconfigured(absl::StrCat("a", items.size() + 10))));
  for (const auto& set : configurations) {
    ItemRecord& item = items.emplace_back(Unconfigured(absl::StrCat("b", items.size() + 10)));
    item.config_version = 1;
    item.create_time = kPast;
    item.update_time = kTime;
    set(item);
  }
  return items;
}

TEST_F(RepositoriesTest, ItemsAreReadWithTheirDetails) {
  const std::vector<ItemRecord> items = ItemsWithADetailEach();
  Insert(items);
  Texts skus;
  for (const ItemRecord& item : items) skus.push_back(item.sku);
  const Rows read = Run([&](Sql& sql) { return AppendLockItems(sql, skus, ItemDetails::kRead); });
  EXPECT_EQ(ParseItems(read), items);
  EXPECT_TRUE(HaveDetails(read));
  EXPECT_FALSE(LackDetails(read));
}

TEST_F(RepositoriesTest, ItemsSayThatTheyHaveDetails) {
  const std::vector<ItemRecord> items = ItemsWithADetailEach();
  Insert(items);
  ItemRecord plain = Unconfigured("c");
  plain.sequence = 8;
  plain.last_movement_time = kTime;
  plain.next_hold_expiry = kFuture;
  Insert<ItemRecord>({plain});
  const auto select = [&](const std::string& sku, ItemDetails details) {
    const Texts skus = {sku};
    return Run([&](Sql& sql) { return AppendLockItems(sql, skus, details); });
  };
  for (const ItemRecord& item : items) {
    const Rows rows = select(item.sku, ItemDetails::kWhether);
    EXPECT_TRUE(HaveDetails(rows) && LackDetails(rows)) << item.sku;
  }
  for (const ItemDetails details : {ItemDetails::kWhether, ItemDetails::kRead}) {
    const Rows rows = select("c", details);
    EXPECT_EQ(ParseItems(rows), std::vector{plain});
    EXPECT_FALSE(HaveDetails(rows) || LackDetails(rows));
  }
}

TEST_F(RepositoriesTest, UpdatesOfSeveralRowsWriteTheColumnsThatDifferInOneOfThem) {
  std::vector<ItemRecord> before = {Item("A"), Item("B"), Unconfigured("C")};
  before[1].sequence = 3;
  Insert(before);
  std::vector<ItemRecord> after = before;
  after[0].sequence = 5;
  after[0].last_movement_time = kTime;
  after[1].backordered = 2;
  Run([&](Sql& sql) {
    return AppendUpdates<ItemRecord>(sql, {{&before[0], &after[0]}, {&before[1], &after[1]}, {&before[2], &after[2]}});
  });
  for (const ItemRecord& item : after) EXPECT_EQ(Select<ItemRecord>(item.sku), std::vector{item});
  EXPECT_EQ(ParseTexts(Run([](Sql& sql) { return AppendSelectFollowedSkus(sql, "", 9); })), Texts{"B"});

  const LevelRecord stored = Level("A", "v", 9, 1);
  LevelRecord written = Level("A", "w", 9, 2);
  written.quantities.damaged = 7;
  Insert<LevelRecord>({stored, written});
  // Whatever the others have in a column in which none differs stays.
  LevelRecord first = stored;
  LevelRecord second = Level("A", "w", 9, 2);
  first.quantities.reserved = 4;
  second.quantities.reserved = -4;
  second.update_time = kFuture;
  const LevelRecord without = Level("A", "w", 9, 2);
  Run([&](Sql& sql) { return AppendUpdates<LevelRecord>(sql, {{&stored, &first}, {&without, &second}}); });
  second.quantities.damaged = 7;
  EXPECT_EQ(Select<LevelRecord>("A"), (std::vector<LevelRecord>{first, second}));

  // Those that an insert must name go along.
  const ReservationRecord held = Reservation("r", ReservationState::kHeld, kFuture);
  const ReservationRecord other = Reservation("s", ReservationState::kHeld, kFuture);
  Insert<ReservationRecord>({held, other});
  ReservationRecord committed = held;
  committed.state = ReservationState::kCommitted;
  committed.expire_time.reset();
  ReservationRecord later = other;
  later.version = 2;
  Run([&](Sql& sql) { return AppendUpdates<ReservationRecord>(sql, {{&held, &committed}, {&other, &later}}); });
  EXPECT_EQ(Select<ReservationRecord>("r"), std::vector{committed});
  EXPECT_EQ(Select<ReservationRecord>("s"), std::vector{later});
}

TEST_F(RepositoriesTest, UpdateWritesWhatDiffersInOneRow) {
  const LevelRecord before = Level("A", "w", 9, 0);
  LevelRecord stored = before;
  stored.quantities.damaged = 7;  // Where `before` and `after` agree, the row keeps what it has.
  Insert<LevelRecord>({stored, Level("A", "v", 9, 0)});
  LevelRecord after = before;
  after.quantities.on_hand = 0;
  after.quantities.reserved = -3;
  after.version = 2;
  after.count_time = kFuture;
  Run([&](Sql& sql) { return AppendUpdate(sql, before, after); });
  after.quantities.damaged = 7;
  EXPECT_EQ(Select<LevelRecord>("A"), (std::vector<LevelRecord>{Level("A", "v", 9, 0), after}));

  ItemRecord item = Item("A'");
  Insert<ItemRecord>({item, Item("B")});
  ItemRecord changed = item;
  changed.backordered = 4;  // And with it the column `followed`.
  changed.next_hold_expiry = kTime;
  changed.labels = {{"size", "\"M\""}};
  Run([&](Sql& sql) { return AppendUpdate(sql, item, changed); });
  EXPECT_EQ(Select<ItemRecord>("A'"), std::vector<ItemRecord>{changed});
  EXPECT_EQ(Select<ItemRecord>("B"), std::vector<ItemRecord>{Item("B")});
  const Rows followed = Run([](Sql& sql) { return AppendSelectFollowedSkus(sql, "", 9); });
  EXPECT_EQ(ParseTexts(followed), Texts{"A'"});
  Run([&](Sql& sql) { return AppendUpdate(sql, changed, item); });
  EXPECT_EQ(Select<ItemRecord>("A'"), std::vector<ItemRecord>{item});
}

TEST_F(RepositoriesTest, LevelRoundTrip) {
  RoundTrip<LevelRecord>("A", {"A", "w", {1, -2, 3, 4, 5}, 6, kTime}, Level("A", "w", 9, 0));
}

TEST_F(RepositoriesTest, ReservationRoundTrips) {
  RoundTrip("r", Reservation("r", ReservationState::kHeld, kFuture), Reservation("r", ReservationState::kCommitted));
  RoundTrip<ReservationLineRecord>("r", {"r", "A", 1, 2, 3, 4}, {"r", "A", 5, 6, 7, 8});
  RoundTrip<AllocationRecord>("r", {"r", "A", "w", 1, 2, 3, kTime}, {"r", "A", "w", 4, 5, 6, std::nullopt});
  const Texts ids = {"r", "missing"};
  const Rows rows = Run([&](Sql& sql) { return AppendSelectSkusByKeyPrefix<ReservationLineRecord>(sql, ids); });
  EXPECT_EQ(ParsePairs(rows), (std::vector<std::pair<std::string, std::string>>{{"r", "A"}}));
}

TEST_F(RepositoriesTest, ShipmentRoundTrips) {
  const ShipmentRecord shipment = {"s1", "r1",  "w1", ShipmentState::kProcessing, "Carrier é", "T'1", "code",
                                   1,    kTime, kTime};
  ShipmentRecord changed = shipment;
  changed.state = ShipmentState::kShipped;
  RoundTrip("s1", shipment, changed);
  RoundTrip<ShipmentLineRecord>("s1", {"s1", "A", "w2", 3}, {"s1", "A", "w2", 4});
  Insert<ShipmentRecord>({{"s2", "r2", "w1", ShipmentState::kReadyToShip, "", "", "", 1, kTime, kTime}});
  const Texts ids = {"s2", "missing"};
  EXPECT_EQ(ParseShipmentReservations(Run([&](Sql& sql) { return AppendSelectShipmentReservations(sql, ids); })),
            (std::vector<std::pair<std::string, std::string>>{{"s2", "r2"}}));
}

TEST_F(RepositoriesTest, ReturnRoundTrips) {
  RoundTrip<ReturnRecord>("b", {"b", "r", "too small – é", kTime}, {"b", "r", "", kTime});
  RoundTrip<ReturnLineRecord>("b", {"b", "A", "w", Disposition::kDamaged, 3},
                              {"b", "A", "w", Disposition::kDamaged, 4});
}

TEST_F(RepositoriesTest, ReplenishmentRoundTrip) {
  ReplenishmentRecord replenishment = {"p",    "A",    "w", 5,     0,    std::nullopt, ReplenishmentState::kOpen,
                                       "PO é", "code", 1,   kTime, kTime};
  ReplenishmentRecord changed = replenishment;
  changed.received = 6;
  changed.expected_time = kFuture;
  changed.state = ReplenishmentState::kReceived;
  RoundTrip("p", replenishment, changed);
  // The last moment that a request can name.
  changed.expected_time = absl::FromUnixMicros(253'402'300'799'999'999);
  Run([&](Sql& sql) { return AppendUpsert<ReplenishmentRecord>(sql, {&changed}); });
  EXPECT_EQ(Select<ReplenishmentRecord>("p"), std::vector<ReplenishmentRecord>{changed});
}

TEST_F(RepositoriesTest, TransferRoundTrips) {
  const TransferRecord transfer = {"t", "w1",  "w2", TransferState::kInTransit, kFuture, "why é", "code",
                                   1,   kTime, kTime};
  TransferRecord changed = transfer;
  changed.state = TransferState::kReceived;
  changed.expected_time.reset();
  RoundTrip("t", transfer, changed);
  RoundTrip<TransferLineRecord>("t", {"t", "A", 5, 0, 0, ""}, {"t", "A", 5, 3, 2, "lost é"});
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
  EXPECT_EQ(read()[0].create_time, second.create_time);
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
  const ChannelRecord channel = {"c", "Name", true, SourcingStrategy::kBalanced, "code", 1, kTime, kTime, std::nullopt};
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
  EXPECT_EQ(ParseTexts(Run([&](Sql& sql) { return AppendShareLockWarehouses(sql, ids); })), Texts{"w"});
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
  Insert<ShipmentRecord>({{"s1", "r1", "w1", ShipmentState::kReadyToShip, "", "", "", 1, kTime, kTime},
                          {"s2", "r1", "w1", ShipmentState::kShipped, "", "", "", 1, kTime, kTime}});
  Insert<ReplenishmentRecord>({{"p1", "A", "w1", 5, 0, {}, ReplenishmentState::kOpen, "", "", 1, kTime, kTime},
                               {"p2", "A", "w1", 5, 5, {}, ReplenishmentState::kReceived, "", "", 1, kTime, kTime},
                               {"p3", "A", "w2", 5, 0, {}, ReplenishmentState::kOpen, "", "", 1, kTime, kTime}});
  Insert<TransferRecord>({{"t1", "w1", "w2", TransferState::kInTransit, {}, "", "", 1, kTime, kTime},
                          {"t2", "w2", "w1", TransferState::kInTransit, {}, "", "", 1, kTime, kTime},
                          {"t3", "w2", "w1", TransferState::kReceived, {}, "", "", 1, kTime, kTime}});
  const WarehouseUse found = use("w1");
  EXPECT_EQ(found.levels, 12);
  EXPECT_EQ(found.allocations, 1);
  EXPECT_EQ(found.open_shipments, 1);
  EXPECT_EQ(found.open_replenishments, 1);
  EXPECT_EQ(found.open_transfers, 2);
  ASSERT_EQ(found.example_skus.size(), 10u);
  EXPECT_EQ(found.example_skus[0], "S10");
}

TEST_F(RepositoriesTest, VerifySnapshotSumsAndPages) {
  Insert<ItemRecord>({Item("a1"), Item("a2"), Item("b")});
  Insert<LevelRecord>({Level("a1", "w1", 3, 4), Level("a15", "w1", 9, 0), Level("b", "w1", 1, 0)});
  Insert<MovementRecord>({Movement("a1", 1, "w1", 1, 1), Movement("a1", 2, "w1", 2, 2)});
  Insert<ReservationLineRecord>({{"r1", "a1", 4, 4, 0, 0}, {"r3", "a1", 9, 0, 5, 0, 2}});
  Insert<ReturnRecord>({{"b1", "r3", "", kTime}, {"b2", "r4", "", kTime}});
  Insert<ReturnLineRecord>({{"b1", "a1", "w1", Disposition::kRestock, 1},
                            {"b1", "a1", "w1", Disposition::kDamaged, 2},
                            {"b1", "a2", "w1", Disposition::kDamaged, 7},
                            {"b2", "a1", "w2", Disposition::kRestock, 4}});
  Insert<AllocationRecord>({{"r1", "a1", "w1", 1, 1, 0, std::nullopt}, {"r2", "a1", "w1", 3, 0, 0, kPast}});
  Insert<ShipmentRecord>({{"s1", "r1", "w1", ShipmentState::kProcessing, "", "", "", 1, kTime, kTime},
                          {"s2", "r1", "w1", ShipmentState::kShipped, "", "", "", 1, kTime, kTime}});
  Insert<ShipmentLineRecord>({{"s1", "a1", "w1", 2}, {"s1", "a1", "w2", 3}, {"s2", "a1", "w1", 50}});
  Insert<ReplenishmentRecord>({{"p1", "a1", "w1", 9, 4, {}, ReplenishmentState::kOpen, "", "", 1, kTime, kTime},
                               {"p2", "a1", "w1", 9, 9, {}, ReplenishmentState::kReceived, "", "", 1, kTime, kTime},
                               {"p3", "a1", "w1", 9, 1, {}, ReplenishmentState::kClosed, "", "", 1, kTime, kTime},
                               {"p4", "a1", "w2", 4, 0, {}, ReplenishmentState::kOpen, "", "", 1, kTime, kTime},
                               {"p5", "a2", "w2", 4, 0, {}, ReplenishmentState::kOpen, "", "", 1, kTime, kTime}});
  Insert<TransferRecord>({{"t1", "w1", "w2", TransferState::kInTransit, {}, "", "", 1, kTime, kTime},
                          {"t2", "w1", "w2", TransferState::kReceived, {}, "", "", 1, kTime, kTime}});
  Insert<TransferLineRecord>({{"t1", "a1", 9, 4, 3, "lost"}, {"t1", "b", 9, 4, 3, "lost"}, {"t2", "a1", 9, 9, 0, ""}});
  const auto first = ReadVerifySnapshot(connection(), "a", "", 1);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(first->next_after_sku, "a1");
  ASSERT_EQ(first->levels.size(), 1u);
  ASSERT_EQ(first->reserved.size(), 1u);
  EXPECT_EQ(first->reserved[0].units, 4);
  ASSERT_EQ(first->incoming.size(), 2u);
  EXPECT_EQ(first->incoming[0].warehouse_id, "w1");
  EXPECT_EQ(first->incoming[0].units, 5);
  EXPECT_EQ(first->incoming[1].warehouse_id, "w2");
  EXPECT_EQ(first->incoming[1].units, 4 + 2);
  ASSERT_EQ(first->level_ledgers.size(), 1u);
  EXPECT_EQ(first->level_ledgers[0].deltas, (Quantities{.on_hand = 3}));
  EXPECT_EQ(first->level_ledgers[0].last_version, 2);
  EXPECT_EQ(first->level_ledgers[0].movements, 2);
  ASSERT_EQ(first->sku_ledgers.size(), 1u);
  EXPECT_EQ(first->sku_ledgers[0].last_sequence, 2);
  ASSERT_EQ(first->shipped.size(), 1u);
  EXPECT_EQ(first->shipped[0].in_shipment, 1);
  EXPECT_EQ(first->shipped[0].in_open_shipments, 5);
  ASSERT_EQ(first->returned.size(), 2u);
  EXPECT_EQ(first->returned[0].returned, 2);
  EXPECT_EQ(first->returned[0].in_returns, 3);
  EXPECT_EQ(first->returned[0].shipped, 5);
  EXPECT_EQ(first->returned[1].reservation_id, "r4");
  EXPECT_EQ(first->returned[1].returned, 0);
  EXPECT_EQ(first->returned[1].in_returns, 4);
  const auto rest = ReadVerifySnapshot(connection(), "a", "a1", 10);
  ASSERT_TRUE(rest.ok()) << rest.status();
  EXPECT_EQ(rest->next_after_sku, "");
  ASSERT_EQ(rest->items.size(), 1u);
  ASSERT_EQ(rest->levels.size(), 1u);
  EXPECT_EQ(rest->levels[0].sku, "a15");
}

}  // namespace
}  // namespace inventory::storage
