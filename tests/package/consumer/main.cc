// shop ADDRESS SKU QUANTITY
#include <cstdlib>
#include <iostream>

#include "cart.h"
#include "inventory/client/connection.h"

int main(int argc, char** argv) {
  if (argc != 4) return 2;
  auto connection =
      inventory::client::Connect({.addresses = {argv[1]}, .plaintext = true, .timeout = absl::Seconds(3)});
  if (!connection.ok()) {
    std::cerr << connection.status() << "\n";
    return 2;
  }
  std::cout << AddToCart(*inventory::client::MakeInventoryClient(*connection), argv[2], std::atoll(argv[3])) << "\n";
}
