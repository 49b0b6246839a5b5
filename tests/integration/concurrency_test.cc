// Many callers at once, through two servers on one database: no oversell, no lost write, no deadlock, no drift.
#include <atomic>
#include <random>

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

  // Per warehouse, what all reservations of the SKU hold there, as the lists tell it.
  static std::map<std::string, int64_t> AllocatedOf(const std::string& sku) {
    v1::ListReservationsRequest request;
    request.mutable_filter()->set_sku(sku);
    std::map<std::string, int64_t> allocated;
    for (const auto& reservation : ListAll(client(), request, &v1::ListReservationsResponse::reservations)) {
      for (const v1::ReservationLine& line : reservation.lines()) {
        if (line.sku() != sku) continue;
        for (const v1::Allocation& part : line.allocations())
          allocated[part.warehouse_id()] += part.reserved_quantity();
      }
    }
    return allocated;
  }
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
  std::vector<absl::Status> results(kThreads * kRounds);
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

// One thread of callers who do everything to a few SKUs.
class Caller {
 public:
  Caller(const Client& client, std::vector<std::string> skus, int seed)
      : client_(client), skus_(std::move(skus)), random_(seed) {}

  absl::Status DoSomething() {
    switch (Pick(10)) {
      case 0:
        return client_
            .Call(Pb<v1::AdjustStockRequest>(
                absl::Substitute("sku: '$0' warehouse_id: 'w$1' delta: $2", AnySku(), 1 + Pick(2), (Pick(9) - 4) | 1)))
            .status();
      case 1:
        return client_
            .Call(Pb<v1::SetSafetyStockRequest>(
                absl::Substitute("sku: '$0' warehouse_id: 'w$1' safety_stock: $2", AnySku(), 1 + Pick(2), Pick(4))))
            .status();
      case 2:
        return WithReservation([this](const std::string& id) { return Confirm(client_, id).status(); });
      case 3:
        return WithReservation([this](const std::string& id) { return Cancel(client_, id).status(); });
      case 4:
        return WithReservation([this](const std::string& id) { return Amend(id); });
      case 5:
      case 6:
        return WithReservation([this](const std::string& id) { return ShipOrNot(id); });
      default:
        return ReserveSomething();
    }
  }

 private:
  int Pick(int count) { return std::uniform_int_distribution<int>(0, count - 1)(random_); }
  const std::string& AnySku() { return skus_[Pick(static_cast<int>(skus_.size()))]; }

  absl::Status WithReservation(const std::function<absl::Status(const std::string&)>& act) {
    return ids_.empty() ? absl::OkStatus() : act(ids_[Pick(static_cast<int>(ids_.size()))]);
  }

  absl::Status ReserveSomething() {
    ReserveOptions options = {.commit = Pick(2) == 0, .partial = Pick(3) == 0};
    if (!options.commit && Pick(2) == 0) options.ttl = absl::Milliseconds(1 + Pick(50));
    auto reserved = Reserve(client_, {{AnySku(), 1 + Pick(4)}, {AnySku(), 1 + Pick(4)}}, options);
    if (reserved.ok()) ids_.push_back(reserved->reservation().reservation_id());
    return reserved.status();
  }

  absl::Status Amend(const std::string& id) {
    return client_
        .Call(Pb<v1::AmendReservationRequest>(
            absl::Substitute("reservation_id: '$0' lines { sku: '$1' quantity: $2 }", id, AnySku(), Pick(5))))
        .status();
  }

  absl::Status ShipOrNot(const std::string& id) {
    auto request = Pb<v1::CreateShipmentRequest>(absl::Substitute(
        "reservation_id: '$0' warehouse_id: 'w$1' allow_reallocation: $2", id, 1 + Pick(2), Pick(2) == 0));
    auto shipment = client_.Call(request);
    if (!shipment.ok()) return shipment.status();
    const std::string& shipment_id = shipment->shipment().shipment_id();
    if (Pick(3) != 0) return Ship(client_, shipment_id).status();
    v1::CancelShipmentRequest cancel;
    cancel.set_shipment_id(shipment_id);
    return client_.Call(cancel).status();
  }

  const Client& client_;
  const std::vector<std::string> skus_;
  std::mt19937 random_;
  std::vector<std::string> ids_;
};

TEST_F(ConcurrencyTest, CountersEqualTheirRowsAfterMixedLoad) {
  constexpr int kThreads = 10;
  constexpr int kCalls = 60;
  const std::vector<std::string> skus = {Sku("a"), Sku("b"), Sku("c")};
  for (const std::string& sku : skus) {
    SetStock(sku, "w1", 40);
    SetStock(sku, "w2", 40);
  }
  replica();
  std::vector<absl::Status> results(kThreads * kCalls);
  Together(kThreads, [&](int thread) {
    Caller caller(One(thread), skus, thread);
    for (int i = 0; i < kCalls; ++i) results[thread * kCalls + i] = caller.DoSomething();
  });
  for (const absl::Status& result : results) {
    EXPECT_THAT(result.code(), AnyOf(absl::StatusCode::kOk, absl::StatusCode::kFailedPrecondition)) << result;
  }
  EXPECT_GT(CountOutcomes(results)["OK"], kThreads * kCalls / 4);
  for (const v1::Mismatch& mismatch : VerifyAll(client())) ADD_FAILURE() << mismatch.DebugString();
  for (const std::string& sku : skus) {
    const std::map<std::string, int64_t> allocated = AllocatedOf(sku);
    for (const char* warehouse_id : {"w1", "w2"}) {
      const auto found = allocated.find(warehouse_id);
      const int64_t expected = found == allocated.end() ? 0 : found->second;
      // Holds may run out between the two reads.
      EXPECT_TRUE(Eventually([&] {
        const auto now = AllocatedOf(sku);
        return LevelOf(sku, warehouse_id).reserved() == (now.contains(warehouse_id) ? now.at(warehouse_id) : 0);
      })) << sku
          << " " << warehouse_id << " had " << expected;
    }
  }
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
