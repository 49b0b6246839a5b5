#include "tests/faults/workload.h"

#include <utility>

#include "inventory/v1/channel_service.client.h"

namespace inventory::faults {

absl::Status MakeWorld(Caller& caller) {
  const auto warehouses = client::MakeWarehouseClient(caller.connection());
  const auto channels = client::MakeChannelClient(caller.connection());
  v1::CreateChannelRequest channel;
  channel.mutable_channel()->set_channel_id(kChannel);
  channel.mutable_channel()->set_name(kChannel);
  absl::Status made = channels->CreateChannel(channel).status();
  for (const char* warehouse_id : {kFirstWarehouse, kSecondWarehouse}) {
    v1::CreateWarehouseRequest request;
    v1::Warehouse& warehouse = *request.mutable_warehouse();
    warehouse.set_warehouse_id(warehouse_id);
    warehouse.set_name(warehouse_id);
    warehouse.mutable_location()->set_latitude(52.5);
    warehouse.set_active(true);
    if (made.ok()) made = warehouses->CreateWarehouse(request).status();
    v1::AttachWarehouseRequest attach;
    attach.set_channel_id(kChannel);
    attach.set_warehouse_id(warehouse_id);
    if (made.ok()) made = channels->AttachWarehouse(attach).status();
  }
  return made;
}

Workload::Workload(std::string prefix, const std::vector<std::string>& skus, int64_t stock,
                   const std::vector<std::string>& mortal)
    : prefix_(std::move(prefix)), stock_(stock) {
  for (const std::string& sku : skus) lasting_.push_back(prefix_ + sku);
  for (const std::string& sku : mortal) mortal_.push_back(prefix_ + sku);
  skus_ = lasting_;
  skus_.insert(skus_.end(), mortal_.begin(), mortal_.end());
}

absl::Status Workload::SetUp(Caller& caller) {
  v1::BatchUpdateStockRequest request;
  request.set_request_id(set_up_id());
  for (const std::string& sku : skus_) {
    for (const std::string& warehouse_id : warehouses_) {
      v1::StockUpdate& update = *request.add_updates();
      update.set_sku(sku);
      update.set_warehouse_id(warehouse_id);
      update.set_set_on_hand(stock_);
    }
  }
  return caller.inventory().BatchUpdateStock(request).status();
}

const std::string& Workload::AnyWarehouse(Caller& caller) const { return warehouses_[caller.Pick(2)]; }

}  // namespace inventory::faults
