// Lists by what an operator looks for: a warehouse that is lost, who waits, what is low.
#include "absl/time/clock.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ListFiltersTest : public ServerTest {
 protected:
  // The ids that a list gives, page by page.
  template <typename Request, typename Response, typename Resource, typename Id>
  static std::vector<std::string> Ids(const std::string& filter,
                                      const google::protobuf::RepeatedPtrField<Resource>& (Response::*list)() const,
                                      Id id) {
    std::vector<std::string> ids;
    const auto request = Pb<Request>(absl::Substitute("filter { $0 } page_size: 2", filter));
    for (const Resource& resource : ListAll(client(), request, list)) ids.push_back((resource.*id)());
    return ids;
  }
  static std::vector<std::string> Reservations(const std::string& filter) {
    return Ids<v1::ListReservationsRequest>(filter, &v1::ListReservationsResponse::reservations,
                                            &v1::Reservation::reservation_id);
  }
  static std::vector<std::string> Shipments(const std::string& filter) {
    return Ids<v1::ListShipmentsRequest>(filter, &v1::ListShipmentsResponse::shipments, &v1::Shipment::shipment_id);
  }
  static std::vector<std::string> Rules(const std::string& filter) {
    return Ids<v1::ListLowStockRulesRequest>(filter, &v1::ListLowStockRulesResponse::rules, &v1::LowStockRule::rule_id);
  }
  static std::vector<std::string> Events(const std::string& filter) {
    return Ids<v1::ListLowStockEventsRequest>(filter, &v1::ListLowStockEventsResponse::events,
                                              &v1::LowStockEvent::event_id);
  }
  static std::vector<std::string> Estimates(const std::string& filter) {
    return Ids<v1::ListAvailabilityEstimatesRequest>(filter,
                                                     &v1::ListAvailabilityEstimatesResponse::availability_estimates,
                                                     &v1::AvailabilityEstimate::availability_estimate_id);
  }
  static std::vector<std::string> Backorders(const std::string& filter) {
    std::vector<std::string> shown;
    const auto request = Pb<v1::ListBackordersRequest>(absl::Substitute("filter { $0 } page_size: 2", filter));
    for (const auto& backorder : ListAll(client(), request, &v1::ListBackordersResponse::backorders)) {
      shown.push_back(absl::StrCat(backorder.reservation_id(), " ", backorder.sku(), " ", backorder.quantity()));
    }
    return shown;
  }

  // A committed reservation of so many units each of two SKUs, from the warehouses that have them.
  std::string Order(const std::string& name, int64_t quantity) {
    Must(Reserve(client(), {{Sku("a"), quantity}, {Sku("b"), quantity}}, {.id = Name(name), .commit = true}));
    return Name(name);
  }
  void Ship(const std::string& name, const std::string& warehouse_id) {
    Must(client().Call(Pb<v1::CreateShipmentRequest>(
        absl::Substitute("shipment_id: '$0$1' reservation_id: '$0' warehouse_id: '$1'", Name(name), warehouse_id))));
    Must(client().Call(
        Pb<v1::MarkShipmentReadyRequest>(absl::Substitute("shipment_id: '$0$1'", Name(name), warehouse_id))));
    Must(client().Call(Pb<v1::ShipShipmentRequest>(absl::Substitute("shipment_id: '$0$1'", Name(name), warehouse_id))));
  }
};

TEST_F(ListFiltersTest, ReservationsWithUnitsInAWarehouse) {
  for (const char* sku : {"a", "b"}) {
    SetStock(Sku(sku), "w1", 4);
    SetStock(Sku(sku), "w2", 100);
  }
  Order("1", 3);
  Order("2", 1);
  Order("3", 5);
  Must(Reserve(client(), {{Sku("b"), 5}}, {.id = Name("4")}));
  const std::string here = absl::Substitute("warehouse_id: 'w1' sku: '$0'", Sku("a"));
  const std::string there = absl::Substitute("warehouse_id: 'w2' sku: '$0'", Sku("b"));
  EXPECT_THAT(Reservations(here), ElementsAre(Name("1"), Name("2")));
  EXPECT_THAT(Reservations(there), ElementsAre(Name("3"), Name("4")));
  EXPECT_THAT(Reservations(there + " state: RESERVATION_STATE_HELD"), ElementsAre(Name("4")));
  EXPECT_THAT(Reservations(there + " state: RESERVATION_STATE_COMMITTED"), ElementsAre(Name("3")));
  EXPECT_THAT(Reservations(there + " state: RESERVATION_STATE_EXPIRED"), IsEmpty());
  EXPECT_THAT(Reservations(there + " channel_id: 'web'"), ElementsAre(Name("3"), Name("4")));
  EXPECT_THAT(Reservations(there + " channel_id: 'none'"), IsEmpty());
  // Each once, whatever it has there.
  const std::vector<std::string> all = Reservations("warehouse_id: 'w1'");
  EXPECT_EQ(std::count(all.begin(), all.end(), Name("1")), 1);

  Ship("1", "w1");
  EXPECT_THAT(Reservations(here), ElementsAre(Name("2"))) << "it is empty-handed there now";
  Must(client().Call(Pb<v1::CancelReservationRequest>(absl::Substitute("reservation_id: '$0'", Name("2")))));
  EXPECT_THAT(Reservations(here), IsEmpty());
}

TEST_F(ListFiltersTest, ReservationsOfAnOrderOrACodeInAWarehouse) {
  SetStock(Sku(), "w1", 10);
  SetStock(Sku("other"), "w2", 10);
  v1::ReserveStockRequest request = ReserveRequest({{Sku(), 1}}, {.id = Name("1"), .commit = true});
  request.set_order_reference(Name("order"));
  request.set_external_reference_code(Name("code"));
  Must(client().Call(request));
  request = ReserveRequest({{Sku("other"), 1}}, {.id = Name("2"), .commit = true});
  request.set_order_reference(Name("order"));
  Must(client().Call(request));
  const std::string order = absl::Substitute("order_reference: '$0'", Name("order"));
  EXPECT_THAT(Reservations(order + " warehouse_id: 'w1'"), ElementsAre(Name("1")));
  EXPECT_THAT(Reservations(order + " warehouse_id: 'w2'"), ElementsAre(Name("2")));
  EXPECT_THAT(Reservations(order + absl::Substitute(" warehouse_id: 'w2' sku: '$0'", Sku())), IsEmpty());
  const std::string code = absl::Substitute("external_reference_code: '$0'", Name("code"));
  EXPECT_THAT(Reservations(code + " warehouse_id: 'w1'"), ElementsAre(Name("1")));
  EXPECT_THAT(Reservations(code + " warehouse_id: 'w2'"), IsEmpty());
}

TEST_F(ListFiltersTest, AHoldThatHasRunOutHasNoUnitsAnywhere) {
  SetStock(Sku(), "w1", 10);
  Must(Reserve(client(), {{Sku(), 1}}, {.id = Name("1"), .ttl = absl::Milliseconds(300)}));
  const std::string here = absl::Substitute("warehouse_id: 'w1' sku: '$0'", Sku());
  EXPECT_TRUE(Eventually([&] { return Reservations(here).empty(); }));
  EXPECT_EQ(ReservationOf(Name("1")).state(), v1::RESERVATION_STATE_EXPIRED);
}

TEST_F(ListFiltersTest, ShipmentsOfASku) {
  for (const char* sku : {"a", "b"}) SetStock(Sku(sku), "w1", 100);
  for (const char* name : {"1", "2", "3"}) Order(name, 1);
  for (const char* name : {"1", "2", "3"}) Ship(name, "w1");
  const std::string sku = absl::Substitute("sku: '$0'", Sku("b"));
  EXPECT_THAT(Shipments(sku), ElementsAre(Name("1w1"), Name("2w1"), Name("3w1")));
  EXPECT_THAT(Shipments(sku + " warehouse_id: 'w2'"), IsEmpty());
  EXPECT_THAT(Shipments(sku + " state: SHIPMENT_STATE_DELIVERED"), IsEmpty());
  EXPECT_THAT(Shipments(sku + absl::Substitute(" reservation_id: '$0'", Name("2"))), ElementsAre(Name("2w1")));
  EXPECT_THAT(Shipments(absl::Substitute("sku: 'none' reservation_id: '$0'", Name("2"))), IsEmpty());
}

class ListWaitingTest : public ListFiltersTest {
 protected:
  void Wait(const std::string& name, const std::vector<std::string>& skus, const std::string& channel_id = "web",
            const std::vector<std::string>& warehouse_ids = {}) {
    for (const std::string& sku : skus) {
      Must(client().Call(Pb<v1::UpdateItemRequest>(absl::Substitute(
          "item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED } allow_missing: true", Sku(sku)))));
    }
    std::vector<Line> lines;
    for (const std::string& sku : skus) lines.push_back({Sku(sku), 2});
    v1::ReserveStockRequest request =
        ReserveRequest(lines, {.channel = channel_id, .id = Name(name), .commit = true, .warehouses = warehouse_ids});
    request.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
    Must(client().Call(request));
  }
  void Expect(const std::string& sku, const std::string& warehouse_id, int64_t quantity, int64_t hours) {
    v1::CreateReplenishmentRequest request;
    request.set_sku(Sku(sku));
    request.set_warehouse_id(warehouse_id);
    request.set_quantity(quantity);
    request.mutable_expected_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + hours * 3600);
    Must(client().Call(request));
  }
};

TEST_F(ListWaitingTest, BackordersOfAReservationAndOfAChannel) {
  MakeChannel(client(), Name("shop"), {"w1"});
  Wait("1", {"a", "b", "c"});
  Wait("2", {"b", "c"}, Name("shop"));
  EXPECT_THAT(Backorders(absl::Substitute("reservation_id: '$0'", Name("1"))),
              ElementsAre(Name("1 ") + Sku("a 2"), Name("1 ") + Sku("b 2"), Name("1 ") + Sku("c 2")));
  EXPECT_THAT(Backorders(absl::Substitute("channel_id: '$0'", Name("shop"))),
              ElementsAre(Name("2 ") + Sku("b 2"), Name("2 ") + Sku("c 2")));
  EXPECT_THAT(Backorders(absl::Substitute("reservation_id: '$0' channel_id: '$1'", Name("1"), Name("shop"))),
              IsEmpty());
  EXPECT_THAT(Backorders(absl::Substitute("sku: '$0' reservation_id: '$1'", Sku("b"), Name("2"))),
              ElementsAre(Name("2 ") + Sku("b 2")));
}

TEST_F(ListWaitingTest, ABackorderExpectsWhatComesToTheWarehousesOfItsReservation) {
  Wait("pickup", {"a"}, "web", {"w2"});
  Wait("anywhere", {"a"});
  Expect("a", "w1", 10, 24);
  Expect("a", "w2", 10, 48);
  const auto listed =
      Must(client().Call(Pb<v1::ListBackordersRequest>(absl::Substitute("filter { sku: '$0' }", Sku("a")))));
  ASSERT_EQ(listed.backorders_size(), 2);
  const auto hours = [&](int i) {
    return (listed.backorders(i).expected_time().seconds() - absl::ToUnixSeconds(absl::Now()) + 1800) / 3600;
  };
  EXPECT_EQ(hours(0), 48) << "nothing of w1 is for it";
  EXPECT_EQ(hours(1), 24);
}

TEST_F(ListFiltersTest, LowStockRulesAndEvents) {
  SetStock(Sku("a"), "w1", 1);
  SetStock(Sku("b"), "w1", 100);
  const auto watch = [&](const std::string& name, const std::string& rule) {
    Must(client().Call(Pb<v1::CreateLowStockRuleRequest>(
        absl::Substitute("rule { rule_id: '$0' threshold: 5 $1 }", Name(name), rule))));
  };
  const std::string a = absl::Substitute("sku: '$0'", Sku("a"));
  MakeWarehouse(client(), Name("w"));
  MakeChannel(client(), Name("shop"), {Name("w"), "w1"});
  const std::string w = absl::Substitute("warehouse_id: '$0'", Name("w"));
  const std::string shop = absl::Substitute("channel_id: '$0'", Name("shop"));
  watch("1", a + " activity: 'log' " + w);
  watch("2", a + " activity: 'unpublish' " + shop);
  watch("3", absl::Substitute("sku: '$0' activity: 'log' $1", Sku("b"), shop));
  watch("4", a + " activity: 'log' " + w);
  EXPECT_THAT(Rules(w), ElementsAre(Name("1"), Name("4")));
  EXPECT_THAT(Rules(shop), ElementsAre(Name("2"), Name("3")));
  EXPECT_THAT(Rules(shop + " low: false"), ElementsAre(Name("3")));
  EXPECT_THAT(Rules(shop + " activity: 'unpublish'"), ElementsAre(Name("2")));
  EXPECT_THAT(Rules(a + " activity: 'log'"), ElementsAre(Name("1"), Name("4")));
  EXPECT_THAT(Rules("activity: 'none'"), IsEmpty());
  EXPECT_THAT(Events(a), ElementsAre(Name("1:1"), Name("2:1"), Name("4:1")));
  EXPECT_THAT(Events(absl::Substitute("sku: '$0'", Sku("b"))), IsEmpty());
  EXPECT_THAT(Events(a + absl::Substitute(" rule_id: '$0'", Name("2"))), ElementsAre(Name("2:1")));
  EXPECT_THAT(Events(a + absl::Substitute(" rule_id: '$0'", Name("3"))), IsEmpty());
  Must(client().Call(Pb<v1::DeleteLowStockRuleRequest>(absl::Substitute("rule_id: '$0'", Name("1")))));
  EXPECT_THAT(Rules(w), ElementsAre(Name("4")));
  EXPECT_THAT(Events(a), ElementsAre(Name("1:1"), Name("2:1"), Name("4:1")));
}

TEST_F(ListFiltersTest, EstimatesByTheBeginningOfTheirTitle) {
  const std::pair<const char*, const char*> titles[] = {
      {"days", "3-5 days"}, {"once", "at once"}, {"weeks", "3-4 weeks"}};
  for (const auto& [id, title] : titles) {
    Must(client().Call(Pb<v1::CreateAvailabilityEstimateRequest>(absl::Substitute(
        "availability_estimate { availability_estimate_id: '$0' title: '$1' }", Name(id), Name(title)))));
  }
  EXPECT_THAT(Estimates(absl::Substitute("title_prefix: '$0'", Name("3-"))), ElementsAre(Name("days"), Name("weeks")));
  EXPECT_THAT(Estimates(absl::Substitute("title_prefix: '$0'", Name("3-5"))), ElementsAre(Name("days")));
  EXPECT_THAT(Estimates(absl::Substitute("title_prefix: '$0'", Name("A"))), IsEmpty());
}

}  // namespace
}  // namespace inventory::integration
