// Many callers at once, through two servers on one database: no oversell, no lost write, no deadlock, no drift.
#include "absl/time/clock.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::AnyOf;
using ::testing::Each;
using ::testing::Key;

using Outcomes = std::map<std::string, int>;

class ConcurrencyTest : public ServerTest {
 public:
  // The sweeper looks all the time, so that it meets the callers.
  static void SetUpTestSuite() { StartServer({"--sweep-interval=10ms"}); }

 protected:
  static const Client& One(int i) { return i % 2 == 0 ? client() : replica(); }
};

TEST_F(ConcurrencyTest, OneOfManyGetsTheLastUnit) {
  for (int round = 0; round < 5; ++round) {
    const std::string sku = Sku(absl::StrCat(round));
    SetStock(sku, "w1", 1);
    replica();
    std::vector<absl::Status> results(24);
    Together(24, [&](int i) { results[i] = Reserve(One(i), {{sku, 1}}).status(); });
    EXPECT_EQ(CountOutcomes(results), (Outcomes{{"OK", 1}, {"FAILED_PRECONDITION INSUFFICIENT_STOCK", 23}}));
    EXPECT_EQ(Show(LevelOf(sku, "w1")), "1 on hand, 1 reserved, 0 safety, 0 available");
  }
}

TEST_F(ConcurrencyTest, OrdersOfTheSameSkusInOppositeOrderDoNotDeadlock) {
  constexpr int kThreads = 12;
  constexpr int kRounds = 15;
  SetStock(Sku("a"), "w1", 100);
  SetStock(Sku("b"), "w2", 100);
  SetStock(Sku("c"), "w1", 100);
  replica();
  std::vector<absl::Status> results(std::size_t{kThreads} * kRounds);
  Together(kThreads, [&](int thread) {
    std::vector<Line> lines = {{Sku("a"), 1}, {Sku("b"), 1}, {Sku("c"), 1}};
    if (thread % 4 < 2) std::swap(lines.front(), lines.back());
    for (int round = 0; round < kRounds; ++round) {
      results[thread * kRounds + round] = Reserve(One(thread), lines).status();
    }
  });
  EXPECT_EQ(CountOutcomes(results), (Outcomes{{"OK", 100}, {"FAILED_PRECONDITION INSUFFICIENT_STOCK", 80}}));
}

TEST_F(ConcurrencyTest, FirstWritesOfANewLevelDoNotCollide) {
  replica();
  for (int round = 0; round < 5; ++round) {
    const std::string sku = Sku(absl::StrCat(round));
    std::vector<absl::StatusOr<v1::AdjustStockResponse>> results(16);
    Together(16, [&](int i) {
      results[i] = One(i).Call(
          Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w$1' delta: 1", sku, 1 + i / 2 % 2)));
    });
    std::map<std::string, std::set<int64_t>> versions;
    std::set<int64_t> sequences;
    for (const auto& result : results) {
      const v1::LevelVersion movement = Must(result).movement();
      versions[movement.warehouse_id()].insert(movement.version());
      sequences.insert(movement.sequence());
    }
    const std::set<int64_t> eight = {1, 2, 3, 4, 5, 6, 7, 8};
    EXPECT_EQ(versions, (std::map<std::string, std::set<int64_t>>{{"w1", eight}, {"w2", eight}}));
    EXPECT_EQ(sequences.size(), 16u);
    EXPECT_EQ(*sequences.rbegin(), 16);
    EXPECT_EQ(LevelOf(sku, "w1").on_hand(), 8);
  }
}

// A level comes about by whatever is first: a count, a delivery, a transfer, or units kept back.
TEST_F(ConcurrencyTest, FirstMovementsOfAllKindsDoNotCollide) {
  replica();
  for (int round = 0; round < 5; ++round) {
    const std::string sku = Sku(absl::StrCat(round));
    SetStock(sku, "w2", 100);
    Must(client().Call(Pb<v1::CreateItemRequest>(
        absl::Substitute("item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED }", sku))));
    std::vector<absl::Status> results(20);
    Together(20, [&](int i) {
      const auto call = [&](auto request) { results[i] = One(i / 5).Call(request).status(); };
      const std::string level = absl::Substitute("sku: '$0' warehouse_id: 'w1' ", sku);
      const std::string lines = absl::Substitute("lines { sku: '$0' quantity: 2 } ", sku);
      if (i % 5 == 0) call(Pb<v1::AdjustStockRequest>(level + "delta: 2"));
      if (i % 5 == 1) call(Pb<v1::CreateReplenishmentRequest>(level + "quantity: 2"));
      if (i % 5 == 2) call(Pb<v1::SetSafetyStockRequest>(level + "safety_stock: 1"));
      if (i % 5 == 3) {
        call(Pb<v1::CreateTransferRequest>(
            lines + "from_warehouse_id: 'w2' to_warehouse_id: 'w1' mode: TRANSFER_MODE_IMMEDIATE"));
      }
      if (i % 5 == 4) {
        call(Pb<v1::ReserveStockRequest>(
            lines + "channel_id: 'web' warehouse_ids: 'w1' commit: true on_shortfall: SHORTFALL_POLICY_BACKORDER"));
      }
    });
    EXPECT_EQ(CountOutcomes(results), (Outcomes{{"OK", 20}}));
    EXPECT_EQ(Show(LevelOf(sku, "w1")), "16 on hand, 8 reserved, 1 safety, 7 available, 8 incoming");
    EXPECT_EQ(Show(LevelOf(sku, "w2")), "92 on hand, 0 reserved, 0 safety, 92 available");
  }
}

// Confirm against expiry and against the sweeper: exactly one of them wins, and everybody agrees which.
TEST_F(ConcurrencyTest, ConfirmAgainstExpiryHasOneWinner) {
  constexpr int kHolds = 40;
  SetStock(Sku(), "w1", kHolds);
  replica();
  std::vector<std::string> ids(kHolds);
  std::vector<absl::Status> confirmed(kHolds);
  Together(8, [&](int thread) {
    for (int i = thread; i < kHolds; i += 8) {
      const absl::Time start = absl::Now();
      ids[i] = Must(Reserve(One(i), {{Sku(), 1}}, {.ttl = absl::Milliseconds(20)})).reservation().reservation_id();
      // From well before to well after the expiry.
      absl::SleepFor(start + absl::Milliseconds(i) - absl::Now());
      confirmed[i] = Confirm(One(i + 1), ids[i]).status();
    }
  });
  int64_t committed = 0;
  for (int i = 0; i < kHolds; ++i) {
    EXPECT_THAT(Outcome(confirmed[i]), AnyOf("OK", "FAILED_PRECONDITION RESERVATION_EXPIRED"));
    EXPECT_EQ(Show(ReservationOf(ids[i])), confirmed[i].ok() ? absl::StrCat("COMMITTED ", Sku(), " 1/1 w1:1")
                                                             : absl::StrCat("EXPIRED ", Sku(), " 0/1 cancelled 1"));
    committed += confirmed[i].ok() ? 1 : 0;
  }
  EXPECT_EQ(LevelOf(Sku(), "w1").reserved(), committed);
  EXPECT_EQ(AvailabilityOf(Sku()), kHolds - committed);
}

// The same where holds wait for each other's units and stand against a quota.
TEST_F(ConcurrencyTest, ConfirmAgainstExpiryOfHoldsThatWaitHasOneWinner) {
  constexpr int kHolds = 40;
  constexpr int64_t kStock = 50;
  Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED }", Sku()))));
  Must(client().Call(
      Pb<v1::SetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: 'web' quantity: $1", Sku(), 2 * kHolds))));
  SetStock(Sku(), "w1", kStock);
  replica();
  std::vector<std::string> ids(kHolds);
  std::vector<absl::Status> confirmed(kHolds);
  Together(8, [&](int thread) {
    for (int i = thread; i < kHolds; i += 8) {
      const absl::Time start = absl::Now();
      auto request = ReserveRequest({{Sku(), 2}}, {.ttl = absl::Milliseconds(20)});
      request.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
      ids[i] = Must(One(i).Call(request)).reservation().reservation_id();
      absl::SleepFor(start + absl::Milliseconds(i) - absl::Now());
      confirmed[i] = Confirm(One(i + 1), ids[i]).status();
    }
  });
  int64_t committed = 0;
  int64_t reserved = 0;
  for (int i = 0; i < kHolds; ++i) {
    EXPECT_THAT(Outcome(confirmed[i]), AnyOf("OK", "FAILED_PRECONDITION RESERVATION_EXPIRED"));
    const v1::Reservation reservation = ReservationOf(ids[i]);
    const v1::ReservationLine& line = reservation.lines(0);
    EXPECT_EQ(reservation.state(), confirmed[i].ok() ? v1::RESERVATION_STATE_COMMITTED : v1::RESERVATION_STATE_EXPIRED);
    EXPECT_EQ(line.reserved_quantity() + line.backordered_quantity(), confirmed[i].ok() ? 2 : 0);
    EXPECT_EQ(line.cancelled_quantity(), confirmed[i].ok() ? 0 : 2);
    committed += confirmed[i].ok() ? 2 : 0;
    reserved += line.reserved_quantity();
  }
  EXPECT_EQ(reserved, std::min(committed, kStock));
  EXPECT_EQ(LevelOf(Sku(), "w1").reserved(), reserved);
  EXPECT_EQ(Must(client().Call(Pb<v1::GetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: 'web'", Sku()))))
                .outstanding_quantity(),
            committed);
}

// Of many who cancel, confirm and extend the same hold at once, the outcome is one that some order of them explains.
TEST_F(ConcurrencyTest, CancelAgainstConfirmAgreesWithTheCounters) {
  SetStock(Sku(), "w1", 100);
  replica();
  for (int round = 0; round < 10; ++round) {
    const std::string id = Must(Reserve(client(), {{Sku(), 2}})).reservation().reservation_id();
    std::vector<absl::Status> results(6);
    Together(6, [&](int i) { results[i] = i < 3 ? Confirm(One(i), id).status() : Cancel(One(i), id).status(); });
    EXPECT_THAT(CountOutcomes(results), Each(Key(AnyOf("OK", "FAILED_PRECONDITION RESERVATION_CANCELLED"))));
    for (int i = 3; i < 6; ++i) EXPECT_EQ(Outcome(results[i]), "OK");
    EXPECT_EQ(Show(ReservationOf(id)), absl::StrCat("CANCELLED ", Sku(), " 0/2 cancelled 2"));
  }
  EXPECT_EQ(Show(LevelOf(Sku(), "w1")), "100 on hand, 0 reserved, 0 safety, 100 available");
}

// Without a sweeper in the way: what reads and writes say of a hold that nobody has released yet.
class DeadHoldTest : public ServerTest {
 public:
  static void SetUpTestSuite() { StartServer({"--sweep-interval=1m"}); }

 protected:
  // A hold on 4 of 10 units whose time has run out, while the counter still has it.
  std::string DeadHold() {
    SetStock(Sku(), "w1", 10);
    const auto held = Must(Reserve(client(), {{Sku(), 4}}, {.ttl = absl::Milliseconds(50)})).reservation();
    EXPECT_TRUE(
        Eventually([&] { return ReservationOf(held.reservation_id()).state() == v1::RESERVATION_STATE_EXPIRED; }));
    const auto stored = Sql(absl::Substitute("SELECT reserved FROM stock_level WHERE sku = '$0'", Sku()));
    EXPECT_EQ(stored[0].Int(0), 4);
    return held.reservation_id();
  }
};

TEST_F(DeadHoldTest, ReadersDoNotSeeIt) {
  const std::string id = DeadHold();
  EXPECT_EQ(AvailabilityOf(Sku()), 10);
  EXPECT_EQ(Show(LevelOf(Sku(), "w1")), "10 on hand, 0 reserved, 0 safety, 10 available");
  auto levels =
      Must(client().Call(Pb<v1::ListStockLevelsRequest>(absl::Substitute("filter { sku_prefix: '$0' }", Sku()))));
  EXPECT_EQ(Show(levels.stock_levels(0)), "10 on hand, 0 reserved, 0 safety, 10 available");
  EXPECT_EQ(Show(ReservationOf(id)), absl::StrCat("EXPIRED ", Sku(), " 0/4 cancelled 4"));
}

TEST_F(DeadHoldTest, WritersReleaseItFirst) {
  DeadHold();
  EXPECT_EQ(Show(Must(Reserve(client(), {{Sku(), 10}})).reservation()), absl::StrCat("HELD ", Sku(), " 10/10 w1:10"));
  std::vector<v1::MovementType> types;
  for (const v1::Movement& movement : MovementsOf(Sku())) types.push_back(movement.type());
  EXPECT_THAT(types, ::testing::ElementsAre(v1::MOVEMENT_TYPE_SET, v1::MOVEMENT_TYPE_RESERVE, v1::MOVEMENT_TYPE_EXPIRE,
                                            v1::MOVEMENT_TYPE_RESERVE));
}

TEST_F(DeadHoldTest, NothingBringsItBack) {
  const std::string id = DeadHold();
  EXPECT_EQ(Outcome(Confirm(client(), id)), "FAILED_PRECONDITION RESERVATION_EXPIRED");
  v1::ExtendReservationRequest extend;
  extend.set_reservation_id(id);
  EXPECT_EQ(Outcome(client().Call(extend)), "FAILED_PRECONDITION RESERVATION_EXPIRED");
  EXPECT_EQ(Must(Cancel(client(), id)).reservation().state(), v1::RESERVATION_STATE_EXPIRED);
  EXPECT_EQ(Show(LevelOf(Sku(), "w1")), "10 on hand, 0 reserved, 0 safety, 10 available");
}

}  // namespace
}  // namespace inventory::integration
