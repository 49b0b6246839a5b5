// inventory-demo ADDRESS [CA_FILE]: waits until the server there can work, loads a small sample, makes a reservation
// and shows what it did to the stock. Running it again adds a reservation and leaves everything else as it is. With a
// file of authorities in PEM it speaks TLS, otherwise in the clear.
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "google/protobuf/util/time_util.h"
#include "inventory/client/connection.h"
#include "inventory/v1/channel_service.client.h"
#include "inventory/v1/inventory_service.client.h"
#include "inventory/v1/warehouse_service.client.h"

namespace {

namespace v1 = inventory::v1;
using inventory::client::ChannelClient;
using inventory::client::Connect;
using inventory::client::Connection;
using inventory::client::InventoryClient;
using inventory::client::MakeChannelClient;
using inventory::client::MakeInventoryClient;
using inventory::client::MakeWarehouseClient;
using inventory::client::WarehouseClient;

constexpr char kChannel[] = "web-eu";
constexpr char kSku[] = "TSHIRT-M";
constexpr int64_t kReserved = 12;  // More than the first warehouse has, so that two take part.

struct SampleWarehouse {
  const char* id;
  const char* name;
  double latitude;
  double longitude;
  const char* city;
  const char* country;
  int64_t stock_of_each_sku;
};
constexpr SampleWarehouse kWarehouses[] = {
    {"ber-1", "Berlin", 52.5200, 13.4050, "Berlin", "DE", 10},
    {"rtm-1", "Rotterdam", 51.9244, 4.4777, "Rotterdam", "NL", 100},
    {"ord-1", "Chicago", 41.8781, -87.6298, "Chicago", "US", 50},
};

struct SampleChannel {
  const char* id;
  const char* name;
  const char* warehouses[2];  // Drawn from in this order. Rotterdam serves both channels.
};
constexpr SampleChannel kChannels[] = {
    {kChannel, "Web shop Europe", {"ber-1", "rtm-1"}},
    {"web-us", "Web shop America", {"ord-1", "rtm-1"}},
};

std::vector<std::string> SampleSkus() {
  std::vector<std::string> skus;
  for (const char* product :
       {"CAP", "COAT", "DRESS", "HOODIE", "JACKET", "JEANS", "SHIRT", "SKIRT", "SWEATER", "TSHIRT"}) {
    for (const char* size : {"XS", "S", "M", "L", "XL"}) skus.push_back(absl::StrCat(product, "-", size));
  }
  return skus;
}

// The answer; an error ends the program.
template <typename Response>
Response Must(absl::StatusOr<Response> response) {
  if (response.ok()) return *std::move(response);
  std::fprintf(stderr, "%s\n", response.status().ToString().c_str());
  std::exit(1);
}

// The same where the answer does not matter, nor does an error that says that it is there already.
template <typename Response>
void Ensure(const absl::StatusOr<Response>& response) {
  if (!absl::IsAlreadyExists(response.status())) Must(response);
}

// Every call has a fixed request_id or id, or an etag, so that a repetition changes nothing.
class Sample {
 public:
  explicit Sample(const std::shared_ptr<Connection>& connection)
      : warehouses_(MakeWarehouseClient(connection)),
        channels_(MakeChannelClient(connection)),
        inventory_(MakeInventoryClient(connection)) {}

  void Load() {
    for (const SampleWarehouse& warehouse : kWarehouses) CreateWarehouse(warehouse);
    for (const SampleChannel& channel : kChannels) CreateChannel(channel);
    for (const std::string& sku : SampleSkus()) CreateItem(sku);
    SetStock();
  }

 private:
  void CreateWarehouse(const SampleWarehouse& sample) {
    v1::CreateWarehouseRequest request;
    request.set_request_id(absl::StrCat("sample-warehouse-", sample.id));
    v1::Warehouse& warehouse = *request.mutable_warehouse();
    warehouse.set_warehouse_id(sample.id);
    warehouse.set_name(sample.name);
    warehouse.set_active(true);
    warehouse.mutable_location()->set_latitude(sample.latitude);
    warehouse.mutable_location()->set_longitude(sample.longitude);
    warehouse.mutable_address()->set_city(sample.city);
    warehouse.mutable_address()->set_country_code(sample.country);
    Ensure(warehouses_->CreateWarehouse(request));
  }

  void CreateChannel(const SampleChannel& sample) {
    v1::CreateChannelRequest request;
    request.set_request_id(absl::StrCat("sample-channel-", sample.id));
    request.mutable_channel()->set_channel_id(sample.id);
    request.mutable_channel()->set_name(sample.name);
    Ensure(channels_->CreateChannel(request));
    int priority = 1;
    for (const char* warehouse_id : sample.warehouses) {
      v1::AttachWarehouseRequest attach;
      attach.set_request_id(absl::StrCat("sample-attachment-", sample.id, "-", warehouse_id));
      attach.set_channel_id(sample.id);
      attach.set_warehouse_id(warehouse_id);
      attach.set_priority(priority++);
      Ensure(channels_->AttachWarehouse(attach));
    }
  }

  void CreateItem(const std::string& sku) {
    v1::CreateItemRequest request;
    request.set_request_id(absl::StrCat("sample-item-", sku));
    request.mutable_item()->set_sku(sku);
    request.mutable_item()->set_display_availability(true);
    request.mutable_item()->set_display_stock_quantity(true);
    Ensure(inventory_->CreateItem(request));
  }

  void SetStock() {
    v1::BatchUpdateStockRequest request;
    request.set_request_id("sample-stock");
    for (const std::string& sku : SampleSkus()) {
      for (const SampleWarehouse& warehouse : kWarehouses) {
        v1::StockUpdate& update = *request.add_updates();
        update.set_sku(sku);
        update.set_warehouse_id(warehouse.id);
        update.set_set_on_hand(warehouse.stock_of_each_sku);
        update.set_reason("sample");
        update.set_etag("0");  // Only a level that was never written.
      }
    }
    const auto response = inventory_->BatchUpdateStock(request);
    if (!absl::IsAborted(response.status())) Ensure(response);
  }

  const std::unique_ptr<WarehouseClient> warehouses_;
  const std::unique_ptr<ChannelClient> channels_;
  const std::unique_ptr<InventoryClient> inventory_;
};

void PrintStock(InventoryClient& inventory, const char* title) {
  v1::ListStockLevelsRequest request;
  request.mutable_filter()->set_sku_prefix(kSku);
  std::printf("\n%-32s %8s %8s %9s\n", title, "on hand", "reserved", "available");
  for (const absl::StatusOr<v1::StockLevel>& result : inventory.ListStockLevels(request)) {
    const v1::StockLevel level = Must(result);
    std::printf("  %-14s %-15s %8lld %8lld %9lld\n", level.sku().c_str(), level.warehouse_id().c_str(),
                static_cast<long long>(level.on_hand()), static_cast<long long>(level.reserved()),
                static_cast<long long>(level.available()));
  }
}

v1::Reservation Reserve(InventoryClient& inventory) {
  v1::ReserveStockRequest request;
  const std::string order =
      absl::StrCat("demo-", absl::FormatTime("%Y%m%dT%H%M%E3S", absl::Now(), absl::UTCTimeZone()));
  request.set_request_id(order);
  request.set_order_reference(order);
  request.set_channel_id(kChannel);
  request.add_lines()->set_sku(kSku);
  request.mutable_lines(0)->set_quantity(kReserved);
  return Must(inventory.ReserveStock(request)).reservation();
}

void PrintReservation(const v1::Reservation& reservation) {
  std::printf("\nReserved %lld x %s for order %s in channel %s.\n", static_cast<long long>(kReserved), kSku,
              reservation.order_reference().c_str(), reservation.channel_id().c_str());
  std::printf("Reservation %s is held until %s:\n", reservation.reservation_id().c_str(),
              google::protobuf::util::TimeUtil::ToString(reservation.expire_time()).c_str());
  for (const v1::Allocation& allocation : reservation.lines(0).allocations()) {
    std::printf("  %lld from %s\n", static_cast<long long>(allocation.reserved_quantity()),
                allocation.warehouse_id().c_str());
  }
}

void PrintCalls(const std::string& address, const std::string& ca_file, const v1::Reservation& reservation) {
  const std::string protection = ca_file.empty() ? "-plaintext" : absl::StrCat("-cacert ", ca_file);
  const auto print = [&](const std::string& request, const char* method) {
    std::printf("  grpcurl %s -d '%s' %s inventory.v1.InventoryService/%s\n", protection.c_str(), request.c_str(),
                address.c_str(), method);
  };
  std::printf("\nTry:\n");
  print(absl::StrCat(R"({"channel_id":")", kChannel, R"(","skus":[")", kSku, R"("]})"), "GetAvailability");
  print(absl::StrCat(R"({"reservation_id":")", reservation.reservation_id(), R"("})"), "ConfirmReservation");
  print(absl::StrCat(R"({"filter":{"sku":")", kSku, R"("}})"), "ListMovements");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2 && argc != 3) {
    std::fprintf(stderr, "Usage: inventory-demo HOST:PORT [CA_FILE]\n");
    return 2;
  }
  const std::string address = argv[1];
  const std::string ca_file = argc == 3 ? argv[2] : "";
  // Calls are repeated until the server can work.
  const std::shared_ptr<Connection> connection = Must(Connect({.addresses = {address},
                                                               .plaintext = ca_file.empty(),
                                                               .tls = {.ca_file = ca_file},
                                                               .timeout = absl::Minutes(1)}));
  Sample(connection).Load();
  std::printf("Sample: 3 warehouses, 2 channels, 50 SKUs with stock.\n");
  const std::unique_ptr<InventoryClient> inventory = MakeInventoryClient(connection);
  PrintStock(*inventory, "Stock before");
  const v1::Reservation reservation = Reserve(*inventory);
  PrintReservation(reservation);
  PrintStock(*inventory, "Stock after");
  PrintCalls(address, ca_file, reservation);
  return 0;
}
