// ReserveStock: what it takes, what it refuses, and that a refusal leaves nothing.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;

class ReserveTest : public ServerTest {
 protected:
  v1::Item MakeItem(const std::string& sku, const std::string& fields) {
    return Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' $1 }", sku, fields))));
  }
};

TEST_F(ReserveTest, HoldsUnitsForFifteenMinutesAndSaysWhere) {
  SetStock(Sku(), "w1", 10);
  const auto answer = Must(Reserve(client(), {{Sku(), 3}}, {.order = "order-1"}));
  const v1::Reservation& reservation = answer.reservation();
  EXPECT_EQ(Show(reservation), absl::StrCat("HELD ", Sku(), " 3/3 w1:3"));
  EXPECT_EQ(reservation.channel_id(), "web");
  EXPECT_EQ(reservation.order_reference(), "order-1");
  EXPECT_EQ(reservation.expire_time().seconds() - reservation.create_time().seconds(), 15 * 60);
  EXPECT_EQ(reservation.expire_time().nanos(), reservation.create_time().nanos());
  EXPECT_EQ(Show(LevelOf(Sku(), "w1")), "10 on hand, 3 reserved, 0 safety, 7 available");
  EXPECT_THAT(ReservationOf(reservation.reservation_id()), EqualsProto(reservation));
  ASSERT_EQ(answer.movements_size(), 1);
  EXPECT_THAT(answer.movements(0), EqualsProto(Pb<v1::LevelVersion>(absl::Substitute(
                                       "sku: '$0' warehouse_id: 'w1' version: 2 sequence: 2", Sku()))));
}

TEST_F(ReserveTest, CommitsAtOnceWithoutExpiry) {
  SetStock(Sku(), "w1", 10);
  const auto reservation = Must(Reserve(client(), {{Sku(), 3}}, {.commit = true})).reservation();
  EXPECT_EQ(Show(reservation), absl::StrCat("COMMITTED ", Sku(), " 3/3 w1:3"));
  EXPECT_FALSE(reservation.has_expire_time());
}

TEST_F(ReserveTest, HoldsAsLongAsAskedFor) {
  SetStock(Sku(), "w1", 10);
  const auto reservation = Must(Reserve(client(), {{Sku(), 1}}, {.ttl = absl::Hours(168)})).reservation();
  EXPECT_EQ(reservation.expire_time().seconds() - reservation.create_time().seconds(), 7 * 24 * 3600);
}

TEST_F(ReserveTest, SumsASkuNamedTwice) {
  SetStock(Sku("a"), "w1", 5);
  SetStock(Sku("b"), "w1", 5);
  const auto answer = Must(Reserve(client(), {{Sku("b"), 2}, {Sku("a"), 1}, {Sku("b"), 3}}));
  EXPECT_EQ(Show(answer.reservation()), absl::StrCat("HELD ", Sku("a"), " 1/1 w1:1; ") + Sku("b") + " 5/5 w1:5");
  ASSERT_EQ(answer.line_results_size(), 2);
  EXPECT_THAT(answer.line_results(0), EqualsProto(Pb<v1::LineResult>(absl::Substitute(
                                          "sku: '$0' requested_quantity: 5 reserved_quantity: 5", Sku("b")))));
  EXPECT_THAT(answer.line_results(1), EqualsProto(Pb<v1::LineResult>(absl::Substitute(
                                          "sku: '$0' requested_quantity: 1 reserved_quantity: 1", Sku("a")))));
  const auto refused = Reserve(client(), {{Sku("a"), 2}, {Sku("a"), 3}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_EQ(MetadataOf(refused.status())["requested"], "5");
}

TEST_F(ReserveTest, SplitsOverWarehousesByPriority) {
  SetStock(Sku(), "w1", 10);
  SetStock(Sku(), "w2", 15);
  const auto answer = Must(Reserve(client(), {{Sku(), 13}}));
  EXPECT_EQ(Show(answer.reservation()), absl::StrCat("HELD ", Sku(), " 13/13 w1:10 w2:3"));
  EXPECT_EQ(Show(LevelOf(Sku(), "w1")), "10 on hand, 10 reserved, 0 safety, 0 available");
  EXPECT_EQ(Show(LevelOf(Sku(), "w2")), "15 on hand, 3 reserved, 0 safety, 12 available");
}

TEST_F(ReserveTest, CountsWhatOthersHoldAndWhatIsKeptBack) {
  SetStock(Sku(), "w1", 10);
  Must(client().Call(
      Pb<v1::SetSafetyStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' safety_stock: 2", Sku()))));
  Must(Reserve(client(), {{Sku(), 3}}));
  Must(Reserve(client(), {{Sku(), 4}}, {.commit = true}));
  const auto refused = Reserve(client(), {{Sku(), 2}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  const std::map<std::string, std::string> facts = {{"sku", Sku()}, {"requested", "2"}, {"available", "1"}};
  EXPECT_EQ(MetadataOf(refused.status()), facts);
  Must(Reserve(client(), {{Sku(), 1}}));
  EXPECT_EQ(Show(LevelOf(Sku(), "w1")), "10 on hand, 8 reserved, 2 safety, 0 available");
}

TEST_F(ReserveTest, ADeficitInOneWarehouseDoesNotLowerWhatAnotherSells) {
  SetStock(Sku(), "w1", 5);
  Must(Reserve(client(), {{Sku(), 5}}));
  SetStock(Sku(), "w1", 2);
  SetStock(Sku(), "w2", 4);
  EXPECT_EQ(LevelOf(Sku(), "w1").available(), -3);
  EXPECT_EQ(Show(Must(Reserve(client(), {{Sku(), 4}})).reservation()), absl::StrCat("HELD ", Sku(), " 4/4 w2:4"));
}

TEST_F(ReserveTest, PartialTakesWhatThereIsInWholeMultiples) {
  MakeItem(Sku("six"), "multiple_order_quantity: 6");
  SetStock(Sku("six"), "w1", 20);
  SetStock(Sku("one"), "w1", 2);
  const auto answer = Must(Reserve(client(), {{Sku("six"), 24}, {Sku("one"), 3}, {Sku("none"), 1}}, {.partial = true}));
  EXPECT_EQ(Show(answer.reservation()),
            absl::StrCat("HELD ", Sku("none"), " 0/1; ", Sku("one"), " 2/3 w1:2; ", Sku("six"), " 18/24 w1:18"));
  for (const v1::LineResult& line : answer.line_results()) EXPECT_EQ(line.reason(), "INSUFFICIENT_STOCK");
}

TEST_F(ReserveTest, PartialOfNothingIsRefused) {
  const auto refused = Reserve(client(), {{Sku("a"), 1}, {Sku("b"), 1}}, {.partial = true});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
}

TEST_F(ReserveTest, UsesOnlyTheNamedWarehouses) {
  SetStock(Sku(), "w1", 5);
  SetStock(Sku(), "w2", 5);
  EXPECT_EQ(Show(Must(Reserve(client(), {{Sku(), 5}}, {.warehouses = {"w2"}})).reservation()),
            absl::StrCat("HELD ", Sku(), " 5/5 w2:5"));
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}}, {.warehouses = {"w2"}})), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  const auto refused = Reserve(client(), {{Sku(), 1}}, {.warehouses = {"w1", "elsewhere"}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION WAREHOUSE_NOT_IN_CHANNEL");
}

TEST_F(ReserveTest, RefusesAChannelThatCannotSell) {
  SetStock(Sku(), "w1", 5);
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}}, {.channel = Name("none")})), "NOT_FOUND CHANNEL_NOT_FOUND");

  MakeChannel(client(), Name("empty"), {});
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}}, {.channel = Name("empty")})),
            "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE");

  MakeWarehouse(client(), Name("closed"));
  MakeChannel(client(), Name("dark"), {Name("closed")});
  Must(client().Call(Pb<v1::UpdateWarehouseRequest>(
      absl::Substitute("warehouse { warehouse_id: '$0' } update_mask { paths: 'active' }", Name("closed")))));
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}}, {.channel = Name("dark")})),
            "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE");

  MakeChannel(client(), Name("off"), {"w1"});
  Must(client().Call(
      Pb<v1::UpdateChannelRequest>(absl::Substitute("channel { channel_id: '$0' active: false }", Name("off")))));
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}}, {.channel = Name("off")})), "FAILED_PRECONDITION CHANNEL_INACTIVE");
}

TEST_F(ReserveTest, RefusesAnUnpublishedItem) {
  MakeItem(Sku(), "published: false");
  SetStock(Sku(), "w1", 5);
  const auto refused = Reserve(client(), {{Sku(), 1}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION ITEM_UNPUBLISHED");
  EXPECT_EQ(MetadataOf(refused.status())["sku"], Sku());
}

TEST_F(ReserveTest, NamesEveryBrokenOrderRuleOfEveryLine) {
  MakeItem(Sku("few"), "min_order_quantity: 4 multiple_order_quantity: 2 allowed_order_quantities: [4, 8]");
  MakeItem(Sku("many"), "max_order_quantity: 5");
  SetStock(Sku("few"), "w1", 100);
  SetStock(Sku("many"), "w1", 100);
  const auto refused = Reserve(client(), {{Sku("few"), 3}, {Sku("many"), 3}, {Sku("many"), 3}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION ORDER_RULE_VIOLATED");
  EXPECT_THAT(ViolationsOf(refused.status()),
              ElementsAre("lines[0].quantity", "lines[0].quantity", "lines[0].quantity", "lines[1].quantity"));
  Must(Reserve(client(), {{Sku("few"), 4}, {Sku("many"), 5}}));
}

TEST_F(ReserveTest, AnItemWithoutConfigurationTakesOrdersOfUpToTenThousand) {
  SetStock(Sku(), "w1", 100'000);
  Must(Reserve(client(), {{Sku(), 10'000}}));
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 10'001}})), "FAILED_PRECONDITION ORDER_RULE_VIOLATED");
}

TEST_F(ReserveTest, AnUntrackedItemIsNeverShort) {
  MakeItem(Sku(), "tracking: TRACKING_UNTRACKED max_order_quantity: 0");
  const auto answer = Must(Reserve(client(), {{Sku(), 1'000'000}}));
  EXPECT_EQ(Show(answer.reservation()), absl::StrCat("HELD ", Sku(), " 1000000/1000000"));
  EXPECT_EQ(answer.movements_size(), 0);
}

TEST_F(ReserveTest, TakesAnIdOnceAndMakesOneIfThereIsNone) {
  SetStock(Sku(), "w1", 5);
  const std::string id = Must(Reserve(client(), {{Sku(), 1}}, {.id = Name("R:1.a_b")})).reservation().reservation_id();
  EXPECT_EQ(id, Name("R:1.a_b"));
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}}, {.id = id})), "ALREADY_EXISTS RESERVATION_EXISTS");
  EXPECT_NE(Must(Reserve(client(), {{Sku(), 1}})).reservation().reservation_id(),
            Must(Reserve(client(), {{Sku(), 1}})).reservation().reservation_id());
}

TEST_F(ReserveTest, TakesTwoHundredLines) {
  std::vector<Line> lines;
  v1::BatchUpdateStockRequest stock;
  for (int i = 0; i < 200; ++i) {
    lines.push_back({Sku(absl::StrCat(i)), 1});
    *stock.add_updates() = Pb<v1::StockUpdate>(
        absl::Substitute("sku: '$0' warehouse_id: 'w$1' set_on_hand: 1", Sku(absl::StrCat(i)), 1 + i % 2));
  }
  Must(client().Call(stock));
  const auto answer = Must(Reserve(client(), lines));
  EXPECT_EQ(answer.reservation().lines_size(), 200);
  EXPECT_EQ(answer.movements_size(), 200);
}

// A line that fails after others have been granted must leave no trace of them.
TEST_F(ReserveTest, ALineThatFailsLeavesNothing) {
  SetStock(Sku("a"), "w1", 5);
  SetStock(Sku("b"), "w1", 5);
  const auto levels = Pb<v1::ListStockLevelsRequest>(absl::Substitute("filter { sku_prefix: '$0' }", Name("")));
  const auto movements = Pb<v1::ListMovementsRequest>(absl::Substitute("filter { sku: '$0' }", Sku("a")));
  const v1::ListStockLevelsResponse levels_before = Must(client().Call(levels));
  const v1::ListMovementsResponse movements_before = Must(client().Call(movements));
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku("a"), 5}, {Sku("b"), 6}}, {.id = Name("r")})),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_THAT(Must(client().Call(levels)), EqualsProto(levels_before));
  EXPECT_THAT(Must(client().Call(movements)), EqualsProto(movements_before));
  v1::GetReservationRequest get;
  get.set_reservation_id(Name("r"));
  EXPECT_EQ(Outcome(client().Call(get)), "NOT_FOUND RESERVATION_NOT_FOUND");
}

TEST_F(ReserveTest, TwoHoldsOnOneLevelAreReleasedEachForItself) {
  SetStock(Sku(), "w1", 10);
  const auto first = Must(Reserve(client(), {{Sku(), 3}})).reservation();
  const auto second = Must(Reserve(client(), {{Sku(), 4}})).reservation();
  Must(Cancel(client(), first.reservation_id()));
  EXPECT_EQ(Show(LevelOf(Sku(), "w1")), "10 on hand, 4 reserved, 0 safety, 6 available");
  Must(Cancel(client(), second.reservation_id()));
  EXPECT_EQ(Show(LevelOf(Sku(), "w1")), "10 on hand, 0 reserved, 0 safety, 10 available");
}

}  // namespace
}  // namespace inventory::integration
