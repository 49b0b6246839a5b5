// checkout ADDRESS CHANNEL ORDER SKU QUANTITY [decline]: reserves a SKU for an order, takes the payment, and confirms
// the reservation; with "decline" the payment fails and the units are given back.
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "inventory/client/connection.h"
#include "inventory/client/errors.h"
#include "inventory/v1/inventory_service.client.h"

namespace {

namespace v1 = inventory::v1;
using inventory::client::InventoryClient;
using inventory::client::MetadataOf;
using inventory::client::ReasonOf;

struct Order {
  std::string id;  // A new one for each try of the customer: a refusal is remembered under it as a success is.
  std::string channel_id;
  std::string sku;
  int64_t quantity = 0;
};

// Holds the units while the customer pays. The library makes a request_id for every write, so that all its attempts of
// one call count once. This one is the order's own, so that a checkout which was killed midway and begins anew gets
// the reservation that it has already.
absl::StatusOr<v1::Reservation> Hold(InventoryClient& inventory, const Order& order) {
  v1::ReserveStockRequest request;
  request.set_request_id(absl::StrCat("reserve-", order.id));
  request.set_channel_id(order.channel_id);
  request.set_order_reference(order.id);
  v1::OrderLine& line = *request.add_lines();
  line.set_sku(order.sku);
  line.set_quantity(order.quantity);
  request.mutable_ttl()->set_seconds(1200);
  absl::StatusOr<v1::ReserveStockResponse> response = inventory.ReserveStock(request);
  if (!response.ok()) return response.status();
  return response->reservation();
}

absl::StatusOr<v1::Reservation> Confirm(InventoryClient& inventory, const Order& order, const v1::Reservation& held) {
  v1::ConfirmReservationRequest request;
  request.set_request_id(absl::StrCat("confirm-", order.id));
  request.set_reservation_id(held.reservation_id());
  // The money is here: worth more patience than a page that loads.
  absl::StatusOr<v1::ConfirmReservationResponse> response =
      inventory.ConfirmReservation(request, {.timeout = absl::Minutes(2)});
  if (!response.ok()) return response.status();
  return response->reservation();
}

absl::Status GiveBack(InventoryClient& inventory, const v1::Reservation& held) {
  v1::CancelReservationRequest request;
  request.set_reservation_id(held.reservation_id());
  return inventory.CancelReservation(request).status();
}

// What the customer is told. Reasons are for programs, messages for the people who run them.
std::string Explain(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  if (reason == "INSUFFICIENT_STOCK") {
    return absl::StrCat("Only ", MetadataOf(status)["available"], " left.");
  }
  if (reason == "RESERVATION_EXPIRED") return "That took too long; please order again.";
  if (!reason.empty()) return absl::StrCat("This can't be ordered: ", std::string(status.message()));
  // No answer in time, from whatever side. It may still have happened: the same order again finds out.
  return absl::StrCat("Please try again. (", std::string(status.message()), ")");
}

// What comes of the order, for the customer.
std::string Checkout(InventoryClient& inventory, const Order& order, bool paid) {
  const absl::StatusOr<v1::Reservation> held = Hold(inventory, order);
  if (!held.ok()) return Explain(held.status());
  if (!paid) {
    // If even this can't be done, the hold ends by itself.
    GiveBack(inventory, *held).IgnoreError();
    return "The payment was declined.";
  }
  const absl::StatusOr<v1::Reservation> placed = Confirm(inventory, order, *held);
  if (!placed.ok()) return Explain(placed.status());
  return absl::StrCat("Order ", order.id, " is placed: reservation ", placed->reservation_id());
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "Usage: checkout ADDRESS CHANNEL ORDER SKU QUANTITY [decline]\n";
    return 2;
  }
  auto connection = inventory::client::Connect(
      {.addresses = {argv[1]}, .plaintext = true, .user_agent = "checkout", .timeout = absl::Seconds(5)});
  if (!connection.ok()) {
    std::cerr << connection.status().message() << "\n";
    return 2;
  }
  std::unique_ptr<InventoryClient> inventory = inventory::client::MakeInventoryClient(*connection);
  Order order{.id = argv[3], .channel_id = argv[2], .sku = argv[4]};
  if (!absl::SimpleAtoi(argv[5], &order.quantity)) {
    std::cerr << argv[5] << " is no quantity\n";
    return 2;
  }
  std::cout << Checkout(*inventory, order, /*paid=*/argc == 6) << "\n";
  return 0;
}
