// The model's warehouses and channels.
#include <algorithm>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

Outcome Exists(const std::string& what) { return {absl::StatusCode::kAlreadyExists, what + "_EXISTS"}; }

std::optional<double> LongitudeOf(const v1::Warehouse& warehouse) {
  if (!warehouse.has_location()) return std::nullopt;
  return warehouse.location().longitude();
}

v1::SourcingStrategy StrategyOf(const v1::Channel& channel) {
  const bool chosen = channel.sourcing_strategy() != v1::SOURCING_STRATEGY_UNSPECIFIED;
  return chosen ? channel.sourcing_strategy() : v1::SOURCING_STRATEGY_PRIORITY;
}

// The warehouse or channel that is there, not deleted and of the version required.
template <typename Resource>
Outcome FindLive(std::map<std::string, Resource>& all, const std::string& id, const std::string& etag,
                 const std::string& what, Resource*& found) {
  const auto it = all.find(id);
  if (it == all.end() || it->second.deleted) return NotFound(what);
  found = &it->second;
  return CheckEtag(etag, found->version);
}

// The id that an update names its resource by: its own, or that of the one with the code.
template <typename Resource>
std::string NamedBy(const std::string& id, const std::string& code, const std::map<std::string, Resource>& all) {
  return id.empty() ? OwnerOf(code, all) : id;
}

template <typename Resource>
Outcome Undelete(std::map<std::string, Resource>& all, const std::string& id, const std::string& etag,
                 const std::string& what) {
  const auto it = all.find(id);
  if (it == all.end()) return NotFound(what);
  if (!it->second.deleted) return {absl::StatusCode::kAlreadyExists, what + "_NOT_DELETED"};
  Outcome outcome = CheckEtag(etag, it->second.version);
  if (!outcome.ok()) return outcome;
  it->second.deleted = false;
  ++it->second.version;
  return {};
}

}  // namespace

bool Model::WarehouseInUse(const std::string& warehouse) const {
  for (const auto& [key, level] : state_.levels) {
    if (key.second != warehouse) continue;
    if (level.on_hand > 0 || level.safety_stock > 0 || state_.Incoming(key.first, warehouse) > 0) return true;
  }
  for (const auto& [id, transfer] : state_.transfers) {
    if (transfer.state == v1::TRANSFER_STATE_IN_TRANSIT && transfer.from == warehouse) return true;
  }
  for (const auto& [id, reservation] : state_.reservations) {
    if (reservation.StateAt(state_.now) == v1::RESERVATION_STATE_EXPIRED) continue;
    for (const auto& [sku, line] : reservation.lines) {
      const auto part = line.parts.find(warehouse);
      if (part != line.parts.end() && part->second.reserved > 0) return true;
    }
  }
  return std::any_of(state_.shipments.begin(), state_.shipments.end(),
                     [&](const auto& entry) { return entry.second.open() && entry.second.warehouse == warehouse; });
}

Outcome Model::MakeWarehouse(const v1::Warehouse& wanted) {
  const std::string id = wanted.warehouse_id().empty() ? fresh_id_ : wanted.warehouse_id();
  const std::string& code = wanted.external_reference_code();
  if (state_.warehouses.contains(id)) return Exists("WAREHOUSE");
  if (Outcome free = CheckCode(code, id, state_.warehouses); !free.ok()) return free;
  state_.warehouses[id] = {.active = wanted.active(), .longitude = LongitudeOf(wanted), .code = code};
  return {};
}

Outcome Model::Do(const v1::CreateWarehouseRequest& request) { return MakeWarehouse(request.warehouse()); }

Outcome Model::Do(const v1::UpdateWarehouseRequest& request) {
  const v1::Warehouse& wanted = request.warehouse();
  const std::string id = NamedBy(wanted.warehouse_id(), wanted.external_reference_code(), state_.warehouses);
  if (request.allow_missing() && !state_.warehouses.contains(id)) {
    const Outcome etag = CheckEtag(wanted.etag(), 0);
    return etag.ok() ? MakeWarehouse(wanted) : etag;
  }
  Warehouse* warehouse = nullptr;
  Outcome found = FindLive(state_.warehouses, id, wanted.etag(), "WAREHOUSE", warehouse);
  if (!found.ok()) return found;
  const auto named = [&](const char* field) { return Names(request.update_mask(), wanted, field); };
  Warehouse changed = *warehouse;
  if (named("active")) changed.active = wanted.active();
  if (named("location")) changed.longitude = LongitudeOf(wanted);
  if (named("external_reference_code")) changed.code = wanted.external_reference_code();
  if (changed.active && !changed.longitude) return Precondition("LOCATION_REQUIRED");
  if (Outcome free = CheckCode(changed.code, id, state_.warehouses); !free.ok()) return free;
  const bool same = changed.active == warehouse->active && changed.longitude == warehouse->longitude &&
                    changed.code == warehouse->code;
  if (!same) ++changed.version;
  *warehouse = changed;
  return {};
}

Outcome Model::Do(const v1::DeleteWarehouseRequest& request) {
  const std::string& id = request.warehouse_id();
  Warehouse* warehouse = nullptr;
  Outcome found = FindLive(state_.warehouses, id, request.etag(), "WAREHOUSE", warehouse);
  if (!found.ok()) return found;
  if (WarehouseInUse(id)) return Precondition("WAREHOUSE_IN_USE");
  for (auto& [channel_id, channel] : state_.channels) {
    if (channel.priorities.erase(id) > 0) ++channel.version;
  }
  warehouse->deleted = true;
  warehouse->active = false;
  ++warehouse->version;
  return {};
}

Outcome Model::Do(const v1::UndeleteWarehouseRequest& request) {
  return Undelete(state_.warehouses, request.warehouse_id(), request.etag(), "WAREHOUSE");
}

Outcome Model::MakeChannel(const v1::Channel& wanted) {
  const std::string id = wanted.channel_id().empty() ? fresh_id_ : wanted.channel_id();
  const std::string& code = wanted.external_reference_code();
  if (state_.channels.contains(id)) return Exists("CHANNEL");
  if (Outcome free = CheckCode(code, id, state_.channels); !free.ok()) return free;
  state_.channels[id] = {
      .active = !wanted.has_active() || wanted.active(), .strategy = StrategyOf(wanted), .code = code};
  return {};
}

Outcome Model::Do(const v1::CreateChannelRequest& request) { return MakeChannel(request.channel()); }

Outcome Model::Do(const v1::UpdateChannelRequest& request) {
  const v1::Channel& wanted = request.channel();
  const std::string id = NamedBy(wanted.channel_id(), wanted.external_reference_code(), state_.channels);
  if (request.allow_missing() && !state_.channels.contains(id)) {
    const Outcome etag = CheckEtag(wanted.etag(), 0);
    return etag.ok() ? MakeChannel(wanted) : etag;
  }
  Channel* channel = nullptr;
  Outcome found = FindLive(state_.channels, id, wanted.etag(), "CHANNEL", channel);
  if (!found.ok()) return found;
  const auto named = [&](const char* field) { return Names(request.update_mask(), wanted, field); };
  Channel changed = *channel;
  if (named("active")) changed.active = !wanted.has_active() || wanted.active();
  if (named("sourcing_strategy")) changed.strategy = StrategyOf(wanted);
  if (named("external_reference_code")) changed.code = wanted.external_reference_code();
  if (Outcome free = CheckCode(changed.code, id, state_.channels); !free.ok()) return free;
  const bool same =
      changed.active == channel->active && changed.strategy == channel->strategy && changed.code == channel->code;
  if (!same) ++changed.version;
  *channel = changed;
  return {};
}

Outcome Model::Do(const v1::DeleteChannelRequest& request) {
  Channel* channel = nullptr;
  Outcome found = FindLive(state_.channels, request.channel_id(), request.etag(), "CHANNEL", channel);
  if (!found.ok()) return found;
  channel->deleted = true;
  ++channel->version;
  return {};
}

Outcome Model::Do(const v1::UndeleteChannelRequest& request) {
  return Undelete(state_.channels, request.channel_id(), request.etag(), "CHANNEL");
}

Outcome Model::Do(const v1::AttachWarehouseRequest& request) {
  Channel* channel = nullptr;
  Outcome found = FindLive(state_.channels, request.channel_id(), request.etag(), "CHANNEL", channel);
  if (!found.ok()) return found;
  if (!state_.WarehouseLives(request.warehouse_id())) return NotFound("WAREHOUSE");
  const auto attached = channel->priorities.find(request.warehouse_id());
  if (attached != channel->priorities.end() && attached->second == request.priority()) return {};
  channel->priorities[request.warehouse_id()] = request.priority();
  ++channel->version;
  return {};
}

Outcome Model::Do(const v1::DetachWarehouseRequest& request) {
  Channel* channel = nullptr;
  Outcome found = FindLive(state_.channels, request.channel_id(), request.etag(), "CHANNEL", channel);
  if (!found.ok()) return found;
  if (channel->priorities.erase(request.warehouse_id()) == 0) return NotFound("ATTACHMENT");
  ++channel->version;
  return {};
}

Outcome Model::Sources(const Reservation& order, std::vector<std::string>& sources) const {
  const auto channel = state_.channels.find(order.channel);
  if (channel == state_.channels.end() || channel->second.deleted) return NotFound("CHANNEL");
  if (!channel->second.active) return Precondition("CHANNEL_INACTIVE");
  if (state_.SourcesOf(order.channel).empty()) return Precondition("CHANNEL_HAS_NO_WAREHOUSE");
  sources = state_.SourcesOf(order);
  return {};
}

}  // namespace inventory::model
