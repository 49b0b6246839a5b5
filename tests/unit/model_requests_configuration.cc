// Random writes of warehouses and channels.
#include "tests/unit/model_requests.h"

namespace inventory::model {
template <typename Write>
Requests::Request Requests::OnWarehouse(const std::string& id) {
  auto request = std::make_unique<Write>();
  request->set_warehouse_id(id);
  const auto found = model_.state().warehouses.find(request->warehouse_id());
  if (found != model_.state().warehouses.end()) request->set_etag(Etag(found->second.version));
  return request;
}

template <typename Write>
Requests::Request Requests::OnChannel(const std::string& id) {
  auto request = std::make_unique<Write>();
  request->set_channel_id(id);
  const auto found = model_.state().channels.find(request->channel_id());
  if (found != model_.state().channels.end()) request->set_etag(Etag(found->second.version));
  return request;
}

void Requests::AddConfigurationMakers() {
  Add(20, [this] { return Repair(); });
  Add(5, [this] { return UpdateWarehouse(WarehouseId(), OneIn(2), !OneIn(4)); });
  Add(5, [this] { return OnWarehouse<v1::DeleteWarehouseRequest>(WarehouseId()); });
  Add(3, [this] { return OnWarehouse<v1::UndeleteWarehouseRequest>(WarehouseId()); });
  Add(3, [this] { return CreateWarehouse(WarehouseId(), OneIn(2), OneIn(2)); });
  Add(4, [this] { return UpdateChannel(ChannelId(), OneIn(2)); });
  Add(3, [this] { return OnChannel<v1::DeleteChannelRequest>(ChannelId()); });
  Add(3, [this] { return OnChannel<v1::UndeleteChannelRequest>(ChannelId()); });
  Add(3, [this] { return CreateChannel(ChannelId()); });
  Add(6, [this] { return AttachWarehouse(ChannelId()); });
  Add(6, [this] { return DetachWarehouse(); });
}

v1::GeoPoint Requests::Place() {
  v1::GeoPoint place;
  place.set_longitude(OneOf<double>({10, 20, 30, 40}));
  return place;
}

v1::SourcingStrategy Requests::Strategy() {
  return OneOf<v1::SourcingStrategy>({v1::SOURCING_STRATEGY_PRIORITY, v1::SOURCING_STRATEGY_NEAREST,
                                      v1::SOURCING_STRATEGY_FEWEST_SPLITS, v1::SOURCING_STRATEGY_BALANCED});
}

Requests::Request Requests::Repair() {
  for (const auto& [id, warehouse] : model_.state().warehouses) {
    if (warehouse.deleted) return OnWarehouse<v1::UndeleteWarehouseRequest>(id);
    if (!warehouse.active) return UpdateWarehouse(id, true, true);
  }
  for (const auto& [id, channel] : model_.state().channels) {
    if (channel.deleted) return OnChannel<v1::UndeleteChannelRequest>(id);
    if (!channel.active) return UpdateChannel(id, true);
    if (channel.priorities.size() < 2) return AttachWarehouse(id);
  }
  return SetStock();
}

Requests::Request Requests::CreateWarehouse(const std::string& id, bool active, bool located) {
  auto request = std::make_unique<v1::CreateWarehouseRequest>();
  request->mutable_warehouse()->set_warehouse_id(id);
  request->mutable_warehouse()->set_name("Warehouse");
  request->mutable_warehouse()->set_active(active);
  if (located) *request->mutable_warehouse()->mutable_location() = Place();
  return request;
}

Requests::Request Requests::UpdateWarehouse(const std::string& id, bool active, bool located) {
  auto request = std::make_unique<v1::UpdateWarehouseRequest>();
  v1::Warehouse& warehouse = *request->mutable_warehouse();
  warehouse.set_warehouse_id(id);
  warehouse.set_active(active);
  if (located) *warehouse.mutable_location() = Place();
  request->mutable_update_mask()->add_paths("active");
  if (OneIn(2)) request->mutable_update_mask()->add_paths("location");
  const auto found = model_.state().warehouses.find(warehouse.warehouse_id());
  if (found != model_.state().warehouses.end()) warehouse.set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::CreateChannel(const std::string& id) {
  auto request = std::make_unique<v1::CreateChannelRequest>();
  request->mutable_channel()->set_channel_id(id);
  request->mutable_channel()->set_name("Channel");
  if (OneIn(2)) request->mutable_channel()->set_sourcing_strategy(Strategy());
  return request;
}

Requests::Request Requests::UpdateChannel(const std::string& id, bool active) {
  auto request = std::make_unique<v1::UpdateChannelRequest>();
  v1::Channel& channel = *request->mutable_channel();
  channel.set_channel_id(id);
  if (!active || OneIn(2)) channel.set_active(active);
  request->mutable_update_mask()->add_paths("active");
  if (OneIn(2)) request->mutable_update_mask()->add_paths("sourcing_strategy");
  if (OneIn(2)) channel.set_sourcing_strategy(Strategy());
  const auto found = model_.state().channels.find(channel.channel_id());
  if (found != model_.state().channels.end()) channel.set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::AttachWarehouse(const std::string& channel) {
  Request made = OnChannel<v1::AttachWarehouseRequest>(channel);
  auto& request = dynamic_cast<v1::AttachWarehouseRequest&>(*made);
  request.set_warehouse_id(WarehouseId());
  request.set_priority(static_cast<int>(Below(3)));
  return made;
}

Requests::Request Requests::DetachWarehouse() {
  Request made = OnChannel<v1::DetachWarehouseRequest>(ChannelId());
  dynamic_cast<v1::DetachWarehouseRequest&>(*made).set_warehouse_id(WarehouseId());
  return made;
}

}  // namespace inventory::model
