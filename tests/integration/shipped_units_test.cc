// The units of shipments: bound once, from the right warehouse, and back where they were if the shipment is cancelled.
#include "tests/integration/shipments_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;

TEST_F(ShipmentsTest, NeverTakesMoreThanIsOutstanding) {
  SetStock(Sku("a"), "w1", 10);
  SetStock(Sku("b"), "w1", 10);
  const std::string id = Committed({{Sku("a"), 5}, {Sku("b"), 1}});
  Shipped(id, {{Sku("a"), 2}});
  Processing(id, {{Sku("a"), 1}});
  const auto refused = CreateShipment(client(), id, "w1", {{Sku("b"), 1}, {Sku("a"), 3}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION EXCEEDS_RESERVED");
  const std::map<std::string, std::string> facts = {{"sku", Sku("a")}, {"requested", "3"}, {"outstanding", "2"}};
  EXPECT_EQ(MetadataOf(refused.status()), facts);
  EXPECT_EQ(Outcome(CreateShipment(client(), id, "w1", {{Sku("c"), 1}})), "FAILED_PRECONDITION EXCEEDS_RESERVED");
  EXPECT_EQ(ShowReservation(id),
            absl::StrCat("COMMITTED ", Sku("a"), " 3/5 w1:3(1) shipped 2; ") + Sku("b") + " 1/1 w1:1");
  Must(CreateShipment(client(), id, "w1", {{Sku("b"), 1}, {Sku("a"), 2}}));
  EXPECT_THAT(ViolationsOf(CreateShipment(client(), id, "w1", {{Sku("a"), 1}, {Sku("a"), 1}}).status()),
              ElementsAre("lines[1].sku"));
}

// Many pickers at once can't pack the same unit twice.
TEST_F(ShipmentsTest, ShipmentsMadeAtOnceShareTheUnits) {
  SetStock(Sku(), "w1", 20);
  const std::string id = Committed({{Sku(), 5}});
  std::vector<absl::Status> results(12);
  Together(12, [&](int i) {
    auto made = CreateShipment(client(), id, "w1", {{Sku(), 1}});
    results[i] = made.ok() ? Ship(client(), made->shipment().shipment_id()).status() : made.status();
  });
  std::map<std::string, int> counts = CountOutcomes(results);
  EXPECT_EQ(counts["OK"], 5);
  EXPECT_EQ(counts["FAILED_PRECONDITION EXCEEDS_RESERVED"] + counts["FAILED_PRECONDITION RESERVATION_FULFILLED"], 7);
  EXPECT_EQ(ShowLevel(Sku()), "15 on hand, 0 reserved, 0 safety, 15 available");
}

TEST_F(ShipmentsTest, ShipsItsOwnUnitsWhenNothingIsAvailable) {
  SetStock(Sku(), "w1", 5);
  const std::string id = Committed({{Sku(), 5}});
  EXPECT_EQ(AvailabilityOf(Sku()), 0);
  Shipped(id);
  EXPECT_EQ(ShowLevel(Sku()), "0 on hand, 0 reserved, 0 safety, 0 available");
}

TEST_F(ShipmentsTest, ShipsFromAWarehouseThatSellsNoMore) {
  MakeWarehouse(client(), Name("w"));
  MakeChannel(client(), Name("c"), {Name("w")});
  SetStock(Sku(), Name("w"), 2);
  const std::string id =
      Must(Reserve(client(), {{Sku(), 2}}, {.channel = Name("c"), .commit = true})).reservation().reservation_id();
  Must(client().Call(Pb<v1::UpdateWarehouseRequest>(
      absl::Substitute("warehouse { warehouse_id: '$0' } update_mask { paths: 'active' }", Name("w")))));
  Must(client().Call(
      Pb<v1::DetachWarehouseRequest>(absl::Substitute("channel_id: '$0' warehouse_id: '$1'", Name("c"), Name("w")))));
  Must(Ship(client(), Must(CreateShipment(client(), id, Name("w"))).shipment().shipment_id()));
  EXPECT_EQ(ShowReservation(id), absl::StrCat("FULFILLED ", Sku(), " 0/2 ", Name("w"), ":0 shipped 2"));
}

TEST_F(ShipmentsTest, ShipsNoMoreThanACountHasShown) {
  SetStock(Sku("a"), "w1", 5);
  SetStock(Sku("b"), "w1", 5);
  const std::string id = Committed({{Sku("a"), 2}, {Sku("b"), 4}});
  const std::string shipment_id = Processing(id);
  SetStock(Sku("b"), "w1", 3);
  const std::string before = ShowReservation(id);
  const auto refused = Ship(client(), shipment_id);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_ON_HAND");
  const std::map<std::string, std::string> facts = {{"sku", Sku("b")}, {"warehouse_id", "w1"},
                                                    {"on_hand", "3"},  {"condition", "SELLABLE"},
                                                    {"units", "3"},    {"requested", "4"}};
  EXPECT_EQ(MetadataOf(refused.status()), facts);
  EXPECT_EQ(ShowReservation(id), before);
  EXPECT_EQ(ShowLevel(Sku("a")), "5 on hand, 2 reserved, 0 safety, 3 available");
  SetStock(Sku("b"), "w1", 4);
  Must(Ship(client(), shipment_id));
  EXPECT_EQ(ShowLevel(Sku("b")), "0 on hand, 0 reserved, 0 safety, 0 available");
}

TEST_F(ShipmentsTest, ShipsFromAnotherWarehouseOnlyIfTheRequestSaysSo) {
  SetStock(Sku(), "w1", 4);
  SetStock(Sku(), "w2", 3);
  const std::string id = Committed({{Sku(), 4}});
  const std::string from_w2 = absl::Substitute("warehouse_id: 'w2' lines { sku: '$0' quantity: 3 }", Sku());
  const auto refused = Create(id, from_w2);
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION NOT_ALLOCATED_HERE");
  const std::map<std::string, std::string> facts = {
      {"sku", Sku()}, {"warehouse_id", "w2"}, {"requested", "3"}, {"allocated", "0"}};
  EXPECT_EQ(MetadataOf(refused.status()), facts);

  const auto made = Must(Create(id, from_w2 + " allow_reallocation: true"));
  EXPECT_EQ(Show(made.shipment()), absl::StrCat("PROCESSING from w2: ", Sku(), " 3"));
  EXPECT_EQ(made.movements_size(), 2);
  EXPECT_EQ(ShowReservation(id), absl::StrCat("COMMITTED ", Sku(), " 4/4 w1:1 w2:3(3)"));
  EXPECT_EQ(ShowLevel(Sku(), "w1"), "4 on hand, 1 reserved, 0 safety, 3 available");
  EXPECT_EQ(ShowLevel(Sku(), "w2"), "3 on hand, 3 reserved, 0 safety, 0 available");
  Must(Ship(client(), made.shipment().shipment_id()));
  EXPECT_EQ(ShowLevel(Sku(), "w2"), "0 on hand, 0 reserved, 0 safety, 0 available");
  EXPECT_EQ(ShowReservation(id), absl::StrCat("COMMITTED ", Sku(), " 1/4 w1:1 w2:0 shipped 3"));
}

TEST_F(ShipmentsTest, ReallocationTakesOnlyWhatIsAvailableThere) {
  SetStock(Sku(), "w1", 4);
  SetStock(Sku(), "w2", 1);
  const std::string id = Committed({{Sku(), 4}});
  const auto refused = Create(
      id, absl::Substitute("warehouse_id: 'w2' allow_reallocation: true lines { sku: '$0' quantity: 2 }", Sku()));
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_EQ(ShowReservation(id), absl::StrCat("COMMITTED ", Sku(), " 4/4 w1:4"));
}

// Allocations, levels and what may be done next are as they were before the shipment, re-allocated or not.
TEST_F(ShipmentsTest, ACancelledShipmentRestoresExactlyTheStateBeforeIt) {
  SetStock(Sku("a"), "w1", 9);
  SetStock(Sku("b"), "w1", 3);
  SetStock(Sku("a"), "w2", 5);
  const std::string id = Committed({{Sku("a"), 7}, {Sku("b"), 3}});
  Shipped(id, {{Sku("a"), 1}});
  const auto state = [&] {
    return absl::StrCat(ShowReservation(id), "\n", ShowLevel(Sku("a")), "\n", ShowLevel(Sku("b")), "\n",
                        ShowLevel(Sku("a"), "w2"));
  };
  const std::string before = state();
  const std::string here = Processing(id);
  Must(client().Call(Named<v1::MarkShipmentReadyRequest>(here)));
  EXPECT_NE(state(), before);
  const auto cancelled = Must(client().Call(Named<v1::CancelShipmentRequest>(here)));
  EXPECT_EQ(Show(cancelled.shipment()), absl::StrCat("CANCELLED from w1: ", Sku("a"), " 6, ", Sku("b"), " 3"));
  EXPECT_EQ(cancelled.movements_size(), 0);
  EXPECT_EQ(state(), before);

  const auto elsewhere = Must(Create(
      id, absl::Substitute("warehouse_id: 'w2' allow_reallocation: true lines { sku: '$0' quantity: 4 }", Sku("a"))));
  EXPECT_NE(state(), before);
  const auto taken_back = Must(client().Call(Named<v1::CancelShipmentRequest>(elsewhere.shipment().shipment_id())));
  EXPECT_EQ(taken_back.movements_size(), 2);
  EXPECT_EQ(state(), before);
  Shipped(id);
  EXPECT_EQ(ReservationOf(id).state(), v1::RESERVATION_STATE_FULFILLED);
}

// What has been sold meanwhile can't be given back without selling it twice.
TEST_F(ShipmentsTest, ACancelledShipmentLeavesUnitsWhoseOldPlaceHasBeenSold) {
  SetStock(Sku(), "w1", 3);
  SetStock(Sku(), "w2", 3);
  const std::string id = Committed({{Sku(), 3}});
  const auto made = Must(Create(
      id, "warehouse_id: 'w2' allow_reallocation: true" + absl::Substitute(" lines { sku: '$0' quantity: 3 }", Sku())));
  Must(Reserve(client(), {{Sku(), 1}}));
  const auto cancelled = Must(client().Call(Named<v1::CancelShipmentRequest>(made.shipment().shipment_id())));
  EXPECT_EQ(cancelled.movements_size(), 0);
  EXPECT_EQ(ShowReservation(id), absl::StrCat("COMMITTED ", Sku(), " 3/3 w2:3"));
  EXPECT_EQ(ShowLevel(Sku(), "w1"), "3 on hand, 1 reserved, 0 safety, 2 available");
  EXPECT_EQ(ShowLevel(Sku(), "w2"), "3 on hand, 3 reserved, 0 safety, 0 available");
}

TEST_F(ShipmentsTest, APartlyShippedOrderCancelsTheRest) {
  SetStock(Sku(), "w1", 10);
  const std::string id = Committed({{Sku(), 6}});
  Shipped(id, {{Sku(), 2}});
  const std::string open = Processing(id, {{Sku(), 1}});
  EXPECT_EQ(Outcome(Cancel(client(), id)), "FAILED_PRECONDITION UNITS_IN_SHIPMENT");
  Must(client().Call(Named<v1::CancelShipmentRequest>(open)));
  EXPECT_EQ(integration::Show(Must(Cancel(client(), id)).reservation()),
            absl::StrCat("CANCELLED ", Sku(), " 0/6 w1:0 shipped 2 cancelled 4"));
  EXPECT_EQ(ShowLevel(Sku()), "8 on hand, 0 reserved, 0 safety, 8 available");
  EXPECT_EQ(Outcome(CreateShipment(client(), id, "w1")), "FAILED_PRECONDITION RESERVATION_CANCELLED");
}

TEST_F(ShipmentsTest, TheLastShipmentFulfilsTheReservation) {
  SetStock(Sku("a"), "w1", 1);
  SetStock(Sku("a"), "w2", 1);
  SetStock(Sku("b"), "w2", 2);
  const std::string id = Committed({{Sku("a"), 2}, {Sku("b"), 2}});
  Must(Cancel(client(), id, {{Sku("b"), 1}}));
  Shipped(id);
  EXPECT_EQ(ReservationOf(id).state(), v1::RESERVATION_STATE_COMMITTED);
  Must(Ship(client(), Must(CreateShipment(client(), id, "w2")).shipment().shipment_id()));
  EXPECT_EQ(ShowReservation(id), absl::StrCat("FULFILLED ", Sku("a"), " 0/2 w1:0 w2:0 shipped 2; ", Sku("b"),
                                              " 0/2 w2:0 shipped 1 cancelled 1"));
}

}  // namespace
}  // namespace inventory::integration
