// Goal: no channel ever promises more than its quota, and the count of what stands against it is right after every
// change, whatever makes it.
#include <string>

#include "gtest/gtest.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/quota.pb.h"
#include "server/background/expire_reservation.h"
#include "tests/unit/rule_fixture.h"

namespace inventory {
namespace {

class QuotasTest : public RuleTest {
 protected:
  QuotasTest() {
    AddChannel("outlet", {"w1"});
    Stock("a", "w1", 100);
  }

  absl::StatusOr<v1::Quota> Set(const std::string& sku, int64_t quantity, const std::string& etag = "",
                                const std::string& channel_id = "shop") {
    v1::SetQuotaRequest request;
    request.set_channel_id(channel_id);
    request.set_sku(sku);
    request.set_quantity(quantity);
    request.set_etag(etag);
    return runner_.Call<v1::Quota>(request);
  }

  absl::StatusOr<v1::DeleteQuotaResponse> Delete(const std::string& sku, const std::string& etag = "") {
    v1::DeleteQuotaRequest request;
    request.set_channel_id("shop");
    request.set_sku(sku);
    request.set_etag(etag);
    return runner_.Call<v1::DeleteQuotaResponse>(request);
  }

  absl::StatusOr<v1::ReserveStockResponse> ReserveUnder(v1::ShortfallPolicy policy, const std::string& id,
                                                        const Lines& lines) {
    v1::ReserveStockRequest request = Order(id, lines);
    request.set_on_shortfall(policy);
    return Reserve(request);
  }

  // Units of "a" that stand against the shop's quota.
  int64_t Outstanding() const { return runner_.rows.quotas.Find({"a", "shop"})->outstanding; }

  static std::string Exceeded(int64_t requested, int64_t quota, int64_t outstanding) {
    return absl::StrCat("FAILED_PRECONDITION QUOTA_EXCEEDED channel_id=shop outstanding=", outstanding,
                        " quota=", quota, " requested=", requested, " sku=a");
  }
};

TEST_F(QuotasTest, ANewOneCountsWhatStandsUnshippedAlready) {
  Hold("held", {{"a", 3}});
  Commit("shipped", {{"a", 5}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s", "shipped", "w1", {{"a", 2}}))), "OK");
  ASSERT_EQ(Answer(Ship("s")), "OK");
  const auto quota = Set("a", 10);
  ASSERT_EQ(Answer(quota), "OK");
  EXPECT_EQ(quota->channel_id(), "shop");
  EXPECT_EQ(quota->sku(), "a");
  EXPECT_EQ(quota->quantity(), 10);
  EXPECT_EQ(quota->outstanding_quantity(), 6);
  EXPECT_TRUE(quota->has_create_time() && quota->has_update_time());
  EXPECT_EQ(Set("a", 10, "", "outlet")->outstanding_quantity(), 0);
  EXPECT_EQ(runner_.rows.items.Find("a")->quotas, 2);
}

TEST_F(QuotasTest, ANewOneDoesNotCountHoldsThatHaveRunOut) {
  Hold("dead", {{"a", 3}});
  runner_.now += absl::Hours(1);
  EXPECT_EQ(Set("a", 10)->outstanding_quantity(), 0);
}

TEST_F(QuotasTest, SettingItAgainChangesTheQuantityOnly) {
  Hold("r", {{"a", 3}});
  const v1::Quota first = *Set("a", 10);
  runner_.now += absl::Seconds(1);
  const v1::Quota same = *Set("a", 10);
  EXPECT_EQ(same.ShortDebugString(), first.ShortDebugString());
  const v1::Quota second = *Set("a", 2, first.etag());
  EXPECT_EQ(second.quantity(), 2);
  EXPECT_EQ(second.outstanding_quantity(), 3);
  EXPECT_EQ(second.create_time().seconds(), first.create_time().seconds());
  EXPECT_EQ(second.update_time().seconds(), first.update_time().seconds() + 1);
  EXPECT_NE(second.etag(), first.etag());
  EXPECT_EQ(runner_.rows.items.Find("a")->quotas, 1);
}

TEST_F(QuotasTest, EtagsGuardIt) {
  const std::string etag = Set("a", 10, "0")->etag();
  EXPECT_EQ(Answer(Set("a", 11, "0")), "ABORTED ETAG_MISMATCH actual=" + etag + " expected=0");
  EXPECT_EQ(Answer(Delete("a", "1")), "ABORTED ETAG_MISMATCH actual=" + etag + " expected=1");
  EXPECT_EQ(Answer(Delete("a", etag)), "OK");
  EXPECT_EQ(Answer(Delete("a")), "NOT_FOUND QUOTA_NOT_FOUND channel_id=shop sku=a");
  runner_.now += absl::Microseconds(1);
  EXPECT_EQ(Answer(Set("a", 10, etag)), "ABORTED ETAG_MISMATCH actual=0 expected=" + etag);
  EXPECT_NE(Set("a", 10)->etag(), etag);
}

TEST_F(QuotasTest, RefusesWhatHasNoStockOrNoChannel) {
  EXPECT_EQ(Answer(Set("a", 1, "", "nobody")), "NOT_FOUND CHANNEL_NOT_FOUND channel_id=nobody");
  Item("service").tracked = false;
  EXPECT_EQ(Answer(Set("service", 1)), "FAILED_PRECONDITION ITEM_UNTRACKED sku=service");
  Item("set").components = {{"a", 2}};
  Item("a").kits = 1;
  EXPECT_EQ(Answer(Set("set", 1)), "FAILED_PRECONDITION ITEM_IS_KIT sku=set");
  EXPECT_EQ(Answer(Set("a", -1)), "INVALID_ARGUMENT INVALID_FIELDS quantity");
}

TEST_F(QuotasTest, LimitsReservationsOfItsChannelOnly) {
  Set("a", 5).IgnoreError();
  EXPECT_EQ(Answer(Reserve(Order("r", {{"a", 6}}))), Exceeded(6, 5, 0));
  Hold("r", {{"a", 4}});
  EXPECT_EQ(Answer(Reserve(Order("s", {{"a", 2}}))), Exceeded(2, 5, 4));
  Hold("s", {{"a", 1}});
  v1::ReserveStockRequest elsewhere = Order("t", {{"a", 50}});
  elsewhere.set_channel_id("outlet");
  EXPECT_EQ(Answer(Reserve(elsewhere)), "OK");
  EXPECT_EQ(Outstanding(), 5);
}

TEST_F(QuotasTest, PartialTakesWhatTheQuotaLeaves) {
  Set("a", 5).IgnoreError();
  const auto some = ReserveUnder(v1::SHORTFALL_POLICY_PARTIAL, "r", {{"a", 8}});
  ASSERT_EQ(Answer(some), "OK");
  EXPECT_EQ(some->line_results(0).reserved_quantity(), 5);
  EXPECT_EQ(some->line_results(0).reason(), "QUOTA_EXCEEDED");
  EXPECT_EQ(Answer(ReserveUnder(v1::SHORTFALL_POLICY_PARTIAL, "s", {{"a", 1}})), Exceeded(1, 5, 5));
}

TEST_F(QuotasTest, WaitingUnitsCountAndAreNotPromisedBeyondIt) {
  Item("a").backorder_policy = storage::BackorderPolicy::kUnlimited;
  Stock("a", "w1", 2);
  Set("a", 5).IgnoreError();
  ASSERT_EQ(Answer(ReserveUnder(v1::SHORTFALL_POLICY_BACKORDER, "r", {{"a", 4}})), "OK");
  EXPECT_EQ(Outstanding(), 4);
  EXPECT_EQ(Answer(ReserveUnder(v1::SHORTFALL_POLICY_BACKORDER, "s", {{"a", 2}})), Exceeded(2, 5, 4));
  Stock("a", "w1", 100);
  EXPECT_EQ(LineOf("r", "a").reserved, 4);
  EXPECT_EQ(Outstanding(), 4);
  runner_.now += absl::Hours(1);
  Stock("a", "w1", 99);
  EXPECT_EQ(Outstanding(), 0);
}

TEST_F(QuotasTest, EveryEndOfAPromiseFreesIt) {
  Set("a", 10).IgnoreError();
  Commit("r", {{"a", 10}});
  ASSERT_EQ(Answer(CreateShipment(Parcel("s", "r", "w1", {{"a", 2}}))), "OK");
  EXPECT_EQ(Outstanding(), 10);
  ASSERT_EQ(Answer(Ship("s")), "OK");
  EXPECT_EQ(Outstanding(), 8);
  ASSERT_EQ(Answer(Cancel("r", {{"a", 1}})), "OK");
  EXPECT_EQ(Outstanding(), 7);
  ASSERT_EQ(Answer(Amend("r", {{"a", 8}})), "OK");
  EXPECT_EQ(Outstanding(), 6);
  EXPECT_EQ(Answer(Amend("r", {{"a", 13}})), Exceeded(5, 10, 6));
  ASSERT_EQ(Answer(Amend("r", {{"a", 12}})), "OK");
  EXPECT_EQ(Outstanding(), 10);
  ASSERT_EQ(Answer(Cancel("r")), "OK");
  EXPECT_EQ(Outstanding(), 0);
}

TEST_F(QuotasTest, AHoldThatRunsOutFreesIt) {
  Set("a", 4).IgnoreError();
  Hold("r", {{"a", 4}});
  runner_.now += absl::Hours(1);
  Hold("s", {{"a", 3}});
  EXPECT_EQ(Outstanding(), 3);
  runner_.now += absl::Hours(1);
  background::ExpireReservation expire("s");
  ASSERT_EQ(Answer(runner_.RunCommand(expire)), "OK");
  EXPECT_EQ(Outstanding(), 0);
}

TEST_F(QuotasTest, LoweredBelowWhatStandsItTakesNothingAway) {
  Set("a", 10).IgnoreError();
  Commit("r", {{"a", 8}});
  EXPECT_EQ(Set("a", 3)->outstanding_quantity(), 8);
  EXPECT_EQ(LineOf("r", "a").reserved, 8);
  EXPECT_EQ(Answer(Reserve(Order("s", {{"a", 1}}))), Exceeded(1, 3, 8));
  ASSERT_EQ(Answer(Cancel("r", {{"a", 6}})), "OK");
  Hold("s", {{"a", 1}});
  EXPECT_EQ(Outstanding(), 3);
}

TEST_F(QuotasTest, AKitCountsByItsComponents) {
  Set("a", 5).IgnoreError();
  Item("set").components = {{"a", 2}};
  Item("a").kits = 1;
  const auto some = ReserveUnder(v1::SHORTFALL_POLICY_PARTIAL, "r", {{"set", 3}});
  ASSERT_EQ(Answer(some), "OK");
  EXPECT_EQ(some->line_results(0).reserved_quantity(), 2);
  EXPECT_EQ(Outstanding(), 4);
}

TEST_F(QuotasTest, AnItemWithOneStaysConfigured) {
  v1::UpdateItemRequest update;
  update.mutable_item()->set_sku("a");
  update.set_allow_missing(true);
  ASSERT_EQ(Answer(runner_.Call<v1::Item>(update)), "OK");
  Stock("a", "w1", 0);
  Set("a", 5).IgnoreError();
  v1::DeleteItemRequest remove;
  remove.set_sku("a");
  EXPECT_EQ(Answer(runner_.Call<v1::DeleteItemResponse>(remove)), "FAILED_PRECONDITION ITEM_IN_USE used_by=quotas");
  ASSERT_EQ(Answer(Delete("a")), "OK");
  EXPECT_EQ(Answer(runner_.Call<v1::DeleteItemResponse>(remove)), "OK");
}

}  // namespace
}  // namespace inventory
