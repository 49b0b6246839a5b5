// Which warehouses serve an order: by each strategy, by the channel's choice, in a dry run, and later on.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr char kHamburg[] = "destination { latitude: 53.55 longitude: 9.99 }";

// A channel that sells from Paris first, then from Munich, then from Berlin.
class SourcingTest : public ServerTest {
 protected:
  void SetUp() override {
    MakeAt("paris", 48.86, 2.35);
    MakeAt("munich", 48.14, 11.58);
    MakeAt("berlin", 52.52, 13.41);
    MakeChannel(client(), Name("shop"), {Name("paris"), Name("munich"), Name("berlin")});
  }

  void MakeAt(const std::string& city, double latitude, double longitude) {
    Must(client().Call(Pb<v1::CreateWarehouseRequest>(absl::Substitute(
        "warehouse { warehouse_id: '$0' name: '$0' active: true location { latitude: $1 longitude: $2 } }", Name(city),
        latitude, longitude))));
  }

  void Stock(const std::string& sku, int64_t paris, int64_t munich, int64_t berlin) {
    v1::BatchUpdateStockRequest batch;
    for (const auto& [city, units] : {std::pair{"paris", paris}, {"munich", munich}, {"berlin", berlin}}) {
      *batch.add_updates() =
          Pb<v1::StockUpdate>(absl::Substitute("sku: '$0' warehouse_id: '$1' set_on_hand: $2", sku, Name(city), units));
    }
    Must(client().Call(batch));
  }

  // `fields` in text format besides channel and lines.
  v1::ReserveStockRequest Order(const std::vector<Line>& lines, const std::string& fields = "") const {
    v1::ReserveStockRequest request = ReserveRequest(lines, {.channel = Name("shop")});
    request.MergeFrom(Pb<v1::ReserveStockRequest>(fields));
    return request;
  }
  v1::ReserveStockResponse Reserved(const std::vector<Line>& lines, const std::string& fields = "") const {
    return Must(client().Call(Order(lines, fields)));
  }

  // "berlin:1 munich:5; paris:2": for each line where its units are reserved.
  std::string Places(const v1::Reservation& reservation) const {
    std::string shown;
    for (const v1::ReservationLine& line : reservation.lines()) {
      std::string separator = shown.empty() ? "" : "; ";
      for (const v1::Allocation& part : line.allocations()) {
        absl::StrAppend(&shown, separator, part.warehouse_id().substr(Name("").size()), ":", part.reserved_quantity());
        separator = " ";
      }
    }
    return shown;
  }

  // "berlin NOT_NEEDED": the warehouses of this test that are not used, and why.
  std::vector<std::string> Unused(const v1::ReserveStockResponse& response) const {
    std::vector<std::string> shown;
    for (const v1::UnusedWarehouse& unused : response.unused_warehouses()) {
      const std::string& id = unused.warehouse_id();
      if (id.compare(0, Name("").size(), Name("")) != 0) continue;
      shown.push_back(absl::StrCat(id.substr(Name("").size()), " ",
                                   v1::UnusedReason_Name(unused.reason()).substr(sizeof("UNUSED_REASON_") - 1)));
    }
    return shown;
  }

  void ChooseForChannel(const std::string& strategy) {
    Must(client().Call(Pb<v1::UpdateChannelRequest>(
        absl::Substitute("channel { channel_id: '$0' sourcing_strategy: SOURCING_STRATEGY_$1 } "
                         "update_mask { paths: 'sourcing_strategy' }",
                         Name("shop"), strategy))));
  }
};

TEST_F(SourcingTest, EachStrategyChoosesItsWarehouses) {
  Stock(Sku(), 4, 10, 7);
  const auto places = [this](const std::string& strategy) {
    return Places(Reserved({{Sku(), 6}}, absl::StrCat("validate_only: true sourcing_strategy: SOURCING_STRATEGY_",
                                                      strategy, " ", kHamburg))
                      .reservation());
  };
  EXPECT_EQ(places("UNSPECIFIED"), "munich:2 paris:4");
  EXPECT_EQ(places("PRIORITY"), "munich:2 paris:4");
  EXPECT_EQ(places("NEAREST"), "berlin:6");
  EXPECT_EQ(places("FEWEST_SPLITS"), "munich:6");
  EXPECT_EQ(places("BALANCED"), "berlin:1 munich:5");
}

TEST_F(SourcingTest, FewestSplitsLooksAtAllLinesTogether) {
  Stock(Sku("a"), 5, 0, 5);
  Stock(Sku("b"), 0, 5, 5);
  const std::vector<Line> lines = {{Sku("a"), 2}, {Sku("b"), 2}};
  EXPECT_EQ(Places(Reserved(lines, "validate_only: true").reservation()), "paris:2; munich:2");
  EXPECT_EQ(Places(Reserved(lines, "sourcing_strategy: SOURCING_STRATEGY_FEWEST_SPLITS").reservation()),
            "berlin:2; berlin:2");
}

TEST_F(SourcingTest, AReservationShowsHowItIsSourced) {
  Stock(Sku(), 5, 5, 5);
  const v1::Reservation made =
      Reserved({{Sku(), 1}}, absl::StrCat("sourcing_strategy: SOURCING_STRATEGY_NEAREST ", kHamburg)).reservation();
  EXPECT_EQ(made.sourcing_strategy(), v1::SOURCING_STRATEGY_NEAREST);
  EXPECT_EQ(made.destination().latitude(), 53.55);
  EXPECT_THAT(ReservationOf(made.reservation_id()), EqualsProto(made));
  const v1::Reservation plain = Reserved({{Sku(), 1}}).reservation();
  EXPECT_EQ(plain.sourcing_strategy(), v1::SOURCING_STRATEGY_PRIORITY);
  EXPECT_FALSE(plain.has_destination());
}

TEST_F(SourcingTest, TheChannelsStrategyHoldsUnlessTheRequestHasOne) {
  Stock(Sku(), 4, 10, 7);
  ChooseForChannel("FEWEST_SPLITS");
  EXPECT_EQ(Must(client().Call(Pb<v1::GetChannelRequest>(absl::Substitute("channel_id: '$0'", Name("shop")))))
                .sourcing_strategy(),
            v1::SOURCING_STRATEGY_FEWEST_SPLITS);
  const v1::Reservation fewest = Reserved({{Sku(), 5}}, "validate_only: true").reservation();
  EXPECT_EQ(Places(fewest), "munich:5");
  EXPECT_EQ(fewest.sourcing_strategy(), v1::SOURCING_STRATEGY_FEWEST_SPLITS);
  EXPECT_EQ(Places(Reserved({{Sku(), 5}}, "sourcing_strategy: SOURCING_STRATEGY_PRIORITY").reservation()),
            "munich:1 paris:4");
}

TEST_F(SourcingTest, NearestNeedsADestinationOnlyWhereTheRequestAsksForIt) {
  Stock(Sku(), 5, 5, 5);
  const auto refused = client().Call(Order({{Sku(), 1}}, "sourcing_strategy: SOURCING_STRATEGY_NEAREST"));
  EXPECT_EQ(Outcome(refused), "INVALID_ARGUMENT INVALID_FIELDS");
  EXPECT_THAT(ViolationsOf(refused.status()), ElementsAre("destination"));
  ChooseForChannel("NEAREST");
  EXPECT_EQ(Places(Reserved({{Sku(), 1}}).reservation()), "paris:1");
  EXPECT_EQ(Places(Reserved({{Sku(), 1}}, kHamburg).reservation()), "berlin:1");
}

TEST_F(SourcingTest, ADryRunChangesNothingAndSaysWhatWouldHappen) {
  Stock(Sku(), 4, 10, 7);
  const std::size_t movements = MovementsOf(Sku()).size();
  const std::string id = absl::Substitute("reservation_id: '$0'", Name("r"));
  const v1::ReserveStockResponse dry = Reserved({{Sku(), 6}}, id + " validate_only: true");
  EXPECT_EQ(dry.line_results(0).reserved_quantity(), 6);
  EXPECT_THAT(dry.movements(), IsEmpty());
  EXPECT_EQ(MovementsOf(Sku()).size(), movements);
  EXPECT_EQ(LevelOf(Sku(), Name("paris")).reserved(), 0);
  EXPECT_EQ(Outcome(client().Call(Pb<v1::GetReservationRequest>(id))), "NOT_FOUND RESERVATION_NOT_FOUND");
  const v1::ReserveStockResponse real = Reserved({{Sku(), 6}}, id);
  EXPECT_EQ(Places(real.reservation()), Places(dry.reservation()));
  EXPECT_THAT(real.unused_warehouses(), IsEmpty());
}

TEST_F(SourcingTest, ADryRunIsRefusedAsTheRealOne) {
  Stock(Sku(), 1, 0, 0);
  const auto refused = client().Call(Order({{Sku(), 2}}, "validate_only: true"));
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_EQ(MetadataOf(refused.status())["available"], "1");
}

TEST_F(SourcingTest, ADryRunLeavesItsRequestIdToTheRealOne) {
  Stock(Sku(), 1, 0, 0);
  const std::string id = absl::Substitute("request_id: '$0' ", Name("q"));
  EXPECT_EQ(Outcome(client().Call(Order({{Sku(), 2}}, id + "validate_only: true"))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_EQ(Outcome(client().Call(Order({{Sku(), 1}}, id + "validate_only: true"))), "OK");
  EXPECT_EQ(Outcome(client().Call(Order({{Sku(), 1}}, id))), "OK");
}

TEST_F(SourcingTest, ADryRunExplainsEveryUnusedWarehouse) {
  MakeAt("elsewhere", 1, 1);
  MakeAt("closed", 1, 1);
  Must(client().Call(Pb<v1::AttachWarehouseRequest>(
      absl::Substitute("channel_id: '$0' warehouse_id: '$1' priority: 9", Name("shop"), Name("closed")))));
  Must(client().Call(Pb<v1::UpdateWarehouseRequest>(
      absl::Substitute("warehouse { warehouse_id: '$0' } update_mask { paths: 'active' }", Name("closed")))));
  Stock(Sku("a"), 5, 0, 5);
  Stock(Sku("b"), 5, 0, 0);
  const std::vector<Line> lines = {{Sku("a"), 2}, {Sku("b"), 2}};
  EXPECT_THAT(
      Unused(Reserved(lines, "validate_only: true")),
      ElementsAre("berlin NOT_NEEDED", "closed INACTIVE", "elsewhere NOT_ATTACHED", "munich NOTHING_AVAILABLE"));
  EXPECT_THAT(Unused(Reserved(lines, absl::Substitute("validate_only: true warehouse_ids: ['$0', '$1']", Name("paris"),
                                                      Name("munich")))),
              ElementsAre("berlin NOT_NAMED", "closed INACTIVE", "elsewhere NOT_ATTACHED", "munich NOTHING_AVAILABLE"));
}

TEST_F(SourcingTest, WaitingUnitsAreServedByTheReservationsStrategy) {
  Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED }", Sku()))));
  const std::string wait =
      "commit: true on_shortfall: SHORTFALL_POLICY_BACKORDER sourcing_strategy: SOURCING_STRATEGY_";
  const std::string near = Reserved({{Sku(), 3}}, wait + "NEAREST " + kHamburg).reservation().reservation_id();
  const std::string even = Reserved({{Sku(), 4}}, wait + "BALANCED").reservation().reservation_id();
  const std::string first = Reserved({{Sku(), 2}}, wait + "PRIORITY").reservation().reservation_id();
  // All three are filled by one command.
  Stock(Sku(), 5, 4, 4);
  EXPECT_EQ(Places(ReservationOf(near)), "berlin:3");
  EXPECT_EQ(Places(ReservationOf(even)), "munich:1 paris:3");
  EXPECT_EQ(Places(ReservationOf(first)), "paris:2");
}

TEST_F(SourcingTest, UnitsAreAddedByTheReservationsStrategy) {
  Stock(Sku("a"), 5, 9, 9);
  Stock(Sku("b"), 0, 0, 9);
  const v1::Reservation made =
      Reserved({{Sku("a"), 1}}, "sourcing_strategy: SOURCING_STRATEGY_FEWEST_SPLITS").reservation();
  EXPECT_EQ(Places(made), "paris:1");
  const auto amended = Must(client().Call(Pb<v1::AmendReservationRequest>(
      absl::Substitute("reservation_id: '$0' lines { sku: '$1' quantity: 3 } lines { sku: '$2' quantity: 1 }",
                       made.reservation_id(), Sku("a"), Sku("b")))));
  EXPECT_EQ(Places(amended.reservation()), "berlin:2 paris:1; berlin:1");
}

}  // namespace
}  // namespace inventory::integration
