#include "tests/unit/model_requests.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace inventory::model {
namespace {

constexpr double kLatitude = 52.5;
constexpr double kLongitude = 13.4;

void Locate(v1::Warehouse& warehouse) {
  warehouse.mutable_location()->set_latitude(kLatitude);
  warehouse.mutable_location()->set_longitude(kLongitude);
}

void SetRequestId(google::protobuf::Message& request, const std::string& id) {
  request.GetReflection()->SetString(&request, request.GetDescriptor()->FindFieldByName("request_id"), id);
}

Requests::Request Copy(const google::protobuf::Message& request) {
  Requests::Request copy(request.New());
  copy->CopyFrom(request);
  return copy;
}

int64_t TotalOf(const Line& line) { return line.reserved() + line.shipped; }

}  // namespace

Requests::Requests(uint64_t seed, const Model& model) : model_(model), random_(seed) {
  if (OneIn(4)) skus_.resize(1);
  makers_ = {
      {100, [this] { return ReserveStock(); }},
      {30, [this] { return ConfirmReservation(); }},
      {12, [this] { return ExtendReservation(); }},
      {40, [this] { return AmendReservation(); }},
      {30, [this] { return CancelReservation(); }},
      {60, [this] { return CreateShipment(); }},
      {15, [this] { return OnShipment<v1::MarkShipmentReadyRequest>(); }},
      {25, [this] { return OnShipment<v1::ShipShipmentRequest>(); }},
      {10, [this] { return OnShipment<v1::DeliverShipmentRequest>(); }},
      {20, [this] { return OnShipment<v1::CancelShipmentRequest>(); }},
      {20, [this] { return SetStock(); }},
      {20, [this] { return ReturnStock(); }},
      {40, [this] { return AdjustStock(); }},
      {12, [this] { return ReclassifyStock(); }},
      {8, [this] { return SetSafetyStock(); }},
      {12, [this] { return CreateReplenishment(); }},
      {8, [this] { return UpdateReplenishment(); }},
      {24, [this] { return ReceiveReplenishment(); }},
      {8, [this] { return CloseReplenishment(); }},
      {24, [this] { return CreateTransfer(); }},
      {16, [this] { return ReceiveTransfer(); }},
      {20, [this] { return BatchUpdateStock(); }},
      {4, [this] { return Create(Sku()); }},
      {24, [this] { return UpdateItem(); }},
      {4, [this] { return DeleteItem(); }},
      {20, [this] { return Repair(); }},
      {5, [this] { return UpdateWarehouse(WarehouseId(), OneIn(2), !OneIn(4)); }},
      {5, [this] { return OnWarehouse<v1::DeleteWarehouseRequest>(WarehouseId()); }},
      {3, [this] { return OnWarehouse<v1::UndeleteWarehouseRequest>(WarehouseId()); }},
      {3, [this] { return CreateWarehouse(WarehouseId(), OneIn(2), OneIn(2)); }},
      {4, [this] { return UpdateChannel(ChannelId(), OneIn(2)); }},
      {3, [this] { return OnChannel<v1::DeleteChannelRequest>(ChannelId()); }},
      {3, [this] { return OnChannel<v1::UndeleteChannelRequest>(ChannelId()); }},
      {3, [this] { return CreateChannel(ChannelId()); }},
      {6, [this] { return AttachWarehouse(ChannelId()); }},
      {6, [this] { return DetachWarehouse(); }},
  };
  for (const auto& [weight, make] : makers_) total_weight_ += weight;
  BuildWorld();
}

void Requests::BuildWorld() {
  for (const char* warehouse : {"w1", "w2", "w3"}) world_.push_back(CreateWarehouse(warehouse, true, true));
  for (const char* channel : {"c1", "c2"}) {
    world_.push_back(CreateChannel(channel));
    for (const char* warehouse : {"w1", "w2", "w3"}) {
      auto request = std::make_unique<v1::AttachWarehouseRequest>();
      request->set_channel_id(channel);
      request->set_warehouse_id(warehouse);
      request->set_priority(static_cast<int>(Below(2)));
      world_.push_back(std::move(request));
    }
  }
  for (const std::string& sku : skus_) {
    if (OneIn(2)) world_.push_back(Create(sku));
  }
  for (int i = 0; i < 9; ++i) world_.push_back(SetStock());
  std::reverse(world_.begin(), world_.end());
}

Requests::Request Requests::Next() {
  if (!world_.empty()) {
    Request next = std::move(world_.back());
    world_.pop_back();
    return next;
  }
  return Identify(Make());
}

Requests::Request Requests::Make() {
  int64_t at = Below(total_weight_);
  for (const auto& [weight, make] : makers_) {
    if (at < weight) return make();
    at -= weight;
  }
  return nullptr;
}

Requests::Request Requests::Identify(Request made) {
  if (!identified_.empty() && OneIn(20)) {
    const auto count = static_cast<int64_t>(identified_.size());
    const auto& earlier = *identified_[static_cast<std::size_t>(count - 1 - Below(std::min<int64_t>(count, 10)))];
    if (!OneIn(4)) return Copy(earlier);
    SetRequestId(*made, TextOf(earlier, "request_id"));
  } else if (OneIn(3)) {
    SetRequestId(*made, absl::StrCat("q", identified_.size()));
    identified_.push_back(Copy(*made));
  }
  return made;
}

std::string Requests::Swept() {
  if (!world_.empty() || model_.state().reservations.empty() || !OneIn(20)) return "";
  for (const auto& [id, reservation] : model_.state().reservations) {
    const bool dead = reservation.state == v1::RESERVATION_STATE_HELD && *reservation.expiry <= model_.now;
    if (dead && !OneIn(3)) return id;
  }
  return model_.state().reservations.rbegin()->first;
}

absl::Duration Requests::Pause() {
  absl::Duration left = absl::InfiniteDuration();  // Until the next hold ends.
  for (const auto& [id, reservation] : model_.state().reservations) {
    if (reservation.StateAt(model_.now) != v1::RESERVATION_STATE_HELD) continue;
    left = std::min(left, *reservation.expiry - model_.now);
  }
  if (left == absl::InfiniteDuration()) left = absl::Seconds(1);
  switch (Below(40)) {
    case 0:
      return left;
    case 1:
      return left - absl::Microseconds(1);
    case 2:
      return absl::Microseconds(Below(5));
    case 3:
      return absl::Minutes(Below(30));
    case 4:
    case 5:
    case 6:
    case 7:
      return absl::Seconds(Below(60));
    default:
      return absl::ZeroDuration();
  }
}

std::string Requests::Sku() { return OneOf(skus_); }
std::string Requests::WarehouseId() { return OneIn(40) ? "nowhere" : OneOf<std::string>({"w1", "w2", "w3"}); }
std::string Requests::ChannelId() { return OneIn(40) ? "nobody" : OneOf<std::string>({"c1", "c1", "c2"}); }

std::string Requests::ReservationId() {
  std::vector<std::string> live;
  for (const auto& [id, reservation] : model_.state().reservations) {
    const v1::ReservationState state = reservation.StateAt(model_.now);
    if (state == v1::RESERVATION_STATE_HELD || state == v1::RESERVATION_STATE_COMMITTED) live.push_back(id);
  }
  if (!live.empty() && !OneIn(4)) return OneOf(live);
  const auto count = static_cast<int64_t>(model_.state().reservations.size());
  if (count == 0 || OneIn(40)) return "r0";
  return absl::StrCat("r", count - Below(std::min<int64_t>(count, OneIn(4) ? count : 8)));
}

std::string Requests::ShipmentId() {
  std::vector<std::string> open;
  for (const auto& [id, shipment] : model_.state().shipments) {
    if (shipment.open()) open.push_back(id);
  }
  if (!open.empty() && !OneIn(3)) return OneOf(open);
  const auto count = static_cast<int64_t>(model_.state().shipments.size());
  if (count == 0 || OneIn(40)) return "s0";
  return absl::StrCat("s", count - Below(std::min<int64_t>(count, OneIn(4) ? count : 5)));
}

std::string Requests::ShippedId() {
  std::vector<std::string> shipped;
  for (const auto& [id, reservation] : model_.state().reservations) {
    for (const auto& [sku, line] : reservation.lines) {
      if (line.shipped > line.returned) shipped.push_back(id);
    }
  }
  return shipped.empty() || OneIn(8) ? ReservationId() : OneOf(shipped);
}

std::string Requests::Etag(int64_t version) {
  switch (Below(24)) {
    case 0:
    case 1:
      return std::to_string(version);
    case 2:
      return std::to_string(version + 1 - 2 * Below(2));
    default:
      return "";
  }
}

google::protobuf::Duration Requests::Ttl() {
  google::protobuf::Duration ttl;
  ttl.set_seconds(OneOf<int64_t>({0, 5, 60, 600}));
  ttl.set_nanos(1'000'000);
  return ttl;
}

Requests::Request Requests::ReserveStock() {
  auto request = std::make_unique<v1::ReserveStockRequest>();
  const bool known = OneIn(30) && !model_.state().reservations.empty();
  request->set_reservation_id(known ? ReservationId() : absl::StrCat("r", model_.state().reservations.size() + 1));
  request->set_channel_id(ChannelId());
  for (int64_t lines = OneOf<int64_t>({1, 1, 1, 2, 2, 3}); lines > 0; --lines) {
    v1::OrderLine& line = *request->add_lines();
    line.set_sku(Sku());
    line.set_quantity(OneIn(80) ? 0 : 1 + Below(OneIn(3) ? 12 : 4));
  }
  request->set_commit(OneIn(3));
  if (request->commit() ? OneIn(40) : OneIn(2)) *request->mutable_ttl() = Ttl();
  request->set_on_shortfall(OneOf<v1::ShortfallPolicy>({v1::SHORTFALL_POLICY_UNSPECIFIED, v1::SHORTFALL_POLICY_REJECT,
                                                        v1::SHORTFALL_POLICY_PARTIAL, v1::SHORTFALL_POLICY_PARTIAL}));
  while (OneIn(5)) request->add_warehouse_ids(WarehouseId());
  return request;
}

Requests::Request Requests::ConfirmReservation() {
  auto request = std::make_unique<v1::ConfirmReservationRequest>();
  request->set_reservation_id(ReservationId());
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found != model_.state().reservations.end()) request->set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::ExtendReservation() {
  auto request = std::make_unique<v1::ExtendReservationRequest>();
  request->set_reservation_id(ReservationId());
  if (OneIn(2)) *request->mutable_ttl() = Ttl();
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found != model_.state().reservations.end()) request->set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::AmendReservation() {
  auto request = std::make_unique<v1::AmendReservationRequest>();
  request->set_reservation_id(ReservationId());
  std::set<std::string> skus;
  for (int64_t lines = 1 + Below(3); lines > 0; --lines) skus.insert(Sku());
  const auto found = model_.state().reservations.find(request->reservation_id());
  for (const std::string& sku : skus) {
    auto& line = *request->add_lines();
    line.set_sku(sku);
    line.set_quantity(OneIn(5) ? 0 : Below(13));
    if (found == model_.state().reservations.end() || !found->second.lines.contains(sku)) continue;
    if (OneIn(2)) line.set_quantity(std::max<int64_t>(0, TotalOf(found->second.lines.at(sku)) + Below(5) - 2));
  }
  if (found != model_.state().reservations.end()) request->set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::CancelReservation() {
  auto request = std::make_unique<v1::CancelReservationRequest>();
  request->set_reservation_id(ReservationId());
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found == model_.state().reservations.end()) return request;
  request->set_etag(Etag(found->second.version));
  if (OneIn(2)) return request;
  for (const auto& [sku, line] : found->second.lines) {
    if (OneIn(3)) continue;
    v1::OrderLine& cancelled = *request->add_lines();
    cancelled.set_sku(sku);
    cancelled.set_quantity(std::max<int64_t>(1, OneIn(3) ? line.reserved() : Below(line.reserved() + 2)));
  }
  return request;
}

Requests::Request Requests::CreateShipment() {
  auto request = std::make_unique<v1::CreateShipmentRequest>();
  const bool known = OneIn(30) && !model_.state().shipments.empty();
  request->set_shipment_id(known ? ShipmentId() : absl::StrCat("s", model_.state().shipments.size() + 1));
  request->set_reservation_id(ReservationId());
  request->set_warehouse_id(WarehouseId());
  request->set_allow_reallocation(OneIn(2));
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found == model_.state().reservations.end() || OneIn(3)) return request;
  for (const auto& [sku, line] : found->second.lines) {
    if (OneIn(3)) continue;
    v1::OrderLine& shipped = *request->add_lines();
    shipped.set_sku(sku);
    shipped.set_quantity(std::max<int64_t>(1, OneIn(2) ? line.unbound() : Below(line.unbound() + 2)));
  }
  return request;
}

template <typename Write>
Requests::Request Requests::OnShipment() {
  auto request = std::make_unique<Write>();
  request->set_shipment_id(ShipmentId());
  const auto found = model_.state().shipments.find(request->shipment_id());
  if (found != model_.state().shipments.end()) request->set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::ReturnStock() {
  auto request = std::make_unique<v1::ReturnStockRequest>();
  const bool known = OneIn(10) && !model_.state().returns.empty();
  request->set_return_id(absl::StrCat("b", model_.state().returns.size() + (known ? 0 : 1)));
  request->set_reservation_id(ShippedId());
  const auto add = [&](const std::string& sku, int64_t quantity) {
    v1::ReturnLine& line = *request->add_lines();
    line.set_sku(sku);
    line.set_quantity(std::max<int64_t>(1, quantity));
    line.set_warehouse_id(WarehouseId());
    line.set_disposition(
        OneOf<v1::Disposition>({v1::DISPOSITION_RESTOCK, v1::DISPOSITION_DAMAGED, v1::DISPOSITION_QUALITY_CONTROL}));
  };
  const auto found = model_.state().reservations.find(request->reservation_id());
  if (found != model_.state().reservations.end()) {
    for (const auto& [sku, line] : found->second.lines) {
      const int64_t left = line.shipped - line.returned;
      if (left == 0 && !OneIn(8)) continue;
      add(sku, OneIn(3) ? left : Below(left + 2));
      if (OneIn(3)) add(sku, 1);
    }
  }
  if (request->lines().empty()) add(Sku(), 1);
  return request;
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
  if (located) Locate(*request->mutable_warehouse());
  return request;
}

Requests::Request Requests::UpdateWarehouse(const std::string& id, bool active, bool located) {
  auto request = std::make_unique<v1::UpdateWarehouseRequest>();
  v1::Warehouse& warehouse = *request->mutable_warehouse();
  warehouse.set_warehouse_id(id);
  warehouse.set_active(active);
  if (located) Locate(warehouse);
  request->mutable_update_mask()->add_paths("active");
  if (OneIn(2)) request->mutable_update_mask()->add_paths("location");
  const auto found = model_.state().warehouses.find(warehouse.warehouse_id());
  if (found != model_.state().warehouses.end()) warehouse.set_etag(Etag(found->second.version));
  return request;
}

template <typename Write>
Requests::Request Requests::OnWarehouse(const std::string& id) {
  auto request = std::make_unique<Write>();
  request->set_warehouse_id(id);
  const auto found = model_.state().warehouses.find(request->warehouse_id());
  if (found != model_.state().warehouses.end()) request->set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::CreateChannel(const std::string& id) {
  auto request = std::make_unique<v1::CreateChannelRequest>();
  request->mutable_channel()->set_channel_id(id);
  request->mutable_channel()->set_name("Channel");
  return request;
}

Requests::Request Requests::UpdateChannel(const std::string& id, bool active) {
  auto request = std::make_unique<v1::UpdateChannelRequest>();
  v1::Channel& channel = *request->mutable_channel();
  channel.set_channel_id(id);
  if (!active || OneIn(2)) channel.set_active(active);
  request->mutable_update_mask()->add_paths("active");
  const auto found = model_.state().channels.find(channel.channel_id());
  if (found != model_.state().channels.end()) channel.set_etag(Etag(found->second.version));
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
