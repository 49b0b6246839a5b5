// Random writes of warehouses, channels and availability estimates.
#include "tests/unit/model_requests.h"

namespace inventory::model {

template <typename Update, typename Resource>
void Requests::UseCode(Update& update, Resource& resource, const char* id_field) {
  const int64_t way = Below(8);
  if (way == 0) update.clear_update_mask();
  if (way >= 6) return;
  resource.set_external_reference_code(way == 1 ? "" : Code());
  if (way == 1 || way == 2) update.mutable_update_mask()->add_paths("external_reference_code");
  if (way == 3 || way == 4) {
    resource.GetReflection()->ClearField(&resource, resource.GetDescriptor()->FindFieldByName(id_field));
    resource.clear_etag();
  }
  if (way == 4 || way == 5) update.set_allow_missing(true);
}

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
  Add(6, [this] { return UpsertWarehouse(); });
  Add(6, [this] { return UpsertChannel(); });
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
  if (OneIn(4)) request->mutable_warehouse()->set_external_reference_code(Code());
  return request;
}

Requests::Request Requests::UpsertWarehouse() {
  Request made = UpdateWarehouse(WarehouseId(), OneIn(2), !OneIn(4));
  auto& request = dynamic_cast<v1::UpdateWarehouseRequest&>(*made);
  UseCode(request, *request.mutable_warehouse(), "warehouse_id");
  return made;
}

Requests::Request Requests::UpsertChannel() {
  Request made = UpdateChannel(ChannelId(), OneIn(2));
  auto& request = dynamic_cast<v1::UpdateChannelRequest&>(*made);
  UseCode(request, *request.mutable_channel(), "channel_id");
  return made;
}

Requests::Request Requests::UpdateWarehouse(const std::string& id, bool active, bool located) {
  auto request = std::make_unique<v1::UpdateWarehouseRequest>();
  v1::Warehouse& warehouse = *request->mutable_warehouse();
  warehouse.set_warehouse_id(id);
  warehouse.set_name("Warehouse");
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
  if (OneIn(4)) request->mutable_channel()->set_external_reference_code(Code());
  return request;
}

Requests::Request Requests::UpdateChannel(const std::string& id, bool active) {
  auto request = std::make_unique<v1::UpdateChannelRequest>();
  v1::Channel& channel = *request->mutable_channel();
  channel.set_channel_id(id);
  channel.set_name("Channel");
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

void Requests::AddEstimateMakers() {
  Add(10, [this] { return CreateEstimate(); });
  Add(4, [this] { return UpdateEstimate(); });
  Add(10, [this] { return DeleteEstimate(); });
}

std::string Requests::EstimateId() { return OneOf<std::string>({"e1", "e1", "e1", "e2"}); }

Requests::Request Requests::CreateEstimate() {
  auto request = std::make_unique<v1::CreateAvailabilityEstimateRequest>();
  v1::AvailabilityEstimate& estimate = *request->mutable_availability_estimate();
  if (!OneIn(10)) estimate.set_availability_estimate_id(EstimateId());
  if (!OneIn(20)) estimate.set_title("Soon");
  estimate.set_priority(static_cast<int>(Below(2)));
  return request;
}

Requests::Request Requests::UpdateEstimate() {
  auto request = std::make_unique<v1::UpdateAvailabilityEstimateRequest>();
  v1::AvailabilityEstimate& estimate = *request->mutable_availability_estimate();
  estimate.set_availability_estimate_id(EstimateId());
  estimate.set_title(OneOf<std::string>({"Soon", "Later", "Later", ""}));
  estimate.set_priority(static_cast<int>(Below(3)));
  for (const char* field : {"title", "priority"}) {
    if (OneIn(2)) request->mutable_update_mask()->add_paths(field);
  }
  const auto found = model_.state().estimates.find(estimate.availability_estimate_id());
  if (found != model_.state().estimates.end()) estimate.set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::DeleteEstimate() {
  auto request = std::make_unique<v1::DeleteAvailabilityEstimateRequest>();
  request->set_availability_estimate_id(EstimateId());
  request->set_clear_items(OneIn(2));
  const auto found = model_.state().estimates.find(request->availability_estimate_id());
  if (found != model_.state().estimates.end()) request->set_etag(Etag(found->second.version));
  return request;
}

}  // namespace inventory::model
