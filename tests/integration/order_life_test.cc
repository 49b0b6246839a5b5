// The life of an order from its hold to its return, and the ledger that it leaves.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;

class OrderLifeTest : public ServerTest {
 protected:
  // "SHIP w1: on_hand -6, reserved -6 = 4 on hand, 4 reserved (parcel 1)": what moved, what it left in those two
  // quantities, and for which document.
  std::string Shown(const v1::Movement& movement) const {
    std::string shown = absl::StrCat(v1::MovementType_Name(movement.type()).substr(sizeof("MOVEMENT_TYPE_") - 1), " ",
                                     movement.warehouse_id(), ":");
    const char* separator = " ";
    const auto add = [&](const char* name, int64_t delta) {
      if (delta == 0) return;
      absl::StrAppend(&shown, separator, name, delta > 0 ? " +" : " ", delta);
      separator = ", ";
    };
    add("on_hand", movement.delta().on_hand());
    add("reserved", movement.delta().reserved());
    add("safety_stock", movement.delta().safety_stock());
    add("damaged", movement.delta().damaged());
    add("quality_control", movement.delta().quality_control());
    add("incoming", movement.delta().incoming());
    absl::StrAppend(&shown, " = ", movement.balance().on_hand(), " on hand, ", movement.balance().reserved(),
                    " reserved");
    const auto document = documents_.find(movement.document_id());
    if (document != documents_.end()) absl::StrAppend(&shown, " (", document->second, ")");
    return shown;
  }
  std::vector<std::string> Ledger() const {
    std::vector<std::string> lines;
    for (const v1::Movement& movement : MovementsOf(Sku())) lines.push_back(Shown(movement));
    return lines;
  }

  // Notes what the document is called in the ledger, and gives its id back.
  std::string Call(const std::string& id, const std::string& name) {
    documents_[id] = name;
    return id;
  }

  std::string Parcel(const std::string& order, const std::string& warehouse_id, int64_t quantity,
                     const std::string& name) {
    const std::string id =
        Must(CreateShipment(client(), order, warehouse_id, {{Sku(), quantity}})).shipment().shipment_id();
    return Call(id, name);
  }
  static void Send(const std::string& parcel) {
    Must(client().Call(Pb<v1::MarkShipmentReadyRequest>(absl::Substitute("shipment_id: '$0'", parcel))));
    Must(Ship(client(), parcel));
    Must(client().Call(Pb<v1::DeliverShipmentRequest>(absl::Substitute("shipment_id: '$0'", parcel))));
  }

  std::string Status(const std::string& order) const {
    const v1::Reservation reservation = ReservationOf(order);
    const int64_t waiting = reservation.lines(0).backordered_quantity();
    std::string shown = Show(reservation);
    shown.replace(shown.find(Sku()), Sku().size(), "cap");
    return absl::StrCat(shown, waiting > 0 ? absl::StrCat(", ", waiting, " waiting") : "");
  }

 private:
  std::map<std::string, std::string> documents_;
};

TEST_F(OrderLifeTest, FromTheHoldToTheReturn) {
  // The shop has 10 caps in w1 and 3 in w2, and lets orders wait.
  Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED }", Sku()))));
  SetStock(Sku(), "w1", 10);
  SetStock(Sku(), "w2", 3);

  // A customer puts 15 into the basket: all there are, and 2 that are not.
  auto basket = ReserveRequest({{Sku(), 15}}, {.order = Name("order")});
  basket.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
  const std::string order = Call(Must(client().Call(basket)).reservation().reservation_id(), "order");
  EXPECT_EQ(Status(order), "HELD cap 13/15 w1:10 w2:3, 2 waiting");
  EXPECT_EQ(AvailabilityOf(Sku()), 0);

  // And pays. Nothing moves.
  Must(Confirm(client(), order));
  EXPECT_EQ(Status(order), "COMMITTED cap 13/15 w1:10 w2:3, 2 waiting");

  // Two parcels leave, one from each warehouse.
  Send(Parcel(order, "w1", 6, "parcel 1"));
  Send(Parcel(order, "w2", 3, "parcel 2"));
  EXPECT_EQ(Status(order), "COMMITTED cap 4/15 w1:4 w2:0 shipped 9, 2 waiting");

  // A third one is packed, unpacked and put aside.
  const std::string unpacked = Parcel(order, "w1", 4, "parcel given up");
  EXPECT_EQ(Status(order), "COMMITTED cap 4/15 w1:4(4) w2:0 shipped 9, 2 waiting");
  Must(client().Call(Pb<v1::CancelShipmentRequest>(absl::Substitute("shipment_id: '$0'", unpacked))));

  // More caps are ordered from the factory. Of the 5 only 4 come: 2 for the order, 2 for the shelf.
  const std::string delivery = Call(Must(client().Call(Pb<v1::CreateReplenishmentRequest>(absl::Substitute(
                                             "sku: '$0' warehouse_id: 'w1' quantity: 5 reference: 'PO 7'", Sku()))))
                                        .replenishment()
                                        .replenishment_id(),
                                    "delivery");
  Must(client().Call(
      Pb<v1::ReceiveReplenishmentRequest>(absl::Substitute("replenishment_id: '$0' quantity: 4", delivery))));
  Must(client().Call(Pb<v1::CloseReplenishmentRequest>(absl::Substitute("replenishment_id: '$0'", delivery))));
  EXPECT_EQ(Status(order), "COMMITTED cap 6/15 w1:6 w2:0 shipped 9");
  EXPECT_EQ(AvailabilityOf(Sku()), 2);

  // The rest leaves, and the order is done.
  Send(Parcel(order, "w1", 6, "parcel 3"));
  EXPECT_EQ(Status(order), "FULFILLED cap 0/15 w1:0 w2:0 shipped 15");

  // Three caps come back: one as new, one torn, and one that somebody has to look at.
  v1::ReturnStockRequest comes_back;
  comes_back.set_reservation_id(order);
  for (const v1::Disposition disposition :
       {v1::DISPOSITION_RESTOCK, v1::DISPOSITION_DAMAGED, v1::DISPOSITION_QUALITY_CONTROL}) {
    v1::ReturnLine& line = *comes_back.add_lines();
    line.set_sku(Sku());
    line.set_quantity(1);
    line.set_warehouse_id(disposition == v1::DISPOSITION_RESTOCK ? "w1" : "w2");
    line.set_disposition(disposition);
  }
  Call(Must(client().Call(comes_back)).stock_return().return_id(), "return");
  EXPECT_EQ(Status(order), "FULFILLED cap 0/15 w1:0 w2:0 shipped 15 returned 3");
  EXPECT_EQ(Show(LevelOf(Sku(), "w1")), "3 on hand, 0 reserved, 0 safety, 3 available");
  EXPECT_EQ(Show(LevelOf(Sku(), "w2")),
            "2 on hand, 0 reserved, 0 safety, 0 available, 1 damaged, 1 in quality control");

  EXPECT_THAT(Ledger(), ElementsAre("SET w1: on_hand +10 = 10 on hand, 0 reserved",                         //
                                    "SET w2: on_hand +3 = 3 on hand, 0 reserved",                           //
                                    "RESERVE w1: reserved +10 = 10 on hand, 10 reserved (order)",           //
                                    "RESERVE w2: reserved +3 = 3 on hand, 3 reserved (order)",              //
                                    "SHIP w1: on_hand -6, reserved -6 = 4 on hand, 4 reserved (parcel 1)",  //
                                    "SHIP w2: on_hand -3, reserved -3 = 0 on hand, 0 reserved (parcel 2)",  //
                                    "EXPECT w1: incoming +5 = 4 on hand, 4 reserved (delivery)",            //
                                    "RECEIVE w1: on_hand +4, incoming -4 = 8 on hand, 4 reserved (delivery)",
                                    "FILL w1: reserved +2 = 8 on hand, 6 reserved (order)",                 //
                                    "EXPECT w1: incoming -1 = 8 on hand, 6 reserved (delivery)",            //
                                    "SHIP w1: on_hand -6, reserved -6 = 2 on hand, 0 reserved (parcel 3)",  //
                                    "RETURN w1: on_hand +1 = 3 on hand, 0 reserved (return)",               //
                                    "RETURN w2: on_hand +1, damaged +1 = 1 on hand, 0 reserved (return)",   //
                                    "RETURN w2: on_hand +1, quality_control +1 = 2 on hand, 0 reserved (return)"));
}

}  // namespace
}  // namespace inventory::integration
