// The model's shipments.
#include <algorithm>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

// The shipment with the version required.
Outcome Find(State& state, const std::string& id, const std::string& etag, Shipment*& found) {
  const auto it = state.shipments.find(id);
  if (it == state.shipments.end()) return NotFound("SHIPMENT");
  found = &it->second;
  return CheckEtag(etag, found->version);
}

Outcome Advance(State& state, const std::string& id, const std::string& etag, v1::ShipmentState from,
                v1::ShipmentState to) {
  Shipment* shipment = nullptr;
  Outcome found = Find(state, id, etag, shipment);
  if (!found.ok()) return found;
  if (shipment->state != from) return Precondition("SHIPMENT_STATE");
  shipment->state = to;
  ++shipment->version;
  return {};
}

}  // namespace

void Model::MoveUnits(Line& line, const std::string& sku, const std::string& from, const std::string& to,
                      int64_t quantity) {
  line.parts[from].reserved -= quantity;
  line.parts[to].reserved += quantity;
  Moved(sku, from);
  Moved(sku, to);
}

Outcome Model::Do(const v1::CreateShipmentRequest& request) {
  const auto it = state_.reservations.find(request.reservation_id());
  if (it == state_.reservations.end()) return NotFound("RESERVATION");
  Reservation& reservation = it->second;
  switch (reservation.StateAt(state_.now)) {
    case v1::RESERVATION_STATE_HELD:
      return Precondition("RESERVATION_NOT_COMMITTED");
    case v1::RESERVATION_STATE_EXPIRED:
      return Precondition("RESERVATION_EXPIRED");
    case v1::RESERVATION_STATE_CANCELLED:
      return Precondition("RESERVATION_CANCELLED");
    case v1::RESERVATION_STATE_FULFILLED:
      return Precondition("RESERVATION_FULFILLED");
    default:
      break;
  }
  if (state_.shipments.contains(request.shipment_id())) {
    return {absl::StatusCode::kAlreadyExists, "SHIPMENT_EXISTS"};
  }
  if (!state_.WarehouseLives(request.warehouse_id())) return NotFound("WAREHOUSE");

  std::vector<std::pair<std::string, int64_t>> wanted;
  for (const v1::OrderLine& line : request.lines()) wanted.emplace_back(line.sku(), line.quantity());
  if (wanted.empty()) {
    for (const auto& [sku, line] : reservation.lines) {
      const auto part = line.parts.find(request.warehouse_id());
      if (part != line.parts.end() && part->second.unbound() > 0) wanted.emplace_back(sku, part->second.unbound());
    }
  }
  if (wanted.empty()) return Precondition("NOTHING_TO_SHIP");
  const std::string& code = request.external_reference_code();
  if (Outcome free = CheckCode(code, request.shipment_id(), state_.shipments); !free.ok()) return free;
  Shipment shipment{.reservation = request.reservation_id(), .warehouse = request.warehouse_id(), .code = code};
  for (const auto& [sku, quantity] : wanted) {
    Outcome bound = Bind(request, sku, quantity, reservation, shipment);
    if (!bound.ok()) return bound;
  }
  state_.shipments[request.shipment_id()] = shipment;
  ++reservation.version;
  return {};
}

Outcome Model::Bind(const v1::CreateShipmentRequest& request, const std::string& sku, int64_t quantity,
                    Reservation& reservation, Shipment& shipment) {
  if (!reservation.lines.contains(sku)) return Precondition("EXCEEDS_RESERVED");
  Line& line = reservation.lines[sku];
  if (line.parts.empty() && line.untracked > 0) return Precondition("ITEM_UNTRACKED");
  if (quantity > line.unbound()) return Precondition("EXCEEDS_RESERVED");
  const std::string& here = request.warehouse_id();
  const int64_t unbound_here = line.parts.contains(here) ? line.parts[here].unbound() : 0;
  const int64_t elsewhere = std::max<int64_t>(0, quantity - unbound_here);
  if (elsewhere > 0 && !request.allow_reallocation()) return Precondition("NOT_ALLOCATED_HERE");
  if (elsewhere > 0 && elsewhere > state_.Available(sku, here)) return Precondition("INSUFFICIENT_STOCK");

  if (quantity > elsewhere) shipment.lines[{sku, here}] = quantity - elsewhere;
  int64_t missing = elsewhere;
  std::map<std::string, Part> parts = line.parts;
  for (const auto& [from, part] : parts) {
    const int64_t units = from == here ? 0 : std::min(missing, part.unbound());
    if (units == 0) continue;
    MoveUnits(line, sku, from, here, units);
    shipment.lines[{sku, from}] = units;
    missing -= units;
  }
  line.parts[here].in_shipment += quantity;
  return {};
}

Outcome Model::Do(const v1::MarkShipmentReadyRequest& request) {
  return Advance(state_, request.shipment_id(), request.etag(), v1::SHIPMENT_STATE_PROCESSING,
                 v1::SHIPMENT_STATE_READY_TO_SHIP);
}

Outcome Model::Do(const v1::DeliverShipmentRequest& request) {
  return Advance(state_, request.shipment_id(), request.etag(), v1::SHIPMENT_STATE_SHIPPED,
                 v1::SHIPMENT_STATE_DELIVERED);
}

Outcome Model::Do(const v1::ShipShipmentRequest& request) {
  Shipment* shipment = nullptr;
  Outcome found = Find(state_, request.shipment_id(), request.etag(), shipment);
  if (!found.ok()) return found;
  if (!shipment->open()) return Precondition("SHIPMENT_STATE");
  Reservation& reservation = state_.reservations.at(shipment->reservation);
  std::map<std::string, int64_t> units;
  for (const auto& [key, quantity] : shipment->lines) units[key.first] += quantity;
  for (const auto& [sku, quantity] : units) {
    Level& level = state_.levels.at({sku, shipment->warehouse});
    if (!level.Add(v1::STOCK_CONDITION_SELLABLE, -quantity)) return Precondition("INSUFFICIENT_ON_HAND");
    Moved(sku, shipment->warehouse);
    Line& line = reservation.lines.at(sku);
    Part& part = line.parts.at(shipment->warehouse);
    part.reserved -= quantity;
    part.in_shipment -= quantity;
    part.shipped += quantity;
    line.shipped += quantity;
  }
  shipment->state = v1::SHIPMENT_STATE_SHIPPED;
  ++shipment->version;
  ++reservation.version;
  Settle(reservation);
  return {};
}

// Units go back where they were allocated before, unless those have been promised meanwhile or the warehouse is gone.
Outcome Model::Do(const v1::CancelShipmentRequest& request) {
  Shipment* shipment = nullptr;
  Outcome found = Find(state_, request.shipment_id(), request.etag(), shipment);
  if (!found.ok()) return found;
  if (shipment->state == v1::SHIPMENT_STATE_CANCELLED) return {};
  if (!shipment->open()) return Precondition("SHIPMENT_STATE");
  Reservation& reservation = state_.reservations.at(shipment->reservation);
  for (const auto& [key, quantity] : shipment->lines) {
    const auto& [sku, from] = key;
    Line& line = reservation.lines.at(sku);
    line.parts.at(shipment->warehouse).in_shipment -= quantity;
    const bool goes_back =
        from != shipment->warehouse && state_.WarehouseLives(from) && state_.Available(sku, from) >= quantity;
    if (goes_back) MoveUnits(line, sku, shipment->warehouse, from, quantity);
  }
  shipment->state = v1::SHIPMENT_STATE_CANCELLED;
  ++shipment->version;
  ++reservation.version;
  return {};
}

}  // namespace inventory::model
