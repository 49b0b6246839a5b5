// Orders that wait for stock, and what can be promised by when.
#include <atomic>

#include "absl/time/clock.h"
#include "google/protobuf/util/time_util.h"
#include "tests/integration/server_fixture.h"

namespace inventory::integration {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class BackordersTest : public ServerTest {
 protected:
  static void Allow(const std::string& sku,
                    const std::string& policy = "backorder_policy: BACKORDER_POLICY_UNLIMITED") {
    Must(client().Call(Pb<v1::CreateItemRequest>(absl::Substitute("item { sku: '$0' $1 }", sku, policy))));
  }

  static absl::StatusOr<v1::ReserveStockResponse> TryWait(const std::string& sku, int64_t quantity,
                                                          const ReserveOptions& options = {.commit = true}) {
    v1::ReserveStockRequest request = ReserveRequest({{sku, quantity}}, options);
    request.set_on_shortfall(v1::SHORTFALL_POLICY_BACKORDER);
    return client().Call(request);
  }
  // The id of a reservation that takes what there is and waits for the rest.
  static std::string Wait(const std::string& sku, int64_t quantity, const ReserveOptions& options = {.commit = true}) {
    return Must(TryWait(sku, quantity, options)).reservation().reservation_id();
  }

  // Reserved and waiting units of the reservation's only line.
  static std::pair<int64_t, int64_t> UnitsOf(const std::string& reservation_id) {
    const v1::ReservationLine line = ReservationOf(reservation_id).lines(0);
    return {line.reserved_quantity(), line.backordered_quantity()};
  }

  static std::vector<v1::Backorder> Waiting(const std::string& sku, int page_size = 0) {
    auto request =
        Pb<v1::ListBackordersRequest>(absl::Substitute("filter { sku: '$0' } page_size: $1", sku, page_size));
    return ListAll(client(), request, &v1::ListBackordersResponse::backorders);
  }

  // Units of the SKU that are expected in w1 in so many hours.
  static void Expect(const std::string& sku, int64_t quantity, int64_t hours) {
    v1::CreateReplenishmentRequest request;
    request.set_sku(sku);
    request.set_warehouse_id("w1");
    request.set_quantity(quantity);
    request.mutable_expected_time()->set_seconds(absl::ToUnixSeconds(absl::Now()) + hours * 3600);
    Must(client().Call(request));
  }
  static int64_t Hours(const google::protobuf::Timestamp& time) {
    return (time.seconds() - absl::ToUnixSeconds(absl::Now()) + 1800) / 3600;
  }

  static v1::Availability AvailabilityShown(const std::string& sku) {
    auto request = Pb<v1::GetAvailabilityRequest>(
        absl::Substitute("channel_id: 'web' skus: '$0' view: AVAILABILITY_VIEW_OPERATOR", sku));
    return Must(client().Call(request)).availabilities(0);
  }
};

TEST_F(BackordersTest, GrowingStockServesWhoWaitsInTheSameTransaction) {
  Allow(Sku());
  SetStock(Sku(), "w1", 1);
  const std::string first = Wait(Sku(), 3);
  const std::string second = Wait(Sku(), 2);
  EXPECT_EQ(UnitsOf(first), std::pair(int64_t{1}, int64_t{2}));
  SetStock(Sku(), "w1", 4);
  EXPECT_EQ(UnitsOf(first), std::pair(int64_t{3}, int64_t{0}));
  EXPECT_EQ(UnitsOf(second), std::pair(int64_t{1}, int64_t{1}));
  EXPECT_EQ(LevelOf(Sku(), "w1").available(), 0);
  const auto movements = MovementsOf(Sku());
  ASSERT_GE(movements.size(), 2u);
  EXPECT_EQ(movements.back().type(), v1::MOVEMENT_TYPE_FILL);
  EXPECT_EQ(movements.back().document_id(), second);
  EXPECT_EQ(movements.back().request_id(), movements[movements.size() - 3].request_id());
}

TEST_F(BackordersTest, EveryWayInWhichStockGrowsServesWhoWaits) {
  Allow(Sku());
  const std::string id = Wait(Sku(), 10);
  int64_t served = 0;
  const auto expect_served = [&](int64_t more) {
    served += more;
    EXPECT_EQ(UnitsOf(id).first, served);
  };
  Must(client().Call(Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' delta: 1", Sku()))));
  expect_served(1);
  const auto order = Must(client().Call(
      Pb<v1::CreateReplenishmentRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w1' quantity: 2", Sku()))));
  Must(client().Call(Pb<v1::ReceiveReplenishmentRequest>(
      absl::Substitute("replenishment_id: '$0' quantity: 2", order.replenishment().replenishment_id()))));
  expect_served(2);
  Must(client().Call(Pb<v1::AdjustStockRequest>(
      absl::Substitute("sku: '$0' warehouse_id: 'w2' delta: 1 condition: STOCK_CONDITION_DAMAGED", Sku()))));
  expect_served(0);
  Must(client().Call(Pb<v1::ReclassifyStockRequest>(
      absl::Substitute("sku: '$0' warehouse_id: 'w2' quantity: 1 from_condition: STOCK_CONDITION_DAMAGED", Sku()))));
  expect_served(1);
}

TEST_F(BackordersTest, AnotherWarehouseOfTheChannelServesSoonAfterItIsAttached) {
  Allow(Sku());
  MakeWarehouse(client(), Name("w"));
  MakeWarehouse(client(), Name("empty"));
  MakeChannel(client(), Name("channel"), {Name("empty")});
  SetStock(Sku(), Name("w"), 5);
  const std::string id = Wait(Sku(), 2, {.channel = Name("channel"), .commit = true});
  Must(client().Call(Pb<v1::AttachWarehouseRequest>(
      absl::Substitute("channel_id: '$0' warehouse_id: '$1'", Name("channel"), Name("w")))));
  EXPECT_TRUE(Eventually([&] { return UnitsOf(id).first == 2; }));
}

TEST_F(BackordersTest, TheLimitHoldsForManyCallersAtOnce) {
  Allow(Sku(), "backorder_policy: BACKORDER_POLICY_LIMITED backorder_limit: 7");
  std::vector<absl::Status> results(20);
  Together(20, [&](int i) { results[static_cast<std::size_t>(i)] = TryWait(Sku(), 1).status(); });
  EXPECT_THAT(CountOutcomes(results),
              ElementsAre(testing::Pair("FAILED_PRECONDITION BACKORDER_LIMIT_EXCEEDED", 13), testing::Pair("OK", 7)));
  EXPECT_EQ(Waiting(Sku()).size(), 7u);
}

TEST_F(BackordersTest, UnderLoadNothingIsPromisedTwiceOrForgotten) {
  Allow(Sku());
  constexpr int kCallers = 16;
  constexpr int kOrders = 12;
  std::atomic<int64_t> asked = 0;
  Together(kCallers, [&](int caller) {
    for (int i = 0; i < kOrders; ++i) {
      if (caller % 4 == 0) {
        Must(client().Call(
            Pb<v1::AdjustStockRequest>(absl::Substitute("sku: '$0' warehouse_id: 'w$1' delta: 3", Sku(), 1 + i % 2))));
        continue;
      }
      const auto made = Must(TryWait(Sku(), 2));
      asked += 2;
      if (i % 3 == 0) {
        Must(Cancel(client(), made.reservation().reservation_id()));
        asked -= 2;
      }
    }
  });
  int64_t waiting = 0;
  for (const v1::Backorder& backorder : Waiting(Sku())) waiting += backorder.quantity();
  const int64_t available = AvailabilityOf(Sku());
  const int64_t stock = 3 * kOrders * kCallers / 4;
  EXPECT_EQ(waiting, std::max<int64_t>(asked - stock, 0));
  EXPECT_EQ(available, std::max<int64_t>(stock - asked, 0));
  EXPECT_THAT(VerifyAll(client(), false, Name("")), IsEmpty());
}

TEST_F(BackordersTest, ListsWhoWaitsInOrderWithTheTimesThatCanBePromised) {
  Allow(Sku());
  const std::string first = Wait(Sku(), 3);
  const std::string second = Wait(Sku(), 3);
  const std::string third = Wait(Sku(), 3);
  Expect(Sku(), 4, 24);
  Expect(Sku(), 2, 48);
  for (int page_size : {0, 1}) {
    const std::vector<v1::Backorder> waiting = Waiting(Sku(), page_size);
    ASSERT_EQ(waiting.size(), 3u);
    EXPECT_EQ(waiting[0].reservation_id(), first);
    EXPECT_EQ(waiting[0].quantity(), 3);
    EXPECT_EQ(Hours(waiting[0].expected_time()), 24);
    EXPECT_EQ(waiting[1].reservation_id(), second);
    EXPECT_EQ(Hours(waiting[1].expected_time()), 48);
    EXPECT_EQ(waiting[2].reservation_id(), third);
    EXPECT_FALSE(waiting[2].has_expected_time());
    EXPECT_LT(waiting[0].place(), waiting[1].place());
  }
  auto everywhere = Pb<v1::ListBackordersRequest>("filter { channel_id: 'web' } page_size: 2");
  std::vector<std::string> ids;
  for (const auto& backorder : ListAll(client(), everywhere, &v1::ListBackordersResponse::backorders)) {
    if (backorder.sku() == Sku()) ids.push_back(backorder.reservation_id());
  }
  EXPECT_THAT(ids, ElementsAre(first, second, third));
}

TEST_F(BackordersTest, VerifyFindsAndMendsCountersThatDisagreeWithWhoWaits) {
  Allow(Sku());
  const std::string id = Wait(Sku(), 3);
  EXPECT_THAT(VerifyAll(client(), false, Sku()), IsEmpty());
  Sql(absl::Substitute("UPDATE item SET backordered = 1 WHERE sku = '$0'", Sku()));
  Sql(absl::Substitute("UPDATE reservation_line SET backordered = 7 WHERE sku = '$0'", Sku()));
  const std::vector<v1::Mismatch> mended = VerifyAll(client(), true, Sku());
  ASSERT_EQ(mended.size(), 2u);
  for (const v1::Mismatch& mismatch : mended) {
    EXPECT_EQ(mismatch.check(), "BACKORDERED_NOT_SUM_OF_BACKORDERS");
    EXPECT_EQ(mismatch.expected(), 3);
    EXPECT_TRUE(mismatch.repaired());
  }
  EXPECT_THAT(VerifyAll(client(), false, Sku()), IsEmpty());
  SetStock(Sku(), "w1", 3);
  EXPECT_EQ(UnitsOf(id), std::pair(int64_t{3}, int64_t{0}));
}

TEST_F(BackordersTest, AHoldThatHasRunOutWaitsNoMore) {
  Allow(Sku());
  Wait(Sku(), 1, {.ttl = absl::Milliseconds(1)});
  EXPECT_TRUE(Eventually([&] { return Waiting(Sku()).empty(); }));
  SetStock(Sku(), "w1", 1);
  EXPECT_EQ(AvailabilityOf(Sku()), 1);
}

TEST_F(BackordersTest, AvailabilitySaysThatOrdersMayWaitAndUntilWhen) {
  Allow(Sku(), "backorder_policy: BACKORDER_POLICY_LIMITED backorder_limit: 2");
  EXPECT_EQ(AvailabilityShown(Sku()).status(), v1::AVAILABILITY_STATUS_BACKORDER);
  EXPECT_EQ(AvailabilityShown(Sku()).label(), "On backorder");
  EXPECT_FALSE(AvailabilityShown(Sku()).has_restock_time());
  Wait(Sku(), 2);
  EXPECT_EQ(AvailabilityShown(Sku()).status(), v1::AVAILABILITY_STATUS_OUT_OF_STOCK);
  Expect(Sku(), 2, 24);
  EXPECT_FALSE(AvailabilityShown(Sku()).has_restock_time());
  Expect(Sku(), 1, 48);
  EXPECT_EQ(Hours(AvailabilityShown(Sku()).restock_time()), 48);
}

TEST_F(BackordersTest, WhatCanBePromisedGrowsWithWhatIsExpected) {
  SetStock(Sku(), "w1", 2);
  Expect(Sku(), 5, 24);
  Expect(Sku(), 1, -1);
  auto request =
      Pb<v1::GetAvailableToPromiseRequest>(absl::Substitute("channel_id: 'web' sku: '$0' quantity: 7", Sku()));
  const auto answer = Must(client().Call(request));
  ASSERT_EQ(answer.promises_size(), 2);
  EXPECT_EQ(answer.promises(0).quantity(), 2);
  EXPECT_EQ(answer.promises(1).quantity(), 7);
  EXPECT_EQ(Hours(answer.promises(1).time()), 24);
  EXPECT_EQ(Hours(answer.available_time()), 24);
  EXPECT_EQ(answer.undated_quantity(), 1);
  request.set_quantity(8);
  EXPECT_FALSE(Must(client().Call(request)).has_available_time());
  request.set_channel_id(Name("nobody"));
  EXPECT_EQ(Outcome(client().Call(request)), "NOT_FOUND CHANNEL_NOT_FOUND");
}

}  // namespace
}  // namespace inventory::integration
