// What holds for plain orders holds for kits, orders that wait, quotas and two channels in one warehouse.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

class CombinedOrdersTest : public ServerTest {
 protected:
  // Of "x" orders may wait, of "y" not; "set" is 1 x and 2 y. "web" sells from w1 and w2 and has a quota of x, this
  // test's own channel sells from w2 only.
  void SetUp() override {
    Configure("x", "backorder_policy: BACKORDER_POLICY_UNLIMITED");
    Configure("set", absl::Substitute("components { sku: '$0' quantity: 1 } components { sku: '$1' quantity: 2 }",
                                      Sku("x"), Sku("y")));
    SetStock(Sku("x"), "w1", 10);
    SetStock(Sku("x"), "w2", 15);
    SetStock(Sku("y"), "w1", 40);
    MakeChannel(client(), Name("pickup"), {"w2"});
    Must(
        client().Call(Pb<v1::SetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: 'web' quantity: 40", Sku("x")))));
  }
  void Configure(const std::string& sku, const std::string& fields) const {
    Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' $1 }", Sku(sku), fields))));
  }

  absl::StatusOr<v1::ReserveStockResponse> TryOrder(const std::vector<Line>& lines,
                                                    const std::string& channel_id = "web") const {
    std::vector<Line> named;
    for (const Line& line : lines) named.push_back({Sku(line.sku), line.quantity});
    auto request = ReserveRequest(named, {.channel = channel_id, .commit = true});
    request.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
    return client().Call(request);
  }
  std::string Order(const std::vector<Line>& lines, const std::string& channel_id = "web") const {
    return Must(TryOrder(lines, channel_id)).reservation().reservation_id();
  }
  void Adjust(const std::string& sku, const std::string& warehouse_id, int64_t delta) const {
    Must(client().Call(Pb<v1::AdjustStockRequest>(
        absl::Substitute("sku: '$0' warehouse_id: '$1' delta: $2", Sku(sku), warehouse_id, delta))));
  }

  // "COMMITTED x 2/5 w1:2, 3 waiting; ...": with the names of this test's SKUs without their prefix.
  std::string Status(const std::string& order) const {
    v1::Reservation reservation = ReservationOf(order);
    std::string waiting;
    for (v1::ReservationLine& line : *reservation.mutable_lines()) {
      line.set_sku(line.sku().substr(Name("").size()));
      if (line.backordered_quantity() == 0) continue;
      absl::StrAppend(&waiting, ", ", line.backordered_quantity(), " ", line.sku(), " waiting");
    }
    return absl::StrCat(Show(reservation), waiting);
  }

  // Every counter of the test's SKUs.
  std::string Counters() const {
    std::string shown = absl::StrCat("x w1: ", Show(LevelOf(Sku("x"), "w1")), "\nx w2: ", Show(LevelOf(Sku("x"), "w2")),
                                     "\ny w1: ", Show(LevelOf(Sku("y"), "w1")));
    const auto quota =
        Must(client().Call(Pb<v1::GetQuotaRequest>(absl::Substitute("sku: '$0' channel_id: 'web'", Sku("x")))));
    absl::StrAppend(&shown, "\nquota: ", quota.outstanding_quantity());
    const auto waiting =
        Must(client().Call(Pb<v1::ListBackordersRequest>(absl::Substitute("filter { sku: '$0' }", Sku("x")))));
    for (const v1::Backorder& backorder : waiting.backorders()) {
      absl::StrAppend(&shown, "\n", backorder.reservation_id(), " waits for ", backorder.quantity());
    }
    return shown;
  }
};

TEST_F(CombinedOrdersTest, UnitsAreSplitOverWarehousesToTheLastOne) {
  EXPECT_EQ(Status(Order({{"set", 13}})), "COMMITTED x 13/13 w1:10 w2:3; y 26/26 w1:26");
  EXPECT_EQ(Status(Order({{"x", 15}})), "COMMITTED x 12/15 w2:12, 3 x waiting");
  EXPECT_EQ(AvailabilityOf(Sku("x")), 0);
}

TEST_F(CombinedOrdersTest, AUnitAloneAndInAKitAreReleasedEachForItself) {
  const std::string other = Order({{"set", 2}});
  const std::string order = Order({{"x", 2}, {"set", 3}});
  EXPECT_EQ(Status(order), "COMMITTED x 5/5 w1:5; y 6/6 w1:6");
  const std::string before = Counters();
  Must(Cancel(client(), Order({{"x", 1}, {"set", 1}})));
  EXPECT_EQ(Counters(), before);
  Must(Cancel(client(), order, {{Sku("x"), 3}, {Sku("y"), 6}}));
  EXPECT_EQ(Status(order), "COMMITTED x 2/5 w1:2 cancelled 3; y 0/6 cancelled 6");
  Must(Cancel(client(), order));
  EXPECT_EQ(Status(other), "COMMITTED x 2/2 w1:2; y 4/4 w1:4");
  EXPECT_EQ(LevelOf(Sku("x"), "w1").reserved(), 2);
  EXPECT_EQ(LevelOf(Sku("y"), "w1").reserved(), 4);
}

TEST_F(CombinedOrdersTest, AnOrderThatFailsAtItsLastLineLeavesNothing) {
  Order({{"x", 30}});
  const std::string before = Counters();
  const std::size_t movements = MovementsOf(Sku("x")).size();
  EXPECT_EQ(Outcome(TryOrder({{"x", 5}, {"y", 41}})), "FAILED_PRECONDITION BACKORDER_NOT_ALLOWED");
  EXPECT_EQ(Outcome(TryOrder({{"x", 1}, {"set", 1}}, Name("pickup"))), "FAILED_PRECONDITION BACKORDER_NOT_ALLOWED");
  EXPECT_EQ(Outcome(TryOrder({{"set", 8}, {"x", 3}})), "FAILED_PRECONDITION QUOTA_EXCEEDED");
  EXPECT_EQ(Outcome(TryOrder({{"y", 5}, {"x", 10'001}})), "FAILED_PRECONDITION ORDER_RULE_VIOLATED");
  EXPECT_EQ(Counters(), before);
  EXPECT_EQ(MovementsOf(Sku("x")).size(), movements);
}

TEST_F(CombinedOrdersTest, CancellingAgainOrAfterShippingReleasesNothingMore) {
  const std::string order = Order({{"set", 12}, {"x", 18}});
  EXPECT_EQ(Status(order), "COMMITTED x 25/30 w1:10 w2:15; y 24/24 w1:24, 5 x waiting");
  Must(Ship(client(), Must(CreateShipment(client(), order, "w1")).shipment().shipment_id()));
  EXPECT_EQ(Outcome(Cancel(client(), order, {{Sku("x"), 21}})), "FAILED_PRECONDITION EXCEEDS_RESERVED");
  Must(Cancel(client(), order));
  const std::string after = Counters();
  EXPECT_EQ(after, absl::StrCat("x w1: 0 on hand, 0 reserved, 0 safety, 0 available\n",
                                "x w2: 15 on hand, 0 reserved, 0 safety, 15 available\n",
                                "y w1: 16 on hand, 0 reserved, 0 safety, 16 available\nquota: 0"));
  EXPECT_EQ(Status(order), "CANCELLED x 0/30 w1:0 shipped 10 cancelled 20; y 0/24 w1:0 shipped 24");
  Must(Cancel(client(), order));
  EXPECT_EQ(Counters(), after);
}

TEST_F(CombinedOrdersTest, AnOrderShipsItsOwnUnitsWhileOthersWait) {
  const std::string order = Order({{"x", 25}});
  const std::string waiting = Order({{"x", 5}});
  Must(Ship(client(), Must(CreateShipment(client(), order, "w2")).shipment().shipment_id()));
  Must(Ship(client(), Must(CreateShipment(client(), order, "w1")).shipment().shipment_id()));
  EXPECT_EQ(Status(order), "FULFILLED x 0/25 w1:0 w2:0 shipped 25");
  EXPECT_EQ(Status(waiting), "COMMITTED x 0/5, 5 x waiting");
}

TEST_F(CombinedOrdersTest, ShippingFromAnotherWarehouseTakesNothingThatSomebodyWaitsFor) {
  const std::string order = Order({{"x", 10}});
  const std::string pickup = Order({{"x", 17}}, Name("pickup"));
  const auto pack = [&](int64_t quantity) {
    return client().Call(Pb<v1::CreateShipmentRequest>(
        absl::Substitute("reservation_id: '$0' warehouse_id: 'w2' allow_reallocation: true "
                         "lines { sku: '$1' quantity: $2 }",
                         order, Sku("x"), quantity)));
  };
  const std::string before = Counters();
  EXPECT_EQ(Outcome(pack(1)), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_EQ(Counters(), before);
  Adjust("x", "w2", 3);
  EXPECT_EQ(Status(pickup), "COMMITTED x 17/17 w2:17");
  EXPECT_EQ(Outcome(pack(2)), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  const std::string last = Order({{"x", 2}});
  EXPECT_EQ(Status(last), "COMMITTED x 1/2 w2:1, 1 x waiting");
  Adjust("x", "w2", 2);
  EXPECT_EQ(Status(last), "COMMITTED x 2/2 w2:2");
  // What is moved makes room where it was, for the next who waits.
  const std::string next = Order({{"x", 3}});
  EXPECT_EQ(Status(next), "COMMITTED x 1/3 w2:1, 2 x waiting");
  Must(Cancel(client(), last));
  EXPECT_EQ(Status(next), "COMMITTED x 3/3 w2:3");
  Adjust("x", "w2", 1);
  Must(pack(1));
  EXPECT_EQ(Status(order), "COMMITTED x 10/10 w1:9 w2:1(1)");
  EXPECT_EQ(LevelOf(Sku("x"), "w1").available(), 1);
}

TEST_F(CombinedOrdersTest, OneWhoGivesUpLeavesTheOthersInTheirOrder) {
  Order({{"x", 25}});
  const std::string first = Order({{"x", 2}});
  const std::string given_up = Order({{"set", 3}});
  const std::string third = Order({{"x", 2}});
  const std::string pickup = Order({{"x", 1}}, Name("pickup"));
  Must(Cancel(client(), given_up));
  EXPECT_EQ(Status(first), "COMMITTED x 0/2, 2 x waiting");
  EXPECT_EQ(Status(third), "COMMITTED x 0/2, 2 x waiting");
  // The one who waits for w2 only is not in the way of those who may take from w1.
  Adjust("x", "w1", 3);
  EXPECT_EQ(Status(first), "COMMITTED x 2/2 w1:2");
  EXPECT_EQ(Status(third), "COMMITTED x 1/2 w1:1, 1 x waiting");
  Adjust("x", "w2", 1);
  EXPECT_EQ(Status(third), "COMMITTED x 2/2 w1:1 w2:1");
  EXPECT_EQ(Status(pickup), "COMMITTED x 0/1, 1 x waiting");
  Adjust("x", "w1", 1);
  EXPECT_EQ(Status(pickup), "COMMITTED x 0/1, 1 x waiting");
  Adjust("x", "w2", 1);
  EXPECT_EQ(Status(pickup), "COMMITTED x 1/1 w2:1");
}

TEST_F(CombinedOrdersTest, ACancelledShipmentRestoresExactlyTheStateBeforeIt) {
  const std::string order = Order({{"set", 12}, {"x", 18}});
  const std::string counters = Counters();
  const std::string status = Status(order);
  for (const char* warehouse_id : {"w1", "w2"}) {
    const std::string shipment = Must(CreateShipment(client(), order, warehouse_id)).shipment().shipment_id();
    EXPECT_NE(Status(order), status);
    Must(client().Call(Pb<v1::CancelShipmentRequest>(absl::Substitute("shipment_id: '$0'", shipment))));
    EXPECT_EQ(Status(order), status);
    EXPECT_EQ(Counters(), counters);
  }
}

TEST_F(CombinedOrdersTest, APartlyShippedOrderThatIsCancelledMakesRoomForWhoWaits) {
  const std::string order = Order({{"set", 10}, {"x", 20}});
  const std::string next = Order({{"x", 10}});
  EXPECT_EQ(Status(order), "COMMITTED x 25/30 w1:10 w2:15; y 20/20 w1:20, 5 x waiting");
  EXPECT_EQ(Outcome(TryOrder({{"x", 1}})), "FAILED_PRECONDITION QUOTA_EXCEEDED");
  const std::vector<Line> parcel = {{Sku("x"), 4}, {Sku("y"), 20}};
  Must(Ship(client(), Must(CreateShipment(client(), order, "w1", parcel)).shipment().shipment_id()));
  EXPECT_EQ(Outcome(TryOrder({{"x", 5}})), "FAILED_PRECONDITION QUOTA_EXCEEDED");
  Must(Cancel(client(), order));
  EXPECT_EQ(Status(order), "CANCELLED x 0/30 w1:0 shipped 4 cancelled 26; y 0/20 w1:0 shipped 20");
  EXPECT_EQ(Status(next), "COMMITTED x 10/10 w1:6 w2:4");
  EXPECT_EQ(Counters(), absl::StrCat("x w1: 6 on hand, 6 reserved, 0 safety, 0 available\n",
                                     "x w2: 15 on hand, 4 reserved, 0 safety, 11 available\n",
                                     "y w1: 20 on hand, 0 reserved, 0 safety, 20 available\nquota: 10"));
}

}  // namespace
}  // namespace inventory::integration
