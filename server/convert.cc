#include "server/convert.h"

#include <algorithm>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "server/errors.h"

namespace inventory {
namespace {

template <typename Out>
void ToProto(const storage::Quantities& quantities, Out& out) {
  out.set_on_hand(quantities.on_hand);
  out.set_reserved(quantities.reserved);
  out.set_safety_stock(quantities.safety_stock);
  out.set_damaged(quantities.damaged);
  out.set_quality_control(quantities.quality_control);
  out.set_incoming(quantities.incoming);
}

}  // namespace

google::protobuf::Timestamp ToTimestamp(absl::Time time) {
  google::protobuf::Timestamp timestamp;
  const int64_t seconds = absl::ToUnixSeconds(time);
  timestamp.set_seconds(seconds);
  timestamp.set_nanos(static_cast<int32_t>(absl::ToInt64Nanoseconds(time - absl::FromUnixSeconds(seconds))));
  return timestamp;
}

absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp) {
  constexpr int64_t kFirst = -62'135'596'800;  // 0001-01-01T00:00:00Z
  constexpr int64_t kLast = 253'402'300'799;   // 9999-12-31T23:59:59Z
  return absl::FromUnixSeconds(std::clamp(timestamp.seconds(), kFirst, kLast)) +
         absl::Nanoseconds(std::clamp(timestamp.nanos(), 0, 999'999'999));
}

absl::Time ToStoredTime(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixMicros(absl::ToUnixMicros(FromTimestamp(timestamp)));
}

absl::Duration FromDuration(const google::protobuf::Duration& duration) {
  return absl::Seconds(duration.seconds()) + absl::Nanoseconds(duration.nanos());
}

std::string Etag(int64_t version) { return absl::StrCat(version); }

absl::Status CheckEtag(const std::string& required, int64_t version, std::string_view resource) {
  if (required.empty() || required == Etag(version)) return absl::OkStatus();
  return EtagMismatch(resource, required, Etag(version));
}

storage::ReservationState LiveState(const storage::ReservationRecord& reservation, absl::Time now) {
  const bool dead = reservation.state == storage::ReservationState::kHeld && reservation.expire_time &&
                    *reservation.expire_time <= now;
  return dead ? storage::ReservationState::kExpired : reservation.state;
}

std::optional<storage::SourcingStrategy> ToRecord(v1::SourcingStrategy strategy) {
  if (strategy == v1::SOURCING_STRATEGY_UNSPECIFIED) return std::nullopt;
  return static_cast<storage::SourcingStrategy>(strategy);
}

void ToProto(const storage::LevelRecord& level, v1::StockLevel& out) {
  out.set_sku(level.sku);
  out.set_warehouse_id(level.warehouse_id);
  ToProto(level.quantities, out);
  out.set_available(level.quantities.available());
  out.set_version(level.version);
  *out.mutable_update_time() = ToTimestamp(level.update_time);
  out.set_etag(Etag(level.version));
  if (level.count_time) *out.mutable_count_time() = ToTimestamp(*level.count_time);
}

void ToProto(const storage::MovementRecord& movement, v1::Movement& out) {
  out.set_sku(movement.sku);
  out.set_warehouse_id(movement.warehouse_id);
  out.set_sequence(movement.sequence);
  out.set_version(movement.version);
  out.set_type(static_cast<v1::MovementType>(movement.type));
  ToProto(movement.delta, *out.mutable_delta());
  ToProto(movement.balance, *out.mutable_balance());
  out.set_reason(movement.reason);
  out.set_actor(movement.actor);
  out.set_document_id(movement.document_id);
  out.set_request_id(movement.request_id);
  *out.mutable_create_time() = ToTimestamp(movement.create_time);
}

void ToProto(const storage::MovementRecord& movement, v1::LevelVersion& out) {
  out.set_sku(movement.sku);
  out.set_warehouse_id(movement.warehouse_id);
  out.set_version(movement.version);
  out.set_sequence(movement.sequence);
}

void ToProto(const storage::WarehouseRecord& warehouse, v1::Warehouse& out) {
  out.set_warehouse_id(warehouse.warehouse_id);
  out.set_name(warehouse.name);
  out.set_description(warehouse.description);
  out.set_active(warehouse.active);
  if (warehouse.latitude && warehouse.longitude) {
    out.mutable_location()->set_latitude(*warehouse.latitude);
    out.mutable_location()->set_longitude(*warehouse.longitude);
  }
  v1::PostalAddress address;
  for (const std::string& line : warehouse.street_lines) address.add_street_lines(line);
  address.set_city(warehouse.city);
  address.set_postal_code(warehouse.postal_code);
  address.set_region_code(warehouse.region_code);
  address.set_country_code(warehouse.country_code);
  if (address.ByteSizeLong() > 0) *out.mutable_address() = std::move(address);
  out.set_type(warehouse.type);
  out.set_external_reference_code(warehouse.external_reference_code);
  *out.mutable_create_time() = ToTimestamp(warehouse.create_time);
  *out.mutable_update_time() = ToTimestamp(warehouse.update_time);
  if (warehouse.delete_time) *out.mutable_delete_time() = ToTimestamp(*warehouse.delete_time);
  out.set_etag(Etag(warehouse.version));
}

void ToProto(const storage::ChannelRecord& channel, std::vector<storage::AttachmentRecord> attachments,
             v1::Channel& out) {
  out.set_channel_id(channel.channel_id);
  out.set_name(channel.name);
  out.set_external_reference_code(channel.external_reference_code);
  out.set_active(channel.active);
  std::sort(attachments.begin(), attachments.end(), [](const auto& a, const auto& b) {
    return std::tie(a.priority, a.warehouse_id) < std::tie(b.priority, b.warehouse_id);
  });
  for (const storage::AttachmentRecord& attachment : attachments) {
    v1::Attachment& added = *out.add_attachments();
    added.set_warehouse_id(attachment.warehouse_id);
    added.set_priority(attachment.priority);
  }
  *out.mutable_create_time() = ToTimestamp(channel.create_time);
  *out.mutable_update_time() = ToTimestamp(channel.update_time);
  if (channel.delete_time) *out.mutable_delete_time() = ToTimestamp(*channel.delete_time);
  out.set_etag(Etag(channel.version));
  out.set_sourcing_strategy(static_cast<v1::SourcingStrategy>(channel.sourcing_strategy));
}

void ToProto(const storage::ReservationRecord& reservation,
             const std::vector<const storage::ReservationLineRecord*>& lines,
             const std::vector<const storage::AllocationRecord*>& allocations, absl::Time now, v1::Reservation& out) {
  const storage::ReservationState state = LiveState(reservation, now);
  const bool dead = state == storage::ReservationState::kExpired;
  out.set_reservation_id(reservation.reservation_id);
  out.set_channel_id(reservation.channel_id);
  out.set_order_reference(reservation.order_reference);
  out.set_external_reference_code(reservation.external_reference_code);
  out.mutable_warehouse_ids()->Assign(reservation.warehouse_ids.begin(), reservation.warehouse_ids.end());
  out.set_state(static_cast<v1::ReservationState>(state));
  for (const storage::ReservationLineRecord* line : lines) {
    v1::ReservationLine& shown = *out.add_lines();
    shown.set_sku(line->sku);
    shown.set_requested_quantity(line->requested);
    shown.set_reserved_quantity(dead ? 0 : line->reserved);
    shown.set_shipped_quantity(line->shipped);
    shown.set_returned_quantity(line->returned);
    shown.set_backordered_quantity(dead ? 0 : line->backordered);
    shown.set_cancelled_quantity(line->cancelled + (dead ? line->reserved + line->backordered : 0));
    for (const storage::AllocationRecord* part : allocations) {
      if (part->sku != line->sku) continue;
      if ((dead || part->reserved == 0) && part->shipped == 0) continue;
      v1::Allocation& allocation = *shown.add_allocations();
      allocation.set_warehouse_id(part->warehouse_id);
      allocation.set_reserved_quantity(dead ? 0 : part->reserved);
      allocation.set_in_shipment_quantity(part->in_shipment);
      allocation.set_shipped_quantity(part->shipped);
    }
  }
  for (const storage::Component& kit : reservation.kits) {
    v1::ReservationKit& shown = *out.add_kits();
    shown.set_sku(kit.sku);
    shown.set_quantity(kit.quantity);
  }
  out.set_sourcing_strategy(static_cast<v1::SourcingStrategy>(reservation.sourcing_strategy));
  if (reservation.latitude && reservation.longitude) {
    out.mutable_destination()->set_latitude(*reservation.latitude);
    out.mutable_destination()->set_longitude(*reservation.longitude);
  }
  if (!dead && reservation.expire_time) *out.mutable_expire_time() = ToTimestamp(*reservation.expire_time);
  *out.mutable_create_time() = ToTimestamp(reservation.create_time);
  *out.mutable_update_time() = ToTimestamp(reservation.update_time);
  out.set_etag(Etag(reservation.version));
}

void ToProto(const storage::ShipmentRecord& shipment, const std::vector<const storage::ShipmentLineRecord*>& lines,
             v1::Shipment& out) {
  out.set_shipment_id(shipment.shipment_id);
  out.set_reservation_id(shipment.reservation_id);
  out.set_warehouse_id(shipment.warehouse_id);
  out.set_state(static_cast<v1::ShipmentState>(shipment.state));
  for (const storage::ShipmentLineRecord* line : lines) {
    const int last = out.lines_size() - 1;
    const bool same = last >= 0 && out.lines(last).sku() == line->sku;
    v1::OrderLine& shown = same ? *out.mutable_lines(last) : *out.add_lines();
    shown.set_sku(line->sku);
    shown.set_quantity(shown.quantity() + line->quantity);
  }
  out.set_carrier(shipment.carrier);
  out.set_tracking_number(shipment.tracking_number);
  out.set_external_reference_code(shipment.external_reference_code);
  *out.mutable_create_time() = ToTimestamp(shipment.create_time);
  *out.mutable_update_time() = ToTimestamp(shipment.update_time);
  out.set_etag(Etag(shipment.version));
}

void ToProto(const storage::ReturnRecord& stock_return, const std::vector<const storage::ReturnLineRecord*>& lines,
             v1::StockReturn& out) {
  out.set_return_id(stock_return.return_id);
  out.set_reservation_id(stock_return.reservation_id);
  for (const storage::ReturnLineRecord* line : lines) {
    v1::ReturnLine& shown = *out.add_lines();
    shown.set_sku(line->sku);
    shown.set_quantity(line->quantity);
    shown.set_warehouse_id(line->warehouse_id);
    shown.set_disposition(static_cast<v1::Disposition>(line->disposition));
  }
  out.set_reason(stock_return.reason);
  *out.mutable_create_time() = ToTimestamp(stock_return.create_time);
}

void ToProto(const storage::BackorderRecord& backorder, v1::Backorder& out) {
  out.set_sku(backorder.sku);
  out.set_reservation_id(backorder.reservation_id);
  out.set_channel_id(backorder.channel_id);
  out.set_quantity(backorder.quantity);
  out.set_place(backorder.place);
  if (backorder.expire_time) *out.mutable_expire_time() = ToTimestamp(*backorder.expire_time);
  *out.mutable_create_time() = ToTimestamp(backorder.create_time);
}

void ToProto(const storage::ReplenishmentRecord& replenishment, v1::Replenishment& out) {
  out.set_replenishment_id(replenishment.replenishment_id);
  out.set_sku(replenishment.sku);
  out.set_warehouse_id(replenishment.warehouse_id);
  out.set_ordered_quantity(replenishment.ordered);
  out.set_received_quantity(replenishment.received);
  out.set_outstanding_quantity(replenishment.outstanding());
  if (replenishment.expected_time) *out.mutable_expected_time() = ToTimestamp(*replenishment.expected_time);
  out.set_reference(replenishment.reference);
  out.set_external_reference_code(replenishment.external_reference_code);
  out.set_state(static_cast<v1::ReplenishmentState>(replenishment.state));
  *out.mutable_create_time() = ToTimestamp(replenishment.create_time);
  *out.mutable_update_time() = ToTimestamp(replenishment.update_time);
  out.set_etag(Etag(replenishment.version));
}

void ToProto(const storage::TransferRecord& transfer, const std::vector<const storage::TransferLineRecord*>& lines,
             v1::Transfer& out) {
  out.set_transfer_id(transfer.transfer_id);
  out.set_from_warehouse_id(transfer.from_warehouse_id);
  out.set_to_warehouse_id(transfer.to_warehouse_id);
  out.set_state(static_cast<v1::TransferState>(transfer.state));
  for (const storage::TransferLineRecord* line : lines) {
    v1::TransferLine& shown = *out.add_lines();
    shown.set_sku(line->sku);
    shown.set_quantity(line->quantity);
    shown.set_received_quantity(line->received);
    shown.set_missing_quantity(line->missing);
    shown.set_in_transit_quantity(line->in_transit());
    shown.set_shortage_reason(line->shortage_reason);
  }
  if (transfer.expected_time) *out.mutable_expected_time() = ToTimestamp(*transfer.expected_time);
  out.set_reason(transfer.reason);
  out.set_external_reference_code(transfer.external_reference_code);
  *out.mutable_create_time() = ToTimestamp(transfer.create_time);
  *out.mutable_update_time() = ToTimestamp(transfer.update_time);
  out.set_etag(Etag(transfer.version));
}

}  // namespace inventory
