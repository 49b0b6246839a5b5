// How much of a SKU a channel may promise.
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

constexpr char kExceeded[] = "FAILED_PRECONDITION QUOTA_EXCEEDED";

class QuotasTest : public ServerTest {
 protected:
  void SetUp() override { SetStock(Sku(), "w1", 100); }

  static absl::StatusOr<v1::Quota> TrySet(const std::string& sku, int64_t quantity, const std::string& fields = "",
                                          const std::string& channel = "web") {
    return client().Call(Pb<v1::SetQuotaRequest>(
        absl::Substitute("channel_id: '$0' sku: '$1' quantity: $2 $3", channel, sku, quantity, fields)));
  }
  static v1::Quota Set(const std::string& sku, int64_t quantity, const std::string& channel = "web") {
    return Must(TrySet(sku, quantity, "", channel));
  }
  static absl::StatusOr<v1::Quota> Get(const std::string& sku, const std::string& channel = "web") {
    return client().Call(Pb<v1::GetQuotaRequest>(absl::Substitute("channel_id: '$0' sku: '$1'", channel, sku)));
  }
  static absl::StatusOr<v1::DeleteQuotaResponse> Delete(const std::string& sku, const std::string& etag = "") {
    return client().Call(
        Pb<v1::DeleteQuotaRequest>(absl::Substitute("channel_id: 'web' sku: '$0' etag: '$1'", sku, etag)));
  }
  static int64_t Outstanding(const std::string& sku) { return Must(Get(sku)).outstanding_quantity(); }
  // As the row has it, dead holds included.
  static int64_t Stored(const std::string& sku) {
    return Sql(absl::Substitute("SELECT SUM(outstanding) FROM quota WHERE sku = '$0'", sku))[0].Int(0);
  }

  // "channel sku outstanding/quantity", of all quotas that match.
  static std::vector<std::string> Listed(const std::string& filter, int page_size = 0) {
    std::vector<std::string> shown;
    auto request = Pb<v1::ListQuotasRequest>(absl::Substitute("filter { $0 } page_size: $1", filter, page_size));
    for (const v1::Quota& quota : ListAll(client(), request, &v1::ListQuotasResponse::quotas)) {
      shown.push_back(
          absl::StrCat(quota.channel_id(), " ", quota.sku(), " ", quota.outstanding_quantity(), "/", quota.quantity()));
    }
    return shown;
  }

  absl::StatusOr<v1::ReserveStockResponse> Wait(int64_t quantity, const ReserveOptions& options = {.commit = true}) {
    v1::ReserveStockRequest request = ReserveRequest({{Sku(), quantity}}, options);
    request.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
    return client().Call(request);
  }
};

TEST_F(QuotasTest, IsSetReadChangedAndDeleted) {
  EXPECT_EQ(Outcome(Get(Sku())), "NOT_FOUND QUOTA_NOT_FOUND");
  Must(Reserve(client(), {{Sku(), 3}}));
  const v1::Quota made = Set(Sku(), 10);
  EXPECT_EQ(made.outstanding_quantity(), 3);
  EXPECT_THAT(Must(Get(Sku())), EqualsProto(made));
  EXPECT_THAT(Set(Sku(), 10), EqualsProto(made));
  EXPECT_EQ(Outcome(TrySet(Sku(), 11, "etag: '1'")), "ABORTED ETAG_MISMATCH");
  const v1::Quota changed = Must(TrySet(Sku(), 11, absl::Substitute("etag: '$0'", made.etag())));
  EXPECT_EQ(changed.quantity(), 11);
  EXPECT_NE(changed.etag(), made.etag());
  EXPECT_EQ(Outcome(Delete(Sku(), made.etag())), "ABORTED ETAG_MISMATCH");
  Must(Delete(Sku(), changed.etag()));
  EXPECT_EQ(Outcome(Delete(Sku())), "NOT_FOUND QUOTA_NOT_FOUND");
  Must(Reserve(client(), {{Sku(), 90}}));
}

TEST_F(QuotasTest, RefusesUntrackedItemsKitsAndChannelsThatAreNot) {
  Must(client().Call(
      Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' tracking: TRACKING_UNTRACKED }", Sku("service")))));
  Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' components { sku: '$1' quantity: 2 } }", Sku("kit"), Sku()))));
  EXPECT_EQ(Outcome(TrySet(Sku("service"), 1)), "FAILED_PRECONDITION ITEM_UNTRACKED");
  EXPECT_EQ(Outcome(TrySet(Sku("kit"), 1)), "FAILED_PRECONDITION ITEM_IS_KIT");
  EXPECT_EQ(Outcome(TrySet(Sku(), 1, "", Name("nobody"))), "NOT_FOUND CHANNEL_NOT_FOUND");
}

TEST_F(QuotasTest, LimitsItsChannelAndNoOther) {
  MakeChannel(client(), Name("other"), {"w1"});
  Set(Sku(), 5);
  const auto refused = Reserve(client(), {{Sku(), 6}});
  EXPECT_EQ(Outcome(refused), kExceeded);
  EXPECT_EQ(MetadataOf(refused.status()),
            (std::map<std::string, std::string>{
                {"sku", Sku()}, {"channel_id", "web"}, {"requested", "6"}, {"quota", "5"}, {"outstanding", "0"}}));
  const v1::ReserveStockResponse some = Must(Reserve(client(), {{Sku(), 6}}, {.partial = true}));
  EXPECT_EQ(some.line_results(0).reserved_quantity(), 5);
  EXPECT_EQ(some.line_results(0).reason(), "QUOTA_EXCEEDED");
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}}, {.partial = true})), kExceeded);
  Must(Reserve(client(), {{Sku(), 20}}, {.channel = Name("other")}));
  EXPECT_EQ(Outstanding(Sku()), 5);
}

TEST_F(QuotasTest, ShippingAndCancellingFreeIt) {
  Set(Sku(), 6);
  const std::string id = Must(Reserve(client(), {{Sku(), 6}}, {.commit = true})).reservation().reservation_id();
  const std::string shipment = Must(CreateShipment(client(), id, "w1", {{Sku(), 4}})).shipment().shipment_id();
  EXPECT_EQ(Outstanding(Sku()), 6);
  Must(Ship(client(), shipment));
  EXPECT_EQ(Outstanding(Sku()), 2);
  Must(Reserve(client(), {{Sku(), 4}}));
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}})), kExceeded);
  Must(Cancel(client(), id));
  EXPECT_EQ(Outstanding(Sku()), 4);
}

TEST_F(QuotasTest, UnitsThatWaitCountToo) {
  Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED }", Sku()))));
  SetStock(Sku(), "w1", 1);
  Set(Sku(), 4);
  const std::string id = Must(Wait(3)).reservation().reservation_id();
  EXPECT_EQ(Outstanding(Sku()), 3);
  EXPECT_EQ(Outcome(Wait(2)), kExceeded);
  SetStock(Sku(), "w1", 10);
  EXPECT_EQ(Outstanding(Sku()), 3);
  Must(Cancel(client(), id, {{Sku(), 2}}));
  EXPECT_EQ(Outstanding(Sku()), 1);
}

TEST_F(QuotasTest, LoweredBelowWhatStandsItTakesNothingAwayAndPromisesNoMore) {
  Set(Sku(), 10);
  const std::string id = Must(Reserve(client(), {{Sku(), 8}}, {.commit = true})).reservation().reservation_id();
  const v1::Quota lowered = Set(Sku(), 3);
  EXPECT_EQ(lowered.outstanding_quantity(), 8);
  EXPECT_EQ(ReservationOf(id).lines(0).reserved_quantity(), 8);
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 1}})), kExceeded);
  Must(Cancel(client(), id, {{Sku(), 6}}));
  Must(Reserve(client(), {{Sku(), 1}}));
}

TEST_F(QuotasTest, HoldsThatHaveRunOutFreeItAndAreNotShown) {
  Must(client().Call(Pb<v1::CreateItemRequest>(
      absl::Substitute("item { sku: '$0' backorder_policy: BACKORDER_POLICY_UNLIMITED }", Sku()))));
  SetStock(Sku(), "w1", 2);
  Set(Sku(), 5);
  Must(Wait(5, {.ttl = absl::Minutes(10)}));
  EXPECT_EQ(Outstanding(Sku()), 5);
  // They run out behind the sweeper's back, which looks at the reservations' own expiry.
  const std::string past = "expire_time = NOW(6) - INTERVAL 1 SECOND WHERE expire_time IS NOT NULL AND sku";
  Sql(absl::Substitute("UPDATE allocation SET $0 = '$1'", past, Sku()));
  Sql(absl::Substitute("UPDATE backorder SET $0 = '$1'", past, Sku()));
  EXPECT_EQ(Stored(Sku()), 5);
  EXPECT_EQ(Outstanding(Sku()), 0);
  Sql(
      absl::Substitute("UPDATE reservation r JOIN reservation_line l ON l.reservation_id = r.reservation_id SET "
                       "r.expire_time = NOW(6) - INTERVAL 1 SECOND WHERE l.sku = '$0'",
                       Sku()));
  EXPECT_THAT(Listed(absl::Substitute("sku: '$0'", Sku())), ElementsAre(absl::StrCat("web ", Sku(), " 0/5")));
  Sql(absl::Substitute("UPDATE item SET next_hold_expiry = NOW(6) - INTERVAL 1 SECOND WHERE sku = '$0'", Sku()));
  Must(Reserve(client(), {{Sku(), 2}}));
  EXPECT_EQ(Stored(Sku()), 2);
  EXPECT_EQ(Outstanding(Sku()), 2);
}

TEST_F(QuotasTest, ManyCallersAtOnceNeverExceedIt) {
  std::vector<absl::Status> results(20);
  replica();
  Set(Sku(), 7);
  Together(20, [&](int i) {
    results[static_cast<std::size_t>(i)] = Reserve(i % 2 == 0 ? client() : replica(), {{Sku(), 1}}).status();
  });
  EXPECT_THAT(CountOutcomes(results), ElementsAre(Pair(kExceeded, 13), Pair("OK", 7)));
  EXPECT_EQ(Outstanding(Sku()), 7);
}

TEST_F(QuotasTest, ANewOneAmongReservationsCountsEachOnce) {
  Together(30, [&](int i) {
    if (i % 10 == 5) {
      Set(Sku(), 1000);
      // Unless another has done so.
      Delete(Sku()).IgnoreError();
      Set(Sku(), 1000);
    } else {
      Must(Reserve(client(), {{Sku(), 2}}, {.commit = true}));
    }
  });
  EXPECT_EQ(Outstanding(Sku()), 54);
  EXPECT_THAT(VerifyAll(client(), false, Sku()), IsEmpty());
}

TEST_F(QuotasTest, ListsThemInOrderOfSkuAndChannel) {
  const std::string a = Sku("a");
  const std::string b = Sku("b");
  for (const char* channel : {"x", "y"}) {
    MakeChannel(client(), Name(channel), {"w1"});
    Set(b, 2, Name(channel));
    Set(a, 1, Name(channel));
  }
  const std::string ax = absl::StrCat(Name("x"), " ", a, " 0/1");
  const std::string ay = absl::StrCat(Name("y"), " ", a, " 0/1");
  const std::string bx = absl::StrCat(Name("x"), " ", b, " 0/2");
  const std::string by = absl::StrCat(Name("y"), " ", b, " 0/2");
  for (int page_size : {0, 1, 2, 3}) {
    EXPECT_THAT(Listed(absl::Substitute("sku: '$0'", a), page_size), ElementsAre(ax, ay));
    EXPECT_THAT(Listed(absl::Substitute("channel_id: '$0'", Name("y")), page_size), ElementsAre(ay, by));
    EXPECT_THAT(Listed(absl::Substitute("channel_id: '$0' sku: '$1'", Name("x"), b), page_size), ElementsAre(bx));
    std::vector<std::string> all;
    for (const std::string& shown : Listed("", page_size)) {
      if (shown.rfind(Name(""), 0) == 0) all.push_back(shown);
    }
    EXPECT_THAT(all, ElementsAre(ax, ay, bx, by));
  }
}

TEST_F(QuotasTest, VerifyFindsAndMendsACountThatIsNotThatOfTheLines) {
  Set(Sku(), 9);
  MakeChannel(client(), Name("other"), {"w1"});
  Set(Sku(), 9, Name("other"));
  Must(Reserve(client(), {{Sku(), 4}}, {.commit = true}));
  EXPECT_THAT(VerifyAll(client(), false, Sku()), IsEmpty());
  Sql(absl::Substitute("UPDATE quota SET outstanding = 9 WHERE sku = '$0' AND channel_id = 'web'", Sku()));
  const std::vector<v1::Mismatch> found = VerifyAll(client(), true, Sku());
  ASSERT_EQ(found.size(), 1u);
  EXPECT_THAT(found.front(),
              EqualsProto(Pb<v1::Mismatch>(absl::Substitute(
                  "sku: '$0' channel_id: 'web' check: 'OUTSTANDING_NOT_SUM_OF_LINES' quantity: 'outstanding' "
                  "expected: 4 actual: 9 repaired: true",
                  Sku()))));
  EXPECT_THAT(VerifyAll(client(), false, Sku()), IsEmpty());
  Must(Reserve(client(), {{Sku(), 5}}));
}

TEST_F(QuotasTest, ARepairedLineCountsAgainstItAtOnce) {
  Set(Sku(), 9);
  Must(Reserve(client(), {{Sku(), 4}}, {.commit = true}));
  Sql(absl::Substitute("UPDATE reservation_line SET backordered = 3 WHERE sku = '$0'", Sku()));
  EXPECT_EQ(VerifyAll(client(), true, Sku()).size(), 2u);
  EXPECT_THAT(VerifyAll(client(), false, Sku()), IsEmpty());
  EXPECT_EQ(Outstanding(Sku()), 4);
}

}  // namespace
}  // namespace inventory::integration
