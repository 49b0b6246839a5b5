#include <cstdint>
#include <string>
#include <vector>

#include "gmock/gmock.h"
#include "google/protobuf/util/time_util.h"
#include "gtest/gtest.h"
#include "inventory/v1/reservation.pb.h"
#include "server/pipeline/work.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using google::protobuf::util::TimeUtil;
using storage::MovementType;
using storage::Quantities;
using storage::ReservationState;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

class ReserveStockTest : public RuleTest {
 protected:
  static v1::ReserveStockRequest From(const std::vector<std::string>& warehouses, v1::ReserveStockRequest request) {
    for (const std::string& id : warehouses) request.add_warehouse_ids(id);
    return request;
  }

  static v1::ReserveStockRequest Partial(const std::string& id, const Lines& lines) {
    v1::ReserveStockRequest request = Order(id, lines);
    request.set_on_shortfall(v1::SHORTFALL_POLICY_PARTIAL);
    return request;
  }

  // One text per line of the answer: SKU, reserved of requested, reason.
  static std::vector<std::string> Results(const v1::ReserveStockResponse& response) {
    std::vector<std::string> results;
    for (const v1::LineResult& line : response.line_results()) {
      results.push_back(line.sku() + " " + std::to_string(line.reserved_quantity()) + "/" +
                        std::to_string(line.requested_quantity()) + line.reason());
    }
    return results;
  }
};

TEST_F(ReserveStockTest, HoldsUnitsOfOneWarehouse) {
  Stock("a", "w1", 5);
  v1::ReserveStockRequest request = Order("r1", {{"a", 2}});
  request.set_order_reference("order 1");
  auto response = Reserve(request);
  ASSERT_EQ(Answer(response), "OK");
  const v1::Reservation& made = response->reservation();
  EXPECT_EQ(made.reservation_id(), "r1");
  EXPECT_EQ(made.channel_id(), "shop");
  EXPECT_EQ(made.order_reference(), "order 1");
  EXPECT_EQ(made.state(), v1::RESERVATION_STATE_HELD);
  EXPECT_EQ(made.etag(), "1");
  ASSERT_EQ(made.lines_size(), 1);
  EXPECT_EQ(made.lines(0).requested_quantity(), 2);
  EXPECT_EQ(made.lines(0).reserved_quantity(), 2);
  ASSERT_EQ(made.lines(0).allocations_size(), 1);
  EXPECT_EQ(made.lines(0).allocations(0).warehouse_id(), "w1");
  EXPECT_THAT(Results(*response), ElementsAre("a 2/2"));
  ASSERT_EQ(response->movements_size(), 1);
  EXPECT_EQ(response->movements(0).version(), 2);
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 5, .reserved = 2}));
  EXPECT_EQ(runner_.rows.movements.back().type, MovementType::kReserve);
  EXPECT_EQ(runner_.rows.movements.back().document_id, "r1");
}

TEST_F(ReserveStockTest, AChannelMustExistBeActiveAndHaveAnActiveWarehouse) {
  Stock("a", "w1", 5);
  const auto answer = [this](const std::string& channel) {
    v1::ReserveStockRequest request = Order("r1", {{"a", 1}});
    request.set_channel_id(channel);
    return Answer(Reserve(request));
  };
  EXPECT_EQ(answer("none"), "NOT_FOUND CHANNEL_NOT_FOUND channel_id=none");
  AddChannel("closed", {"w1"}, /*active=*/false);
  EXPECT_EQ(answer("closed"), "FAILED_PRECONDITION CHANNEL_INACTIVE channel_id=closed");
  AddChannel("bare", {});
  EXPECT_EQ(answer("bare"), "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE channel_id=bare");
  AddWarehouse("asleep", /*active=*/false);
  AddChannel("idle", {"asleep"});
  EXPECT_EQ(answer("idle"), "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE channel_id=idle");
  runner_.rows.channels.Edit("idle").delete_time = runner_.now;
  EXPECT_EQ(answer("idle"), "NOT_FOUND CHANNEL_NOT_FOUND channel_id=idle");
  EXPECT_THAT(runner_.rows.reservations.All(), IsEmpty());
}

TEST_F(ReserveStockTest, TheChannelRuleHoldsForUntrackedItemsToo) {
  Item("file").tracked = false;
  AddChannel("bare", {});
  v1::ReserveStockRequest request = Order("r1", {{"file", 1}});
  request.set_channel_id("bare");
  EXPECT_EQ(Answer(Reserve(request)), "FAILED_PRECONDITION CHANNEL_HAS_NO_WAREHOUSE channel_id=bare");
}

TEST_F(ReserveStockTest, DrawsNothingFromInactiveDeletedOrForeignWarehouses) {
  AddWarehouse("w4");
  for (const char* id : {"w1", "w2", "w3", "w4"}) Stock("a", id, 1);
  Warehouse("w1").active = false;
  Warehouse("w2").delete_time = runner_.now;
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 2}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=1 requested=2 sku=a");
  Hold("r1", {{"a", 1}});
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w3", 1)));
}

TEST_F(ReserveStockTest, DrawsOnlyFromTheWarehousesNamed) {
  for (const char* id : {"w1", "w2", "w3"}) Stock("a", id, 2);
  EXPECT_EQ(Answer(Reserve(From({"w3", "w2"}, Order("r1", {{"a", 5}})))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=4 requested=5 sku=a");
  auto response = Reserve(From({"w3", "w2", "w3"}, Order("r1", {{"a", 3}})));
  ASSERT_EQ(Answer(response), "OK");
  // In the channel's order, not the request's.
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w2", 2), Pair("w3", 1)));
}

TEST_F(ReserveStockTest, RefusesNamedWarehousesTheChannelDoesNotSellFrom) {
  Stock("a", "w1", 5);
  AddWarehouse("w4");
  EXPECT_EQ(Answer(Reserve(From({"w1", "w4"}, Order("r1", {{"a", 1}})))),
            "FAILED_PRECONDITION WAREHOUSE_NOT_IN_CHANNEL channel_id=shop warehouse_id=w4");
  Warehouse("w2").active = false;
  EXPECT_EQ(Answer(Reserve(From({"w2"}, Order("r1", {{"a", 1}})))),
            "FAILED_PRECONDITION WAREHOUSE_NOT_IN_CHANNEL channel_id=shop warehouse_id=w2");
}

TEST_F(ReserveStockTest, SplitsOverWarehousesByPriority) {
  Stock("a", "w1", 10);
  Stock("a", "w2", 15);
  Hold("r1", {{"a", 13}});
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w1", 10), Pair("w2", 3)));
  EXPECT_EQ(LineOf("r1", "a").reserved, 13);
  Hold("r2", {{"a", 12}});
  EXPECT_THAT(ReservedIn("r2", "a"), ElementsAre(Pair("w2", 12)));
  EXPECT_EQ(Answer(Reserve(Order("r3", {{"a", 1}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=a");
}

TEST_F(ReserveStockTest, EqualPrioritiesGoByWarehouseId) {
  for (const char* id : {"w1", "w2", "w3"}) runner_.rows.attachments.Edit({"shop", id}).priority = 7;
  for (const char* id : {"w1", "w2", "w3"}) Stock("a", id, 1);
  Hold("r1", {{"a", 2}});
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w1", 1), Pair("w2", 1)));
}

TEST_F(ReserveStockTest, ADeficitOfOneWarehouseNeverLowersAnother) {
  Stock("a", "w1", 10);
  Hold("r1", {{"a", 10}});
  Stock("a", "w1", 2);
  Stock("a", "w2", 5);
  Hold("r2", {{"a", 5}});
  EXPECT_THAT(ReservedIn("r2", "a"), ElementsAre(Pair("w2", 5)));
}

TEST_F(ReserveStockTest, OneWarehouseInTwoChannelsPromisesAUnitOnce) {
  AddChannel("market", {"w1"});
  Stock("a", "w1", 1);
  Hold("r1", {{"a", 1}});
  v1::ReserveStockRequest request = Order("r2", {{"a", 1}});
  request.set_channel_id("market");
  EXPECT_EQ(Answer(Reserve(request)), "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=a");
}

TEST_F(ReserveStockTest, SumsASkuNamedTwice) {
  Stock("a", "w1", 5);
  Stock("b", "w1", 1);
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 3}, {"b", 1}, {"a", 3}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=5 requested=6 sku=a");
  auto response = Reserve(Order("r1", {{"b", 1}, {"a", 3}, {"a", 2}}));
  ASSERT_EQ(Answer(response), "OK");
  EXPECT_THAT(Results(*response), ElementsAre("b 1/1", "a 5/5"));
  EXPECT_EQ(response->reservation().lines_size(), 2);
  EXPECT_EQ(LineOf("r1", "a").requested, 5);
}

TEST_F(ReserveStockTest, ReportsAllBrokenOrderRulesOfAllLinesAtOnce) {
  storage::ItemRecord& a = Item("a");
  a.min_order_quantity = 6;
  a.multiple_order_quantity = 3;
  a.allowed_order_quantities = {6, 9};
  Item("b").max_order_quantity = 4;
  Stock("a", "w1", 100);
  Stock("b", "w1", 100);
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"c", 1}, {"a", 4}, {"b", 5}}))),
            "FAILED_PRECONDITION ORDER_RULE_VIOLATED lines[1].quantity lines[1].quantity lines[1].quantity "
            "lines[2].quantity");
}

TEST_F(ReserveStockTest, OrderRulesApplyToTheSummedQuantity) {
  storage::ItemRecord& item = Item("a");
  item.min_order_quantity = 6;
  item.max_order_quantity = 8;
  item.multiple_order_quantity = 2;
  Stock("a", "w1", 100);
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 3}, {"a", 3}}))), "OK");
  EXPECT_EQ(Answer(Reserve(Order("r2", {{"a", 6}, {"a", 3}}))),
            "FAILED_PRECONDITION ORDER_RULE_VIOLATED lines[0].quantity lines[0].quantity");
}

TEST_F(ReserveStockTest, OrderRulesHoldExactlyAtTheirBounds) {
  storage::ItemRecord& item = Item("a");
  item.min_order_quantity = 2;
  item.max_order_quantity = 4;
  Stock("a", "w1", 100);
  const std::string broken = "FAILED_PRECONDITION ORDER_RULE_VIOLATED lines[0].quantity";
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 1}}))), broken);
  EXPECT_EQ(Answer(Reserve(Order("r2", {{"a", 2}}))), "OK");
  EXPECT_EQ(Answer(Reserve(Order("r4", {{"a", 4}}))), "OK");
  EXPECT_EQ(Answer(Reserve(Order("r5", {{"a", 5}}))), broken);
}

TEST_F(ReserveStockTest, AnItemWithoutConfigurationHasTheDefaultMaximum) {
  Stock("a", "w1", 20'000);
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 10'001}}))), "FAILED_PRECONDITION ORDER_RULE_VIOLATED lines[0].quantity");
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 10'000}}))), "OK");
  Item("a").max_order_quantity = 0;
  Stock("a", "w1", pipeline::kMaxQuantity);
  EXPECT_EQ(Answer(Reserve(Order("r2", {{"a", pipeline::kMaxQuantity - 10'000}}))), "OK");
}

TEST_F(ReserveStockTest, RefusesUnpublishedItems) {
  Stock("a", "w1", 5);
  Item("a").published = false;
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 1}}))), "FAILED_PRECONDITION ITEM_UNPUBLISHED sku=a");
}

TEST_F(ReserveStockTest, RejectsAllLinesForTheShortfallOfOne) {
  Stock("a", "w1", 5);
  Stock("b", "w1", 1);
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 1}, {"b", 2}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=1 requested=2 sku=b");
  EXPECT_EQ(At("a", "w1").reserved, 0);
  EXPECT_THAT(runner_.rows.reservation_lines.All(), IsEmpty());
}

TEST_F(ReserveStockTest, ASkuThatWasNeverSeenHasNoStock) {
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 1}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=a");
  EXPECT_EQ(runner_.rows.items.Find("a"), nullptr);
}

TEST_F(ReserveStockTest, PartialTakesWhatThereIsInWholeMultiples) {
  Item("a").multiple_order_quantity = 4;
  Stock("a", "w1", 5);
  Stock("a", "w2", 6);
  Stock("b", "w1", 3);
  Stock("c", "w1", 9);
  auto response = Reserve(Partial("r1", {{"a", 12}, {"b", 5}, {"c", 9}, {"d", 1}}));
  ASSERT_EQ(Answer(response), "OK");
  EXPECT_THAT(Results(*response),
              ElementsAre("a 8/12INSUFFICIENT_STOCK", "b 3/5INSUFFICIENT_STOCK", "c 9/9", "d 0/1INSUFFICIENT_STOCK"));
  EXPECT_THAT(ReservedIn("r1", "a"), ElementsAre(Pair("w1", 5), Pair("w2", 3)));
  EXPECT_EQ(LineOf("r1", "a").requested, 12);
  EXPECT_EQ(LineOf("r1", "d").reserved, 0);
}

TEST_F(ReserveStockTest, PartialOfNothingAtAllIsRefusedAsReject) {
  Item("a").multiple_order_quantity = 4;
  Stock("a", "w1", 3);
  EXPECT_EQ(Answer(Reserve(Partial("r1", {{"a", 4}, {"b", 1}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=3 requested=4 sku=a");
  EXPECT_THAT(runner_.rows.reservations.All(), IsEmpty());
}

TEST_F(ReserveStockTest, PartialStillAppliesOrderRules) {
  Item("a").min_order_quantity = 5;
  Stock("a", "w1", 9);
  EXPECT_EQ(Answer(Reserve(Partial("r1", {{"a", 4}}))), "FAILED_PRECONDITION ORDER_RULE_VIOLATED lines[0].quantity");
}

TEST_F(ReserveStockTest, UntrackedItemsAreAlwaysAvailable) {
  Item("file").tracked = false;
  auto response = Reserve(Order("r1", {{"file", 9'999}}));
  ASSERT_EQ(Answer(response), "OK");
  EXPECT_EQ(response->reservation().state(), v1::RESERVATION_STATE_HELD);
  EXPECT_EQ(response->reservation().lines(0).reserved_quantity(), 9'999);
  EXPECT_EQ(response->reservation().lines(0).allocations_size(), 0);
  EXPECT_EQ(response->movements_size(), 0);
  EXPECT_THAT(runner_.rows.movements, IsEmpty());
}

TEST_F(ReserveStockTest, CommittingOnlyUntrackedItemsFulfilsAtOnce) {
  Item("file").tracked = false;
  Commit("r1", {{"file", 2}});
  EXPECT_EQ(StateOf("r1"), ReservationState::kFulfilled);
  EXPECT_EQ(LineOf("r1", "file").shipped, 2);
  Stock("a", "w1", 1);
  Commit("r2", {{"a", 1}, {"file", 2}});
  EXPECT_EQ(StateOf("r2"), ReservationState::kCommitted);
  EXPECT_EQ(LineOf("r2", "file").reserved, 2);
}

TEST_F(ReserveStockTest, HoldsForTheDefaultOrTheTtlToTheMicrosecond) {
  Stock("a", "w1", 5);
  Hold("r1", {{"a", 1}});
  EXPECT_EQ(*runner_.rows.reservations.Find("r1")->expire_time, runner_.now + absl::Minutes(15));
  v1::ReserveStockRequest request = Order("r2", {{"a", 1}});
  *request.mutable_ttl() = TimeUtil::NanosecondsToDuration(1'000'001'999);
  ASSERT_EQ(Answer(Reserve(request)), "OK");
  EXPECT_EQ(*runner_.rows.reservations.Find("r2")->expire_time, runner_.now + absl::Microseconds(1'000'001));
  runner_.limits.default_hold_ttl = absl::Seconds(7);
  Hold("r3", {{"a", 1}});
  EXPECT_EQ(*runner_.rows.allocations.Find({"r3", "a", "w1"})->expire_time, runner_.now + absl::Seconds(7));
}

TEST_F(ReserveStockTest, TtlIsBoundedAndExcludesCommit) {
  Stock("a", "w1", 5);
  v1::ReserveStockRequest request = Order("r1", {{"a", 1}});
  *request.mutable_ttl() = TimeUtil::HoursToDuration(168);
  EXPECT_EQ(Answer(Reserve(request)), "OK");
  request.set_reservation_id("r2");
  request.mutable_ttl()->set_nanos(1);
  EXPECT_EQ(Answer(Reserve(request)), "INVALID_ARGUMENT INVALID_FIELDS ttl");
  runner_.bounds.max_hold_ttl = absl::Minutes(1);
  *request.mutable_ttl() = TimeUtil::SecondsToDuration(61);
  EXPECT_EQ(Answer(Reserve(request)), "INVALID_ARGUMENT INVALID_FIELDS ttl");
  *request.mutable_ttl() = TimeUtil::SecondsToDuration(60);
  request.set_commit(true);
  EXPECT_EQ(Answer(Reserve(request)), "INVALID_ARGUMENT INVALID_FIELDS ttl");
}

TEST_F(ReserveStockTest, CommitNeverExpires) {
  Stock("a", "w1", 1);
  Commit("r1", {{"a", 1}});
  EXPECT_EQ(StateOf("r1"), ReservationState::kCommitted);
  runner_.now += absl::Hours(24 * 365);
  EXPECT_EQ(Answer(Reserve(Order("r2", {{"a", 1}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=a");
}

TEST_F(ReserveStockTest, NamesItselfOrTakesAFreeName) {
  Stock("a", "w1", 5);
  auto unnamed = Reserve(Order("", {{"a", 1}}));
  ASSERT_EQ(Answer(unnamed), "OK");
  EXPECT_EQ(unnamed->reservation().reservation_id(), "fresh-2");
  Hold("r1", {{"a", 1}});
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 1}}))), "ALREADY_EXISTS RESERVATION_EXISTS reservation_id=r1");
  ASSERT_EQ(Answer(Cancel("r1")), "OK");
  EXPECT_EQ(Answer(Reserve(Order("r1", {{"a", 1}}))), "ALREADY_EXISTS RESERVATION_EXISTS reservation_id=r1");
  EXPECT_EQ(At("a", "w1").reserved, 1);
}

TEST_F(ReserveStockTest, DeadHoldsAreReleasedFirst) {
  Stock("a", "w1", 1);
  Hold("r1", {{"a", 1}});
  runner_.now += absl::Minutes(15) - absl::Microseconds(1);
  EXPECT_EQ(Answer(Reserve(Order("r2", {{"a", 1}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=a");
  runner_.now += absl::Microseconds(1);
  ASSERT_EQ(Answer(Reserve(Order("r2", {{"a", 1}}))), "OK");
  EXPECT_EQ(LineOf("r1", "a").cancelled, 1);
  EXPECT_EQ(runner_.rows.movements[2].type, MovementType::kExpire);
  EXPECT_EQ(runner_.rows.movements[2].document_id, "r1");
  EXPECT_EQ(runner_.rows.movements[2].actor, "system");
}

TEST_F(ReserveStockTest, EveryFieldIsCheckedAndAllViolationsListed) {
  v1::ReserveStockRequest request = Order("r/1", {{"a ", 0}, {"b", pipeline::kMaxQuantity + 1}});
  request.set_channel_id("");
  request.set_order_reference(std::string(129, 'x'));
  request.mutable_ttl();
  request.set_on_shortfall(static_cast<v1::ShortfallPolicy>(99));
  request.add_warehouse_ids("");
  request.set_request_id(std::string(129, 'x'));
  EXPECT_EQ(Answer(Reserve(request)),
            "INVALID_ARGUMENT INVALID_FIELDS reservation_id channel_id order_reference lines[0].sku lines[0].quantity "
            "lines[1].quantity ttl on_shortfall warehouse_ids[0] request_id");
  EXPECT_EQ(Answer(Reserve(Order("r1", {}))), "INVALID_ARGUMENT INVALID_FIELDS lines");
  EXPECT_EQ(Answer(Reserve(Order("r1", Lines(201, {"a", 1})))), "INVALID_ARGUMENT INVALID_FIELDS lines");
  EXPECT_EQ(Answer(Reserve(From(std::vector<std::string>(101, "w1"), Order("r1", {{"a", 1}})))),
            "INVALID_ARGUMENT INVALID_FIELDS warehouse_ids");
}

TEST_F(ReserveStockTest, TakesTwoHundredLinesAndOneHundredWarehouses) {
  Stock("a", "w1", 200);
  EXPECT_EQ(Answer(Reserve(From(std::vector<std::string>(100, "w1"), Order("r1", Lines(200, {"a", 1}))))), "OK");
  EXPECT_EQ(At("a", "w1").available(), 0);
}

}  // namespace
}  // namespace inventory
