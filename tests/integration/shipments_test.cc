// Shipments: their life, what each call needs, and how they are found.
#include "tests/integration/shipments_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(ShipmentsTest, CreateBindsEverythingInTheWarehouseThatIsInNoShipment) {
  SetStock(Sku("a"), "w1", 3);
  SetStock(Sku("a"), "w2", 9);
  SetStock(Sku("b"), "w1", 9);
  const std::string id = Committed({{Sku("b"), 2}, {Sku("a"), 5}});
  const auto first = Must(CreateShipment(client(), id, "w1", {{Sku("a"), 1}}));
  EXPECT_EQ(Show(first.shipment()), absl::StrCat("PROCESSING from w1: ", Sku("a"), " 1"));
  EXPECT_EQ(first.movements_size(), 0);
  const auto rest = Must(CreateShipment(client(), id, "w1")).shipment();
  EXPECT_EQ(Show(rest), absl::StrCat("PROCESSING from w1: ", Sku("a"), " 2, ", Sku("b"), " 2"));
  EXPECT_THAT(ShipmentOf(rest.shipment_id()), EqualsProto(rest));
  EXPECT_EQ(rest.reservation_id(), id);
  EXPECT_EQ(ShowReservation(id),
            absl::StrCat("COMMITTED ", Sku("a"), " 5/5 w1:3(3) w2:2; ") + Sku("b") + " 2/2 w1:2(2)");
  EXPECT_EQ(ShowLevel(Sku("a")), "3 on hand, 3 reserved, 0 safety, 0 available");
  EXPECT_EQ(Outcome(CreateShipment(client(), id, "w1")), "FAILED_PRECONDITION NOTHING_TO_SHIP");
}

TEST_F(ShipmentsTest, GoesFromProcessingToDelivered) {
  SetStock(Sku(), "w1", 10);
  const std::string id = Committed({{Sku(), 4}});
  const std::string shipment_id =
      Must(Create(id, "warehouse_id: 'w1' carrier: 'post' tracking_number: '1'")).shipment().shipment_id();
  const auto ready = Must(client().Call(Named<v1::MarkShipmentReadyRequest>(shipment_id))).shipment();
  EXPECT_EQ(Show(ready), absl::StrCat("READY_TO_SHIP from w1: ", Sku(), " 4"));
  EXPECT_EQ(ShowLevel(Sku()), "10 on hand, 4 reserved, 0 safety, 6 available");

  auto ship = Named<v1::ShipShipmentRequest>(shipment_id);
  ship.set_tracking_number("2");
  const auto shipped = Must(client().Call(ship));
  EXPECT_EQ(Show(shipped.shipment()), absl::StrCat("SHIPPED from w1: ", Sku(), " 4"));
  EXPECT_EQ(shipped.shipment().carrier(), "post");
  EXPECT_EQ(shipped.shipment().tracking_number(), "2");
  EXPECT_EQ(integration::Show(shipped.reservation()), absl::StrCat("FULFILLED ", Sku(), " 0/4 w1:0 shipped 4"));
  ASSERT_EQ(shipped.movements_size(), 1);
  EXPECT_THAT(shipped.movements(0), EqualsProto(Pb<v1::LevelVersion>(absl::Substitute(
                                        "sku: '$0' warehouse_id: 'w1' version: 3 sequence: 3", Sku()))));
  EXPECT_EQ(ShowLevel(Sku()), "6 on hand, 0 reserved, 0 safety, 6 available");

  const auto delivered = Must(client().Call(Named<v1::DeliverShipmentRequest>(shipment_id))).shipment();
  EXPECT_EQ(Show(delivered), absl::StrCat("DELIVERED from w1: ", Sku(), " 4"));
  EXPECT_THAT(ShipmentOf(shipment_id), EqualsProto(delivered));
  EXPECT_EQ(MovementsOf(Sku()).size(), 3u);
}

// Every transition from every state, and what each refuses.
TEST_F(ShipmentsTest, EachStateAllowsOnlyItsTransitions) {
  SetStock(Sku(), "w1", 100);
  const std::string id = Committed({{Sku(), 100}});
  std::map<std::string, std::string> shipments;
  for (const char* state : {"PROCESSING", "READY_TO_SHIP", "SHIPPED", "DELIVERED", "CANCELLED"}) {
    shipments[state] = Processing(id, {{Sku(), 1}});
  }
  Must(client().Call(Named<v1::MarkShipmentReadyRequest>(shipments["READY_TO_SHIP"])));
  Must(Ship(client(), shipments["SHIPPED"]));
  Must(Ship(client(), shipments["DELIVERED"]));
  Must(client().Call(Named<v1::DeliverShipmentRequest>(shipments["DELIVERED"])));
  Must(client().Call(Named<v1::CancelShipmentRequest>(shipments["CANCELLED"])));
  for (const auto& [state, shipment_id] : shipments) {
    const v1::Shipment before = ShipmentOf(shipment_id);
    std::vector<absl::Status> refused;
    if (state != "PROCESSING") {
      refused.push_back(client().Call(Named<v1::MarkShipmentReadyRequest>(shipment_id)).status());
    }
    if (state != "PROCESSING" && state != "READY_TO_SHIP") refused.push_back(Ship(client(), shipment_id).status());
    if (state != "SHIPPED") refused.push_back(client().Call(Named<v1::DeliverShipmentRequest>(shipment_id)).status());
    if (state == "SHIPPED" || state == "DELIVERED") {
      refused.push_back(client().Call(Named<v1::CancelShipmentRequest>(shipment_id)).status());
    }
    for (const absl::Status& status : refused) {
      EXPECT_EQ(Outcome(status), "FAILED_PRECONDITION SHIPMENT_STATE") << state;
      EXPECT_EQ(MetadataOf(status)["state"], state);
    }
    EXPECT_THAT(ShipmentOf(shipment_id), EqualsProto(before));
  }
  const auto again = Must(client().Call(Named<v1::CancelShipmentRequest>(shipments["CANCELLED"])));
  EXPECT_THAT(again.shipment(), EqualsProto(ShipmentOf(shipments["CANCELLED"])));
}

TEST_F(ShipmentsTest, EveryCallNeedsAShipmentThatExistsAndItsEtag) {
  SetStock(Sku(), "w1", 5);
  const std::string id = Processing(Committed({{Sku(), 2}}));
  const std::string old_etag = ShipmentOf(id).etag();
  const std::string etag = Must(client().Call(Named<v1::MarkShipmentReadyRequest>(id, old_etag))).shipment().etag();
  EXPECT_NE(etag, old_etag);
  EXPECT_EQ(Outcome(client().Call(Named<v1::GetShipmentRequest>(Name("none")))), "NOT_FOUND SHIPMENT_NOT_FOUND");
  const auto outcomes = [](const std::string& shipment_id, const std::string& given) {
    return std::set<std::string>{Outcome(client().Call(Named<v1::MarkShipmentReadyRequest>(shipment_id, given))),
                                 Outcome(client().Call(Named<v1::ShipShipmentRequest>(shipment_id, given))),
                                 Outcome(client().Call(Named<v1::DeliverShipmentRequest>(shipment_id, given))),
                                 Outcome(client().Call(Named<v1::CancelShipmentRequest>(shipment_id, given)))};
  };
  EXPECT_THAT(outcomes(Name("none"), ""), ElementsAre("NOT_FOUND SHIPMENT_NOT_FOUND"));
  EXPECT_THAT(outcomes(id, old_etag), ElementsAre("ABORTED ETAG_MISMATCH"));
  const std::string shipped = Must(client().Call(Named<v1::ShipShipmentRequest>(id, etag))).shipment().etag();
  Must(client().Call(Named<v1::DeliverShipmentRequest>(id, shipped)));
}

TEST_F(ShipmentsTest, TakesAnIdOnceAndMakesOneIfThereIsNone) {
  SetStock(Sku(), "w1", 5);
  const std::string id = Committed({{Sku(), 5}});
  const std::string fields = absl::Substitute("warehouse_id: 'w1' lines { sku: '$0' quantity: 1 }", Sku());
  const std::string named = absl::Substitute("$0 shipment_id: '$1'", fields, Name("S:1.a_b"));
  EXPECT_EQ(Must(Create(id, named)).shipment().shipment_id(), Name("S:1.a_b"));
  EXPECT_EQ(Outcome(Create(id, named)), "ALREADY_EXISTS SHIPMENT_EXISTS");
  EXPECT_NE(Must(Create(id, fields)).shipment().shipment_id(), Must(Create(id, fields)).shipment().shipment_id());
}

TEST_F(ShipmentsTest, OnlyACommittedReservationShips) {
  SetStock(Sku(), "w1", 10);
  const std::string held = Must(Reserve(client(), {{Sku(), 1}})).reservation().reservation_id();
  EXPECT_EQ(Outcome(CreateShipment(client(), held, "w1")), "FAILED_PRECONDITION RESERVATION_NOT_COMMITTED");
  Must(Cancel(client(), held));
  EXPECT_EQ(Outcome(CreateShipment(client(), held, "w1")), "FAILED_PRECONDITION RESERVATION_CANCELLED");
  const std::string fulfilled = Committed({{Sku(), 1}});
  Shipped(fulfilled);
  EXPECT_EQ(Outcome(CreateShipment(client(), fulfilled, "w1")), "FAILED_PRECONDITION RESERVATION_FULFILLED");
  EXPECT_EQ(Outcome(CreateShipment(client(), Name("none"), "w1")), "NOT_FOUND RESERVATION_NOT_FOUND");
  EXPECT_EQ(Outcome(CreateShipment(client(), Committed({{Sku(), 1}}), Name("none"))), "NOT_FOUND WAREHOUSE_NOT_FOUND");
}

TEST_F(ShipmentsTest, ListFiltersAndPagesAndNeitherDuplicatesNorMultiplies) {
  std::vector<Line> lines;
  for (const char* suffix : {"a", "b", "c"}) {
    SetStock(Sku(suffix), "w1", 4);
    SetStock(Sku(suffix), "w2", 4);
    lines.push_back({Sku(suffix), 6});
  }
  const std::string id = Committed(lines);
  std::vector<std::string> from_w1;
  for (const Line& line : lines) from_w1.push_back(Processing(id, {{line.sku, 2}}));
  // Units from both allocations of each SKU, in one shipment.
  std::string fields = "warehouse_id: 'w2' allow_reallocation: true";
  for (const Line& line : lines) absl::StrAppend(&fields, " lines { sku: '", line.sku, "' quantity: 3 }");
  const auto mixed = Must(Create(id, fields)).shipment();
  EXPECT_EQ(Show(mixed), absl::StrCat("PROCESSING from w2: ", Sku("a"), " 3, ", Sku("b"), " 3, ", Sku("c"), " 3"));
  Must(Ship(client(), from_w1[1]));

  std::vector<std::string> all = from_w1;
  all.push_back(mixed.shipment_id());
  const std::string mine = absl::Substitute("reservation_id: '$0'", id);
  for (const int page_size : {0, 1, 2, 3, 4, 1'000'000}) EXPECT_EQ(Listed(mine, page_size), all) << page_size;
  EXPECT_EQ(Listed(mine + " warehouse_id: 'w1'"), from_w1);
  EXPECT_THAT(Listed(mine + " warehouse_id: 'w1' state: SHIPMENT_STATE_PROCESSING"),
              ElementsAre(from_w1[0], from_w1[2]));
  EXPECT_THAT(Listed(mine + " state: SHIPMENT_STATE_SHIPPED"), ElementsAre(from_w1[1]));
  EXPECT_THAT(Listed(mine + " state: SHIPMENT_STATE_DELIVERED"), IsEmpty());
  const auto request = Pb<v1::ListShipmentsRequest>(absl::Substitute("filter { $0 }", mine));
  for (const v1::Shipment& listed : ListAll(client(), request, &v1::ListShipmentsResponse::shipments)) {
    EXPECT_THAT(listed, EqualsProto(ShipmentOf(listed.shipment_id())));
  }
}

}  // namespace
}  // namespace inventory::integration
