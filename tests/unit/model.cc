// What all commands share, and the commands on items and stock.
#include "tests/unit/model.h"

#include <algorithm>

namespace inventory::model {
namespace {

// Requests that are refused before anything is looked at. The random requests break no other bound.
bool Malformed(const v1::ReserveStockRequest& request) {
  const bool no_units = std::any_of(request.lines().begin(), request.lines().end(),
                                    [](const v1::OrderLine& line) { return line.quantity() < 1; });
  return no_units || request.lines().empty() || (request.commit() && request.has_ttl());
}
bool Malformed(const v1::AdjustStockRequest& request) { return request.delta() == 0; }
bool Malformed(const v1::ReclassifyStockRequest& request) {
  const auto chosen = [](v1::StockCondition condition) {
    return condition == v1::STOCK_CONDITION_UNSPECIFIED ? v1::STOCK_CONDITION_SELLABLE : condition;
  };
  return chosen(request.from_condition()) == chosen(request.to_condition());
}

bool Malformed(const v1::BatchUpdateStockRequest& request) {
  return std::any_of(request.updates().begin(), request.updates().end(), [](const v1::StockUpdate& update) {
    return update.has_adjust_on_hand() && update.adjust_on_hand() == 0;
  });
}
bool Malformed(const v1::CreateItemRequest& request) {
  const v1::Item& item = request.item();
  return item.has_max_order_quantity() && item.max_order_quantity() > 0 &&
         item.max_order_quantity() < item.min_order_quantity();
}
bool Malformed(const v1::CreateWarehouseRequest& request) {
  return request.warehouse().active() && !request.warehouse().has_location();
}
bool Malformed(const v1::CreateTransferRequest& request) {
  return request.from_warehouse_id() == request.to_warehouse_id();
}
bool Malformed(const v1::ReceiveTransferRequest& request) {
  bool missing = request.rest() == v1::TRANSFER_REST_MISSING;
  for (const auto& line : request.lines()) {
    if (line.received_quantity() == 0 && line.missing_quantity() == 0) return true;
    missing = missing || line.missing_quantity() > 0;
  }
  const bool settles_rest = request.rest() == v1::TRANSFER_REST_RECEIVED || request.rest() == v1::TRANSFER_REST_MISSING;
  return (missing && request.shortage_reason().empty()) || (request.lines().empty() && !settles_rest);
}
bool Malformed(const google::protobuf::Message&) { return false; }

bool MaskHas(const google::protobuf::FieldMask& mask, const std::string& field) {
  return std::any_of(mask.paths().begin(), mask.paths().end(),
                     [&field](const std::string& path) { return path == "*" || path == field; });
}

// `item` with the fields that the mask names as the request has them.
Item Changed(Item item, const v1::Item& wanted, const google::protobuf::FieldMask& mask) {
  const Item defaults;
  if (MaskHas(mask, "tracking")) item.tracked = wanted.tracking() != v1::TRACKING_UNTRACKED;
  if (MaskHas(mask, "published")) item.published = wanted.has_published() ? wanted.published() : defaults.published;
  if (MaskHas(mask, "min_order_quantity")) {
    item.min = wanted.has_min_order_quantity() ? wanted.min_order_quantity() : defaults.min;
  }
  if (MaskHas(mask, "max_order_quantity")) {
    item.max = wanted.has_max_order_quantity() ? wanted.max_order_quantity() : defaults.max;
  }
  if (MaskHas(mask, "multiple_order_quantity")) {
    item.multiple = wanted.has_multiple_order_quantity() ? wanted.multiple_order_quantity() : defaults.multiple;
  }
  if (MaskHas(mask, "allowed_order_quantities")) {
    item.allowed = {wanted.allowed_order_quantities().begin(), wanted.allowed_order_quantities().end()};
  }
  if (MaskHas(mask, "default_safety_stock")) item.default_safety_stock = wanted.default_safety_stock();
  return item;
}

Item All(Item item, const v1::Item& wanted) {
  google::protobuf::FieldMask all;
  all.add_paths("*");
  return Changed(std::move(item), wanted, all);
}

bool Malformed(const v1::UpdateReplenishmentRequest& request) {
  return MaskHas(request.update_mask(), "ordered_quantity") && request.replenishment().ordered_quantity() < 1;
}

// An item that may be made of the request must be valid as a whole; otherwise what is named, by itself.
bool Malformed(const v1::UpdateItemRequest& request) {
  Item limitless;
  limitless.max = 0;
  const Item named = request.allow_missing() ? All({}, request.item())  //
                                             : Changed(limitless, request.item(), request.update_mask());
  return named.max > 0 && named.max < named.min;
}

}  // namespace

std::string TextOf(const google::protobuf::Message& message, const std::string& field) {
  const auto* descriptor = message.GetDescriptor()->FindFieldByName(field);
  return descriptor == nullptr ? "" : message.GetReflection()->GetString(message, descriptor);
}

Outcome NotFound(const std::string& what) { return {absl::StatusCode::kNotFound, what + "_NOT_FOUND"}; }

Outcome Precondition(const std::string& reason) { return {absl::StatusCode::kFailedPrecondition, reason}; }

Outcome CheckEtag(const std::string& etag, int64_t version) {
  if (etag.empty() || etag == std::to_string(version)) return {};
  return {absl::StatusCode::kAborted, "ETAG_MISMATCH"};
}

template <typename Request>
bool Model::RunIf(const google::protobuf::Message& message, Outcome& outcome) {
  const auto* request = dynamic_cast<const Request*>(&message);
  if (request == nullptr) return false;
  if (Malformed(*request)) {
    outcome = {absl::StatusCode::kInvalidArgument, "INVALID_FIELDS"};
    return true;
  }
  outcome = RunOnce(*request);
  return true;
}

template <typename Request>
Outcome Model::RunOnce(const Request& request) {
  const std::string& id = request.request_id();
  const std::string payload = request.GetTypeName() + " " + request.ShortDebugString();
  if (const auto first = answers_.find(id); first != answers_.end()) {
    const bool same = first->second.first == payload;
    return same ? first->second.second : Outcome{absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED"};
  }
  ReleaseDead(SkusOf(request));
  const State before = state_;
  Outcome outcome = Do(request);
  if (!outcome.ok()) state_ = before;
  if (!id.empty()) answers_[id] = {payload, outcome};
  return outcome;
}

Outcome Model::Run(const google::protobuf::Message& request) {
  Outcome outcome{absl::StatusCode::kUnimplemented};
  const auto try_all = [&]<typename... Requests>(std::tuple<Requests...>*) {
    return (RunIf<Requests>(request, outcome) || ...);
  };
  using Writes = std::tuple<
      v1::CreateItemRequest, v1::UpdateItemRequest, v1::DeleteItemRequest, v1::SetStockRequest, v1::AdjustStockRequest,
      v1::ReclassifyStockRequest, v1::SetSafetyStockRequest, v1::BatchUpdateStockRequest, v1::ReserveStockRequest,
      v1::ConfirmReservationRequest, v1::ExtendReservationRequest, v1::AmendReservationRequest,
      v1::CancelReservationRequest, v1::CreateShipmentRequest, v1::MarkShipmentReadyRequest, v1::ShipShipmentRequest,
      v1::DeliverShipmentRequest, v1::CancelShipmentRequest, v1::ReturnStockRequest, v1::CreateReplenishmentRequest,
      v1::UpdateReplenishmentRequest, v1::ReceiveReplenishmentRequest, v1::CloseReplenishmentRequest,
      v1::CreateTransferRequest, v1::ReceiveTransferRequest, v1::CreateWarehouseRequest, v1::UpdateWarehouseRequest,
      v1::DeleteWarehouseRequest, v1::UndeleteWarehouseRequest, v1::CreateChannelRequest, v1::UpdateChannelRequest,
      v1::DeleteChannelRequest, v1::UndeleteChannelRequest, v1::AttachWarehouseRequest, v1::DetachWarehouseRequest>;
  try_all(static_cast<Writes*>(nullptr));
  return outcome;
}

// Whatever names a SKU or a document touches the SKUs of all of them.
std::set<std::string> Model::SkusOf(const google::protobuf::Message& request) const {
  std::set<std::string> skus;
  if (const std::string sku = TextOf(request, "sku"); !sku.empty()) skus.insert(sku);
  std::string reservation = TextOf(request, "reservation_id");
  const bool creates_reservation = dynamic_cast<const v1::ReserveStockRequest*>(&request) != nullptr;
  const bool creates_shipment = dynamic_cast<const v1::CreateShipmentRequest*>(&request) != nullptr;
  const auto shipment = state_.shipments.find(TextOf(request, "shipment_id"));
  if (shipment != state_.shipments.end() && !creates_shipment) reservation = shipment->second.reservation;
  const auto found = state_.reservations.find(reservation);
  if (found != state_.reservations.end() && !creates_reservation) {
    for (const auto& [sku, line] : found->second.lines) skus.insert(sku);
  }
  skus.merge(SkusOfDocument(request));
  if (const auto* reserve = dynamic_cast<const v1::ReserveStockRequest*>(&request)) {
    for (const auto& line : reserve->lines()) skus.insert(line.sku());
  } else if (const auto* amend = dynamic_cast<const v1::AmendReservationRequest*>(&request)) {
    for (const auto& line : amend->lines()) skus.insert(line.sku());
  } else if (const auto* move = dynamic_cast<const v1::CreateTransferRequest*>(&request)) {
    for (const auto& line : move->lines()) skus.insert(line.sku());
  } else if (const auto* batch = dynamic_cast<const v1::BatchUpdateStockRequest*>(&request)) {
    for (const auto& update : batch->updates()) skus.insert(update.sku());
  } else if (const auto* create = dynamic_cast<const v1::CreateItemRequest*>(&request)) {
    skus.insert(create->item().sku());
  } else if (const auto* update = dynamic_cast<const v1::UpdateItemRequest*>(&request)) {
    skus.insert(update->item().sku());
  }
  return skus;
}

void Model::ReleaseDead(const std::set<std::string>& skus) {
  for (auto& [id, reservation] : state_.reservations) {
    if (reservation.StateAt(now) != v1::RESERVATION_STATE_EXPIRED) continue;
    for (auto& [sku, line] : reservation.lines) {
      if (!skus.contains(sku)) continue;
      for (auto& [warehouse, part] : line.parts) {
        if (part.reserved == 0) continue;
        line.cancelled += part.reserved;
        part.reserved = 0;
        Moved(sku, warehouse);
      }
    }
  }
}

Item Model::ItemOf(const std::string& sku) const {
  const auto found = state_.items.find(sku);
  return found == state_.items.end() ? Item() : found->second;
}

int64_t Model::Reserved(const std::string& sku, const std::string& warehouse) const {
  int64_t units = 0;
  for (const auto& [id, reservation] : state_.reservations) {
    const auto line = reservation.lines.find(sku);
    if (line == reservation.lines.end()) continue;
    const auto part = line->second.parts.find(warehouse);
    if (part != line->second.parts.end()) units += part->second.reserved;
  }
  return units;
}

bool Model::Held(const std::string& sku) const {
  return std::any_of(state_.reservations.begin(), state_.reservations.end(), [&](const auto& entry) {
    const auto line = entry.second.lines.find(sku);
    const bool dead = entry.second.StateAt(now) == v1::RESERVATION_STATE_EXPIRED;
    return line != entry.second.lines.end() && line->second.reserved() > 0 && !dead;
  });
}

int64_t Model::Available(const std::string& sku, const std::string& warehouse) const {
  const auto level = state_.levels.find({sku, warehouse});
  if (level == state_.levels.end()) return 0;
  return level->second.sellable() - level->second.safety_stock - Reserved(sku, warehouse);
}

int64_t Model::Movements(const std::string& sku) const {
  int64_t movements = 0;
  for (const auto& [key, level] : state_.levels) movements += key.first == sku ? level.version : 0;
  return movements;
}

Outcome Model::Do(const v1::CreateItemRequest& request) {
  const std::string& sku = request.item().sku();
  const Item stored = ItemOf(sku);
  if (stored.configured) return {absl::StatusCode::kAlreadyExists, "ITEM_EXISTS"};
  return SaveItem(sku, All(stored, request.item()));
}

Outcome Model::Do(const v1::UpdateItemRequest& request) {
  const std::string& sku = request.item().sku();
  const Item stored = ItemOf(sku);
  if (!stored.configured && !request.allow_missing()) return NotFound("ITEM");
  if (Outcome etag = CheckEtag(request.item().etag(), stored.configured ? stored.version : 0); !etag.ok()) return etag;
  const Item wanted = stored.configured ? Changed(stored, request.item(), request.update_mask())  //
                                        : All(stored, request.item());
  if (wanted.max > 0 && wanted.max < wanted.min) return {absl::StatusCode::kInvalidArgument, "INVALID_FIELDS"};
  return SaveItem(sku, wanted);
}

Outcome Model::Do(const v1::DeleteItemRequest& request) {
  const std::string& sku = request.sku();
  Item stored = ItemOf(sku);
  if (!stored.configured) return NotFound("ITEM");
  if (Outcome etag = CheckEtag(request.etag(), stored.version); !etag.ok()) return etag;
  if (Held(sku)) return Precondition("ITEM_IN_USE");
  for (const auto& [key, level] : state_.levels) {
    if (key.first != sku) continue;
    if (level.on_hand > 0 || level.safety_stock > 0 || Reserved(key.first, key.second) > 0 ||
        Incoming(key.first, key.second) > 0) {
      return Precondition("ITEM_IN_USE");
    }
  }
  Item deleted;
  deleted.version = stored.version + 1;
  state_.items[sku] = deleted;
  return {};
}

Outcome Model::SaveItem(const std::string& sku, Item item) {
  const Item stored = ItemOf(sku);
  item.configured = true;
  if (item == stored) return {};
  if (item.tracked != stored.tracked) {
    if (Held(sku)) return Precondition("ITEM_IN_USE");
    for (const auto& [key, level] : state_.levels) {
      if (key.first == sku && Incoming(sku, key.second) > 0) return Precondition("ITEM_IN_USE");
    }
  }
  ++item.version;
  if (!item.tracked) state_.once_untracked.insert(sku);
  state_.items[sku] = item;
  return {};
}

Outcome Model::Do(const v1::SetStockRequest& request) {
  return WriteLevel(request.sku(), request.warehouse_id(), request.etag(), [&request](Level& level) {
    level.on_hand = request.on_hand();
    return level.sellable() < 0 ? Precondition("BELOW_UNSELLABLE") : Outcome();
  });
}

Outcome Model::Do(const v1::AdjustStockRequest& request) {
  return WriteLevel(request.sku(), request.warehouse_id(), request.etag(), [&request](Level& level) {
    const bool enough = level.Add(request.condition(), request.delta());
    return enough ? Outcome() : Precondition("INSUFFICIENT_ON_HAND");
  });
}

Outcome Model::Do(const v1::ReclassifyStockRequest& request) {
  return WriteLevel(request.sku(), request.warehouse_id(), request.etag(), [&request](Level& level) {
    const bool enough = level.Add(request.from_condition(), -request.quantity());
    level.Add(request.to_condition(), request.quantity());
    return enough ? Outcome() : Precondition("INSUFFICIENT_ON_HAND");
  });
}

Outcome Model::Do(const v1::SetSafetyStockRequest& request) {
  return WriteLevel(request.sku(), request.warehouse_id(), request.etag(), [&request](Level& level) {
    level.safety_stock = request.safety_stock();
    return Outcome();
  });
}

// A row that fails leaves nothing behind and ends an atomic batch.
Outcome Model::Do(const v1::BatchUpdateStockRequest& request) {
  updated_rows_.clear();
  for (const v1::StockUpdate& update : request.updates()) {
    const auto before = state_.levels;
    UpdatedRow& row = updated_rows_.emplace_back();
    row.outcome = WriteRow(update);
    if (row.outcome.ok()) {
      const std::pair key{update.sku(), update.warehouse_id()};
      row.level = state_.levels.at(key);
      row.moved = !before.contains(key) || row.level.version > before.at(key).version;
    } else {
      if (request.error_policy() != v1::ERROR_POLICY_PER_ROW) return row.outcome;
      state_.levels = before;
    }
  }
  return {};
}

Outcome Model::WriteRow(const v1::StockUpdate& update) {
  return WriteLevel(update.sku(), update.warehouse_id(), update.etag(), [&update](Level& level) {
    if (update.has_adjust_on_hand()) {
      const bool enough = level.Add(update.condition(), update.adjust_on_hand());
      return enough ? Outcome() : Precondition("INSUFFICIENT_ON_HAND");
    }
    if (update.has_set_safety_stock()) {
      level.safety_stock = update.set_safety_stock();
      return Outcome();
    }
    level.on_hand = update.set_on_hand();
    return level.sellable() < 0 ? Precondition("BELOW_UNSELLABLE") : Outcome();
  });
}

bool Level::Add(v1::StockCondition condition, int64_t units) {
  on_hand += units;
  if (condition == v1::STOCK_CONDITION_DAMAGED) damaged += units;
  if (condition == v1::STOCK_CONDITION_QUALITY_CONTROL) quality_control += units;
  return sellable() >= 0 && damaged >= 0 && quality_control >= 0;
}

Level& Model::LevelOf(const std::string& sku, const std::string& warehouse) {
  const auto [entry, added] = state_.levels.try_emplace({sku, warehouse});
  const int64_t safety_stock = ItemOf(sku).default_safety_stock;
  if (added && safety_stock > 0) entry->second = {.safety_stock = safety_stock, .version = 1};
  return entry->second;
}

Outcome Model::WriteLevel(const std::string& sku, const std::string& warehouse, const std::string& etag,
                          const std::function<Outcome(Level&)>& change) {
  if (!WarehouseLives(warehouse)) return NotFound("WAREHOUSE");
  if (!ItemOf(sku).tracked) return Precondition("ITEM_UNTRACKED");
  const auto found = state_.levels.find({sku, warehouse});
  const bool first_write = found == state_.levels.end();
  if (Outcome matches = CheckEtag(etag, first_write ? 0 : found->second.version); !matches.ok()) return matches;
  Level& level = LevelOf(sku, warehouse);
  const Level before = level;
  if (Outcome changed = change(level); !changed.ok()) return changed;
  if (first_write || !(level == before)) ++level.version;
  return {};
}

}  // namespace inventory::model
