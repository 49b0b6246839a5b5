#include "server/pipeline/events.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "server/convert.h"

namespace inventory::pipeline {
namespace {

using storage::MovementType;

// So that what tells it can be read and sent in pieces: a chunk is at most this and one event.
constexpr std::size_t kMaxChunkBytes = 64 << 10;
// Of the SKUs that a chunk names.
constexpr std::size_t kMaxNamedBytes = 64 << 10;

const std::string& ChannelOf(const Rows& rows, const std::string& reservation_id) {
  static const std::string kNone;
  const storage::ReservationRecord* reservation = rows.reservations.Find(reservation_id);
  return reservation == nullptr ? kNone : reservation->channel_id;
}

// The reservation that a movement's document belongs to; null if it belongs to none.
const std::string* ReservationOf(const Rows& rows, const storage::MovementRecord& movement) {
  switch (movement.type) {
    case MovementType::kReserve:
    case MovementType::kRelease:
    case MovementType::kExpire:
    case MovementType::kReallocate:
    case MovementType::kFill:
      return &movement.document_id;
    case MovementType::kShip: {
      const storage::ShipmentRecord* shipment = rows.shipments.Find(movement.document_id);
      return shipment == nullptr ? nullptr : &shipment->reservation_id;
    }
    case MovementType::kReturn: {
      const storage::ReturnRecord* made = rows.returns.Find(movement.document_id);
      return made == nullptr ? nullptr : &made->reservation_id;
    }
    default:
      return nullptr;
  }
}

// Nothing if there are so many that naming them is of no use.
std::optional<std::vector<std::string>> Named(const std::set<std::string>& skus) {
  std::size_t bytes = 0;
  for (const std::string& sku : skus) bytes += sku.size() + 1;
  if (bytes > kMaxNamedBytes) return std::nullopt;
  return std::vector<std::string>(skus.begin(), skus.end());
}

template <typename Record>
std::vector<const Record*> RowsOf(const Table<Record>& table, const std::string& id) {
  typename Table<Record>::Key from = {};
  std::get<0>(from) = id;
  return table.Range(from, [&id](const Record& record) { return std::get<0>(record.key()) == id; });
}

void Fill(const Rows& rows, const storage::ReservationRecord* before, const storage::ReservationRecord& after,
          v1::ReservationChange& out) {
  out.set_reservation_id(after.reservation_id);
  out.set_order_reference(after.order_reference);
  out.set_external_reference_code(after.external_reference_code);
  if (before != nullptr) out.set_previous_state(static_cast<v1::ReservationState>(before->state));
  out.set_state(static_cast<v1::ReservationState>(after.state));
  if (after.expire_time) *out.mutable_expire_time() = ToTimestamp(*after.expire_time);
  for (const storage::ReservationLineRecord* line : RowsOf(rows.reservation_lines, after.reservation_id)) {
    v1::ReservationChange::Line& shown = *out.add_lines();
    shown.set_sku(line->sku);
    shown.set_requested_quantity(line->requested);
    shown.set_reserved_quantity(line->reserved);
    shown.set_shipped_quantity(line->shipped);
    shown.set_cancelled_quantity(line->cancelled);
    shown.set_backordered_quantity(line->backordered);
  }
}

void Fill(const Rows& rows, const storage::ShipmentRecord* before, const storage::ShipmentRecord& after,
          v1::ShipmentChange& out) {
  out.set_shipment_id(after.shipment_id);
  out.set_reservation_id(after.reservation_id);
  out.set_warehouse_id(after.warehouse_id);
  out.set_external_reference_code(after.external_reference_code);
  if (before != nullptr) out.set_previous_state(static_cast<v1::ShipmentState>(before->state));
  out.set_state(static_cast<v1::ShipmentState>(after.state));
  out.set_carrier(after.carrier);
  out.set_tracking_number(after.tracking_number);
  for (const storage::ShipmentLineRecord* line : RowsOf(rows.shipment_lines, after.shipment_id)) {
    // One for each warehouse that units were allocated in.
    const int last = out.lines_size() - 1;
    v1::ShipmentChange::Line& shown =
        last >= 0 && out.lines(last).sku() == line->sku ? *out.mutable_lines(last) : *out.add_lines();
    shown.set_sku(line->sku);
    shown.set_quantity(shown.quantity() + line->quantity);
  }
}

}  // namespace

void EventNotes::Note(const Rows& rows) {
  NoteMovements(rows);
  NoteReservations(rows);
  NoteShipments(rows);
  NoteLowStock(rows);
}

v1::Event& EventNotes::Add(v1::EventType type) {
  if (events_.events_size() > 0) {
    bytes_ += events_.events(events_.events_size() - 1).ByteSizeLong();
    if (bytes_ >= kMaxChunkBytes) Cut();
  }
  v1::Event& event = *events_.add_events();
  event.set_type(type);
  return event;
}

void EventNotes::NoteMovements(const Rows& rows) {
  for (std::size_t i = rows.marked_movements(); i < rows.movements.size(); ++i) {
    const storage::MovementRecord& movement = rows.movements[i];
    v1::Event& event = Add(v1::EVENT_TYPE_MOVEMENT);
    const std::string* reservation_id = ReservationOf(rows, movement);
    if (reservation_id != nullptr) event.set_channel_id(ChannelOf(rows, *reservation_id));
    ToProto(movement, *event.mutable_movement());
    event.mutable_movement()->clear_create_time();
  }
}

void EventNotes::NoteReservations(const Rows& rows) {
  rows.reservations.ForEachChange(
      [&](const storage::ReservationRecord* before, const storage::ReservationRecord* after) {
        if (after == nullptr || (before != nullptr && before->state == after->state)) return;
        v1::Event& event = Add(v1::EVENT_TYPE_RESERVATION);
        event.set_channel_id(after->channel_id);
        Fill(rows, before, *after, *event.mutable_reservation());
      });
}

void EventNotes::NoteShipments(const Rows& rows) {
  rows.shipments.ForEachChange([&](const storage::ShipmentRecord* before, const storage::ShipmentRecord* after) {
    if (after == nullptr || (before != nullptr && before->state == after->state)) return;
    v1::Event& event = Add(v1::EVENT_TYPE_SHIPMENT);
    event.set_channel_id(ChannelOf(rows, after->reservation_id));
    Fill(rows, before, *after, *event.mutable_shipment());
  });
}

void EventNotes::NoteLowStock(const Rows& rows) {
  rows.low_stock_events.ForEachChange(
      [&](const storage::LowStockEventRecord* before, const storage::LowStockEventRecord* after) {
        if (before != nullptr || after == nullptr) return;
        v1::Event& event = Add(v1::EVENT_TYPE_LOW_STOCK);
        v1::LowStockCrossing& crossing = *event.mutable_low_stock();
        crossing.set_rule_id(after->rule_id);
        crossing.set_number(after->number);
        crossing.set_type(static_cast<v1::LowStockEventType>(after->type));
        crossing.set_available(after->available);
        crossing.set_threshold(after->threshold);
        const storage::LowStockRuleRecord* rule = rows.low_stock_rules.Find(after->rule_id);
        if (rule == nullptr) return;
        crossing.set_sku(rule->sku);
        crossing.set_warehouse_id(rule->warehouse_id);
        crossing.set_channel_id(rule->channel_id);
        event.set_channel_id(rule->channel_id);
      });
}

void EventNotes::Cut() {
  payloads_.push_back(events_.SerializeAsString());
  events_.Clear();
  bytes_ = 0;
}

std::vector<storage::EventChunkRecord> EventNotes::TakeChunks(int16_t log_id, const storage::EventLogEnd& end,
                                                              absl::Time now, const std::set<std::string>& changed) {
  if (events_.events_size() > 0) Cut();
  if (payloads_.empty() && !changed.empty()) payloads_.emplace_back();
  std::vector<storage::EventChunkRecord> chunks;
  chunks.reserve(payloads_.size());
  storage::EventLogEnd last = end;
  for (std::string& payload : payloads_) {
    last = {.position = last.position + 1, .max_stamp = std::max(absl::ToUnixMicros(now), last.max_stamp + 1)};
    chunks.push_back({.log_id = log_id,
                      .position = last.position,
                      .stamp = last.max_stamp,
                      .create_time = now,
                      .payload = std::move(payload),
                      .skus = std::vector<std::string>()});
  }
  if (!chunks.empty()) chunks.front().skus = Named(changed);
  payloads_.clear();
  return chunks;
}

}  // namespace inventory::pipeline
