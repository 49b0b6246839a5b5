// Returns: units come back once, to any warehouse, as what they are good for.
#include "tests/integration/shipments_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReturnsTest : public ShipmentsTest {
 protected:
  // A committed reservation whose lines have been shipped from w1.
  static std::string ShippedOrder(const std::vector<Line>& lines) {
    std::string id = Committed(lines);
    Shipped(id);
    return id;
  }
  static v1::ReturnStockRequest Request(const std::string& reservation_id, const std::string& fields) {
    return Pb<v1::ReturnStockRequest>(absl::Substitute("reservation_id: '$0' $1", reservation_id, fields));
  }
  static absl::StatusOr<v1::ReturnStockResponse> Return(const std::string& reservation_id, const std::string& fields) {
    return client().Call(Request(reservation_id, fields));
  }
  static std::string Back(const std::string& sku, int64_t quantity, const std::string& disposition = "RESTOCK",
                          const std::string& warehouse_id = "w1") {
    return absl::Substitute("lines { sku: '$0' quantity: $1 warehouse_id: '$2' disposition: DISPOSITION_$3 } ", sku,
                            quantity, warehouse_id, disposition);
  }
  static absl::StatusOr<v1::StockReturn> Get(const std::string& return_id) {
    return client().Call(Pb<v1::GetReturnRequest>(absl::Substitute("return_id: '$0'", return_id)));
  }
  // The ids that a list with this filter gives.
  static std::vector<std::string> Listed(const std::string& filter, int page_size = 0) {
    auto request = Pb<v1::ListReturnsRequest>(absl::Substitute("filter { $0 } page_size: $1", filter, page_size));
    std::vector<std::string> ids;
    for (const v1::StockReturn& made : ListAll(client(), request, &v1::ListReturnsResponse::stock_returns)) {
      ids.push_back(made.return_id());
    }
    return ids;
  }
};

TEST_F(ReturnsTest, UnitsComeBackAsWhatTheyAreGoodFor) {
  SetStock(Sku("a"), "w1", 5);
  SetStock(Sku("b"), "w1", 5);
  const std::string id = ShippedOrder({{Sku("a"), 5}, {Sku("b"), 2}});
  EXPECT_EQ(AvailabilityOf(Sku("a")), 0);
  const auto returned =
      Must(Return(id, absl::StrCat("return_id: '", Name("back"), "' reason: 'too small' ", Back(Sku("a"), 1),
                                   Back(Sku("a"), 2, "DAMAGED"), Back(Sku("a"), 1, "QUALITY_CONTROL", "w2"))));
  EXPECT_EQ(ShowLevel(Sku("a")), "3 on hand, 0 reserved, 0 safety, 1 available, 2 damaged");
  EXPECT_EQ(ShowLevel(Sku("a"), "w2"), "1 on hand, 0 reserved, 0 safety, 0 available, 1 in quality control");
  EXPECT_EQ(AvailabilityOf(Sku("a")), 1);
  EXPECT_EQ(ShowReservation(id),
            absl::StrCat("FULFILLED ", Sku("a"), " 0/5 w1:0 shipped 5 returned 4; ", Sku("b"), " 0/2 w1:0 shipped 2"));
  EXPECT_THAT(ReservationOf(id), EqualsProto(returned.reservation()));

  const v1::StockReturn made = Must(Get(Name("back")));
  EXPECT_THAT(made, EqualsProto(returned.stock_return()));
  EXPECT_EQ(made.reservation_id(), id);
  EXPECT_EQ(made.reason(), "too small");
  ASSERT_EQ(made.lines_size(), 3);
  EXPECT_THAT(made.lines(1), EqualsProto(Pb<v1::ReturnStockRequest>(Back(Sku("a"), 2, "DAMAGED")).lines(0)));

  ASSERT_EQ(returned.movements_size(), 3);
  auto request = Pb<v1::ListMovementsRequest>(absl::Substitute("filter { document_id: '$0' }", Name("back")));
  const auto movements = ListAll(client(), request, &v1::ListMovementsResponse::movements);
  ASSERT_EQ(movements.size(), 3u);
  EXPECT_EQ(movements[1].type(), v1::MOVEMENT_TYPE_RETURN);
  EXPECT_EQ(movements[1].reason(), "too small");
  EXPECT_THAT(movements[1].delta(), EqualsProto(Pb<v1::Quantities>("on_hand: 2 damaged: 2")));
}

TEST_F(ReturnsTest, NeverMoreThanWasShippedAndHasNotComeBack) {
  SetStock(Sku(), "w1", 9);
  const std::string id = Committed({{Sku(), 5}});
  Shipped(id, {{Sku(), 3}});
  Must(Return(id, Back(Sku(), 1)));
  const auto refused = Return(id, Back(Sku(), 1) + Back(Sku(), 2, "DAMAGED", "w2"));
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION EXCEEDS_SHIPPED");
  const std::map<std::string, std::string> facts = {{"sku", Sku()}, {"requested", "3"}, {"returnable", "2"}};
  EXPECT_EQ(MetadataOf(refused.status()), facts);
  Must(Return(id, Back(Sku(), 2)));
  EXPECT_EQ(Outcome(Return(id, Back(Sku("other"), 1))), "FAILED_PRECONDITION EXCEEDS_SHIPPED");
  EXPECT_EQ(ShowReservation(id), absl::StrCat("COMMITTED ", Sku(), " 2/5 w1:2 shipped 3 returned 3"));
}

// One parcel scanned by many hands is booked once.
TEST_F(ReturnsTest, CallersAtOnceShareTheUnits) {
  SetStock(Sku(), "w1", 5);
  const std::string id = ShippedOrder({{Sku(), 5}});
  replica();
  std::vector<absl::Status> results(12);
  Together(12, [&](int i) {
    const Client& caller = i % 2 == 0 ? client() : replica();
    results[i] = caller.Call(Request(id, Back(Sku(), 1, "RESTOCK", i % 3 == 0 ? "w1" : "w2"))).status();
  });
  const std::map<std::string, int> shared = {{"OK", 5}, {"FAILED_PRECONDITION EXCEEDS_SHIPPED", 7}};
  EXPECT_EQ(CountOutcomes(results), shared);
  EXPECT_EQ(AvailabilityOf(Sku()), 5);
}

// The orders share no SKU, and so no lock.
TEST_F(ReturnsTest, AnIdIsGivenOnceAlsoByCallersAtOnce) {
  std::vector<std::string> orders;
  for (int i = 0; i < 8; ++i) {
    SetStock(Sku(absl::StrCat(i)), "w1", 1);
    orders.push_back(ShippedOrder({{Sku(absl::StrCat(i)), 1}}));
  }
  replica();
  std::vector<absl::Status> results(orders.size());
  Together(static_cast<int>(orders.size()), [&](int i) {
    const Client& caller = i % 2 == 0 ? client() : replica();
    results[i] =
        caller.Call(Request(orders[i], absl::StrCat("return_id: '", Name("back"), "' ", Back(Sku(absl::StrCat(i)), 1))))
            .status();
  });
  const std::map<std::string, int> one = {{"OK", 1}, {"ALREADY_EXISTS RETURN_EXISTS", 7}};
  EXPECT_EQ(CountOutcomes(results), one);
  EXPECT_EQ(Must(Get(Name("back"))).lines_size(), 1);
}

TEST_F(ReturnsTest, ARepeatedCallBooksOnce) {
  SetStock(Sku(), "w1", 5);
  const std::string id = ShippedOrder({{Sku(), 5}});
  const std::string call = absl::StrCat("request_id: '", Name("call"), "' ", Back(Sku(), 1));
  const auto first = Must(Return(id, call));
  EXPECT_THAT(Must(Return(id, call)), EqualsProto(first));
  EXPECT_EQ(Outcome(Return(id, absl::StrCat("request_id: '", Name("call"), "' ", Back(Sku(), 2)))),
            "ALREADY_EXISTS REQUEST_ID_REUSED");
  EXPECT_EQ(ReservationOf(id).lines(0).returned_quantity(), 1);
}

TEST_F(ReturnsTest, APartlyShippedCancelledOrderStillTakesReturns) {
  SetStock(Sku(), "w1", 5);
  const std::string id = Committed({{Sku(), 5}});
  EXPECT_EQ(Outcome(Return(id, Back(Sku(), 1))), "FAILED_PRECONDITION EXCEEDS_SHIPPED");
  Shipped(id, {{Sku(), 2}});
  Must(Cancel(client(), id));
  Must(Return(id, Back(Sku(), 2)));
  EXPECT_EQ(ShowReservation(id), absl::StrCat("CANCELLED ", Sku(), " 0/5 w1:0 shipped 2 returned 2 cancelled 3"));
  EXPECT_EQ(ShowLevel(Sku()), "5 on hand, 0 reserved, 0 safety, 5 available");
}

TEST_F(ReturnsTest, AnyWarehouseThatExistsTakesUnits) {
  SetStock(Sku(), "w1", 5);
  const std::string id = ShippedOrder({{Sku(), 5}});
  MakeWarehouse(client(), Name("w"));
  Must(client().Call(Pb<v1::UpdateWarehouseRequest>(
      absl::Substitute("warehouse { warehouse_id: '$0' } update_mask { paths: 'active' }", Name("w")))));
  Must(Return(id, Back(Sku(), 1, "RESTOCK", Name("w"))));
  EXPECT_EQ(ShowLevel(Sku(), Name("w")), "1 on hand, 0 reserved, 0 safety, 1 available");
  EXPECT_EQ(AvailabilityOf(Sku()), 0);
  MakeWarehouse(client(), Name("gone"));
  Must(client().Call(Pb<v1::DeleteWarehouseRequest>(absl::Substitute("warehouse_id: '$0'", Name("gone")))));
  EXPECT_EQ(Outcome(Return(id, Back(Sku(), 1, "RESTOCK", Name("gone")))), "NOT_FOUND WAREHOUSE_NOT_FOUND");
  EXPECT_EQ(Outcome(Return(id, Back(Sku(), 1, "RESTOCK", Name("none")))), "NOT_FOUND WAREHOUSE_NOT_FOUND");
}

TEST_F(ReturnsTest, RefusesWhatIsUnknownAndWhatIsNotCounted) {
  Must(client().Call(
      Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' tracking: TRACKING_UNTRACKED }", Sku()))));
  const std::string id = Committed({{Sku(), 1}});
  EXPECT_EQ(Outcome(Return(id, Back(Sku(), 1))), "FAILED_PRECONDITION ITEM_UNTRACKED");
  EXPECT_EQ(Outcome(Return(Name("none"), Back(Sku(), 1))), "NOT_FOUND RESERVATION_NOT_FOUND");
  EXPECT_EQ(Outcome(Get(Name("none"))), "NOT_FOUND RETURN_NOT_FOUND");
}

TEST_F(ReturnsTest, ListsByReservationSkuAndWarehouse) {
  SetStock(Sku("a"), "w1", 9);
  SetStock(Sku("b"), "w1", 9);
  const std::string first = ShippedOrder({{Sku("a"), 4}, {Sku("b"), 4}});
  const std::string second = ShippedOrder({{Sku("a"), 4}});
  const auto book = [&](const std::string& id, const std::string& suffix, const std::string& lines) {
    Must(Return(id, absl::StrCat("return_id: '", Name(suffix), "' ", lines)));
    return Name(suffix);
  };
  MakeWarehouse(client(), Name("w"));
  const std::string r1 = book(first, "1", Back(Sku("a"), 1) + Back(Sku("a"), 1, "DAMAGED") + Back(Sku("b"), 1));
  const std::string r2 = book(first, "2", Back(Sku("b"), 1, "RESTOCK", Name("w")));
  const std::string r3 = book(second, "3", Back(Sku("a"), 1) + Back(Sku("a"), 1, "RESTOCK", Name("w")));
  const auto of = [](const char* field, const std::string& value) { return absl::StrCat(field, ": '", value, "' "); };
  for (const int page_size : {0, 1, 2}) {
    EXPECT_THAT(Listed(of("reservation_id", first), page_size), ElementsAre(r1, r2));
    EXPECT_THAT(Listed(of("sku", Sku("a")), page_size), ElementsAre(r1, r3));
    EXPECT_THAT(Listed(of("warehouse_id", Name("w")), page_size), ElementsAre(r2, r3));
    EXPECT_THAT(Listed(of("sku", Sku("b")) + of("warehouse_id", Name("w")), page_size), ElementsAre(r2));
    EXPECT_THAT(Listed(of("sku", Sku("a")) + of("reservation_id", second), page_size), ElementsAre(r3));
  }
  EXPECT_THAT(Listed(of("reservation_id", second) + of("sku", Sku("b"))), IsEmpty());

  auto request = Pb<v1::ListReturnsRequest>(absl::Substitute("filter { sku: '$0' } page_size: 1", Sku("a")));
  const v1::ListReturnsResponse page = Must(client().Call(request));
  EXPECT_THAT(page.stock_returns(0), EqualsProto(Must(Get(r1))));
  request.set_page_token(page.next_page_token());
  request.mutable_filter()->set_sku(Sku("b"));
  EXPECT_THAT(ViolationsOf(client().Call(request).status()), ElementsAre("page_token"));
}

}  // namespace
}  // namespace inventory::integration
