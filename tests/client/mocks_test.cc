// A consumer of the library, tested with mocks.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "inventory/client/errors.h"
#include "inventory/client/mock_stream.h"
#include "inventory/v1/channel_service.mock_client.h"
#include "inventory/v1/inventory_service.mock_client.h"
#include "inventory/v1/warehouse_service.mock_client.h"
#include "sample/v1/sample_service.mock_client.h"

namespace inventory::client {
namespace {

using ::testing::_;
using ::testing::ByMove;
using ::testing::Property;
using ::testing::Return;
using ::testing::StrictMock;

// What a shop does with the library: the reservation's id, or what to tell the customer.
std::string Checkout(InventoryClient& inventory, const std::string& sku) {
  v1::ReserveStockRequest request;
  request.set_channel_id("web");
  request.add_lines()->set_sku(sku);
  const absl::StatusOr<v1::ReserveStockResponse> response = inventory.ReserveStock(request);
  if (response.ok()) return response->reservation().reservation_id();
  if (ReasonOf(response.status()) == "INSUFFICIENT_STOCK") return "sold out: " + MetadataOf(response.status())["sku"];
  return "try later";
}

TEST(MocksTest, AnswersAsTold) {
  StrictMock<MockInventoryClient> inventory;
  v1::ReserveStockResponse response;
  response.mutable_reservation()->set_reservation_id("R-1");
  EXPECT_CALL(inventory, ReserveStock(Property(&v1::ReserveStockRequest::channel_id, "web"), _))
      .WillOnce(Return(response));
  EXPECT_EQ(Checkout(inventory, "A"), "R-1");
}

TEST(MocksTest, RefusesAsTold) {
  StrictMock<MockInventoryClient> inventory;
  EXPECT_CALL(inventory, ReserveStock)
      .WillOnce(Return(MakeError(absl::StatusCode::kFailedPrecondition, "only 1 left",
                                 {.reason = "INSUFFICIENT_STOCK", .metadata = {{"sku", "A"}}})))
      .WillOnce(Return(absl::UnavailableError("away")));
  EXPECT_EQ(Checkout(inventory, "A"), "sold out: A");
  EXPECT_EQ(Checkout(inventory, "A"), "try later");
}

TEST(MocksTest, CallsThatDontWaitAreThoseThatDo) {
  StrictMock<MockInventoryClient> inventory;
  EXPECT_CALL(inventory, GetItem).WillOnce(Return(absl::NotFoundError("no such item")));
  InventoryClient& client = inventory;
  absl::Status status;
  client.GetItemAsync({}, [&](const absl::StatusOr<v1::Item>& item) { status = item.status(); });
  EXPECT_EQ(status, absl::NotFoundError("no such item"));
}

TEST(MocksTest, EveryServiceHasOne) {
  MockWarehouseClient warehouses;
  MockChannelClient channels;
  EXPECT_CALL(warehouses, GetWarehouse).WillOnce(Return(absl::NotFoundError("")));
  EXPECT_CALL(channels, GetChannel).WillOnce(Return(absl::NotFoundError("")));
  EXPECT_FALSE(static_cast<WarehouseClient&>(warehouses).GetWarehouse({}).ok());
  EXPECT_FALSE(static_cast<ChannelClient&>(channels).GetChannel({}).ok());
}

TEST(MocksTest, StreamsAreMockedToo) {
  using sample::v1::Thing;
  sample::client::MockSampleClient mock;
  auto stream = std::make_unique<MockReadStream<Thing>>();
  EXPECT_CALL(*stream, Read).WillOnce(Return(Thing())).WillOnce(Return(std::optional<Thing>()));
  EXPECT_CALL(mock, WatchThings).WillOnce(Return(ByMove(std::move(stream))));
  sample::client::SampleClient& client = mock;
  auto opened = client.WatchThings({});
  ASSERT_TRUE(opened.ok());
  EXPECT_TRUE((*opened)->Read()->has_value());
  EXPECT_FALSE((*opened)->Read()->has_value());
}

}  // namespace
}  // namespace inventory::client
