#include <iostream>

#include "inventory/client/connection.h"
#include "inventory/v1/inventory_service.client.h"

int main(int argc, char** argv) {
  auto connection =
      inventory::client::Connect({.addresses = {argc > 1 ? argv[1] : "127.0.0.1:50051"}, .plaintext = true});
  if (!connection.ok()) {
    std::cerr << connection.status() << "\n";
    return 1;
  }
  auto inventory = inventory::client::MakeInventoryClient(*connection);

  inventory::v1::ReserveStockRequest request;
  request.set_channel_id("web-eu");
  request.add_lines()->set_sku("TSHIRT-M");
  request.mutable_lines(0)->set_quantity(2);
  auto response = inventory->ReserveStock(request);

  std::cout << (response.ok() ? response->reservation().reservation_id() : response.status().ToString()) << "\n";
  return response.ok() ? 0 : 1;
}
