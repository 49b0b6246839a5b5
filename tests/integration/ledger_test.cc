// The ledger: every change of every quantity is in it, it adds up, and it tells any level at any moment.
#include <algorithm>

#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

class LedgerTest : public ServerTest {
 public:
  static void SetUpTestSuite() { StartServer({"--sweep-interval=10ms"}); }

 protected:
  static std::string Type(const v1::Movement& movement) {
    return v1::MovementType_Name(movement.type()).substr(sizeof("MOVEMENT_TYPE_") - 1);
  }
  // "SET w1 +10 on hand": the type, the warehouse and what was added.
  static std::string Show(const v1::Movement& movement) {
    std::string shown = absl::StrCat(Type(movement), " ", movement.warehouse_id());
    const v1::Quantities& delta = movement.delta();
    const std::pair<int64_t, const char*> parts[] = {{delta.on_hand(), "on hand"},
                                                     {delta.reserved(), "reserved"},
                                                     {delta.safety_stock(), "safety"},
                                                     {delta.damaged(), "damaged"},
                                                     {delta.quality_control(), "quality control"}};
    for (const auto& [added, name] : parts) {
      if (added != 0) absl::StrAppend(&shown, " ", added > 0 ? "+" : "", added, " ", name);
    }
    return shown;
  }
  static std::vector<std::string> Shown(const std::vector<v1::Movement>& movements) {
    std::vector<std::string> shown;
    for (const v1::Movement& movement : movements) shown.push_back(Show(movement));
    return shown;
  }
  // What the ledger has got since it had `before` movements of the SKU.
  std::vector<std::string> Since(std::size_t before) const {
    std::vector<v1::Movement> all = MovementsOf(Sku());
    EXPECT_GE(all.size(), before);
    all.erase(all.begin(), all.begin() + static_cast<std::ptrdiff_t>(std::min(before, all.size())));
    return Shown(all);
  }

  // Numbers are dense, time does not run backwards, and every balance is the sum of the deltas so far.
  static void ExpectRunningSums(const std::vector<v1::Movement>& movements) {
    struct Level {
      int64_t version = 0;
      v1::Quantities sum;
    };
    std::map<std::string, Level> levels;
    for (std::size_t i = 0; i < movements.size(); ++i) {
      const v1::Movement& movement = movements[i];
      Level& level = levels[movement.warehouse_id()];
      v1::Quantities& sum = level.sum;
      sum.set_on_hand(sum.on_hand() + movement.delta().on_hand());
      sum.set_reserved(sum.reserved() + movement.delta().reserved());
      sum.set_safety_stock(sum.safety_stock() + movement.delta().safety_stock());
      EXPECT_THAT(movement.balance(), EqualsProto(sum)) << movement.DebugString();
      EXPECT_EQ(movement.version(), ++level.version);
      EXPECT_EQ(movement.sequence(), static_cast<int64_t>(i) + 1);
      EXPECT_GE(Micros(movement), Micros(movements[i == 0 ? 0 : i - 1]));
    }
    for (const auto& [warehouse_id, level] : levels) {
      const v1::StockLevel now = LevelOf(movements[0].sku(), warehouse_id);
      EXPECT_EQ(now.version(), level.version);
      EXPECT_EQ(now.on_hand(), level.sum.on_hand());
      EXPECT_EQ(now.safety_stock(), level.sum.safety_stock());
    }
  }

  static int64_t Micros(const v1::Movement& movement) {
    return movement.create_time().seconds() * 1'000'000 + movement.create_time().nanos() / 1000;
  }
  // "name { seconds: .. nanos: .. }"
  static std::string Time(const std::string& name, int64_t micros, int nanos = 0) {
    return absl::Substitute("$0 { seconds: $1 nanos: $2 }", name, micros / 1'000'000,
                            micros % 1'000'000 * 1000 + nanos);
  }

  static absl::StatusOr<v1::ListMovementsResponse> List(const std::string& filter) {
    return client().Call(Pb<v1::ListMovementsRequest>(absl::Substitute("filter { $0 }", filter)));
  }
  // The numbers of the movements that a list with this filter gives.
  static std::vector<int64_t> Listed(const std::string& filter, int page_size = 0) {
    auto request = Pb<v1::ListMovementsRequest>(absl::Substitute("filter { $0 } page_size: $1", filter, page_size));
    std::vector<int64_t> sequences;
    for (const auto& movement : ListAll(client(), request, &v1::ListMovementsResponse::movements)) {
      sequences.push_back(movement.sequence());
    }
    return sequences;
  }

  std::string OfSku() const { return absl::Substitute("sku: '$0'", Sku()); }
  std::string At(const std::string& warehouse_id) const {
    return absl::Substitute("sku: '$0' warehouse_id: '$1'", Sku(), warehouse_id);
  }
};

TEST_F(LedgerTest, EveryChangeOfALevelAppends) {
  Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' default_safety_stock: 2 }", Sku()))));
  EXPECT_THAT(MovementsOf(Sku()), IsEmpty());
  SetStock(Sku(), "w1", 10);
  EXPECT_THAT(Since(0), ElementsAre("SAFETY_STOCK w1 +2 safety", "SET w1 +10 on hand"));
  SetStock(Sku(), "w1", 10);
  EXPECT_THAT(Since(2), IsEmpty());
  SetStock(Sku(), "w1", 9);
  Must(client().Call(Pb<v1::AdjustStockRequest>(At("w1") + " delta: 3")));
  Must(client().Call(Pb<v1::SetSafetyStockRequest>(At("w1") + " safety_stock: 1")));
  EXPECT_THAT(Since(2), ElementsAre("SET w1 -1 on hand", "ADJUST w1 +3 on hand", "SAFETY_STOCK w1 -1 safety"));
  Must(client().Call(Pb<v1::BatchUpdateStockRequest>(
      absl::Substitute("updates { $0 set_on_hand: 8 } updates { $0 adjust_on_hand: -1 } "
                       "updates { $0 set_safety_stock: 0 } updates { $0 set_on_hand: 7 }",
                       At("w2")))));
  EXPECT_THAT(Since(5), ElementsAre("SAFETY_STOCK w2 +2 safety", "SET w2 +8 on hand", "ADJUST w2 -1 on hand",
                                    "SAFETY_STOCK w2 -2 safety"));
  ExpectRunningSums(MovementsOf(Sku()));
}

TEST_F(LedgerTest, EveryStepOfAReservationAppends) {
  SetStock(Sku(), "w1", 10);
  SetStock(Sku(), "w2", 10);
  const std::string id = Must(Reserve(client(), {{Sku(), 12}})).reservation().reservation_id();
  Must(Confirm(client(), id));
  EXPECT_THAT(Since(2), ElementsAre("RESERVE w1 +10 reserved", "RESERVE w2 +2 reserved"));
  const auto amend = [&](int quantity) {
    Must(client().Call(Pb<v1::AmendReservationRequest>(
        absl::Substitute("reservation_id: '$0' lines { sku: '$1' quantity: $2 }", id, Sku(), quantity))));
  };
  amend(13);
  amend(11);
  Must(Cancel(client(), id, {{Sku(), 4}}));
  EXPECT_THAT(Since(4), ElementsAre("RESERVE w2 +1 reserved", "RELEASE w2 -2 reserved", "RELEASE w2 -1 reserved",
                                    "RELEASE w1 -3 reserved"));
  const auto from_w2 = Pb<v1::CreateShipmentRequest>(absl::Substitute(
      "reservation_id: '$0' warehouse_id: 'w2' allow_reallocation: true lines { sku: '$1' quantity: 5 }", id, Sku()));
  v1::CancelShipmentRequest cancel;
  cancel.set_shipment_id(Must(client().Call(from_w2)).shipment().shipment_id());
  Must(client().Call(cancel));
  EXPECT_THAT(Since(8), ElementsAre("REALLOCATE w1 -5 reserved", "REALLOCATE w2 +5 reserved",
                                    "REALLOCATE w2 -5 reserved", "REALLOCATE w1 +5 reserved"));
  Must(Ship(client(), Must(CreateShipment(client(), id, "w1")).shipment().shipment_id()));
  EXPECT_THAT(Since(12), ElementsAre("SHIP w1 -7 on hand -7 reserved"));
  Must(Reserve(client(), {{Sku(), 1}}, {.ttl = absl::Milliseconds(1)}));
  EXPECT_TRUE(Eventually([&] { return MovementsOf(Sku()).size() == 15; }));
  EXPECT_THAT(Since(13), ElementsAre("RESERVE w1 +1 reserved", "EXPIRE w1 -1 reserved"));
  ExpectRunningSums(MovementsOf(Sku()));
}

TEST_F(LedgerTest, AFirstWriteOfNothingIsAMovementAndADeletedItemKeepsItsLedger) {
  SetStock(Sku(), "w1", 0);
  EXPECT_THAT(Since(0), ElementsAre("SET w1"));
  SetStock(Sku(), "w1", 4);
  SetStock(Sku(), "w1", 0);
  Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' }", Sku()))));
  Must(client().Call(Pb<v1::DeleteItemRequest>(OfSku())));
  EXPECT_THAT(Since(0), ElementsAre("SET w1", "SET w1 +4 on hand", "SET w1 -4 on hand"));
  SetStock(Sku(), "w1", 1);
  EXPECT_THAT(Since(3), ElementsAre("SET w1 +1 on hand"));
  ExpectRunningSums(MovementsOf(Sku()));
}

TEST_F(LedgerTest, ARefusedWriteAppendsNothing) {
  SetStock(Sku(), "w1", 1);
  EXPECT_FALSE(client().Call(Pb<v1::AdjustStockRequest>(At("w1") + " delta: -2")).ok());
  EXPECT_FALSE(client().Call(Pb<v1::SetStockRequest>(At("w1") + " on_hand: 5 etag: '9'")).ok());
  EXPECT_FALSE(Reserve(client(), {{Sku(), 2}}).ok());
  EXPECT_THAT(Since(1), IsEmpty());
}

TEST_F(LedgerTest, AMovementSaysWhyWhoWhatForAndByWhichRequest) {
  Must(client().Call(Pb<v1::SetStockRequest>(
      absl::Substitute("$0 on_hand: 9 reason: 'stocktake' request_id: '$1'", At("w1"), Name("count")))));
  Must(client().Call(Pb<v1::BatchUpdateStockRequest>(
      absl::Substitute("request_id: '$1' updates { $0 adjust_on_hand: 1 reason: 'found' }", At("w1"), Name("feed")))));
  const std::string order = Must(Reserve(client(), {{Sku(), 2}}, {.commit = true, .request_id = Name("reserve")}))
                                .reservation()
                                .reservation_id();
  const std::string shipment = Must(CreateShipment(client(), order, "w1")).shipment().shipment_id();
  Must(Ship(client(), shipment));
  const std::string hold =
      Must(Reserve(client(), {{Sku(), 1}}, {.ttl = absl::Milliseconds(1)})).reservation().reservation_id();
  EXPECT_TRUE(Eventually([&] { return MovementsOf(Sku()).size() == 6; }));

  const std::vector<v1::Movement> movements = MovementsOf(Sku());
  ASSERT_EQ(movements.size(), 6u);
  std::vector<std::string> facts;
  for (const v1::Movement& movement : movements) {
    facts.push_back(absl::StrJoin({Type(movement), movement.reason(), movement.actor(), movement.document_id()}, "|"));
  }
  EXPECT_THAT(facts, ElementsAre("SET|stocktake||", "ADJUST|found||", "RESERVE|||" + order, "SHIP|||" + shipment,
                                 "RESERVE|||" + hold, "EXPIRE||system|" + hold));
  EXPECT_EQ(movements[0].request_id(), Name("count"));
  EXPECT_EQ(movements[1].request_id(), Name("feed"));
  EXPECT_EQ(movements[2].request_id(), Name("reserve"));
  // The server names the requests of those who do not.
  EXPECT_NE(movements[3].request_id(), "");
  EXPECT_NE(movements[3].request_id(), movements[4].request_id());
}

TEST_F(LedgerTest, ListFiltersBySkuWarehouseDocumentAndType) {
  SetStock(Sku(), "w1", 2);
  SetStock(Sku(), "w2", 9);
  SetStock(Sku("other"), "w1", 9);
  const std::string id = Must(Reserve(client(), {{Sku(), 3}, {Sku("other"), 1}})).reservation().reservation_id();
  Must(Cancel(client(), id));
  EXPECT_THAT(Listed(OfSku()), ElementsAre(1, 2, 3, 4, 5, 6));
  EXPECT_THAT(Listed(At("w2")), ElementsAre(2, 4, 5));
  EXPECT_THAT(Listed(OfSku() + " type: MOVEMENT_TYPE_SET"), ElementsAre(1, 2));
  EXPECT_THAT(Listed(At("w1") + " type: MOVEMENT_TYPE_RELEASE"), ElementsAre(6));
  EXPECT_THAT(Listed(OfSku() + " type: MOVEMENT_TYPE_SHIP"), IsEmpty());
  EXPECT_THAT(Listed(absl::Substitute("$0 document_id: '$1' type: MOVEMENT_TYPE_RESERVE", OfSku(), id)),
              ElementsAre(3, 4));
  std::vector<std::string> of_document;
  const auto listed = Must(List(absl::Substitute("document_id: '$0'", id)));
  for (const v1::Movement& movement : listed.movements()) {
    of_document.push_back(absl::StrCat(movement.sku(), " ", movement.sequence()));
  }
  EXPECT_THAT(of_document, ElementsAre(Sku("other") + " 2", Sku("other") + " 3", Sku() + " 3", Sku() + " 4",
                                       Sku() + " 5", Sku() + " 6"));
  EXPECT_THAT(ViolationsOf(List("warehouse_id: 'w1'").status()), ElementsAre("filter"));
}

TEST_F(LedgerTest, ListPagesWithoutGapsAndCopies) {
  std::vector<int64_t> all;
  for (int i = 1; i <= 7; ++i) {
    SetStock(Sku(), i % 2 == 0 ? "w2" : "w1", i);
    all.push_back(i);
  }
  for (const int page_size : {0, 1, 2, 3, 7, 1'000'000}) EXPECT_EQ(Listed(OfSku(), page_size), all) << page_size;
  EXPECT_THAT(Listed(At("w2"), 1), ElementsAre(2, 4, 6));
  auto request = Pb<v1::ListMovementsRequest>(absl::Substitute("filter { $0 } page_size: 2", OfSku()));
  request.set_page_token(Must(client().Call(request)).next_page_token());
  request.mutable_filter()->set_warehouse_id("w1");
  EXPECT_THAT(ViolationsOf(client().Call(request).status()), ElementsAre("page_token"));
}

TEST_F(LedgerTest, ListTakesAStartThatIsIncludedAndAnEndThatIsNot) {
  for (const int on_hand : {1, 2, 3}) SetStock(Sku(), "w1", on_hand);
  const std::vector<v1::Movement> movements = MovementsOf(Sku());
  const int64_t second = Micros(movements[1]);
  ASSERT_LT(Micros(movements[0]), second);
  ASSERT_LT(second, Micros(movements[2]));
  EXPECT_THAT(Listed(absl::StrCat(OfSku(), Time(" start_time", second))), ElementsAre(2, 3));
  EXPECT_THAT(Listed(absl::StrCat(OfSku(), Time(" start_time", second, 1))), ElementsAre(3));
  EXPECT_THAT(Listed(absl::StrCat(OfSku(), Time(" end_time", second))), ElementsAre(1));
  EXPECT_THAT(Listed(absl::StrCat(OfSku(), Time(" end_time", second, 1))), ElementsAre(1, 2));
  EXPECT_THAT(Listed(absl::StrCat(OfSku(), Time(" start_time", second), Time(" end_time", second + 1))),
              ElementsAre(2));
  EXPECT_THAT(Listed(absl::StrCat(OfSku(), Time(" start_time", second), Time(" end_time", second))), IsEmpty());
  EXPECT_THAT(
      ViolationsOf(List(absl::StrCat(OfSku(), Time(" start_time", second), Time(" end_time", second - 1))).status()),
      ElementsAre("filter.start_time"));
  EXPECT_THAT(ViolationsOf(List(OfSku() + " start_time { nanos: -1 }").status()),
              ElementsAre("filter.start_time.nanos"));
}

// At the moment of every movement, just before it, and before there was any.
TEST_F(LedgerTest, ALevelAtAnyMomentIsWhatItsLastMovementLeft) {
  SetStock(Sku(), "w1", 5);
  SetStock(Sku(), "w2", 5);
  const std::string id = Must(Reserve(client(), {{Sku(), 7}}, {.commit = true})).reservation().reservation_id();
  Must(client().Call(Pb<v1::SetSafetyStockRequest>(At("w1") + " safety_stock: 3")));
  Must(Ship(client(), Must(CreateShipment(client(), id, "w1")).shipment().shipment_id()));
  SetStock(Sku(), "w1", 1);
  const std::vector<v1::Movement> movements = MovementsOf(Sku());
  ASSERT_EQ(movements.size(), 7u);
  for (const char* warehouse_id : {"w1", "w2"}) {
    for (const v1::Movement& moment : movements) {
      for (const int64_t time : {Micros(moment) - 1, Micros(moment)}) {
        const v1::Movement* last = nullptr;
        for (const v1::Movement& movement : movements) {
          if (movement.warehouse_id() == warehouse_id && Micros(movement) <= time) last = &movement;
        }
        const auto level = client().Call(Pb<v1::GetStockLevelRequest>(At(warehouse_id) + Time(" as_of_time", time)));
        if (last == nullptr) {
          EXPECT_EQ(Outcome(level), "NOT_FOUND LEVEL_NOT_FOUND");
          continue;
        }
        const v1::StockLevel then = Must(level);
        EXPECT_EQ(then.version(), last->version());
        EXPECT_EQ(then.on_hand(), last->balance().on_hand());
        EXPECT_EQ(then.reserved(), last->balance().reserved());
        EXPECT_EQ(then.safety_stock(), last->balance().safety_stock());
        EXPECT_EQ(then.available(), then.on_hand() - then.reserved() - then.safety_stock());
        EXPECT_THAT(then.update_time(), EqualsProto(last->create_time()));
      }
    }
  }
}

TEST_F(LedgerTest, WritesAtOnceLeaveRunningSums) {
  SetStock(Sku(), "w1", 50);
  SetStock(Sku(), "w2", 50);
  replica();
  std::vector<absl::Status> results(12);
  Together(12, [&](int thread) {
    const Client& caller = thread % 2 == 0 ? client() : replica();
    for (int i = 0; i < 6; ++i) {
      auto reserved = Reserve(caller, {{Sku(), 1 + i % 3}}, {.commit = i % 2 == 0});
      if (reserved.ok() && i % 3 == 0)
        results[thread].Update(Cancel(caller, reserved->reservation().reservation_id()).status());
      results[thread].Update(reserved.status());
      results[thread].Update(
          caller.Call(Pb<v1::AdjustStockRequest>(absl::Substitute("$0 delta: $1", At("w2"), 1 + thread))).status());
    }
  });
  EXPECT_THAT(results, Each(absl::OkStatus()));
  const std::vector<v1::Movement> movements = MovementsOf(Sku());
  EXPECT_GT(movements.size(), 12u * 6 * 2);
  ExpectRunningSums(movements);
}

// After a clock that was ahead has been put right, or a fail-over to a database whose clock was right all the time.
TEST_F(LedgerTest, ALedgerThatIsAheadOfTheClockGoesOnFromThereAndEndsNobodysHold) {
  const std::string ahead = Name("ahead");
  const std::string held = Name("held");
  for (const std::string& sku : {ahead, held}) SetStock(sku, "w1", 10);
  Must(Reserve(client(), {{held, 3}}, {.ttl = absl::Minutes(30)}));
  Sql(absl::StrCat("UPDATE item SET last_movement_time = NOW(6) + INTERVAL 1 HOUR WHERE sku = '", ahead, "'"));
  Must(Reserve(client(), {{ahead, 1}, {held, 1}}));
  EXPECT_EQ(LevelOf(held, "w1").reserved(), 4);
  EXPECT_GE(MovementsOf(ahead).back().create_time().seconds(), absl::ToUnixSeconds(absl::Now() + absl::Minutes(59)));
  EXPECT_LE(MovementsOf(held).back().create_time().seconds(), absl::ToUnixSeconds(absl::Now() + absl::Minutes(1)));
}

}  // namespace
}  // namespace inventory::integration
