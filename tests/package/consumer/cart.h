// A shop's own code that calls the service: knows an abstract client, so that its tests need no server.
#ifndef SHOP_CART_H_
#define SHOP_CART_H_

#include <cstdint>
#include <string>

#include "inventory/v1/inventory_service.client.h"

// Tries to keep `quantity` units of a SKU for a customer, and says what the page shows.
std::string AddToCart(inventory::client::InventoryClient& inventory, const std::string& sku, int64_t quantity);

#endif  // SHOP_CART_H_
