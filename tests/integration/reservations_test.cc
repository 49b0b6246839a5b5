// What becomes of a reservation: confirm, extend, amend, cancel, get and list.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class ReservationsTest : public ServerTest {
 protected:
  // A reservation of `quantity` of Sku(), of which 10 lie in w1 and 15 in w2.
  v1::Reservation Reserved(int64_t quantity, const ReserveOptions& options = {}) {
    if (!stocked_) {
      SetStock(Sku(), "w1", 10);
      SetStock(Sku(), "w2", 15);
      stocked_ = true;
    }
    return Must(Reserve(client(), {{Sku(), quantity}}, options)).reservation();
  }
  // A hold that has run out.
  v1::Reservation Expired(int64_t quantity) {
    v1::Reservation held = Reserved(quantity, {.ttl = absl::Milliseconds(1)});
    EXPECT_TRUE(
        Eventually([&] { return ReservationOf(held.reservation_id()).state() == v1::RESERVATION_STATE_EXPIRED; }));
    return held;
  }
  // A committed reservation of which everything has been shipped.
  v1::Reservation Fulfilled(int64_t quantity) {
    const v1::Reservation reservation = Reserved(quantity, {.commit = true});
    const auto shipment = Must(CreateShipment(client(), reservation.reservation_id(), "w1")).shipment();
    return Must(Ship(client(), shipment.shipment_id())).reservation();
  }
  static absl::StatusOr<v1::AmendReservationResponse> Amend(const std::string& id, const std::vector<Line>& lines,
                                                            const std::string& etag = "") {
    v1::AmendReservationRequest request;
    request.set_reservation_id(id);
    request.set_etag(etag);
    for (const Line& line : lines) {
      auto& added = *request.add_lines();
      added.set_sku(line.sku);
      added.set_quantity(line.quantity);
    }
    return client().Call(request);
  }
  static absl::StatusOr<v1::ExtendReservationResponse> Extend(const std::string& id, const std::string& fields) {
    return client().Call(Pb<v1::ExtendReservationRequest>(absl::Substitute("reservation_id: '$0' $1", id, fields)));
  }
  static absl::StatusOr<v1::ConfirmReservationResponse> ConfirmWithEtag(const v1::Reservation& reservation,
                                                                        const std::string& etag) {
    v1::ConfirmReservationRequest request;
    request.set_reservation_id(reservation.reservation_id());
    request.set_etag(etag);
    return client().Call(request);
  }

  // The ids that a list with this filter gives.
  static std::vector<std::string> Ids(const std::string& filter, int page_size = 0) {
    auto request = Pb<v1::ListReservationsRequest>(absl::Substitute("filter { $0 } page_size: $1", filter, page_size));
    std::vector<std::string> ids;
    for (const auto& reservation : ListAll(client(), request, &v1::ListReservationsResponse::reservations)) {
      ids.push_back(reservation.reservation_id());
    }
    return ids;
  }

 private:
  bool stocked_ = false;
};

// ---- Confirm ----

TEST_F(ReservationsTest, ConfirmCommitsAHoldAndARepetitionChangesNothing) {
  const v1::Reservation held = Reserved(13);
  const auto committed = Must(Confirm(client(), held.reservation_id())).reservation();
  EXPECT_EQ(Show(committed), absl::StrCat("COMMITTED ", Sku(), " 13/13 w1:10 w2:3"));
  EXPECT_FALSE(committed.has_expire_time());
  EXPECT_NE(committed.etag(), held.etag());
  EXPECT_THAT(Must(Confirm(client(), held.reservation_id())).reservation(), EqualsProto(committed));
  EXPECT_EQ(MovementsOf(Sku()).size(), 4u);
}

TEST_F(ReservationsTest, ConfirmRefusesWhatIsNotHeldAnyMore) {
  EXPECT_EQ(Outcome(Confirm(client(), Name("none"))), "NOT_FOUND RESERVATION_NOT_FOUND");
  EXPECT_EQ(Outcome(Confirm(client(), Expired(1).reservation_id())), "FAILED_PRECONDITION RESERVATION_EXPIRED");
  const v1::Reservation cancelled = Reserved(1);
  Must(Cancel(client(), cancelled.reservation_id()));
  EXPECT_EQ(Outcome(Confirm(client(), cancelled.reservation_id())), "FAILED_PRECONDITION RESERVATION_CANCELLED");
  const v1::Reservation fulfilled = Fulfilled(1);
  EXPECT_EQ(Show(Must(Confirm(client(), fulfilled.reservation_id())).reservation()), Show(fulfilled));
}

TEST_F(ReservationsTest, ConfirmRequiresTheEtagItIsGiven) {
  const v1::Reservation held = Reserved(1);
  EXPECT_EQ(Outcome(ConfirmWithEtag(held, "77")), "ABORTED ETAG_MISMATCH");
  EXPECT_EQ(ReservationOf(held.reservation_id()).state(), v1::RESERVATION_STATE_HELD);
  Must(ConfirmWithEtag(held, held.etag()));
}

// ---- Extend ----

TEST_F(ReservationsTest, ExtendProlongsAHoldAndNeverShortensIt) {
  const v1::Reservation held = Reserved(1, {.ttl = absl::Hours(1)});
  const auto longer = Must(Extend(held.reservation_id(), "ttl { seconds: 7200 }")).reservation();
  EXPECT_GE(longer.expire_time().seconds(), held.expire_time().seconds() + 3600);
  const auto same = Must(Extend(held.reservation_id(), "ttl { seconds: 1 }")).reservation();
  EXPECT_THAT(same.expire_time(), EqualsProto(longer.expire_time()));
  Must(Extend(held.reservation_id(), ""));
}

TEST_F(ReservationsTest, ExtendMovesTheExpiryOfTheUnitsToo) {
  const v1::Reservation held = Reserved(1, {.ttl = absl::Seconds(60)});
  Must(Extend(held.reservation_id(), "ttl { seconds: 3600 }"));
  const auto rows = Sql(absl::Substitute(
      "SELECT COUNT(*) FROM reservation r JOIN allocation a ON a.reservation_id = r.reservation_id WHERE "
      "r.reservation_id = '$0' AND r.expire_time = a.expire_time",
      held.reservation_id()));
  EXPECT_EQ(rows[0].Int(0), 1);
}

// Nobody writes the SKU again, and yet reads of it need not look for dead holds for ever.
TEST_F(ReservationsTest, TheTimeOfAHoldThatWasConfirmedIsForgottenOnceItIsPast) {
  const auto next_expiry_is_unset = [this] {
    return Sql(absl::Substitute("SELECT next_hold_expiry FROM item WHERE sku = '$0'", Sku()))[0].IsNull(0);
  };
  const v1::Reservation held = Reserved(1, {.ttl = absl::Seconds(2)});
  Must(Confirm(client(), held.reservation_id()));
  EXPECT_FALSE(next_expiry_is_unset());
  EXPECT_TRUE(Eventually(next_expiry_is_unset));
}

TEST_F(ReservationsTest, ExtendRefusesWhatIsNotHeld) {
  EXPECT_EQ(Outcome(Extend(Name("none"), "")), "NOT_FOUND RESERVATION_NOT_FOUND");
  EXPECT_EQ(Outcome(Extend(Expired(1).reservation_id(), "")), "FAILED_PRECONDITION RESERVATION_EXPIRED");
  const v1::Reservation cancelled = Reserved(1);
  Must(Cancel(client(), cancelled.reservation_id()));
  EXPECT_EQ(Outcome(Extend(cancelled.reservation_id(), "")), "FAILED_PRECONDITION RESERVATION_CANCELLED");
  EXPECT_EQ(Outcome(Extend(Reserved(1, {.commit = true}).reservation_id(), "")),
            "FAILED_PRECONDITION RESERVATION_NOT_HELD");
  EXPECT_EQ(Outcome(Extend(Reserved(1).reservation_id(), "etag: '9'")), "ABORTED ETAG_MISMATCH");
}

// ---- Amend ----

TEST_F(ReservationsTest, AmendGrowsShrinksAddsAndDropsLinesTogether) {
  SetStock(Sku("b"), "w1", 5);
  SetStock(Sku("c"), "w1", 5);
  SetStock(Sku("d"), "w2", 5);
  const auto held = Must(Reserve(client(), {{Sku("b"), 2}, {Sku("c"), 3}})).reservation();
  const auto amended = Must(Amend(held.reservation_id(), {{Sku("b"), 4}, {Sku("c"), 0}, {Sku("d"), 1}}));
  EXPECT_EQ(Show(amended.reservation()),
            absl::StrCat("HELD ", Sku("b"), " 4/4 w1:4; ", Sku("c"), " 0/0 cancelled 3; ", Sku("d"), " 1/1 w2:1"));
  EXPECT_EQ(amended.movements_size(), 3);
  EXPECT_THAT(amended.reservation().expire_time(), EqualsProto(held.expire_time()));
  EXPECT_EQ(LevelOf(Sku("c"), "w1").reserved(), 0);
}

TEST_F(ReservationsTest, AmendThatCannotGrowChangesNothing) {
  SetStock(Sku("b"), "w1", 5);
  SetStock(Sku("c"), "w1", 5);
  const auto held = Must(Reserve(client(), {{Sku("b"), 5}, {Sku("c"), 2}})).reservation();
  const auto refused = Amend(held.reservation_id(), {{Sku("b"), 1}, {Sku("c"), 6}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  EXPECT_THAT(ReservationOf(held.reservation_id()), EqualsProto(held));
}

TEST_F(ReservationsTest, AmendRefusesWhatItMustNot) {
  const v1::Reservation held = Reserved(2);
  const std::string& id = held.reservation_id();
  EXPECT_EQ(Outcome(Amend(Name("none"), {{Sku(), 1}})), "NOT_FOUND RESERVATION_NOT_FOUND");
  EXPECT_EQ(Outcome(Amend(id, {{Sku(), 0}})), "FAILED_PRECONDITION NOTHING_LEFT");
  EXPECT_EQ(Outcome(Amend(id, {{Sku(), 10'001}})), "FAILED_PRECONDITION ORDER_RULE_VIOLATED");
  EXPECT_EQ(Outcome(Amend(id, {{Sku(), 3}}, "9")), "ABORTED ETAG_MISMATCH");
  EXPECT_THAT(ReservationOf(id), EqualsProto(held));
  EXPECT_EQ(Outcome(Amend(Expired(1).reservation_id(), {{Sku(), 2}})), "FAILED_PRECONDITION RESERVATION_EXPIRED");
  EXPECT_EQ(Outcome(Amend(Fulfilled(1).reservation_id(), {{Sku(), 2}})), "FAILED_PRECONDITION RESERVATION_FULFILLED");
  Must(Cancel(client(), id));
  EXPECT_EQ(Outcome(Amend(id, {{Sku(), 1}})), "FAILED_PRECONDITION RESERVATION_CANCELLED");
}

TEST_F(ReservationsTest, AmendNeverGoesBelowWhatIsShippedOrInAShipment) {
  const v1::Reservation committed = Reserved(6, {.commit = true});
  const std::string& id = committed.reservation_id();
  const auto shipment = Must(CreateShipment(client(), id, "w1", {{Sku(), 2}})).shipment();
  Must(Ship(client(), shipment.shipment_id()));
  Must(CreateShipment(client(), id, "w1", {{Sku(), 1}}));
  const auto refused = Amend(id, {{Sku(), 2}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION BELOW_SHIPPED");
  EXPECT_EQ(MetadataOf(refused.status())["minimum"], "3");
  EXPECT_EQ(Show(Must(Amend(id, {{Sku(), 3}})).reservation()),
            absl::StrCat("COMMITTED ", Sku(), " 1/3 w1:1(1) shipped 2 cancelled 3"));
}

// ---- Cancel ----

TEST_F(ReservationsTest, CancelReleasesEverythingOnce) {
  const v1::Reservation held = Reserved(13);
  const auto cancelled = Must(Cancel(client(), held.reservation_id()));
  EXPECT_EQ(Show(cancelled.reservation()), absl::StrCat("CANCELLED ", Sku(), " 0/13 cancelled 13"));
  EXPECT_EQ(cancelled.movements_size(), 2);
  EXPECT_EQ(AvailabilityOf(Sku()), 25);
  const auto again = Must(Cancel(client(), held.reservation_id()));
  EXPECT_THAT(again.reservation(), EqualsProto(cancelled.reservation()));
  EXPECT_EQ(again.movements_size(), 0);
  EXPECT_EQ(AvailabilityOf(Sku()), 25);
}

TEST_F(ReservationsTest, CancelReleasesSingleLinesAndUnits) {
  SetStock(Sku("b"), "w1", 5);
  SetStock(Sku("c"), "w1", 5);
  const auto held = Must(Reserve(client(), {{Sku("b"), 5}, {Sku("c"), 2}})).reservation();
  const std::string& id = held.reservation_id();
  EXPECT_EQ(Show(Must(Cancel(client(), id, {{Sku("b"), 3}})).reservation()),
            absl::StrCat("HELD ", Sku("b"), " 2/5 w1:2 cancelled 3; ", Sku("c"), " 2/2 w1:2"));
  const auto refused = Cancel(client(), id, {{Sku("c"), 1}, {Sku("b"), 3}});
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION EXCEEDS_RESERVED");
  const std::map<std::string, std::string> facts = {{"sku", Sku("b")}, {"requested", "3"}, {"outstanding", "2"}};
  EXPECT_EQ(MetadataOf(refused.status()), facts);
  EXPECT_EQ(LevelOf(Sku("c"), "w1").reserved(), 2);
  EXPECT_EQ(Outcome(Cancel(client(), id, {{Sku("none"), 1}})), "FAILED_PRECONDITION EXCEEDS_RESERVED");
  EXPECT_EQ(Must(Cancel(client(), id, {{Sku("b"), 2}, {Sku("c"), 2}})).reservation().state(),
            v1::RESERVATION_STATE_CANCELLED);
}

TEST_F(ReservationsTest, CancelOfAnExpiredHoldSucceedsAndReleasesNothingTwice) {
  const v1::Reservation expired = Expired(5);
  const auto answer = Must(Cancel(client(), expired.reservation_id()));
  EXPECT_EQ(answer.reservation().state(), v1::RESERVATION_STATE_EXPIRED);
  EXPECT_EQ(answer.movements_size(), 0);
  EXPECT_EQ(AvailabilityOf(Sku()), 25);
}

TEST_F(ReservationsTest, CancelRefusesWhatIsShippedOrBoundToAShipment) {
  EXPECT_EQ(Outcome(Cancel(client(), Name("none"))), "NOT_FOUND RESERVATION_NOT_FOUND");
  EXPECT_EQ(Outcome(Cancel(client(), Fulfilled(2).reservation_id())), "FAILED_PRECONDITION RESERVATION_FULFILLED");
  const v1::Reservation committed = Reserved(3, {.commit = true});
  Must(CreateShipment(client(), committed.reservation_id(), "w1", {{Sku(), 2}}));
  const auto refused = Cancel(client(), committed.reservation_id());
  EXPECT_EQ(Outcome(refused), "FAILED_PRECONDITION UNITS_IN_SHIPMENT");
  EXPECT_EQ(MetadataOf(refused.status())["in_shipment"], "2");
  EXPECT_EQ(Show(Must(Cancel(client(), committed.reservation_id(), {{Sku(), 1}})).reservation()),
            absl::StrCat("COMMITTED ", Sku(), " 2/3 w1:2(2) cancelled 1"));
}

// ---- Get and list ----

TEST_F(ReservationsTest, ListFindsByOrderChannelSkuAndState) {
  MakeChannel(client(), Name("shop"), {"w1", "w2"});
  const auto id = [this](const char* name) { return Name(name); };
  Reserved(1, {.id = id("r1"), .order = id("o1")});
  Reserved(1, {.id = id("r2"), .order = id("o1"), .commit = true});
  Reserved(1, {.channel = id("shop"), .id = id("r3"), .order = id("o2")});
  Reserved(1, {.id = id("r4"), .order = id("O1")});
  Must(Cancel(client(), id("r4")));
  const std::string sku = absl::Substitute("sku: '$0'", Sku());
  EXPECT_THAT(Ids(absl::Substitute("order_reference: '$0'", id("o1"))), ElementsAre(id("r1"), id("r2")));
  EXPECT_THAT(Ids(absl::Substitute("channel_id: '$0'", id("shop"))), ElementsAre(id("r3")));
  EXPECT_THAT(Ids(sku), ElementsAre(id("r1"), id("r2"), id("r3"), id("r4")));
  EXPECT_THAT(Ids(sku + " state: RESERVATION_STATE_HELD"), ElementsAre(id("r1"), id("r3")));
  EXPECT_THAT(Ids(sku + " state: RESERVATION_STATE_COMMITTED"), ElementsAre(id("r2")));
  EXPECT_THAT(Ids(sku + " state: RESERVATION_STATE_CANCELLED"), ElementsAre(id("r4")));
  EXPECT_THAT(Ids(sku + " state: RESERVATION_STATE_FULFILLED"), IsEmpty());
  EXPECT_THAT(Ids(sku + " order_reference: 'nobody'"), IsEmpty());
}

TEST_F(ReservationsTest, ListPagesWithoutGapsAndCopies) {
  std::vector<std::string> ids;
  for (int i = 0; i < 7; ++i) ids.push_back(Reserved(1, {.id = Name(absl::StrCat("r", i))}).reservation_id());
  const std::string filter = absl::Substitute("sku: '$0'", Sku());
  for (int page_size : {1, 2, 7, 1000}) EXPECT_EQ(Ids(filter, page_size), ids) << page_size;
}

// Orders of many lines: a page is never larger than what callers can receive.
TEST_F(ReservationsTest, ListPagesAreSmallEnoughToBeReceived) {
  const std::string padding(80, 'x');
  std::vector<Line> lines;
  for (int i = 0; i < 200; ++i) {
    lines.push_back({Sku(absl::StrCat(padding, i)), 1});
    SetStock(lines.back().sku, "w1", 1000);
  }
  std::set<std::string> made;
  for (int i = 0; i < 160; ++i) {
    made.insert(Must(Reserve(client(), lines, {.order = Name("order")})).reservation().reservation_id());
  }
  v1::ListReservationsRequest request;
  request.set_page_size(1000);
  request.mutable_filter()->set_order_reference(Name("order"));
  int pages = 0;
  std::set<std::string> listed;
  do {
    const v1::ListReservationsResponse page = Must(client().Call(request));
    EXPECT_LE(page.ByteSizeLong(), std::size_t{3} << 20);
    for (const v1::Reservation& reservation : page.reservations()) {
      EXPECT_EQ(reservation.lines_size(), 200);
      EXPECT_TRUE(listed.insert(reservation.reservation_id()).second);
    }
    request.set_page_token(page.next_page_token());
    ++pages;
  } while (!request.page_token().empty());
  EXPECT_EQ(listed, made);
  EXPECT_GE(pages, 2);
}

TEST_F(ReservationsTest, ListSaysThatAHoldIsExpiredAtOnce) {
  const std::string id = Expired(1).reservation_id();
  const std::string sku = absl::Substitute("sku: '$0'", Sku());
  EXPECT_THAT(Ids(sku + " state: RESERVATION_STATE_EXPIRED"), ElementsAre(id));
  EXPECT_THAT(Ids(sku + " state: RESERVATION_STATE_HELD"), IsEmpty());
}

// Several lines, each in several warehouses, with shipments: joins must neither duplicate nor multiply.
TEST_F(ReservationsTest, ListNeitherDuplicatesNorMultiplies) {
  for (const char* suffix : {"a", "b", "c"}) {
    SetStock(Sku(suffix), "w1", 2);
    SetStock(Sku(suffix), "w2", 10);
  }
  std::vector<v1::Reservation> made;
  for (int i = 0; i < 3; ++i) {
    const std::vector<Line> lines = {{Sku("a"), 3}, {Sku("b"), 1}, {Sku("c"), 2}};
    made.push_back(Must(Reserve(client(), lines, {.order = Name("order"), .commit = true})).reservation());
    Must(CreateShipment(client(), made.back().reservation_id(), "w2", {{Sku("a"), 1}}));
  }
  for (v1::Reservation& reservation : made) reservation = ReservationOf(reservation.reservation_id());
  EXPECT_EQ(Show(made[0]), absl::StrCat("COMMITTED ", Sku("a"), " 3/3 w1:2 w2:1(1); ", Sku("b"), " 1/1 w1:1; ",
                                        Sku("c"), " 2/2 w1:2"));
  for (const std::string& filter : {absl::StrCat("order_reference: '", Name("order"), "'"),
                                    absl::StrCat("sku: '", Sku("a"), "' channel_id: 'web'")}) {
    const auto listed = Must(client().Call(Pb<v1::ListReservationsRequest>(absl::Substitute("filter { $0 }", filter))));
    ASSERT_EQ(listed.reservations_size(), 3);
    for (int i = 0; i < 3; ++i) EXPECT_THAT(listed.reservations(i), EqualsProto(made[i]));
  }
}

}  // namespace
}  // namespace inventory::integration
