// The model's replenishments and transfers.
#include <algorithm>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

// The document with the version required.
template <typename Document>
Outcome Find(std::map<std::string, Document>& all, const std::string& id, const std::string& etag,
             const std::string& what, Document*& found) {
  const auto it = all.find(id);
  if (it == all.end()) return NotFound(what);
  found = &it->second;
  return CheckEtag(etag, found->version);
}

}  // namespace

Outcome Model::MakeReplenishment(const std::string& id, const Replenishment& made) {
  if (!state_.WarehouseLives(made.warehouse)) return NotFound("WAREHOUSE");
  if (Outcome tracked = CheckTracked(made.sku); !tracked.ok()) return tracked;
  if (state_.replenishments.contains(id)) return {absl::StatusCode::kAlreadyExists, "REPLENISHMENT_EXISTS"};
  if (Outcome free = CheckCode(made.code, id, state_.replenishments); !free.ok()) return free;
  LevelOf(made.sku, made.warehouse);
  Moved(made.sku, made.warehouse);
  state_.replenishments[id] = made;
  return {};
}

Outcome Model::Do(const v1::CreateReplenishmentRequest& request) {
  return MakeReplenishment(request.replenishment_id(), {.sku = request.sku(),
                                                        .warehouse = request.warehouse_id(),
                                                        .ordered = request.quantity(),
                                                        .code = request.external_reference_code()});
}

Outcome Model::Do(const v1::UpdateReplenishmentRequest& request) {
  const v1::Replenishment& wanted = request.replenishment();
  const std::string& code = wanted.external_reference_code();
  std::string id = wanted.replenishment_id();
  if (id.empty()) id = OwnerOf(code, state_.replenishments);
  const std::string unit = TextOf(request, "unit");
  int64_t ordered = wanted.ordered_quantity();
  if (request.allow_missing() && !state_.replenishments.contains(id)) {
    if (Outcome etag = CheckEtag(wanted.etag(), 0); !etag.ok()) return etag;
    if (Outcome known = ConvertUnit(wanted.sku(), unit, ordered); !known.ok()) return known;
    return MakeReplenishment(
        wanted.replenishment_id().empty() ? fresh_id_ : id,
        {.sku = wanted.sku(), .warehouse = wanted.warehouse_id(), .ordered = ordered, .code = code});
  }
  Replenishment* replenishment = nullptr;
  Outcome found = Find(state_.replenishments, id, wanted.etag(), "REPLENISHMENT", replenishment);
  if (!found.ok()) return found;
  if (replenishment->state != v1::REPLENISHMENT_STATE_OPEN) return Precondition("REPLENISHMENT_STATE");
  const bool other_sku = !wanted.sku().empty() && wanted.sku() != replenishment->sku;
  const bool other_place = !wanted.warehouse_id().empty() && wanted.warehouse_id() != replenishment->warehouse;
  if (other_sku || other_place) return {absl::StatusCode::kInvalidArgument, "IMMUTABLE_FIELD"};
  if (Outcome known = ConvertUnit(replenishment->sku, unit, ordered); !known.ok()) return known;
  Replenishment changed = *replenishment;
  if (Names(request.update_mask(), wanted, "ordered_quantity")) changed.ordered = ordered;
  if (Names(request.update_mask(), wanted, "external_reference_code")) changed.code = code;
  if (changed.ordered < changed.received) return Precondition("BELOW_RECEIVED");
  const bool moved = changed.ordered != replenishment->ordered;
  if (!moved && changed.code == replenishment->code) return {};
  if (Outcome free = CheckCode(changed.code, id, state_.replenishments); !free.ok()) return free;
  if (changed.ordered == changed.received) changed.state = v1::REPLENISHMENT_STATE_RECEIVED;
  ++changed.version;
  *replenishment = changed;
  if (moved) Moved(changed.sku, changed.warehouse);
  return {};
}

Outcome Model::Do(const v1::ReceiveReplenishmentRequest& request) {
  Replenishment* replenishment = nullptr;
  Outcome found =
      Find(state_.replenishments, request.replenishment_id(), request.etag(), "REPLENISHMENT", replenishment);
  if (!found.ok()) return found;
  if (replenishment->state != v1::REPLENISHMENT_STATE_OPEN) return Precondition("REPLENISHMENT_STATE");
  int64_t quantity = request.quantity();
  if (Outcome known = ConvertUnit(replenishment->sku, request.unit(), quantity); !known.ok()) return known;
  const bool too_many = quantity > replenishment->outstanding();
  if (too_many && !request.allow_over_receipt()) return Precondition("OVER_RECEIPT");
  replenishment->received += quantity;
  if (replenishment->received >= replenishment->ordered) replenishment->state = v1::REPLENISHMENT_STATE_RECEIVED;
  ++replenishment->version;
  LevelOf(replenishment->sku, replenishment->warehouse).Add(request.condition(), quantity);
  Moved(replenishment->sku, replenishment->warehouse);
  return {};
}

Outcome Model::Do(const v1::CloseReplenishmentRequest& request) {
  Replenishment* replenishment = nullptr;
  Outcome found =
      Find(state_.replenishments, request.replenishment_id(), request.etag(), "REPLENISHMENT", replenishment);
  if (!found.ok()) return found;
  if (replenishment->state == v1::REPLENISHMENT_STATE_RECEIVED) return Precondition("REPLENISHMENT_STATE");
  if (replenishment->state == v1::REPLENISHMENT_STATE_CLOSED) return {};
  replenishment->state = v1::REPLENISHMENT_STATE_CLOSED;
  ++replenishment->version;
  Moved(replenishment->sku, replenishment->warehouse);
  return {};
}

Outcome Model::Do(const v1::CreateTransferRequest& request) {
  const std::string& from = request.from_warehouse_id();
  const std::string& to = request.to_warehouse_id();
  if (!state_.WarehouseLives(from) || !state_.WarehouseLives(to)) return NotFound("WAREHOUSE");
  if (state_.transfers.contains(request.transfer_id())) {
    return {absl::StatusCode::kAlreadyExists, "TRANSFER_EXISTS"};
  }
  const std::string& code = request.external_reference_code();
  if (Outcome free = CheckCode(code, request.transfer_id(), state_.transfers); !free.ok()) return free;
  const bool immediate = request.mode() == v1::TRANSFER_MODE_IMMEDIATE;
  Transfer transfer{.from = from, .to = to, .code = code};
  if (immediate) transfer.state = v1::TRANSFER_STATE_RECEIVED;
  for (const v1::OrderLine& line : request.lines()) {
    if (Outcome tracked = CheckTracked(line.sku()); !tracked.ok()) return tracked;
    if (line.quantity() > state_.Available(line.sku(), from)) return Precondition("INSUFFICIENT_STOCK");
    LevelOf(line.sku(), from).on_hand -= line.quantity();
    Moved(line.sku(), from);
    if (immediate) LevelOf(line.sku(), to).on_hand += line.quantity();
    LevelOf(line.sku(), to);
    Moved(line.sku(), to);
    transfer.lines[line.sku()] = {.quantity = line.quantity(), .received = immediate ? line.quantity() : 0};
  }
  state_.transfers[request.transfer_id()] = transfer;
  return {};
}

Outcome Model::Do(const v1::ReceiveTransferRequest& request) {
  Transfer* transfer = nullptr;
  Outcome found = Find(state_.transfers, request.transfer_id(), request.etag(), "TRANSFER", transfer);
  if (!found.ok()) return found;
  if (transfer->state != v1::TRANSFER_STATE_IN_TRANSIT) return Precondition("TRANSFER_STATE");
  const std::map<std::string, TransferLine> before = transfer->lines;
  for (const auto& named : request.lines()) {
    const auto line = transfer->lines.find(named.sku());
    const int64_t in_transit = line == transfer->lines.end() ? 0 : line->second.in_transit();
    if (named.received_quantity() + named.missing_quantity() > in_transit) return Precondition("EXCEEDS_IN_TRANSIT");
    line->second.received += named.received_quantity();
    line->second.missing += named.missing_quantity();
  }
  transfer->state = v1::TRANSFER_STATE_RECEIVED;
  for (auto& [sku, line] : transfer->lines) {
    const int64_t rest = line.in_transit();
    if (request.rest() == v1::TRANSFER_REST_RECEIVED) line.received += rest;
    if (request.rest() == v1::TRANSFER_REST_MISSING) line.missing += rest;
    if (line.in_transit() > 0) transfer->state = v1::TRANSFER_STATE_IN_TRANSIT;
    const int64_t received = line.received - before.at(sku).received;
    LevelOf(sku, transfer->to).on_hand += received;
    if (received > 0) Moved(sku, transfer->to);
    if (line.missing > before.at(sku).missing) Moved(sku, transfer->to);
  }
  ++transfer->version;
  return {};
}

}  // namespace inventory::model
