// Transfers: units that leave one warehouse and arrive in another, at once or later, or never.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/transfer.pb.h"
#include "inventory/v1/warehouse.pb.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

using storage::MovementType;
using storage::Quantities;
using testing::ElementsAre;

class TransfersTest : public RuleTest {
 protected:
  // From w1 to w2, in transit.
  static v1::CreateTransferRequest Truck(const std::string& id, const Lines& lines) {
    v1::CreateTransferRequest request;
    request.set_transfer_id(id);
    request.set_from_warehouse_id("w1");
    request.set_to_warehouse_id("w2");
    request.set_reason("stock up");
    for (const auto& [sku, quantity] : lines) {
      v1::OrderLine& line = *request.add_lines();
      line.set_sku(sku);
      line.set_quantity(quantity);
    }
    return request;
  }
  static v1::CreateTransferRequest AtOnce(v1::CreateTransferRequest request) {
    request.set_mode(v1::TRANSFER_MODE_IMMEDIATE);
    return request;
  }

  // What a receipt says of one SKU.
  struct Arrival {
    std::string sku;
    int64_t received = 0;
    int64_t missing = 0;
  };
  static v1::ReceiveTransferRequest Arrivals(const std::string& id, const std::vector<Arrival>& arrivals,
                                             v1::TransferRest rest = v1::TRANSFER_REST_UNSPECIFIED,
                                             const std::string& shortage_reason = "") {
    v1::ReceiveTransferRequest request;
    request.set_transfer_id(id);
    request.set_rest(rest);
    request.set_shortage_reason(shortage_reason);
    for (const Arrival& arrival : arrivals) {
      auto& line = *request.add_lines();
      line.set_sku(arrival.sku);
      line.set_received_quantity(arrival.received);
      line.set_missing_quantity(arrival.missing);
    }
    return request;
  }

  absl::StatusOr<v1::CreateTransferResponse> Create(const v1::CreateTransferRequest& request) {
    return runner_.Call<v1::CreateTransferResponse>(request);
  }
  absl::StatusOr<v1::ReceiveTransferResponse> Receive(const v1::ReceiveTransferRequest& request) {
    return runner_.Call<v1::ReceiveTransferResponse>(request);
  }
  absl::StatusOr<v1::ReceiveTransferResponse> ReceiveAll(const std::string& id) {
    return Receive(Arrivals(id, {}, v1::TRANSFER_REST_RECEIVED));
  }

  // "a 5: 3 received, 1 missing, 1 in transit (lost)" for each line.
  static std::vector<std::string> Show(const v1::Transfer& transfer) {
    std::vector<std::string> shown;
    for (const v1::TransferLine& line : transfer.lines()) {
      shown.push_back(absl::StrCat(line.sku(), " ", line.quantity(), ": ", line.received_quantity(), " received, ",
                                   line.missing_quantity(), " missing, ", line.in_transit_quantity(), " in transit"));
      if (!line.shortage_reason().empty()) absl::StrAppend(&shown.back(), " (", line.shortage_reason(), ")");
    }
    return shown;
  }
  // "TRANSFER_OUT a w1" of the last `count` movements.
  std::vector<std::string> LastMovements(std::size_t count) const {
    std::vector<std::string> shown;
    const auto& all = runner_.rows.movements;
    for (std::size_t i = all.size() - count; i < all.size(); ++i) {
      const char* type = all[i].type == MovementType::kTransferOut  ? "TRANSFER_OUT "
                         : all[i].type == MovementType::kTransferIn ? "TRANSFER_IN "
                         : all[i].type == MovementType::kExpect     ? "EXPECT "
                                                                    : "other ";
      shown.push_back(absl::StrCat(type, all[i].sku, " ", all[i].warehouse_id));
    }
    return shown;
  }
};

TEST_F(TransfersTest, AnImmediateOneLeavesAndArrivesTogether) {
  Stock("a", "w1", 9);
  Stock("b", "w1", 2);
  Stock("b", "w2", 1);
  auto moved = Create(AtOnce(Truck("t1", {{"b", 2}, {"a", 5}})));
  ASSERT_EQ(Answer(moved), "OK");
  EXPECT_EQ(moved->transfer().state(), v1::TRANSFER_STATE_RECEIVED);
  EXPECT_EQ(moved->transfer().reason(), "stock up");
  EXPECT_EQ(moved->transfer().etag(), "1");
  EXPECT_THAT(Show(moved->transfer()),
              ElementsAre("a 5: 5 received, 0 missing, 0 in transit", "b 2: 2 received, 0 missing, 0 in transit"));
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 4}));
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 5}));
  EXPECT_EQ(At("b", "w1"), Quantities());
  EXPECT_EQ(At("b", "w2"), (Quantities{.on_hand = 3}));
  EXPECT_EQ(moved->movements_size(), 4);
  EXPECT_THAT(LastMovements(4),
              ElementsAre("TRANSFER_OUT b w1", "TRANSFER_IN b w2", "TRANSFER_OUT a w1", "TRANSFER_IN a w2"));
  EXPECT_EQ(runner_.rows.movements.back().reason, "stock up");
  EXPECT_EQ(runner_.rows.movements.back().document_id, "t1");
}

TEST_F(TransfersTest, UnitsInTransitAreIncomingAtTheDestination) {
  Stock("a", "w1", 9);
  v1::CreateTransferRequest request = Truck("t1", {{"a", 5}});
  request.mutable_expected_time()->set_seconds(7);
  auto sent = Create(request);
  ASSERT_EQ(Answer(sent), "OK");
  EXPECT_EQ(sent->transfer().state(), v1::TRANSFER_STATE_IN_TRANSIT);
  EXPECT_EQ(sent->transfer().expected_time().seconds(), 7);
  EXPECT_THAT(Show(sent->transfer()), ElementsAre("a 5: 0 received, 0 missing, 5 in transit"));
  EXPECT_EQ(At("a", "w1"), (Quantities{.on_hand = 4}));
  EXPECT_EQ(At("a", "w2"), (Quantities{.incoming = 5}));
  EXPECT_THAT(LastMovements(2), ElementsAre("TRANSFER_OUT a w1", "EXPECT a w2"));

  auto received = ReceiveAll("t1");
  ASSERT_EQ(Answer(received), "OK");
  EXPECT_EQ(received->transfer().state(), v1::TRANSFER_STATE_RECEIVED);
  EXPECT_EQ(received->transfer().etag(), "2");
  EXPECT_THAT(Show(received->transfer()), ElementsAre("a 5: 5 received, 0 missing, 0 in transit"));
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 5}));
  EXPECT_EQ(received->movements_size(), 1);
  EXPECT_THAT(LastMovements(1), ElementsAre("TRANSFER_IN a w2"));
  EXPECT_EQ(runner_.rows.movements.back().delta, (Quantities{.on_hand = 5, .incoming = -5}));
}

TEST_F(TransfersTest, ANewLevelAtTheDestinationStartsWithTheDefaultSafetyStock) {
  Stock("a", "w1", 9);
  Item("a").default_safety_stock = 2;
  auto moved = Create(AtOnce(Truck("t1", {{"a", 5}})));
  ASSERT_EQ(Answer(moved), "OK");
  EXPECT_EQ(moved->movements_size(), 3);
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 5, .safety_stock = 2}));
}

TEST_F(TransfersTest, OnlyAvailableUnitsMove) {
  Item("a").default_safety_stock = 2;
  Stock("a", "w1", 9);
  Stock("b", "w1", 9);
  Commit("r1", {{"a", 3}});
  const Stored before = Now();
  EXPECT_EQ(Answer(Create(Truck("t1", {{"b", 9}, {"a", 5}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=4 requested=5 sku=a warehouse_id=w1");
  EXPECT_EQ(Answer(Create(Truck("t1", {{"c", 1}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=c warehouse_id=w1");
  EXPECT_EQ(Now(), before);
  EXPECT_EQ(runner_.rows.transfers.Find("t1"), nullptr);
  EXPECT_EQ(Answer(Create(Truck("t1", {{"b", 9}, {"a", 4}}))), "OK");
}

TEST_F(TransfersTest, NothingMovesOutOfADeficit) {
  Stock("a", "w1", 5);
  Commit("r1", {{"a", 5}});
  Stock("a", "w1", 3);
  EXPECT_EQ(Answer(Create(Truck("t1", {{"a", 1}}))),
            "FAILED_PRECONDITION INSUFFICIENT_STOCK available=0 requested=1 sku=a warehouse_id=w1");
}

TEST_F(TransfersTest, WarehousesMustExistButNeedNotBeActive) {
  Stock("a", "w1", 5);
  Warehouse("w1").active = false;
  Warehouse("w2").active = false;
  EXPECT_EQ(Answer(Create(Truck("t1", {{"a", 1}}))), "OK");
  v1::CreateTransferRequest request = Truck("t2", {{"a", 1}});
  request.set_to_warehouse_id("w9");
  EXPECT_EQ(Answer(Create(request)), "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w9");
  request.set_from_warehouse_id("w8");
  EXPECT_EQ(Answer(Create(request)), "NOT_FOUND WAREHOUSE_NOT_FOUND warehouse_id=w8");
}

TEST_F(TransfersTest, UntrackedUnitsDoNotMove) {
  Stock("a", "w1", 5);
  Item("a").tracked = false;
  EXPECT_EQ(Answer(Create(Truck("t1", {{"a", 1}}))), "FAILED_PRECONDITION ITEM_UNTRACKED sku=a");
}

TEST_F(TransfersTest, NamesItselfOrTakesAFreeName) {
  Stock("a", "w1", 5);
  auto unnamed = Create(Truck("", {{"a", 1}}));
  ASSERT_EQ(Answer(unnamed), "OK");
  EXPECT_EQ(unnamed->transfer().transfer_id(), "fresh-2");
  ASSERT_EQ(Answer(Create(Truck("t1", {{"a", 1}}))), "OK");
  EXPECT_EQ(Answer(Create(Truck("t1", {{"a", 1}}))), "ALREADY_EXISTS TRANSFER_EXISTS transfer_id=t1");
}

TEST_F(TransfersTest, ArrivesInPartsAndTheRestStaysOnItsWay) {
  Stock("a", "w1", 5);
  Stock("b", "w1", 5);
  ASSERT_EQ(Answer(Create(Truck("t1", {{"a", 5}, {"b", 5}}))), "OK");
  auto first = Receive(Arrivals("t1", {{"a", 2}}));
  ASSERT_EQ(Answer(first), "OK");
  EXPECT_EQ(first->transfer().state(), v1::TRANSFER_STATE_IN_TRANSIT);
  EXPECT_THAT(Show(first->transfer()),
              ElementsAre("a 5: 2 received, 0 missing, 3 in transit", "b 5: 0 received, 0 missing, 5 in transit"));
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 2, .incoming = 3}));
  ASSERT_EQ(Answer(Receive(Arrivals("t1", {{"b", 5}}, v1::TRANSFER_REST_STAYS_IN_TRANSIT))), "OK");
  auto last = Receive(Arrivals("t1", {{"a", 3}}));
  ASSERT_EQ(Answer(last), "OK");
  EXPECT_EQ(last->transfer().state(), v1::TRANSFER_STATE_RECEIVED);
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 5}));
  EXPECT_EQ(At("b", "w2"), (Quantities{.on_hand = 5}));
}

TEST_F(TransfersTest, AShortageLeavesIncomingAndKeepsItsReason) {
  Stock("a", "w1", 5);
  Stock("b", "w1", 5);
  ASSERT_EQ(Answer(Create(Truck("t1", {{"a", 5}, {"b", 5}}))), "OK");
  auto received = Receive(Arrivals("t1", {{"a", 3, 1}}, v1::TRANSFER_REST_UNSPECIFIED, "broken"));
  ASSERT_EQ(Answer(received), "OK");
  EXPECT_THAT(Show(received->transfer()), ElementsAre("a 5: 3 received, 1 missing, 1 in transit (broken)",
                                                      "b 5: 0 received, 0 missing, 5 in transit"));
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 3, .incoming = 1}));
  EXPECT_THAT(LastMovements(2), ElementsAre("TRANSFER_IN a w2", "EXPECT a w2"));
  EXPECT_EQ(runner_.rows.movements.back().delta, (Quantities{.incoming = -1}));
  EXPECT_EQ(runner_.rows.movements.back().reason, "broken");

  auto rest = Receive(Arrivals("t1", {{"b", 2}}, v1::TRANSFER_REST_MISSING, "lost"));
  ASSERT_EQ(Answer(rest), "OK");
  EXPECT_EQ(rest->transfer().state(), v1::TRANSFER_STATE_RECEIVED);
  EXPECT_THAT(Show(rest->transfer()), ElementsAre("a 5: 3 received, 2 missing, 0 in transit (lost)",
                                                  "b 5: 2 received, 3 missing, 0 in transit (lost)"));
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 3}));
  EXPECT_EQ(At("b", "w2"), (Quantities{.on_hand = 2}));
}

TEST_F(TransfersTest, AllOthersHaveComeIfTheRestIsReceived) {
  Stock("a", "w1", 5);
  Stock("b", "w1", 5);
  ASSERT_EQ(Answer(Create(Truck("t1", {{"a", 5}, {"b", 5}}))), "OK");
  auto received = Receive(Arrivals("t1", {{"a", 0, 1}}, v1::TRANSFER_REST_RECEIVED, "broken"));
  ASSERT_EQ(Answer(received), "OK");
  EXPECT_EQ(received->transfer().state(), v1::TRANSFER_STATE_RECEIVED);
  EXPECT_THAT(Show(received->transfer()), ElementsAre("a 5: 4 received, 1 missing, 0 in transit (broken)",
                                                      "b 5: 5 received, 0 missing, 0 in transit"));
  EXPECT_EQ(received->movements_size(), 3);
}

TEST_F(TransfersTest, NoMoreArrivesThanIsInTransit) {
  Stock("a", "w1", 5);
  ASSERT_EQ(Answer(Create(Truck("t1", {{"a", 5}}))), "OK");
  ASSERT_EQ(Answer(Receive(Arrivals("t1", {{"a", 2}}))), "OK");
  EXPECT_EQ(Answer(Receive(Arrivals("t1", {{"a", 3, 1}}, v1::TRANSFER_REST_UNSPECIFIED, "lost"))),
            "FAILED_PRECONDITION EXCEEDS_IN_TRANSIT in_transit=3 requested=4 sku=a");
  EXPECT_EQ(Answer(Receive(Arrivals("t1", {{"b", 1}}, v1::TRANSFER_REST_RECEIVED))),
            "FAILED_PRECONDITION EXCEEDS_IN_TRANSIT in_transit=0 requested=1 sku=b");
  EXPECT_EQ(At("a", "w2"), (Quantities{.on_hand = 2, .incoming = 3}));
}

TEST_F(TransfersTest, WhatIsReceivedTakesNoMore) {
  Stock("a", "w1", 5);
  ASSERT_EQ(Answer(Create(AtOnce(Truck("t1", {{"a", 1}})))), "OK");
  ASSERT_EQ(Answer(Create(Truck("t2", {{"a", 1}}))), "OK");
  ASSERT_EQ(Answer(ReceiveAll("t2")), "OK");
  const std::string refused = "FAILED_PRECONDITION TRANSFER_STATE state=RECEIVED";
  EXPECT_EQ(Answer(ReceiveAll("t1")), refused);
  EXPECT_EQ(Answer(Receive(Arrivals("t2", {{"a", 1}}))), refused);
}

TEST_F(TransfersTest, EtagsMustMatchAndAnUnknownOneIsNotFound) {
  Stock("a", "w1", 5);
  ASSERT_EQ(Answer(Create(Truck("t1", {{"a", 5}}))), "OK");
  v1::ReceiveTransferRequest request = Arrivals("t1", {{"a", 1}});
  request.set_etag("7");
  EXPECT_EQ(Answer(Receive(request)), "ABORTED ETAG_MISMATCH actual=1 expected=7");
  request.set_etag("1");
  EXPECT_EQ(Answer(Receive(request)), "OK");
  EXPECT_EQ(Answer(ReceiveAll("t9")), "NOT_FOUND TRANSFER_NOT_FOUND transfer_id=t9");
}

TEST_F(TransfersTest, NeitherEndOfOneInTransitIsDeleted) {
  Stock("a", "w1", 5);
  ASSERT_EQ(Answer(Create(Truck("t1", {{"a", 5}}))), "OK");
  v1::DeleteWarehouseRequest source;
  source.set_warehouse_id("w1");
  EXPECT_EQ(Answer(runner_.Call<v1::Warehouse>(source)),
            "FAILED_PRECONDITION WAREHOUSE_IN_USE examples= levels=0 replenishments=0 reservations=0 shipments=0 "
            "transfers=1 warehouse_id=w1");
  v1::DeleteWarehouseRequest destination;
  destination.set_warehouse_id("w2");
  EXPECT_EQ(Answer(runner_.Call<v1::Warehouse>(destination)),
            "FAILED_PRECONDITION WAREHOUSE_IN_USE examples=a levels=1 replenishments=0 reservations=0 shipments=0 "
            "transfers=1 warehouse_id=w2");
  ASSERT_EQ(Answer(Receive(Arrivals("t1", {}, v1::TRANSFER_REST_MISSING, "lost"))), "OK");
  EXPECT_EQ(Answer(runner_.Call<v1::Warehouse>(source)), "OK");
  EXPECT_EQ(Answer(runner_.Call<v1::Warehouse>(destination)), "OK");
}

TEST_F(TransfersTest, ChecksItsFields) {
  v1::CreateTransferRequest request = Truck("t/1", {{"a", 0}, {"a", 1}});
  request.set_to_warehouse_id("w1");
  request.set_mode(static_cast<v1::TransferMode>(9));
  request.mutable_expected_time()->set_nanos(-1);
  request.set_reason(std::string(256, 'x'));
  EXPECT_EQ(Answer(Create(request)),
            "INVALID_ARGUMENT INVALID_FIELDS transfer_id to_warehouse_id mode expected_time.nanos reason "
            "lines[0].quantity lines[1].sku");
  request = AtOnce(Truck("t1", {{"a", 1}}));
  request.mutable_expected_time()->set_seconds(1);
  EXPECT_EQ(Answer(Create(request)), "INVALID_ARGUMENT INVALID_FIELDS expected_time");
  EXPECT_EQ(Answer(Create(Truck("t1", {}))), "INVALID_ARGUMENT INVALID_FIELDS lines");

  const std::string lines = "INVALID_ARGUMENT INVALID_FIELDS lines";
  EXPECT_EQ(Answer(Receive(Arrivals("t1", {}))), lines);
  EXPECT_EQ(Answer(Receive(Arrivals("t1", {}, v1::TRANSFER_REST_STAYS_IN_TRANSIT))), lines);
  const std::string reason = "INVALID_ARGUMENT INVALID_FIELDS shortage_reason";
  EXPECT_EQ(Answer(Receive(Arrivals("t1", {}, v1::TRANSFER_REST_MISSING))), reason);
  EXPECT_EQ(Answer(Receive(Arrivals("t1", {{"a", 1, 1}}))), reason);
  EXPECT_EQ(Answer(Receive(Arrivals("", {{"a", -1, -1}, {"b"}, {"b", 1}}, static_cast<v1::TransferRest>(9), "a\n"))),
            "INVALID_ARGUMENT INVALID_FIELDS transfer_id rest shortage_reason lines[0].received_quantity "
            "lines[0].missing_quantity lines[1] lines[2].sku");
}

}  // namespace
}  // namespace inventory
