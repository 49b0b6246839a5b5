#include "tests/unit/model_check.h"

#include "absl/strings/str_cat.h"
#include "server/commands/convert.h"
#include "server/errors.h"

namespace inventory::model {
namespace {

std::string Text(int64_t value) { return absl::StrCat(value); }
std::string Text(const std::string& value) { return value; }
std::string Text(const std::optional<absl::Time>& time) {
  return time ? absl::FormatTime(*time, absl::UTCTimeZone()) : "never";
}

// Collects what differs.
class Comparison {
 public:
  // Names what the following values belong to.
  void Of(std::string subject) { subject_ = std::move(subject); }

  template <typename Value>
  void Equal(const char* name, const Value& actual, const Value& expected) {
    if (actual == expected) return;
    differences_.push_back(absl::StrCat(subject_, ": ", name, " is ", Text(actual), " and must be ", Text(expected)));
  }
  void Count(const char* name, std::size_t actual, std::size_t expected) {
    Of(absl::StrCat("number of ", name));
    Equal("count", static_cast<int64_t>(actual), static_cast<int64_t>(expected));
  }
  // False if it is missing.
  bool Exists(const void* record) {
    if (record == nullptr) differences_.push_back(absl::StrCat(subject_, " is missing"));
    return record != nullptr;
  }

  std::vector<std::string> Take() { return std::move(differences_); }

 private:
  std::string subject_;
  std::vector<std::string> differences_;
};

void CompareItems(const Model& model, const pipeline::Rows& rows, Comparison& out) {
  for (const storage::ItemRecord* record : rows.items.All()) {
    out.Of("item " + record->sku);
    const Item item = model.ItemOf(record->sku);
    out.Equal<int64_t>("configured", record->configured, item.configured);
    out.Equal<int64_t>("tracked", record->tracked, item.tracked);
    out.Equal<int64_t>("published", record->published, item.published);
    out.Equal("min", record->min_order_quantity, item.min);
    out.Equal("max", record->max_order_quantity, item.max);
    out.Equal("multiple", record->multiple_order_quantity, item.multiple);
    const std::vector<int64_t>& allowed = record->allowed_order_quantities;
    out.Equal<int64_t>("allowed", std::set<int64_t>(allowed.begin(), allowed.end()) == item.allowed, true);
    out.Equal("default safety stock", record->default_safety_stock, item.default_safety_stock);
    out.Equal("version", record->config_version, item.version);
    out.Equal("sequence", record->sequence, model.Movements(record->sku));
  }
  for (const auto& [sku, item] : model.state().items) {
    out.Of("item " + sku);
    out.Exists(rows.items.Find(sku));
  }
}

void CompareLevels(const Model& model, const pipeline::Rows& rows, Comparison& out) {
  out.Count("levels", rows.levels.All().size(), model.state().levels.size());
  for (const auto& [key, level] : model.state().levels) {
    out.Of(absl::StrCat("level ", key.first, " in ", key.second));
    const storage::LevelRecord* record = rows.levels.Find(key);
    if (!out.Exists(record)) continue;
    out.Equal("on_hand", record->quantities.on_hand, level.on_hand);
    out.Equal("reserved", record->quantities.reserved, model.Reserved(key.first, key.second));
    out.Equal("safety_stock", record->quantities.safety_stock, level.safety_stock);
    out.Equal("damaged", record->quantities.damaged, level.damaged);
    out.Equal("quality_control", record->quantities.quality_control, level.quality_control);
    out.Equal("incoming", record->quantities.incoming, model.Incoming(key.first, key.second));
    out.Equal("version", record->version, level.version);
  }
}

void CompareLine(const Reservation& reservation, const std::string& id, const std::string& sku, const Line& line,
                 const pipeline::Rows& rows, Comparison& out) {
  out.Of(absl::StrCat("line ", sku, " of ", id));
  const storage::ReservationLineRecord* record = rows.reservation_lines.Find({id, sku});
  if (!out.Exists(record)) return;
  out.Equal("requested", record->requested, line.requested);
  out.Equal("reserved", record->reserved, line.reserved());
  out.Equal("shipped", record->shipped, line.shipped);
  out.Equal("cancelled", record->cancelled, line.cancelled);
  out.Equal("returned", record->returned, line.returned);
  for (const auto& [warehouse, part] : line.parts) {
    out.Of(absl::StrCat("allocation of ", sku, " in ", warehouse, " to ", id));
    const storage::AllocationRecord* allocation = rows.allocations.Find({id, sku, warehouse});
    if (!out.Exists(allocation)) continue;
    out.Equal("reserved", allocation->reserved, part.reserved);
    out.Equal("in_shipment", allocation->in_shipment, part.in_shipment);
    out.Equal("shipped", allocation->shipped, part.shipped);
    out.Equal("expiry", allocation->expire_time, part.reserved > 0 ? reservation.expiry : std::nullopt);
  }
}

void CompareReservations(const Model& model, const pipeline::Rows& rows, Comparison& out) {
  std::size_t lines = 0;
  std::size_t parts = 0;
  for (const auto& [id, reservation] : model.state().reservations) {
    out.Of("reservation " + id);
    const storage::ReservationRecord* record = rows.reservations.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal("channel", record->channel_id, reservation.channel);
    out.Equal<int64_t>("state", static_cast<int64_t>(record->state), reservation.state);
    out.Equal("expiry", record->expire_time, reservation.expiry);
    out.Equal("version", record->version, reservation.version);
    for (const auto& [sku, line] : reservation.lines) {
      CompareLine(reservation, id, sku, line, rows, out);
      parts += line.parts.size();
    }
    lines += reservation.lines.size();
  }
  out.Count("reservations", rows.reservations.All().size(), model.state().reservations.size());
  out.Count("lines", rows.reservation_lines.All().size(), lines);
  out.Count("allocations", rows.allocations.All().size(), parts);
}

void CompareShipments(const Model& model, const pipeline::Rows& rows, Comparison& out) {
  std::size_t lines = 0;
  for (const auto& [id, shipment] : model.state().shipments) {
    out.Of("shipment " + id);
    const storage::ShipmentRecord* record = rows.shipments.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal("reservation", record->reservation_id, shipment.reservation);
    out.Equal("warehouse", record->warehouse_id, shipment.warehouse);
    out.Equal<int64_t>("state", static_cast<int64_t>(record->state), shipment.state);
    out.Equal("version", record->version, shipment.version);
    for (const auto& [key, quantity] : shipment.lines) {
      out.Of(absl::StrCat("line ", key.first, " from ", key.second, " of ", id));
      const storage::ShipmentLineRecord* line = rows.shipment_lines.Find({id, key.first, key.second});
      if (out.Exists(line)) out.Equal("quantity", line->quantity, quantity);
    }
    lines += shipment.lines.size();
  }
  out.Count("shipments", rows.shipments.All().size(), model.state().shipments.size());
  out.Count("shipment lines", rows.shipment_lines.All().size(), lines);
}

void CompareReturns(const Model& model, const pipeline::Rows& rows, Comparison& out) {
  std::size_t lines = 0;
  for (const auto& [id, made] : model.state().returns) {
    out.Of("return " + id);
    const storage::ReturnRecord* record = rows.returns.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal("reservation", record->reservation_id, made.reservation);
    for (const auto& [key, quantity] : made.lines) {
      const auto& [sku, warehouse, disposition] = key;
      out.Of(absl::StrCat("line ", sku, " to ", warehouse, " of ", id));
      const storage::ReturnLineRecord* line =
          rows.return_lines.Find({id, sku, warehouse, static_cast<storage::Disposition>(disposition)});
      if (out.Exists(line)) out.Equal("quantity", line->quantity, quantity);
    }
    lines += made.lines.size();
  }
  out.Count("returns", rows.returns.All().size(), model.state().returns.size());
  out.Count("return lines", rows.return_lines.All().size(), lines);
}

void CompareReplenishments(const Model& model, const pipeline::Rows& rows, Comparison& out) {
  for (const auto& [id, replenishment] : model.state().replenishments) {
    out.Of("replenishment " + id);
    const storage::ReplenishmentRecord* record = rows.replenishments.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal("sku", record->sku, replenishment.sku);
    out.Equal("warehouse", record->warehouse_id, replenishment.warehouse);
    out.Equal("ordered", record->ordered, replenishment.ordered);
    out.Equal("received", record->received, replenishment.received);
    out.Equal<int64_t>("state", static_cast<int64_t>(record->state), replenishment.state);
    out.Equal("version", record->version, replenishment.version);
  }
  out.Count("replenishments", rows.replenishments.All().size(), model.state().replenishments.size());
}

void CompareTransfers(const Model& model, const pipeline::Rows& rows, Comparison& out) {
  std::size_t lines = 0;
  for (const auto& [id, transfer] : model.state().transfers) {
    out.Of("transfer " + id);
    const storage::TransferRecord* record = rows.transfers.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal("from", record->from_warehouse_id, transfer.from);
    out.Equal("to", record->to_warehouse_id, transfer.to);
    out.Equal<int64_t>("state", static_cast<int64_t>(record->state), transfer.state);
    out.Equal("version", record->version, transfer.version);
    for (const auto& [sku, line] : transfer.lines) {
      out.Of(absl::StrCat("line ", sku, " of ", id));
      const storage::TransferLineRecord* stored = rows.transfer_lines.Find({id, sku});
      if (!out.Exists(stored)) continue;
      out.Equal("quantity", stored->quantity, line.quantity);
      out.Equal("received", stored->received, line.received);
      out.Equal("missing", stored->missing, line.missing);
    }
    lines += transfer.lines.size();
  }
  out.Count("transfers", rows.transfers.All().size(), model.state().transfers.size());
  out.Count("transfer lines", rows.transfer_lines.All().size(), lines);
}

void CompareConfiguration(const Model& model, const pipeline::Rows& rows, Comparison& out) {
  for (const auto& [id, warehouse] : model.state().warehouses) {
    out.Of("warehouse " + id);
    const storage::WarehouseRecord* record = rows.warehouses.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal<int64_t>("active", record->active, warehouse.active);
    out.Equal<int64_t>("located", record->latitude.has_value(), warehouse.located);
    out.Equal<int64_t>("deleted", record->delete_time.has_value(), warehouse.deleted);
    out.Equal("version", record->version, warehouse.version);
  }
  out.Count("warehouses", rows.warehouses.All().size(), model.state().warehouses.size());
  std::size_t attachments = 0;
  for (const auto& [id, channel] : model.state().channels) {
    out.Of("channel " + id);
    const storage::ChannelRecord* record = rows.channels.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal<int64_t>("active", record->active, channel.active);
    out.Equal<int64_t>("deleted", record->delete_time.has_value(), channel.deleted);
    out.Equal("version", record->version, channel.version);
    for (const auto& [warehouse, priority] : channel.priorities) {
      out.Of(absl::StrCat("attachment of ", warehouse, " to ", id));
      const storage::AttachmentRecord* attachment = rows.attachments.Find({id, warehouse});
      if (out.Exists(attachment)) out.Equal<int64_t>("priority", attachment->priority, priority);
    }
    attachments += channel.priorities.size();
  }
  out.Count("channels", rows.channels.All().size(), model.state().channels.size());
  out.Count("attachments", rows.attachments.All().size(), attachments);
}

void CompareShown(const Model& model, const v1::Reservation& shown, Comparison& out) {
  out.Of("shown reservation " + shown.reservation_id());
  const Reservation& reservation = model.state().reservations.at(shown.reservation_id());
  const v1::ReservationState state = reservation.StateAt(model.now);
  out.Equal<int64_t>("state", shown.state(), state);
  out.Equal("etag", shown.etag(), Text(reservation.version));
  out.Equal("lines", Text(shown.lines_size()), Text(static_cast<int64_t>(reservation.lines.size())));
  for (const v1::ReservationLine& line : shown.lines()) {
    out.Of(absl::StrCat("shown line ", line.sku(), " of ", shown.reservation_id()));
    const Line& expected = reservation.lines.at(line.sku());
    // Of a dead hold nothing is reserved any more.
    const int64_t dead = state == v1::RESERVATION_STATE_EXPIRED ? expected.reserved() : 0;
    out.Equal<int64_t>("requested", line.requested_quantity(), expected.requested);
    out.Equal<int64_t>("reserved", line.reserved_quantity(), expected.reserved() - dead);
    out.Equal<int64_t>("shipped", line.shipped_quantity(), expected.shipped);
    out.Equal<int64_t>("cancelled", line.cancelled_quantity(), expected.cancelled + dead);
    out.Equal<int64_t>("returned", line.returned_quantity(), expected.returned);
  }
}

void CompareShown(const Model& model, const v1::Shipment& shown, Comparison& out) {
  out.Of("shown shipment " + shown.shipment_id());
  const Shipment& shipment = model.state().shipments.at(shown.shipment_id());
  std::map<std::string, int64_t> units;
  for (const auto& [key, quantity] : shipment.lines) units[key.first] += quantity;
  out.Equal<int64_t>("state", shown.state(), shipment.state);
  out.Equal("etag", shown.etag(), Text(shipment.version));
  out.Equal<int64_t>("lines", shown.lines_size(), static_cast<int64_t>(units.size()));
  for (const v1::OrderLine& line : shown.lines()) out.Equal<int64_t>("quantity", line.quantity(), units[line.sku()]);
}

void CompareShown(const Model& model, const v1::StockReturn& shown, Comparison& out) {
  out.Of("shown return " + shown.return_id());
  const Return& made = model.state().returns.at(shown.return_id());
  out.Equal("reservation", shown.reservation_id(), made.reservation);
  out.Equal<int64_t>("lines", shown.lines_size(), static_cast<int64_t>(made.lines.size()));
  for (const v1::ReturnLine& line : shown.lines()) {
    const auto expected = made.lines.find({line.sku(), line.warehouse_id(), line.disposition()});
    out.Equal<int64_t>("quantity", line.quantity(), expected == made.lines.end() ? 0 : expected->second);
  }
}

void CompareShown(const Model& model, const v1::Replenishment& shown, Comparison& out) {
  out.Of("shown replenishment " + shown.replenishment_id());
  const Replenishment& replenishment = model.state().replenishments.at(shown.replenishment_id());
  out.Equal<int64_t>("state", shown.state(), replenishment.state);
  out.Equal<int64_t>("received", shown.received_quantity(), replenishment.received);
  out.Equal<int64_t>("outstanding", shown.outstanding_quantity(), replenishment.outstanding());
  out.Equal("etag", shown.etag(), Text(replenishment.version));
}

void CompareShown(const Model& model, const v1::Transfer& shown, Comparison& out) {
  out.Of("shown transfer " + shown.transfer_id());
  const Transfer& transfer = model.state().transfers.at(shown.transfer_id());
  out.Equal<int64_t>("state", shown.state(), transfer.state);
  out.Equal("etag", shown.etag(), Text(transfer.version));
  out.Count("shown lines", static_cast<std::size_t>(shown.lines_size()), transfer.lines.size());
  for (const v1::TransferLine& line : shown.lines()) {
    out.Equal<int64_t>("in transit", line.in_transit_quantity(), transfer.lines.at(line.sku()).in_transit());
  }
}

void CompareShown(const Model& model, const v1::StockLevel& shown, Comparison& out) {
  out.Of(absl::StrCat("shown level ", shown.sku(), " in ", shown.warehouse_id()));
  const Level& level = model.state().levels.at({shown.sku(), shown.warehouse_id()});
  out.Equal<int64_t>("on_hand", shown.on_hand(), level.on_hand);
  out.Equal<int64_t>("reserved", shown.reserved(), model.Reserved(shown.sku(), shown.warehouse_id()));
  out.Equal<int64_t>("safety_stock", shown.safety_stock(), level.safety_stock);
  out.Equal<int64_t>("damaged", shown.damaged(), level.damaged);
  out.Equal<int64_t>("quality_control", shown.quality_control(), level.quality_control);
  out.Equal<int64_t>("available", shown.available(), model.Available(shown.sku(), shown.warehouse_id()));
  out.Equal<int64_t>("incoming", shown.incoming(), model.Incoming(shown.sku(), shown.warehouse_id()));
  out.Equal("etag", shown.etag(), Text(level.version));
}

void CompareLineResults(const Model& model, const v1::ReserveStockResponse& answer, Comparison& out) {
  const Reservation& reservation = model.state().reservations.at(answer.reservation().reservation_id());
  out.Count("line results", static_cast<std::size_t>(answer.line_results_size()), reservation.lines.size());
  for (const v1::LineResult& result : answer.line_results()) {
    out.Of("result of line " + result.sku());
    const Line& line = reservation.lines.at(result.sku());
    out.Equal<int64_t>("requested", result.requested_quantity(), line.requested);
    out.Equal<int64_t>("reserved", result.reserved_quantity(), line.reserved() + line.shipped);
    const bool complete = result.reserved_quantity() == result.requested_quantity();
    out.Equal<std::string>("reason", result.reason(), complete ? "" : "INSUFFICIENT_STOCK");
  }
}

void CompareRows(const Model& model, const v1::BatchUpdateStockResponse& answer, Comparison& out) {
  const std::vector<UpdatedRow>& rows = model.updated_rows();
  out.Count("results", static_cast<std::size_t>(answer.results_size()), rows.size());
  int64_t failed = 0;
  for (int i = 0; i < answer.results_size() && i < static_cast<int>(rows.size()); ++i) {
    const v1::BatchUpdateStockResponse::Result& result = answer.results(i);
    const UpdatedRow& row = rows[static_cast<std::size_t>(i)];
    out.Of(absl::StrCat("result ", i));
    out.Equal<int64_t>("code", result.error().code(), static_cast<int64_t>(row.outcome.code));
    out.Equal("reason", ReasonOf(FromProto(result.error())), row.outcome.reason);
    out.Equal<int64_t>("has a level", result.has_stock_level(), row.outcome.ok());
    out.Equal<int64_t>("has a movement", result.has_movement(), row.moved);
    out.Equal<int64_t>("on_hand", result.stock_level().on_hand(), row.level.on_hand);
    out.Equal<int64_t>("safety_stock", result.stock_level().safety_stock(), row.level.safety_stock);
    out.Equal<std::string>("etag", result.stock_level().etag(), row.outcome.ok() ? Text(row.level.version) : "");
    failed += row.outcome.ok() ? 0 : 1;
  }
  out.Count("failed rows", static_cast<std::size_t>(answer.failed_count()), static_cast<std::size_t>(failed));
}

// Compares the answer's field of this name, if it has one that is set.
template <typename Resource>
void CompareField(const Model& model, const google::protobuf::Message& answer, const char* name, Comparison& out) {
  const auto* field = answer.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || !answer.GetReflection()->HasField(answer, field)) return;
  CompareShown(model, dynamic_cast<const Resource&>(answer.GetReflection()->GetMessage(answer, field)), out);
}

}  // namespace

std::vector<std::string> Differences(const Model& model, const pipeline::Rows& rows) {
  Comparison out;
  CompareItems(model, rows, out);
  CompareLevels(model, rows, out);
  CompareReservations(model, rows, out);
  CompareShipments(model, rows, out);
  CompareReturns(model, rows, out);
  CompareReplenishments(model, rows, out);
  CompareTransfers(model, rows, out);
  CompareConfiguration(model, rows, out);
  return out.Take();
}

std::vector<std::string> Differences(const Model& model, const google::protobuf::Message& answer) {
  Comparison out;
  CompareField<v1::Reservation>(model, answer, "reservation", out);
  CompareField<v1::Shipment>(model, answer, "shipment", out);
  CompareField<v1::StockReturn>(model, answer, "stock_return", out);
  CompareField<v1::Replenishment>(model, answer, "replenishment", out);
  CompareField<v1::Transfer>(model, answer, "transfer", out);
  CompareField<v1::StockLevel>(model, answer, "stock_level", out);
  if (const auto* reserved = dynamic_cast<const v1::ReserveStockResponse*>(&answer)) {
    CompareLineResults(model, *reserved, out);
  } else if (const auto* batch = dynamic_cast<const v1::BatchUpdateStockResponse*>(&answer)) {
    CompareRows(model, *batch, out);
  } else if (const auto* item = dynamic_cast<const v1::Item*>(&answer)) {
    out.Of("shown item " + item->sku());
    out.Equal("etag", item->etag(), Text(model.ItemOf(item->sku()).version));
  } else if (const auto* warehouse = dynamic_cast<const v1::Warehouse*>(&answer)) {
    out.Of("shown warehouse " + warehouse->warehouse_id());
    out.Equal("etag", warehouse->etag(), Text(model.state().warehouses.at(warehouse->warehouse_id()).version));
  } else if (const auto* channel = dynamic_cast<const v1::Channel*>(&answer)) {
    out.Of("shown channel " + channel->channel_id());
    out.Equal("etag", channel->etag(), Text(model.state().channels.at(channel->channel_id()).version));
  }
  return out.Take();
}

}  // namespace inventory::model
