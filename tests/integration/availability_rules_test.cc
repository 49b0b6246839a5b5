// What quotas, kits, low-stock rules and availability estimates do to the answers about availability.
#include "absl/time/clock.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;

class AvailabilityRulesTest : public ServerTest {
 public:
  // No sweeper in the way.
  static void SetUpTestSuite() { StartServer({"--sweep-interval=1m"}); }

 protected:
  static void Configure(const std::string& sku, const std::string& fields) {
    Must(client().Call(
        Pb<v1::UpdateItemRequest>(absl::Substitute("item { sku: '$0' $1 } allow_missing: true", sku, fields))));
  }
  static void Limit(const std::string& sku, int64_t quantity, const std::string& channel_id = "web") {
    Must(client().Call(Pb<v1::SetQuotaRequest>(
        absl::Substitute("channel_id: '$0' sku: '$1' quantity: $2", channel_id, sku, quantity))));
  }
  // Units that are expected in w1 in a day.
  static void Expect(const std::string& sku, int64_t quantity) {
    v1::CreateReplenishmentRequest request;
    request.set_sku(sku);
    request.set_warehouse_id("w1");
    request.set_quantity(quantity);
    request.mutable_expected_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + int64_t{24} * 3600);
    Must(client().Call(request));
  }
  static v1::ReserveStockRequest Patient(const std::vector<Line>& lines, const ReserveOptions& options = {}) {
    v1::ReserveStockRequest request = ReserveRequest(lines, options);
    request.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
    return request;
  }

  static v1::Availability Told(const std::string& sku, const std::string& channel_id = "web",
                               v1::AvailabilityView view = v1::AVAILABILITY_VIEW_OPERATOR,
                               const std::string& locale = "") {
    v1::GetAvailabilityRequest request;
    request.set_channel_id(channel_id);
    request.add_skus(sku);
    request.set_view(view);
    request.set_locale(locale);
    return Must(client().Call(request)).availabilities(0);
  }
  // "IN_STOCK 7", with "-" for no number.
  static std::string Shown(const std::string& sku, const std::string& channel_id = "web") {
    const v1::Availability told = Told(sku, channel_id);
    return absl::StrCat(v1::AvailabilityStatus_Name(told.status()).substr(sizeof("AVAILABILITY_STATUS_") - 1), " ",
                        told.has_quantity() ? absl::StrCat(told.quantity()) : "-");
  }
  // The totals that can be promised, in order of time.
  static std::vector<int64_t> Promised(const std::string& sku) {
    std::vector<int64_t> totals;
    const auto answer =
        Must(client().Call(Pb<v1::GetAvailableToPromiseRequest>(absl::Substitute("channel_id: 'web' sku: '$0'", sku))));
    for (const auto& promise : answer.promises()) totals.push_back(promise.quantity());
    return totals;
  }
};

TEST_F(AvailabilityRulesTest, AQuotaCapsWhatItsChannelSells) {
  MakeChannel(client(), Name("other"), {"w1"});
  SetStock(Sku(), "w1", 10);
  Limit(Sku(), 4);
  EXPECT_EQ(Shown(Sku()), "IN_STOCK 4");
  EXPECT_EQ(Shown(Sku(), Name("other")), "IN_STOCK 10");
  const std::string id = Must(Reserve(client(), {{Sku(), 3}})).reservation().reservation_id();
  EXPECT_EQ(Shown(Sku()), "IN_STOCK 1");
  Must(Reserve(client(), {{Sku(), 2}}, {.channel = Name("other")}));
  EXPECT_EQ(Shown(Sku()), "IN_STOCK 1");
  EXPECT_EQ(Shown(Sku(), Name("other")), "IN_STOCK 5");
  Must(Cancel(client(), id));
  EXPECT_EQ(Shown(Sku()), "IN_STOCK 4");
}

TEST_F(AvailabilityRulesTest, NothingWaitsBeyondAQuota) {
  Configure(Sku(), "backorder_policy: BACKORDER_POLICY_UNLIMITED");
  Limit(Sku(), 4);
  EXPECT_EQ(Shown(Sku()), "BACKORDER 0");
  Expect(Sku(), 9);
  EXPECT_TRUE(Told(Sku()).has_restock_time());
  EXPECT_THAT(Promised(Sku()), ElementsAre(0, 4));
  Must(client().Call(Patient({{Sku(), 4}})));
  EXPECT_EQ(Shown(Sku()), "OUT_OF_STOCK 0");
  EXPECT_FALSE(Told(Sku()).has_restock_time());
  EXPECT_THAT(Promised(Sku()), ElementsAre(0));
}

TEST_F(AvailabilityRulesTest, WhatDeadHoldsHaveCountsAgainstNoQuotaAndNoLimit) {
  SetStock(Sku(), "w1", 3);
  Configure(Sku(), "backorder_policy: BACKORDER_POLICY_LIMITED backorder_limit: 2");
  Limit(Sku(), 5);
  Must(client().Call(Patient({{Sku(), 5}}, {.ttl = absl::Milliseconds(1)})));
  EXPECT_TRUE(Eventually([&] { return Shown(Sku()) == "IN_STOCK 3"; }));
  EXPECT_EQ(Sql(absl::Substitute("SELECT outstanding FROM quota WHERE sku = '$0'", Sku()))[0].Int(0), 5);
  SetStock(Sku("b"), "w1", 0);
  Configure(Sku("b"), "backorder_policy: BACKORDER_POLICY_LIMITED backorder_limit: 2");
  Must(client().Call(Patient({{Sku("b"), 2}}, {.ttl = absl::Milliseconds(1)})));
  EXPECT_TRUE(Eventually([&] { return Shown(Sku("b")) == "BACKORDER 0"; }));
  Expect(Sku("b"), 1);
  EXPECT_THAT(Promised(Sku("b")), ElementsAre(0, 1));
}

// What a dead hold frees goes to who waits, whoever asks next.
TEST_F(AvailabilityRulesTest, OrdersThatWaitComeBeforeNewOnes) {
  Configure(Sku(), "backorder_policy: BACKORDER_POLICY_UNLIMITED");
  SetStock(Sku(), "w1", 4);
  SetStock(Sku(), "w2", 1);
  Must(Reserve(client(), {{Sku(), 5}}, {.ttl = absl::Seconds(1)}));
  Must(client().Call(Patient({{Sku(), 3}}, {.commit = true})));
  EXPECT_EQ(Shown(Sku()), "BACKORDER 0");
  EXPECT_TRUE(Eventually([&] { return Shown(Sku()) == "IN_STOCK 2"; }));
  EXPECT_THAT(Promised(Sku()), ElementsAre(2));
  EXPECT_EQ(Outcome(Reserve(client(), {{Sku(), 3}})), "FAILED_PRECONDITION INSUFFICIENT_STOCK");
  Must(Reserve(client(), {{Sku(), 2}}));
}

TEST_F(AvailabilityRulesTest, AKitIsWhatItsComponentsSufficeFor) {
  Configure(Sku("kit"), absl::Substitute("components { sku: '$0' quantity: 2 } components { sku: '$1' quantity: 1 }",
                                         Sku("a"), Sku("b")));
  EXPECT_EQ(Shown(Sku("kit")), "OUT_OF_STOCK 0");
  SetStock(Sku("a"), "w1", 3);
  SetStock(Sku("a"), "w2", 4);
  SetStock(Sku("b"), "w2", 9);
  EXPECT_EQ(Shown(Sku("kit")), "IN_STOCK 3");
  Limit(Sku("b"), 2);
  EXPECT_EQ(Shown(Sku("kit")), "IN_STOCK 2");
  Must(Reserve(client(), {{Sku("kit"), 1}}));
  EXPECT_EQ(Shown(Sku("kit")), "IN_STOCK 1");
  Must(Reserve(client(), {{Sku("a"), 4}}));
  EXPECT_EQ(Shown(Sku("kit")), "OUT_OF_STOCK 0");
  Configure(Sku("a"), "backorder_policy: BACKORDER_POLICY_UNLIMITED");
  EXPECT_EQ(Shown(Sku("kit")), "BACKORDER 0");
  Expect(Sku("a"), 10);
  EXPECT_FALSE(Told(Sku("kit")).has_restock_time());
  EXPECT_EQ(Outcome(client().Call(
                Pb<v1::GetAvailableToPromiseRequest>(absl::Substitute("channel_id: 'web' sku: '$0'", Sku("kit"))))),
            "FAILED_PRECONDITION ITEM_IS_KIT");
  Configure(Sku("kit"), "published: false");
  EXPECT_EQ(Told(Sku("kit")).reason(), "ITEM_UNPUBLISHED");
}

TEST_F(AvailabilityRulesTest, AKitOfWhatIsNeverCountedIsAlwaysThere) {
  Configure(Sku("file"), "tracking: TRACKING_UNTRACKED");
  Configure(Sku("kit"), absl::Substitute("components { sku: '$0' quantity: 2 }", Sku("file")));
  EXPECT_EQ(Shown(Sku("kit")), "IN_STOCK -");
}

// Kits, their components and other items in one question.
TEST_F(AvailabilityRulesTest, OneAnswerHoldsAllKinds) {
  Configure(Sku("kit"), absl::Substitute("components { sku: '$0' quantity: 2 }", Sku("a")));
  SetStock(Sku("a"), "w1", 5);
  SetStock(Sku("b"), "w1", 7);
  Limit(Sku("b"), 6);
  v1::GetAvailabilityRequest request;
  request.set_channel_id("web");
  request.set_view(v1::AVAILABILITY_VIEW_OPERATOR);
  for (const char* sku : {"kit", "b", "a", "kit"}) request.add_skus(Sku(sku));
  std::vector<int64_t> quantities;
  const auto response = Must(client().Call(request));
  for (const v1::Availability& told : response.availabilities()) quantities.push_back(told.quantity());
  EXPECT_THAT(quantities, ElementsAre(2, 6, 5, 2));
}

TEST_F(AvailabilityRulesTest, ALowRuleOfTheSkuOrOfTheChannelShows) {
  MakeChannel(client(), Name("other"), {"w1"});
  SetStock(Sku(), "w1", 10);
  const auto watch = [&](const std::string& id, const std::string& scope) {
    Must(client().Call(Pb<v1::CreateLowStockRuleRequest>(
        absl::Substitute("rule { rule_id: '$0' sku: '$1' $2 threshold: 4 activity: 'log' }", Name(id), Sku(), scope))));
  };
  watch("here", absl::Substitute("channel_id: '$0'", Name("other")));
  watch("there", "warehouse_id: 'w1'");
  EXPECT_EQ(Shown(Sku(), Name("other")), "IN_STOCK 10");
  SetStock(Sku(), "w1", 3);
  EXPECT_EQ(Shown(Sku(), Name("other")), "LOW_STOCK 3");
  EXPECT_EQ(Told(Sku(), Name("other")).label(), "Low stock");
  EXPECT_EQ(Shown(Sku()), "IN_STOCK 3");
  watch("all", "");
  EXPECT_EQ(Shown(Sku()), "LOW_STOCK 3");
  SetStock(Sku(), "w1", 0);
  EXPECT_EQ(Shown(Sku()), "OUT_OF_STOCK 0");
  SetStock(Sku(), "w1", 100);
  EXPECT_EQ(Shown(Sku()), "IN_STOCK 100");
}

TEST_F(AvailabilityRulesTest, AnEstimateIsToldInTheLanguageAskedFor) {
  Must(client().Call(Pb<v1::CreateAvailabilityEstimateRequest>(
      absl::Substitute("availability_estimate { availability_estimate_id: '$0' title: '3-5 days' "
                       "localized_titles { key: 'de' value: '3-5 Tage' } "
                       "localized_titles { key: 'pt' value: '3 a 5 dias' } "
                       "localized_titles { key: 'pt-br' value: '3-5 dias úteis' } }",
                       Name("e")))));
  Configure(Sku(), absl::Substitute("availability_estimate_id: '$0'", Name("e")));
  const auto title = [&](const std::string& locale) {
    const v1::Availability told = Told(Sku(), "web", v1::AVAILABILITY_VIEW_OPERATOR, locale);
    EXPECT_EQ(told.availability_estimate().availability_estimate_id(), Name("e"));
    return told.availability_estimate().title();
  };
  EXPECT_EQ(title(""), "3-5 days");
  EXPECT_EQ(title("de-AT"), "3-5 Tage");
  EXPECT_EQ(title("pt-BR"), "3-5 dias úteis");
  EXPECT_EQ(title("pt-PT"), "3 a 5 dias");
  EXPECT_EQ(title("fr"), "3-5 days");

  const auto storefront = v1::AVAILABILITY_VIEW_STOREFRONT;
  EXPECT_FALSE(Told(Sku(), "web", storefront).has_availability_estimate());
  Configure(Sku(), "display_availability: true");
  EXPECT_TRUE(Told(Sku(), "web", storefront).has_availability_estimate());
  Must(client().Call(Pb<v1::DeleteAvailabilityEstimateRequest>(
      absl::Substitute("availability_estimate_id: '$0' clear_items: true", Name("e")))));
  EXPECT_FALSE(Told(Sku()).has_availability_estimate());
}

}  // namespace
}  // namespace inventory::integration
