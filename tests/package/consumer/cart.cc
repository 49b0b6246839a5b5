#include "cart.h"

#include "inventory/client/errors.h"

std::string AddToCart(inventory::client::InventoryClient& inventory, const std::string& sku, int64_t quantity) {
  inventory::v1::ReserveStockRequest request;
  request.set_channel_id("web-eu");
  request.add_lines()->set_sku(sku);
  request.mutable_lines(0)->set_quantity(quantity);
  const auto response = inventory.ReserveStock(request);
  if (response.ok()) return "In your cart";
  if (inventory::client::ReasonOf(response.status()) == "INSUFFICIENT_STOCK") {
    return "Only " + inventory::client::MetadataOf(response.status())["available"] + " left";
  }
  return "Please try again later";
}
