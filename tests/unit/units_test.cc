// Goal (T21): quantities in units of measure become exact numbers of the smallest unit, and no others.
#include "server/rpc/units.h"

#include <string>

#include "gtest/gtest.h"
#include "inventory/v1/quota.pb.h"
#include "inventory/v1/replenishment.pb.h"
#include "inventory/v1/stock_return.pb.h"
#include "inventory/v1/transfer.pb.h"
#include "server/pipeline/work.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

class UnitsTest : public RuleTest {
 protected:
  // "flour" is stocked in grams, as 10^-3 kg; "spice" in grams too, with further units of 100 and 1000 of them.
  UnitsTest() {
    Item("flour").units_of_measure = {.base_unit = "kg", .precision = 3, .factors = {{"sack", 25}, {"pallet", 1000}}};
    Item("spice").units_of_measure = {.base_unit = "g", .factors = {{"bag", 100}, {"kg", 1000}}};
  }

  absl::StatusOr<v1::SetStockResponse> Count(const std::string& sku, int64_t quantity, const std::string& unit) {
    v1::SetStockRequest request;
    request.set_sku(sku);
    request.set_warehouse_id("w1");
    request.set_on_hand(quantity);
    request.set_unit(unit);
    return runner_.Call<v1::SetStockResponse>(request);
  }

  absl::StatusOr<v1::AdjustStockResponse> Adjust(const std::string& sku, int64_t delta, const std::string& unit) {
    v1::AdjustStockRequest request;
    request.set_sku(sku);
    request.set_warehouse_id("w1");
    request.set_delta(delta);
    request.set_unit(unit);
    return runner_.Call<v1::AdjustStockResponse>(request);
  }

  static v1::ReserveStockRequest OrderIn(const std::string& unit, const std::string& id, const Lines& lines) {
    v1::ReserveStockRequest request = Order(id, lines);
    for (v1::OrderLine& line : *request.mutable_lines()) line.set_unit(unit);
    return request;
  }
};

TEST_F(UnitsTest, DecimalsAreExact) {
  ASSERT_EQ(Answer(Count("spice", 1, "kg")), "OK");
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Answer(Adjust("spice", -1, "bag")), "OK");
  EXPECT_EQ(At("spice", "w1").on_hand, 700);
  ASSERT_EQ(Answer(Adjust("spice", -7, "bag")), "OK");
  EXPECT_EQ(At("spice", "w1").on_hand, 0);

  ASSERT_EQ(Answer(Count("flour", 1, "kg")), "OK");
  for (int i = 0; i < 3; ++i) ASSERT_EQ(Answer(Adjust("flour", -333, "")), "OK");
  EXPECT_EQ(At("flour", "w1").on_hand, 1);
  ASSERT_EQ(Answer(Adjust("flour", 1, "sack")), "OK");
  EXPECT_EQ(At("flour", "w1").on_hand, 25'001);
}

TEST_F(UnitsTest, ATenthOfABaseUnitTenTimesIsOne) {
  for (int i = 0; i < 10; ++i) ASSERT_EQ(Answer(Adjust("flour", 100, "")), "OK");
  const auto whole = Adjust("flour", -1, "kg");
  ASSERT_EQ(Answer(whole), "OK");
  EXPECT_EQ(whole->stock_level().on_hand(), 0);
}

TEST_F(UnitsTest, LinesOfAnOrderCountEachInItsOwn) {
  ASSERT_EQ(Answer(Count("flour", 3, "sack")), "OK");
  ASSERT_EQ(Answer(Count("spice", 5, "bag")), "OK");
  Item("flour").max_order_quantity = 0;
  v1::ReserveStockRequest order = Order("r", {{"flour", 2}, {"spice", 3}, {"spice", 7}});
  order.mutable_lines(0)->set_unit("sack");
  order.mutable_lines(1)->set_unit("bag");
  ASSERT_EQ(Answer(Reserve(order)), "OK");
  EXPECT_EQ(LineOf("r", "flour").reserved, 50'000);
  EXPECT_EQ(LineOf("r", "spice").reserved, 307);
  EXPECT_EQ(Answer(Reserve(OrderIn("bag", "s", {{"spice", 2}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=193 requested=200 sku=spice");
}

TEST_F(UnitsTest, ReturnsTransfersAndQuotasCountInThemToo) {
  ASSERT_EQ(Answer(Count("spice", 2, "kg")), "OK");
  v1::SetQuotaRequest quota;
  quota.set_channel_id("shop");
  quota.set_sku("spice");
  quota.set_quantity(2);
  quota.set_unit("kg");
  EXPECT_EQ(runner_.Call<v1::Quota>(quota)->quantity(), 2000);

  v1::ReserveStockRequest order = OrderIn("bag", "r", {{"spice", 4}});
  order.set_commit(true);
  ASSERT_EQ(Answer(Reserve(order)), "OK");
  v1::CreateShipmentRequest parcel = Parcel("s", "r", "w1", {{"spice", 3}});
  parcel.mutable_lines(0)->set_unit("bag");
  ASSERT_EQ(Answer(CreateShipment(parcel)), "OK");
  ASSERT_EQ(Answer(Ship("s")), "OK");
  EXPECT_EQ(LineOf("r", "spice").shipped, 300);

  v1::ReturnStockRequest back;
  back.set_reservation_id("r");
  v1::ReturnLine& line = *back.add_lines();
  line.set_sku("spice");
  line.set_quantity(2);
  line.set_unit("bag");
  line.set_warehouse_id("w2");
  line.set_disposition(v1::DISPOSITION_RESTOCK);
  ASSERT_EQ(Answer(runner_.Call<v1::ReturnStockResponse>(back)), "OK");
  EXPECT_EQ(At("spice", "w2").on_hand, 200);

  v1::CreateTransferRequest transfer;
  transfer.set_from_warehouse_id("w2");
  transfer.set_to_warehouse_id("w3");
  transfer.set_mode(v1::TRANSFER_MODE_IMMEDIATE);
  v1::OrderLine& moved = *transfer.add_lines();
  moved.set_sku("spice");
  moved.set_quantity(2);
  moved.set_unit("bag");
  ASSERT_EQ(Answer(runner_.Call<v1::CreateTransferResponse>(transfer)), "OK");
  EXPECT_EQ(At("spice", "w3").on_hand, 200);
}

TEST_F(UnitsTest, AReplenishmentIsReceivedInThem) {
  v1::CreateReplenishmentRequest ordered;
  ordered.set_replenishment_id("p");
  ordered.set_sku("flour");
  ordered.set_warehouse_id("w1");
  ordered.set_quantity(1);
  ordered.set_unit("pallet");
  ASSERT_EQ(Answer(runner_.Call<v1::CreateReplenishmentResponse>(ordered)), "OK");
  EXPECT_EQ(At("flour", "w1").incoming, 1'000'000);

  v1::ReceiveReplenishmentRequest received;
  received.set_replenishment_id("p");
  received.set_quantity(39);
  received.set_unit("sack");
  ASSERT_EQ(Answer(runner_.Call<v1::ReceiveReplenishmentResponse>(received)), "OK");
  EXPECT_EQ(At("flour", "w1").on_hand, 975'000);
  EXPECT_EQ(At("flour", "w1").incoming, 25'000);
  received.set_quantity(2);
  EXPECT_EQ(Answer(runner_.Call<v1::ReceiveReplenishmentResponse>(received)),
            "FAILED_PRECONDITION OVER_RECEIPT outstanding=25000 replenishment_id=p requested=50000");
  received.set_unit("box");
  EXPECT_EQ(Answer(runner_.Call<v1::ReceiveReplenishmentResponse>(received)),
            "INVALID_ARGUMENT UNIT_UNKNOWN sku=flour unit=box");
}

TEST_F(UnitsTest, ARowWithAUnitThatIsNotFailsAlone) {
  v1::BatchUpdateStockRequest request;
  request.set_error_policy(v1::ERROR_POLICY_PER_ROW);
  for (const char* unit : {"bag", "barrel", "", "kg"}) {
    v1::StockUpdate& row = *request.add_updates();
    row.set_sku("spice");
    row.set_warehouse_id("w1");
    row.set_adjust_on_hand(1);
    row.set_unit(unit);
  }
  const auto done = runner_.Call<v1::BatchUpdateStockResponse>(request);
  ASSERT_EQ(Answer(done), "OK");
  EXPECT_EQ(Answer(FromProto(done->results(1).error())), "INVALID_ARGUMENT UNIT_UNKNOWN sku=spice unit=barrel");
  EXPECT_EQ(done->failed_count(), 1);
  EXPECT_EQ(At("spice", "w1").on_hand, 1101);
  request.set_error_policy(v1::ERROR_POLICY_ATOMIC);
  EXPECT_EQ(Answer(runner_.Call<v1::BatchUpdateStockResponse>(request)),
            "INVALID_ARGUMENT UNIT_UNKNOWN row=1 sku=spice unit=barrel");
  EXPECT_EQ(At("spice", "w1").on_hand, 1101);
}

TEST_F(UnitsTest, UnknownUnitsAreRefused) {
  EXPECT_EQ(Answer(Count("spice", 1, "t")), "INVALID_ARGUMENT UNIT_UNKNOWN sku=spice unit=t");
  EXPECT_EQ(Answer(Count("plain", 1, "kg")), "INVALID_ARGUMENT UNIT_UNKNOWN sku=plain unit=kg");
  EXPECT_EQ(Answer(Count("spice", 1, "KG")), "INVALID_ARGUMENT INVALID_FIELDS unit");
}

TEST_F(UnitsTest, ADryRunWithAnUnknownUnitLeavesItsRequestIdToTheRealOne) {
  ASSERT_EQ(Answer(Count("spice", 3, "bag")), "OK");
  v1::ReserveStockRequest order = OrderIn("box", "r1", {{"spice", 1}});
  order.set_request_id("q1");
  order.set_validate_only(true);
  EXPECT_EQ(Answer(Reserve(order)), "INVALID_ARGUMENT UNIT_UNKNOWN sku=spice unit=box");
  order.mutable_lines(0)->set_unit("bag");
  order.set_validate_only(false);
  EXPECT_EQ(Answer(Reserve(order)), "OK");
}

TEST_F(UnitsTest, MoreOfTheSmallestThanALevelHoldsIsRefused) {
  Item("dust").units_of_measure = {.base_unit = "t", .precision = 6, .factors = {{"ship", 1'000'000'000}}};
  EXPECT_EQ(Answer(Count("dust", 1, "ship")), "OK");
  EXPECT_EQ(At("dust", "w1").on_hand, pipeline::kMaxQuantity);
  EXPECT_EQ(Answer(Count("dust", 2, "ship")), "INVALID_ARGUMENT QUANTITY_OUT_OF_RANGE sku=dust");
  EXPECT_EQ(Answer(Count("dust", pipeline::kMaxQuantity, "ship")), "INVALID_ARGUMENT QUANTITY_OUT_OF_RANGE sku=dust");
  EXPECT_EQ(Answer(Adjust("dust", -pipeline::kMaxQuantity, "t")), "INVALID_ARGUMENT QUANTITY_OUT_OF_RANGE sku=dust");
  EXPECT_EQ(Answer(Adjust("dust", -1, "ship")), "OK");
  EXPECT_EQ(At("dust", "w1").on_hand, 0);
}

}  // namespace
}  // namespace inventory
