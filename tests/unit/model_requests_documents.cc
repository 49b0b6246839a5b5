// Random replenishments and transfers.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/unit/model_requests.h"

namespace inventory::model {

void Requests::AddDocumentMakers() {
  Add(12, [this] { return CreateReplenishment(); });
  Add(8, [this] { return UpdateReplenishment(); });
  Add(24, [this] { return ReceiveReplenishment(); });
  Add(8, [this] { return CloseReplenishment(); });
  Add(24, [this] { return CreateTransfer(); });
  Add(16, [this] { return ReceiveTransfer(); });
}

std::string Requests::ReplenishmentId() {
  std::vector<std::string> open;
  for (const auto& [id, replenishment] : model_.state().replenishments) {
    if (replenishment.state == v1::REPLENISHMENT_STATE_OPEN) open.push_back(id);
  }
  if (!open.empty() && !OneIn(4)) return OneOf(open);
  return absl::StrCat("p", Below(static_cast<int64_t>(model_.state().replenishments.size()) + 1));
}

std::string Requests::TransferId() {
  std::vector<std::string> open;
  for (const auto& [id, transfer] : model_.state().transfers) {
    if (transfer.state == v1::TRANSFER_STATE_IN_TRANSIT) open.push_back(id);
  }
  if (!open.empty() && !OneIn(4)) return OneOf(open);
  return absl::StrCat("t", Below(static_cast<int64_t>(model_.state().transfers.size()) + 1));
}

Requests::Request Requests::CreateReplenishment() {
  auto request = std::make_unique<v1::CreateReplenishmentRequest>();
  const bool known = OneIn(30) && !model_.state().replenishments.empty();
  request->set_replenishment_id(known ? ReplenishmentId()
                                      : absl::StrCat("p", model_.state().replenishments.size() + 1));
  request->set_sku(Sku());
  request->set_warehouse_id(WarehouseId());
  request->set_quantity(1 + Below(12));
  request->set_external_reference_code(DocumentCode(model_.state().replenishments.size()));
  return request;
}

Requests::Request Requests::UpdateReplenishment() {
  auto request = std::make_unique<v1::UpdateReplenishmentRequest>();
  v1::Replenishment& replenishment = *request->mutable_replenishment();
  replenishment.set_replenishment_id(ReplenishmentId());
  replenishment.set_ordered_quantity(Below(12));
  if (!OneIn(8)) request->mutable_update_mask()->add_paths("ordered_quantity");
  if (OneIn(3)) {
    // Mostly one that a replenishment has.
    std::vector<std::string> codes = {"k0"};
    for (const auto& [id, known] : model_.state().replenishments) {
      if (!known.code.empty()) codes.push_back(known.code);
    }
    replenishment.set_external_reference_code(OneOf(codes));
    if (OneIn(2)) request->mutable_update_mask()->add_paths("external_reference_code");
  }
  if (OneIn(6)) replenishment.clear_replenishment_id();
  if (OneIn(4)) {
    // Where there is one the SKU and the warehouse are mostly those that it has.
    request->set_allow_missing(true);
    replenishment.set_sku(Sku());
    replenishment.set_warehouse_id(WarehouseId());
    const auto known = model_.state().replenishments.find(replenishment.replenishment_id());
    if (known != model_.state().replenishments.end() && !OneIn(8)) {
      replenishment.set_sku(known->second.sku);
      replenishment.set_warehouse_id(known->second.warehouse);
    }
  }
  const auto found = model_.state().replenishments.find(replenishment.replenishment_id());
  if (found == model_.state().replenishments.end()) return request;
  replenishment.set_etag(Etag(found->second.version));
  // Often to the very edge: everything has come then.
  if (OneIn(3)) replenishment.set_ordered_quantity(found->second.received);
  // Without a mask only what is set is changed.
  if (request->update_mask().paths().empty()) replenishment.clear_ordered_quantity();
  return request;
}

Requests::Request Requests::ReceiveReplenishment() {
  auto request = std::make_unique<v1::ReceiveReplenishmentRequest>();
  request->set_replenishment_id(ReplenishmentId());
  request->set_quantity(1 + Below(6));
  request->set_allow_over_receipt(OneIn(3));
  if (OneIn(4)) request->set_condition(Condition());
  const auto found = model_.state().replenishments.find(request->replenishment_id());
  if (found == model_.state().replenishments.end()) return request;
  request->set_etag(Etag(found->second.version));
  if (OneIn(3)) request->set_quantity(std::max<int64_t>(1, found->second.outstanding()));
  return request;
}

Requests::Request Requests::CloseReplenishment() {
  auto request = std::make_unique<v1::CloseReplenishmentRequest>();
  request->set_replenishment_id(ReplenishmentId());
  const auto found = model_.state().replenishments.find(request->replenishment_id());
  if (found != model_.state().replenishments.end()) request->set_etag(Etag(found->second.version));
  return request;
}

Requests::Request Requests::CreateTransfer() {
  auto request = std::make_unique<v1::CreateTransferRequest>();
  const bool known = OneIn(30) && !model_.state().transfers.empty();
  request->set_transfer_id(known ? TransferId() : absl::StrCat("t", model_.state().transfers.size() + 1));
  request->set_from_warehouse_id(WarehouseId());
  request->set_to_warehouse_id(WarehouseId());
  request->set_mode(OneOf<v1::TransferMode>(
      {v1::TRANSFER_MODE_UNSPECIFIED, v1::TRANSFER_MODE_IN_TRANSIT, v1::TRANSFER_MODE_IMMEDIATE}));
  request->set_external_reference_code(DocumentCode(model_.state().transfers.size()));
  std::set<std::string> skus;
  for (int64_t lines = 1 + Below(2); lines > 0; --lines) skus.insert(Sku());
  for (const std::string& sku : skus) {
    v1::OrderLine& line = *request->add_lines();
    line.set_sku(sku);
    const int64_t available = model_.state().Available(sku, request->from_warehouse_id());
    line.set_quantity(std::max<int64_t>(1, OneIn(3) ? available : Below(std::max<int64_t>(available, 1) + 2)));
  }
  return request;
}

Requests::Request Requests::ReceiveTransfer() {
  auto request = std::make_unique<v1::ReceiveTransferRequest>();
  request->set_transfer_id(TransferId());
  request->set_rest(OneOf<v1::TransferRest>({v1::TRANSFER_REST_UNSPECIFIED, v1::TRANSFER_REST_STAYS_IN_TRANSIT,
                                             v1::TRANSFER_REST_RECEIVED, v1::TRANSFER_REST_MISSING}));
  if (!OneIn(20)) request->set_shortage_reason("lost");
  const auto found = model_.state().transfers.find(request->transfer_id());
  if (found == model_.state().transfers.end()) return request;
  request->set_etag(Etag(found->second.version));
  for (const auto& [sku, line] : found->second.lines) {
    if (OneIn(3)) continue;
    auto& named = *request->add_lines();
    named.set_sku(sku);
    named.set_received_quantity(Below(line.in_transit() + 2));
    if (OneIn(3)) named.set_missing_quantity(Below(3));
  }
  return request;
}

}  // namespace inventory::model
