// storefront ADDRESS CHANNEL SKU...: shows what a channel can sell. A page must come up whatever happens: it waits for
// a moment only, and without an answer it says nothing about stock instead of something wrong.
#include <iostream>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "inventory/client/connection.h"
#include "inventory/v1/inventory_service.client.h"

namespace {

namespace v1 = inventory::v1;
using google::protobuf::util::TimeUtil;
using inventory::client::InventoryClient;

// One call for the whole page, up to 1,000 SKUs; the service answers many such calls with one query.
absl::StatusOr<v1::GetAvailabilityResponse> Read(InventoryClient& inventory, const std::string& channel_id,
                                                 const std::vector<std::string>& skus) {
  v1::GetAvailabilityRequest request;
  request.set_channel_id(channel_id);
  request.mutable_skus()->Assign(skus.begin(), skus.end());
  return inventory.GetAvailability(request, {.timeout = absl::Milliseconds(500)});
}

void Show(const v1::Availability& availability) {
  std::cout << availability.sku() << ": ";
  switch (availability.status()) {
    case v1::AVAILABILITY_STATUS_IN_STOCK:
    case v1::AVAILABILITY_STATUS_LOW_STOCK:
      std::cout << "in stock";
      if (availability.has_quantity()) std::cout << ", " << availability.quantity() << " left";
      break;
    case v1::AVAILABILITY_STATUS_BACKORDER:
      std::cout << "can be ordered";
      break;
    default:
      std::cout << "sold out";
  }
  if (availability.has_restock_time()) std::cout << ", more on " << TimeUtil::ToString(availability.restock_time());
  std::cout << "\n";
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 4) {
    std::cerr << "Usage: storefront ADDRESS CHANNEL SKU...\n";
    return 2;
  }
  auto connection = inventory::client::Connect({.addresses = {argv[1]}, .plaintext = true, .user_agent = "storefront"});
  if (!connection.ok()) {
    std::cerr << connection.status().message() << "\n";
    return 2;
  }
  std::unique_ptr<InventoryClient> inventory = inventory::client::MakeInventoryClient(*connection);
  const std::vector<std::string> skus(argv + 3, argv + argc);
  absl::StatusOr<v1::GetAvailabilityResponse> response = Read(*inventory, argv[2], skus);
  if (!response.ok()) {
    std::cerr << "no availability: " << response.status() << "\n";
    for (const std::string& sku : skus) std::cout << sku << "\n";
    return 1;
  }
  for (const v1::Availability& availability : response->availabilities()) Show(availability);
  return 0;
}
