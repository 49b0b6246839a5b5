#include "cart.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inventory/client/errors.h"
#include "inventory/v1/inventory_service.mock_client.h"

namespace {

using inventory::client::MakeError;
using inventory::client::MockInventoryClient;
using inventory::v1::ReserveStockRequest;
using inventory::v1::ReserveStockResponse;
using testing::_;
using testing::Property;
using testing::Return;

TEST(CartTest, KeepsUnits) {
  MockInventoryClient inventory;
  EXPECT_CALL(inventory, ReserveStock(Property(&ReserveStockRequest::channel_id, "web-eu"), _))
      .WillOnce(Return(ReserveStockResponse()));
  EXPECT_EQ(AddToCart(inventory, "TSHIRT-M", 2), "In your cart");
}

TEST(CartTest, SaysHowManyAreLeft) {
  MockInventoryClient inventory;
  EXPECT_CALL(inventory, ReserveStock)
      .WillOnce(Return(MakeError(absl::StatusCode::kFailedPrecondition, "only 1 of the 2 units are available",
                                 {.reason = "INSUFFICIENT_STOCK", .metadata = {{"available", "1"}}})));
  EXPECT_EQ(AddToCart(inventory, "TSHIRT-M", 2), "Only 1 left");
}

TEST(CartTest, KeepsCalmWithoutTheService) {
  MockInventoryClient inventory;
  EXPECT_CALL(inventory, ReserveStock).WillOnce(Return(absl::UnavailableError("connection refused")));
  EXPECT_EQ(AddToCart(inventory, "TSHIRT-M", 2), "Please try again later");
}

}  // namespace
