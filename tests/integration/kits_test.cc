// Kits over gRPC: configured, reserved, shipped per component, waiting for one of them, and never oversold.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::AnyOf;
using ::testing::IsEmpty;

class KitsTest : public ServerTest {
 protected:
  static absl::StatusOr<v1::Item> Configure(const Client& client, const std::string& sku, const std::string& fields) {
    return client.Call(
        Pb<v1::UpdateItemRequest>(absl::Substitute("item { sku: '$0' $1 } allow_missing: true", sku, fields)));
  }
  static std::string KitOf(const std::vector<Line>& components) {
    std::string fields;
    for (const Line& line : components) {
      absl::StrAppend(&fields, absl::Substitute("components { sku: '$0' quantity: $1 } ", line.sku, line.quantity));
    }
    return fields;
  }
  // The test's kit: 2 "a" and 1 "b".
  void MakeKit() { Must(Configure(client(), Sku("kit"), KitOf({{Sku("a"), 2}, {Sku("b"), 1}}))); }

  static absl::StatusOr<v1::DeleteItemResponse> Delete(const Client& client, const std::string& sku) {
    return client.Call(Pb<v1::DeleteItemRequest>(absl::Substitute("sku: '$0'", sku)));
  }
  static const Client& One(int i) { return i % 2 == 0 ? client() : replica(); }
};

TEST_F(KitsTest, AKitIsConfiguredChangedAndDeleted) {
  const v1::Item made = Must(Configure(client(), Sku("kit"), KitOf({{Sku("b"), 1}, {Sku("a"), 2}})));
  ASSERT_EQ(made.components_size(), 2);
  EXPECT_EQ(made.components(0).sku(), Sku("a"));
  const auto get = Pb<v1::GetItemRequest>(absl::Substitute("sku: '$0'", Sku("kit")));
  EXPECT_EQ(Must(replica().Call(get)).DebugString(), made.DebugString());

  EXPECT_EQ(Outcome(Configure(client(), Sku("box"), KitOf({{Sku("kit"), 1}}))), "FAILED_PRECONDITION COMPONENT_IS_KIT");
  EXPECT_EQ(Outcome(Configure(client(), Sku("a"), KitOf({{Sku("c"), 1}}))), "FAILED_PRECONDITION ITEM_IN_USE");
  EXPECT_THAT(ViolationsOf(Configure(client(), Sku("kit"), KitOf({{Sku("kit"), 1}, {Sku("a"), 0}})).status()),
              testing::UnorderedElementsAre("item.components[0].sku", "item.components[1].quantity"));

  Must(Configure(client(), Sku("a"), ""));
  const absl::Status in_use = Delete(client(), Sku("a")).status();
  EXPECT_EQ(Outcome(in_use), "FAILED_PRECONDITION ITEM_IN_USE");
  EXPECT_EQ(MetadataOf(in_use)["used_by"], "kits");
  Must(Configure(client(), Sku("kit"), KitOf({{Sku("b"), 3}})));
  Must(Delete(client(), Sku("a")));
  Must(Delete(replica(), Sku("kit")));
  EXPECT_EQ(Outcome(client().Call(get)), "NOT_FOUND ITEM_NOT_FOUND");
}

TEST_F(KitsTest, AKitHasNoStockOfItsOwn) {
  MakeKit();
  const auto set = Pb<v1::SetStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' on_hand: 1", Sku("kit")));
  EXPECT_EQ(Outcome(client().Call(set)), "FAILED_PRECONDITION ITEM_IS_KIT");
  SetStock(Sku("item"), "w2", 1);
  const absl::Status has_units = Configure(client(), Sku("item"), KitOf({{Sku("a"), 1}})).status();
  EXPECT_EQ(Outcome(has_units), "FAILED_PRECONDITION ITEM_IN_USE");
  EXPECT_EQ(MetadataOf(has_units)["warehouse_ids"], "w2");
}

TEST_F(KitsTest, AnOrderOfKitsIsShippedPerComponent) {
  MakeKit();
  SetStock(Sku("a"), "w1", 3);
  SetStock(Sku("a"), "w2", 5);
  SetStock(Sku("b"), "w2", 2);
  const v1::ReserveStockResponse reserved = Must(Reserve(client(), {{Sku("kit"), 2}}));
  ASSERT_EQ(reserved.line_results_size(), 1);
  EXPECT_EQ(reserved.line_results(0).sku(), Sku("kit"));
  EXPECT_EQ(reserved.line_results(0).reserved_quantity(), 2);
  const std::string id = reserved.reservation().reservation_id();
  EXPECT_EQ(Show(ReservationOf(id)), absl::Substitute("HELD $0 4/4 w1:3 w2:1; $1 2/2 w2:2", Sku("a"), Sku("b")));
  EXPECT_EQ(ReservationOf(id).kits(0).sku(), Sku("kit"));
  EXPECT_EQ(ReservationOf(id).kits(0).quantity(), 2);
  const absl::Status short_of_b = Reserve(client(), {{Sku("kit"), 1}}).status();
  EXPECT_EQ(Outcome(short_of_b), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_EQ(MetadataOf(short_of_b)["sku"], Sku("b"));

  Must(Confirm(client(), id));
  Must(Ship(client(), Must(CreateShipment(client(), id, "w1")).shipment().shipment_id()));
  EXPECT_EQ(Show(ReservationOf(id)),
            absl::Substitute("COMMITTED $0 1/4 w1:0 w2:1 shipped 3; $1 2/2 w2:2", Sku("a"), Sku("b")));
  Must(Ship(client(), Must(CreateShipment(client(), id, "w2", {{Sku("b"), 2}})).shipment().shipment_id()));
  Must(Ship(client(), Must(CreateShipment(client(), id, "w2")).shipment().shipment_id()));
  EXPECT_EQ(Show(ReservationOf(id)),
            absl::Substitute("FULFILLED $0 0/4 w1:0 w2:0 shipped 4; $1 0/2 w2:0 shipped 2", Sku("a"), Sku("b")));
  EXPECT_EQ(Show(LevelOf(Sku("a"), "w1")), "0 on hand, 0 reserved, 0 safety, 0 available");
  EXPECT_EQ(Show(LevelOf(Sku("a"), "w2")), "4 on hand, 0 reserved, 0 safety, 4 available");
  EXPECT_THAT(MovementsOf(Sku("kit")), IsEmpty());
}

TEST_F(KitsTest, ACancelledOrderGivesEveryComponentBack) {
  MakeKit();
  SetStock(Sku("a"), "w1", 4);
  SetStock(Sku("b"), "w1", 2);
  const std::string id = Must(Reserve(client(), {{Sku("kit"), 2}})).reservation().reservation_id();
  EXPECT_EQ(AvailabilityOf(Sku("kit")), 0);
  Must(Cancel(client(), id, {{Sku("a"), 2}}));
  EXPECT_EQ(AvailabilityOf(Sku("a")), 2);
  Must(Cancel(client(), id));
  EXPECT_EQ(AvailabilityOf(Sku("kit")), 2);
  EXPECT_EQ(Show(LevelOf(Sku("b"), "w1")), "2 on hand, 0 reserved, 0 safety, 2 available");
}

TEST_F(KitsTest, AComponentThatWaitsIsServedByItsReplenishment) {
  MakeKit();
  Must(Configure(client(), Sku("b"), "backorder_policy: BACKORDER_POLICY_UNLIMITED"));
  SetStock(Sku("a"), "w1", 6);
  SetStock(Sku("b"), "w1", 1);
  auto order = ReserveRequest({{Sku("kit"), 3}}, {.commit = true});
  order.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
  const v1::ReserveStockResponse reserved = Must(client().Call(order));
  EXPECT_EQ(reserved.line_results(0).reserved_quantity(), 1);
  EXPECT_EQ(reserved.line_results(0).backordered_quantity(), 2);
  const std::string id = reserved.reservation().reservation_id();
  EXPECT_EQ(Show(ReservationOf(id)), absl::Substitute("COMMITTED $0 6/6 w1:6; $1 1/3 w1:1", Sku("a"), Sku("b")));

  const auto expected = Must(client().Call(
      Pb<v1::CreateReplenishmentRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w2' quantity: 5", Sku("b")))));
  Must(client().Call(Pb<v1::ReceiveReplenishmentRequest>(
      absl::Substitute("replenishment_id: '$0' quantity: 5", expected.replenishment().replenishment_id()))));
  EXPECT_EQ(Show(ReservationOf(id)), absl::Substitute("COMMITTED $0 6/6 w1:6; $1 3/3 w1:1 w2:2", Sku("a"), Sku("b")));
  EXPECT_EQ(AvailabilityOf(Sku("b")), 3);
}

// Many callers want the last kits and the last components: nobody gets what somebody else has.
TEST_F(KitsTest, TheLastKitsAndTheirComponentsAreSoldOnce) {
  replica();
  for (int round = 0; round < 5; ++round) {
    const std::string a = Sku(absl::StrCat("a", round));
    const std::string b = Sku(absl::StrCat("b", round));
    const std::string kit = Sku(absl::StrCat("kit", round));
    Must(Configure(client(), kit, KitOf({{a, 2}, {b, 1}})));
    SetStock(a, "w1", 4);
    SetStock(a, "w2", 5);
    SetStock(b, "w2", 4);
    const std::vector<std::string> wanted = {kit, a, kit, b};
    std::vector<absl::Status> results(24);
    Together(24, [&](int i) { results[i] = Reserve(One(i), {{wanted[i % 4], 1}}).status(); });
    std::map<std::string, int> sold;
    for (int i = 0; i < 24; ++i) {
      EXPECT_THAT(Outcome(results[i]), AnyOf("OK", "FAILED_PRECONDITION INSUFFICIENT_STOCK"));
      if (results[i].ok()) ++sold[wanted[i % 4]];
    }
    const int64_t reserved_a = LevelOf(a, "w1").reserved() + LevelOf(a, "w2").reserved();
    const int64_t reserved_b = LevelOf(b, "w2").reserved();
    EXPECT_EQ(reserved_a, 2 * sold[kit] + sold[a]);
    EXPECT_EQ(reserved_b, sold[kit] + sold[b]);
    // Nobody was turned away while there was enough.
    EXPECT_TRUE(9 - reserved_a < 2 || 4 - reserved_b < 1);
    if (sold[a] < 6) {
      EXPECT_EQ(reserved_a, 9);
    }
    if (sold[b] < 6) {
      EXPECT_EQ(reserved_b, 4);
    }
  }
}

// An item that is counted and made a kit at once ends as one of the two.
TEST_F(KitsTest, AnItemBecomesAKitOrGetsUnits) {
  replica();
  for (int round = 0; round < 10; ++round) {
    const std::string sku = Sku(absl::StrCat(round));
    std::vector<absl::Status> results(2);
    Together(2, [&](int i) {
      if (i == 0) {
        results[i] = Configure(client(), sku, KitOf({{Sku("part"), 1}})).status();
      } else {
        results[i] =
            replica()
                .Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' delta: 1", sku)))
                .status();
      }
    });
    EXPECT_EQ(results[0].ok(), !results[1].ok()) << Outcome(results[0]) << ", " << Outcome(results[1]);
  }
}

// Kits that share components in any order, and the components alone.
TEST_F(KitsTest, KitsOfSharedComponentsDoNotDeadlock) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 10;
  replica();
  Must(Configure(client(), Sku("ab"), KitOf({{Sku("a"), 1}, {Sku("b"), 1}})));
  Must(Configure(client(), Sku("bc"), KitOf({{Sku("b"), 1}, {Sku("c"), 1}})));
  Must(Configure(client(), Sku("ca"), KitOf({{Sku("c"), 1}, {Sku("a"), 1}})));
  for (const char* sku : {"a", "b", "c"}) SetStock(Sku(sku), "w1", 1000);
  std::vector<absl::Status> results(std::size_t{kThreads} * kRounds);
  Together(kThreads, [&](int thread) {
    const std::vector<std::string> kits = {Sku("ab"), Sku("bc"), Sku("ca")};
    for (int round = 0; round < kRounds; ++round) {
      const std::vector<Line> lines = {{kits[(thread + round) % 3], 1}, {kits[(thread + 2 * round + 1) % 3], 1}};
      results[thread * kRounds + round] = Reserve(One(thread), lines).status();
    }
  });
  EXPECT_EQ(CountOutcomes(results), (std::map<std::string, int>{{"OK", kThreads * kRounds}}));
  int64_t reserved = 0;
  for (const char* sku : {"a", "b", "c"}) reserved += LevelOf(Sku(sku), "w1").reserved();
  EXPECT_EQ(reserved, kThreads * kRounds * 2 * 2);
}

}  // namespace
}  // namespace inventory::integration
