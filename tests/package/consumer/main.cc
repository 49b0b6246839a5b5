// shop ADDRESS SKU QUANTITY PATIENCE: puts units into a cart; waits for the service for so many seconds at most.
#include <cstdlib>
#include <iostream>

#include "cart.h"
#include "inventory/client/connection.h"

int main(int argc, char** argv) {
  if (argc != 5) return 2;
  auto connection = inventory::client::Connect(
      {.addresses = {argv[1]}, .plaintext = true, .timeout = absl::Seconds(std::atoi(argv[4]))});
  if (!connection.ok()) {
    std::cerr << connection.status() << "\n";
    return 2;
  }
  std::cout << AddToCart(*inventory::client::MakeInventoryClient(*connection), argv[2], std::atoll(argv[3])) << "\n";
}
