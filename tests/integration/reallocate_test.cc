// ReallocateReservation: a warehouse is closed, detached or lost, and its reservations move.
#include "absl/strings/str_join.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

constexpr char kPatient[] = "on_shortfall: SHORTFALL_POLICY_BACKORDER";

// A channel that sells from "a" first, then from "b", then from "c".
class ReallocateTest : public ServerTest {
 protected:
  void SetUp() override {
    for (const char* id : {"a", "b", "c"}) MakeWarehouse(client(), Name(id));
    MakeChannel(client(), Name("shop"), {Name("a"), Name("b"), Name("c")});
  }

  std::string Reserved(const std::vector<Line>& lines, ReserveOptions options = {.commit = true}) const {
    options.channel = Name("shop");
    return Must(Reserve(client(), lines, options)).reservation().reservation_id();
  }

  void Close(const std::string& warehouse) const {
    Must(client().Call(Pb<v1::UpdateWarehouseRequest>(
        absl::Substitute("warehouse { warehouse_id: '$0' } update_mask { paths: 'active' }", Name(warehouse)))));
  }

  // `fields` in text format, where $0 stands for the prefix of the names.
  absl::StatusOr<v1::ReallocateReservationResponse> Reallocate(const std::string& id,
                                                               const std::string& fields = "") const {
    auto request = Pb<v1::ReallocateReservationRequest>(absl::Substitute(fields, Name("")));
    request.set_reservation_id(id);
    return client().Call(request);
  }

  // "a:3(1) b:2 waiting 1": where a line's units are, those in shipments, and those that wait.
  std::string Places(const std::string& id, int line = 0) const {
    const v1::ReservationLine shown = ReservationOf(id).lines(line);
    std::vector<std::string> words;
    for (const v1::Allocation& part : shown.allocations()) {
      if (part.reserved_quantity() == 0) continue;
      words.push_back(absl::StrCat(part.warehouse_id().substr(Name("").size()), ":", part.reserved_quantity()));
      if (part.in_shipment_quantity() > 0) absl::StrAppend(&words.back(), "(", part.in_shipment_quantity(), ")");
    }
    if (shown.backordered_quantity() > 0) words.push_back(absl::StrCat("waiting ", shown.backordered_quantity()));
    return absl::StrJoin(words, " ");
  }
};

TEST_F(ReallocateTest, MovesUnitsAwayFromAClosedWarehouseAndSaysSoInTheLedger) {
  SetStock(Sku(), Name("a"), 5);
  SetStock(Sku(), Name("b"), 2);
  SetStock(Sku(), Name("c"), 9);
  const std::string id = Reserved({{Sku(), 4}});
  Close("a");
  EXPECT_EQ(Places(id), "a:4");
  const auto moved = Must(Reallocate(id));
  EXPECT_EQ(Places(id), "b:2 c:2");
  EXPECT_THAT(ReservationOf(id), EqualsProto(moved.reservation()));
  EXPECT_EQ(Show(LevelOf(Sku(), Name("a"))), "5 on hand, 0 reserved, 0 safety, 5 available");
  EXPECT_EQ(Show(LevelOf(Sku(), Name("c"))), "9 on hand, 2 reserved, 0 safety, 7 available");
  ASSERT_EQ(moved.movements_size(), 4);
  const std::vector<v1::Movement> movements = MovementsOf(Sku());
  for (auto movement = movements.end() - 4; movement != movements.end(); ++movement) {
    EXPECT_EQ(movement->type(), v1::MOVEMENT_TYPE_REALLOCATE);
    EXPECT_EQ(movement->document_id(), id);
  }
  for (const char* warehouse : {"b", "c"}) Must(CreateShipment(client(), id, Name(warehouse)));
}

TEST_F(ReallocateTest, MovesAHoldAwayFromADetachedWarehouseUntilItRunsOut) {
  SetStock(Sku(), Name("a"), 5);
  SetStock(Sku(), Name("b"), 5);
  const std::string id = Reserved({{Sku(), 5}}, {.ttl = absl::Seconds(5)});
  Must(client().Call(Pb<v1::DetachWarehouseRequest>(
      absl::Substitute("channel_id: '$0' warehouse_id: '$1'", Name("shop"), Name("a")))));
  Must(Reallocate(id));
  EXPECT_EQ(Places(id), "b:5");
  EXPECT_TRUE(Eventually([&] { return LevelOf(Sku(), Name("b")).reserved() == 0; }));
  EXPECT_EQ(ReservationOf(id).state(), v1::RESERVATION_STATE_EXPIRED);
}

TEST_F(ReallocateTest, MovesOnlyWhatIsInNoShipment) {
  SetStock(Sku(), Name("a"), 5);
  SetStock(Sku(), Name("b"), 5);
  const std::string id = Reserved({{Sku(), 5}});
  const std::string shipment = Must(CreateShipment(client(), id, Name("a"), {{Sku(), 2}})).shipment().shipment_id();
  Close("a");
  Must(Reallocate(id));
  EXPECT_EQ(Places(id), "a:2(2) b:3");
  Must(Ship(client(), shipment));
  EXPECT_EQ(Places(id), "b:3");
  EXPECT_EQ(Must(Reallocate(id)).movements_size(), 0);
}

TEST_F(ReallocateTest, RejectsAShortfallAndMovesNothing) {
  SetStock(Sku("x"), Name("a"), 5);
  SetStock(Sku("x"), Name("b"), 5);
  SetStock(Sku("y"), Name("a"), 5);
  SetStock(Sku("y"), Name("b"), 1);
  const std::string id = Reserved({{Sku("x"), 3}, {Sku("y"), 3}});
  const auto refused = Reallocate(id, "from_warehouse_ids: '$0a'");
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_THAT(MetadataOf(refused.status()),
              UnorderedElementsAre(Pair("sku", Sku("y")), Pair("requested", "3"), Pair("available", "1")));
  EXPECT_EQ(Places(id, 0), "a:3");
  EXPECT_EQ(Places(id, 1), "a:3");
  Must(Reallocate(id, "from_warehouse_ids: '$0a' on_shortfall: SHORTFALL_POLICY_PARTIAL"));
  EXPECT_EQ(Places(id, 0), "b:3");
  EXPECT_EQ(Places(id, 1), "a:2 b:1");
}

TEST_F(ReallocateTest, LetsAShortfallWaitAndServesItByTheReservationsStrategy) {
  SetStock(Sku(), Name("a"), 5);
  v1::ReserveStockRequest order = ReserveRequest({{Sku(), 5}}, {.channel = Name("shop"), .commit = true});
  order.set_sourcing_strategy(v1::SOURCING_STRATEGY_FEWEST_SPLITS);
  const std::string id = Must(client().Call(order)).reservation().reservation_id();
  Close("a");
  EXPECT_EQ(Outcome(Reallocate(id, kPatient)), "FAILED_PRECONDITION BACKORDER_NOT_ALLOWED");
  Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' backorder_policy: BACKORDER_POLICY_LIMITED backorder_limit: 4 }", Sku()))));
  EXPECT_EQ(Outcome(Reallocate(id, kPatient)), "FAILED_PRECONDITION BACKORDER_LIMIT_EXCEEDED");
  SetStock(Sku(), Name("b"), 1);
  Must(Reallocate(id, kPatient));
  EXPECT_EQ(Places(id), "b:1 waiting 4");
  EXPECT_EQ(MovementsOf(Sku()).back().type(), v1::MOVEMENT_TYPE_RELEASE);
  Must(client().Call(Pb<v1::BatchUpdateStockRequest>(absl::Substitute(
      "updates { sku: '$0' warehouse_id: '$1b' set_on_hand: 3 } updates { sku: '$0' warehouse_id: '$1c' set_on_hand: "
      "4 }",
      Sku(), Name("")))));
  EXPECT_EQ(Places(id), "b:1 c:4");
}

TEST_F(ReallocateTest, TakesAPickupToAnotherStore) {
  Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED }", Sku()))));
  SetStock(Sku(), Name("a"), 2);
  SetStock(Sku(), Name("c"), 4);
  v1::ReserveStockRequest order =
      ReserveRequest({{Sku(), 5}}, {.channel = Name("shop"), .commit = true, .warehouses = {Name("a")}});
  order.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
  const std::string id = Must(client().Call(order)).reservation().reservation_id();
  EXPECT_EQ(Places(id), "a:2 waiting 3");
  EXPECT_EQ(Outcome(Reallocate(id, "from_warehouse_ids: '$0a'")), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  const auto moved = Must(Reallocate(id, "from_warehouse_ids: '$0a' to_warehouse_ids: '$0c'"));
  EXPECT_THAT(moved.reservation().warehouse_ids(), ElementsAre(Name("c")));
  EXPECT_EQ(Places(id), "c:4 waiting 1");
  SetStock(Sku(), Name("a"), 9);
  EXPECT_EQ(Places(id), "c:4 waiting 1");
}

TEST_F(ReallocateTest, RefusesWhatItMustNot) {
  SetStock(Sku(), Name("a"), 5);
  const std::string id = Reserved({{Sku(), 1}});
  EXPECT_EQ(Outcome(Reallocate("none")), "NOT_FOUND RESERVATION_NOT_FOUND");
  EXPECT_EQ(Outcome(Reallocate(id, "etag: '9'")), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(Outcome(Reallocate(id, "to_warehouse_ids: 'w1'")), "FAILED_PRECONDITION WAREHOUSE_NOT_IN_CHANNEL");
  const auto both = Reallocate(id, "from_warehouse_ids: '$0a' to_warehouse_ids: ['$0b', '$0a']");
  EXPECT_EQ(Outcome(both), "INVALID_ARGUMENT INVALID_FIELDS");
  EXPECT_THAT(ViolationsOf(both.status()), ElementsAre("to_warehouse_ids"));
  Must(Cancel(client(), id));
  EXPECT_EQ(Outcome(Reallocate(id)), "FAILED_PRECONDITION RESERVATION_CANCELLED");
}

TEST_F(ReallocateTest, ManyMovedAtOnceNeverShareAUnit) {
  SetStock(Sku(), Name("a"), 8);
  SetStock(Sku(), Name("b"), 3);
  std::vector<std::string> ids;
  for (int i = 0; i < 8; ++i) ids.push_back(Reserved({{Sku(), 1}}));
  Close("a");
  std::vector<absl::Status> results(ids.size());
  Together(8, [&](int i) { results[i] = Reallocate(ids[i]).status(); });
  EXPECT_THAT(CountOutcomes(results),
              UnorderedElementsAre(Pair("OK", 3), Pair("FAILED_PRECONDITION INSUFFICIENT_STOCK", 5)));
  EXPECT_EQ(LevelOf(Sku(), Name("a")).reserved(), 5);
  EXPECT_EQ(LevelOf(Sku(), Name("b")).reserved(), 3);
}

}  // namespace
}  // namespace inventory::integration
