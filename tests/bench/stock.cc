#include "tests/bench/stock.h"

#include <algorithm>

#include "inventory/v1/channel_service.grpc.pb.h"
#include "inventory/v1/warehouse_service.grpc.pb.h"
#include "tests/bench/ask.h"

namespace inventory::bench {
namespace {

absl::Status MakeWarehouse(const std::shared_ptr<grpc::Channel>& channel) {
  v1::CreateWarehouseRequest request;
  v1::Warehouse& warehouse = *request.mutable_warehouse();
  warehouse.set_warehouse_id(kWarehouse);
  warehouse.set_name("Benchmark");
  warehouse.set_active(true);
  warehouse.mutable_location()->set_latitude(52.5);
  warehouse.mutable_location()->set_longitude(13.4);
  v1::Warehouse created;
  const auto warehouses = v1::WarehouseService::NewStub(channel);
  return Ask(*warehouses, &v1::WarehouseService::Stub::CreateWarehouse, request, created);
}

}  // namespace

absl::Status Configure(const std::shared_ptr<grpc::Channel>& channel) {
  absl::Status status = MakeWarehouse(channel);
  if (!status.ok()) return status;
  const auto channels = v1::ChannelService::NewStub(channel);
  v1::CreateChannelRequest create;
  create.mutable_channel()->set_channel_id(kChannel);
  create.mutable_channel()->set_name("Benchmark");
  v1::Channel created;
  status = Ask(*channels, &v1::ChannelService::Stub::CreateChannel, create, created);
  if (!status.ok()) return status;
  v1::AttachWarehouseRequest attach;
  attach.set_channel_id(kChannel);
  attach.set_warehouse_id(kWarehouse);
  return Ask(*channels, &v1::ChannelService::Stub::AttachWarehouse, attach, created);
}

absl::Status LoadStock(v1::InventoryService::Stub& inventory, Workload workload) {
  constexpr int kUpdatesPerCall = 1000;
  for (int first = 0; first < SkuCount(workload); first += kUpdatesPerCall) {
    v1::BatchUpdateStockRequest request;
    for (int i = first; i < std::min(first + kUpdatesPerCall, SkuCount(workload)); ++i) {
      v1::StockUpdate& update = *request.add_updates();
      update.set_sku(Sku(workload, i));
      update.set_warehouse_id(kWarehouse);
      update.set_set_on_hand(kUnitsOfEachSku);
    }
    v1::BatchUpdateStockResponse response;
    absl::Status status = Ask(inventory, &v1::InventoryService::Stub::BatchUpdateStock, request, response);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

}  // namespace inventory::bench
