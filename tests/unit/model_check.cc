#include "tests/unit/model_check.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "tests/unit/model_comparison.h"

namespace inventory::model {
namespace {

// The id of the item's availability estimate; empty if it has none or one that is gone.
std::string EstimateOf(const storage::ItemRecord& item, const pipeline::Rows& rows) {
  for (const storage::AvailabilityEstimateRecord* estimate : rows.availability_estimates.All()) {
    if (estimate->uid == item.availability_estimate) return estimate->availability_estimate_id;
  }
  return "";
}

void CompareItems(const State& state, const pipeline::Rows& rows, Comparison& out) {
  for (const storage::ItemRecord* record : rows.items.All()) {
    out.Of("item " + record->sku);
    const Item item = state.ItemOf(record->sku);
    out.Equal<int64_t>("configured", record->configured, item.configured);
    out.Equal<int64_t>("tracked", record->tracked, item.tracked);
    out.Equal<int64_t>("published", record->published, item.published);
    out.Equal("min", record->min_order_quantity, item.min);
    out.Equal("max", record->max_order_quantity, item.max);
    out.Equal("multiple", record->multiple_order_quantity, item.multiple);
    const std::vector<int64_t>& allowed = record->allowed_order_quantities;
    out.Equal<int64_t>("allowed", std::set<int64_t>(allowed.begin(), allowed.end()) == item.allowed, true);
    out.Equal<int64_t>("backorder policy", static_cast<int64_t>(record->backorder_policy), item.backorders);
    out.Equal("backorder limit", record->backorder_limit, item.backorder_limit);
    const bool same_units = record->units_of_measure.base_unit == item.base_unit &&
                            record->units_of_measure.precision == item.precision &&
                            record->units_of_measure.factors == item.factors;
    out.Equal<int64_t>("units of measure", same_units, true);
    std::map<std::string, int64_t> components;
    for (const storage::Component& part : record->components) components[part.sku] = part.quantity;
    out.Equal<int64_t>("components", components == item.components, true);
    out.Equal("code", record->external_reference_code, item.code);
    const std::string estimate = EstimateOf(*record, rows);
    out.Equal("availability estimate", estimate, state.EstimateOf(item));
    out.Equal("quotas", record->quotas, state.QuotasOf(record->sku));
    out.Equal("low-stock rules", record->low_stock_rules, state.RulesOf(record->sku));
    out.Equal("kits", record->kits, state.KitsOf(record->sku));
    out.Equal("backordered", record->backordered, state.Waiting(record->sku));
    const bool left_behind = state.Servable(record->sku) && !state.unfollowed;
    if (left_behind) out.Equal<int64_t>("fill pending", record->fill_pending, true);
    out.Equal("default safety stock", record->default_safety_stock, item.default_safety_stock);
    out.Equal("version", record->config_version, item.version);
    out.Equal("sequence", record->sequence, state.Movements(record->sku));
  }
  for (const auto& [sku, item] : state.items) {
    out.Of("item " + sku);
    out.Exists(rows.items.Find(sku));
  }
}

void CompareLevels(const State& state, const pipeline::Rows& rows, Comparison& out) {
  out.Count("levels", rows.levels.All().size(), state.levels.size());
  for (const auto& [key, level] : state.levels) {
    out.Of(absl::StrCat("level ", key.first, " in ", key.second));
    const storage::LevelRecord* record = rows.levels.Find(key);
    if (!out.Exists(record)) continue;
    out.Equal("on_hand", record->quantities.on_hand, level.on_hand);
    out.Equal("reserved", record->quantities.reserved, state.Reserved(key.first, key.second));
    out.Equal("safety_stock", record->quantities.safety_stock, level.safety_stock);
    out.Equal("damaged", record->quantities.damaged, level.damaged);
    out.Equal("quality_control", record->quantities.quality_control, level.quality_control);
    out.Equal("incoming", record->quantities.incoming, state.Incoming(key.first, key.second));
    out.Equal("version", record->version, level.version);
    out.Equal("counted", record->count_time, level.counted);
  }
}

void CompareLine(const Reservation& reservation, const std::string& id, const std::string& sku, const Line& line,
                 const pipeline::Rows& rows, Comparison& out) {
  out.Of(absl::StrCat("line ", sku, " of ", id));
  const storage::ReservationLineRecord* record = rows.reservation_lines.Find({id, sku});
  if (!out.Exists(record)) return;
  out.Equal("requested", record->requested, line.requested);
  out.Equal("reserved", record->reserved, line.reserved());
  out.Equal("backordered", record->backordered, line.waiting);
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

void CompareBackorders(const State& state, const pipeline::Rows& rows, Comparison& out) {
  std::size_t waiting = 0;
  for (const auto& [id, reservation] : state.reservations) {
    for (const auto& [sku, line] : reservation.lines) {
      if (line.waiting == 0) continue;
      ++waiting;
      out.Of(absl::StrCat("backorder of ", sku, " to ", id));
      const storage::BackorderRecord* record = rows.backorders.Find({sku, line.place});
      if (!out.Exists(record)) continue;
      out.Equal("reservation", record->reservation_id, id);
      out.Equal("channel", record->channel_id, reservation.channel);
      out.Equal("quantity", record->quantity, line.waiting);
      out.Equal("expiry", record->expire_time, reservation.expiry);
    }
  }
  out.Count("backorders", rows.backorders.All().size(), waiting);
}

void CompareQuotas(const State& state, const pipeline::Rows& rows, Comparison& out) {
  for (const auto& [key, quota] : state.quotas) {
    out.Of(absl::StrCat("quota of ", key.first, " in ", key.second));
    const storage::QuotaRecord* record = rows.quotas.Find(key);
    if (!out.Exists(record)) continue;
    out.Equal("quantity", record->quantity, quota.quantity);
    out.Equal("outstanding", record->outstanding, state.Unshipped(key.first, key.second));
    out.Equal("version", record->version, quota.version);
  }
  out.Count("quotas", rows.quotas.All().size(), state.quotas.size());
}

void CompareRules(const State& state, const pipeline::Rows& rows, Comparison& out) {
  std::size_t crossings = 0;
  for (const auto& [id, rule] : state.rules) {
    out.Of("low-stock rule " + id);
    const storage::LowStockRuleRecord* record = rows.low_stock_rules.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal("threshold", record->threshold, rule.threshold);
    out.Equal("margin", record->rearm_margin, rule.margin);
    out.Equal<int64_t>("low", record->low, rule.low);
    out.Equal<int64_t>("deleted", record->delete_time.has_value(), rule.deleted);
    out.Equal("version", record->version, rule.version);
    int64_t number = 0;
    for (const Event& noticed : rule.events) {
      out.Of(absl::StrCat("event ", ++number, " of rule ", id));
      const storage::LowStockEventRecord* event = rows.low_stock_events.Find({id, number});
      if (!out.Exists(event)) continue;
      out.Equal<int64_t>("low", event->type == storage::LowStockEventType::kLow, number % 2);
      out.Equal("available", event->available, noticed.available);
      out.Equal("threshold", event->threshold, noticed.threshold);
      out.Equal<int64_t>("state", static_cast<int64_t>(event->state), noticed.state);
      out.Equal<int64_t>("attempts", event->attempts, noticed.attempts);
      out.Equal("next attempt", event->next_attempt_time, noticed.due);
    }
    crossings += rule.events.size();
  }
  out.Count("low-stock rules", rows.low_stock_rules.All().size(), state.rules.size());
  out.Count("low-stock events", rows.low_stock_events.All().size(), crossings);
}

void CompareReservations(const State& state, const pipeline::Rows& rows, Comparison& out) {
  std::size_t lines = 0;
  std::size_t parts = 0;
  for (const auto& [id, reservation] : state.reservations) {
    out.Of("reservation " + id);
    const storage::ReservationRecord* record = rows.reservations.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal("channel", record->channel_id, reservation.channel);
    out.Equal<int64_t>("warehouses", record->warehouse_ids == reservation.only, true);
    out.Equal<int64_t>("strategy", static_cast<int64_t>(record->sourcing_strategy), reservation.strategy);
    out.Equal<int64_t>("destination", record->longitude == reservation.destination, true);
    out.Equal<int64_t>("state", static_cast<int64_t>(record->state), reservation.state);
    out.Equal("expiry", record->expire_time, reservation.expiry);
    out.Equal("version", record->version, reservation.version);
    std::map<std::string, int64_t> kits;
    for (const storage::Component& kit : record->kits) kits[kit.sku] = kit.quantity;
    out.Equal<int64_t>("kits", kits == reservation.kits, true);
    for (const auto& [sku, line] : reservation.lines) {
      CompareLine(reservation, id, sku, line, rows, out);
      parts += line.parts.size();
    }
    lines += reservation.lines.size();
  }
  out.Count("reservations", rows.reservations.All().size(), state.reservations.size());
  out.Count("lines", rows.reservation_lines.All().size(), lines);
  out.Count("allocations", rows.allocations.All().size(), parts);
}

void CompareShipments(const State& state, const pipeline::Rows& rows, Comparison& out) {
  std::size_t lines = 0;
  for (const auto& [id, shipment] : state.shipments) {
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
  out.Count("shipments", rows.shipments.All().size(), state.shipments.size());
  out.Count("shipment lines", rows.shipment_lines.All().size(), lines);
}

void CompareReturns(const State& state, const pipeline::Rows& rows, Comparison& out) {
  std::size_t lines = 0;
  for (const auto& [id, made] : state.returns) {
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
  out.Count("returns", rows.returns.All().size(), state.returns.size());
  out.Count("return lines", rows.return_lines.All().size(), lines);
}

void CompareReplenishments(const State& state, const pipeline::Rows& rows, Comparison& out) {
  for (const auto& [id, replenishment] : state.replenishments) {
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
  out.Count("replenishments", rows.replenishments.All().size(), state.replenishments.size());
}

void CompareTransfers(const State& state, const pipeline::Rows& rows, Comparison& out) {
  std::size_t lines = 0;
  for (const auto& [id, transfer] : state.transfers) {
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
  out.Count("transfers", rows.transfers.All().size(), state.transfers.size());
  out.Count("transfer lines", rows.transfer_lines.All().size(), lines);
}

void CompareConfiguration(const State& state, const pipeline::Rows& rows, Comparison& out) {
  for (const auto& [id, warehouse] : state.warehouses) {
    out.Of("warehouse " + id);
    const storage::WarehouseRecord* record = rows.warehouses.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal<int64_t>("active", record->active, warehouse.active);
    out.Equal<int64_t>("located", record->longitude == warehouse.longitude, true);
    out.Equal<int64_t>("deleted", record->delete_time.has_value(), warehouse.deleted);
    out.Equal("version", record->version, warehouse.version);
  }
  out.Count("warehouses", rows.warehouses.All().size(), state.warehouses.size());
  std::size_t attachments = 0;
  for (const auto& [id, channel] : state.channels) {
    out.Of("channel " + id);
    const storage::ChannelRecord* record = rows.channels.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal<int64_t>("active", record->active, channel.active);
    out.Equal<int64_t>("strategy", static_cast<int64_t>(record->sourcing_strategy), channel.strategy);
    out.Equal<int64_t>("deleted", record->delete_time.has_value(), channel.deleted);
    out.Equal("version", record->version, channel.version);
    for (const auto& [warehouse, priority] : channel.priorities) {
      out.Of(absl::StrCat("attachment of ", warehouse, " to ", id));
      const storage::AttachmentRecord* attachment = rows.attachments.Find({id, warehouse});
      if (out.Exists(attachment)) out.Equal<int64_t>("priority", attachment->priority, priority);
    }
    attachments += channel.priorities.size();
  }
  out.Count("channels", rows.channels.All().size(), state.channels.size());
  out.Count("attachments", rows.attachments.All().size(), attachments);
}

void CompareEstimates(const State& state, const pipeline::Rows& rows, Comparison& out) {
  for (const auto& [id, estimate] : state.estimates) {
    out.Of("availability estimate " + id);
    const storage::AvailabilityEstimateRecord* record = rows.availability_estimates.Find(id);
    if (!out.Exists(record)) continue;
    out.Equal("title", record->title, estimate.title);
    out.Equal<int64_t>("priority", record->priority, estimate.priority);
    out.Equal("version", record->version, estimate.version);
  }
  out.Count("availability estimates", rows.availability_estimates.All().size(), state.estimates.size());
}

// Counts those that have codes.
template <typename Resource>
int64_t CompareReferencesOf(storage::ResourceKind kind, const std::map<std::string, Resource>& all,
                            const pipeline::Rows& rows, Comparison& out) {
  int64_t codes = 0;
  for (const auto& [id, resource] : all) {
    if (resource.code.empty()) continue;
    ++codes;
    out.Of(absl::StrCat("code ", resource.code, " of ", id));
    const storage::ExternalReferenceRecord* record = rows.external_references.Find({kind, resource.code});
    if (out.Exists(record)) out.Equal("owner", record->id, id);
  }
  return codes;
}

// Each resource has its code in its own row too; the items' are compared with the rest of them.
template <typename Resource, typename Record>
void CompareCodes(const std::map<std::string, Resource>& all, const pipeline::Table<Record>& table, Comparison& out) {
  for (const auto& [id, resource] : all) {
    const Record* record = table.Find(id);
    out.Of("resource " + id);
    if (out.Exists(record)) out.Equal("code", record->external_reference_code, resource.code);
  }
}

void CompareReferences(const State& state, const pipeline::Rows& rows, Comparison& out) {
  using storage::ResourceKind;
  const int64_t codes = CompareReferencesOf(ResourceKind::kItem, state.items, rows, out) +
                        CompareReferencesOf(ResourceKind::kWarehouse, state.warehouses, rows, out) +
                        CompareReferencesOf(ResourceKind::kChannel, state.channels, rows, out) +
                        CompareReferencesOf(ResourceKind::kReservation, state.reservations, rows, out) +
                        CompareReferencesOf(ResourceKind::kShipment, state.shipments, rows, out) +
                        CompareReferencesOf(ResourceKind::kReplenishment, state.replenishments, rows, out) +
                        CompareReferencesOf(ResourceKind::kTransfer, state.transfers, rows, out);
  out.Count("codes", rows.external_references.All().size(), static_cast<std::size_t>(codes));
  CompareCodes(state.warehouses, rows.warehouses, out);
  CompareCodes(state.channels, rows.channels, out);
  CompareCodes(state.reservations, rows.reservations, out);
  CompareCodes(state.shipments, rows.shipments, out);
  CompareCodes(state.replenishments, rows.replenishments, out);
  CompareCodes(state.transfers, rows.transfers, out);
}

}  // namespace

std::vector<std::string> Differences(const State& state, const pipeline::Rows& rows) {
  Comparison out;
  CompareEstimates(state, rows, out);
  CompareReferences(state, rows, out);
  CompareItems(state, rows, out);
  CompareLevels(state, rows, out);
  CompareReservations(state, rows, out);
  CompareBackorders(state, rows, out);
  CompareQuotas(state, rows, out);
  CompareRules(state, rows, out);
  CompareShipments(state, rows, out);
  CompareReturns(state, rows, out);
  CompareReplenishments(state, rows, out);
  CompareTransfers(state, rows, out);
  CompareConfiguration(state, rows, out);
  return out.Take();
}

}  // namespace inventory::model
