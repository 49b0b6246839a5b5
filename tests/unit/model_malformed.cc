#include "tests/unit/model_malformed.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/unit/model.h"

namespace inventory::model {

bool Malformed(const google::protobuf::Message&) { return false; }

bool Malformed(const v1::ReserveStockRequest& request) {
  const bool no_units = std::any_of(request.lines().begin(), request.lines().end(),
                                    [](const v1::OrderLine& line) { return line.quantity() < 1; });
  const bool nowhere = request.sourcing_strategy() == v1::SOURCING_STRATEGY_NEAREST && !request.has_destination();
  return no_units || request.lines().empty() || (request.commit() && request.has_ttl()) || nowhere;
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

bool NamesBadUnit(const google::protobuf::Message& request) {
  return absl::StrContains(request.ShortDebugString(), absl::StrCat("unit: \"", kBadUnit, "\""));
}

bool Malformed(const v1::ReallocateReservationRequest& request) {
  const auto& to = request.to_warehouse_ids();
  return std::any_of(request.from_warehouse_ids().begin(), request.from_warehouse_ids().end(),
                     [&to](const std::string& id) { return std::find(to.begin(), to.end(), id) != to.end(); });
}

bool Malformed(const v1::AmendReservationRequest& request) {
  return request.on_shortfall() == v1::SHORTFALL_POLICY_PARTIAL;
}

bool Malformed(const v1::UpdateReplenishmentRequest& request) {
  const v1::Replenishment& wanted = request.replenishment();
  if (wanted.replenishment_id().empty() && wanted.external_reference_code().empty()) return true;
  const bool makes = request.allow_missing();
  if (makes && (wanted.sku().empty() || wanted.warehouse_id().empty())) return true;
  return (makes || Names(request.update_mask(), wanted, "ordered_quantity")) && wanted.ordered_quantity() < 1;
}

bool Malformed(const v1::UpdateWarehouseRequest& request) {
  const v1::Warehouse& wanted = request.warehouse();
  const bool unnamed = wanted.warehouse_id().empty() && wanted.external_reference_code().empty();
  return unnamed || (request.allow_missing() && wanted.active() && !wanted.has_location());
}

bool Malformed(const v1::UpdateChannelRequest& request) {
  return request.channel().channel_id().empty() && request.channel().external_reference_code().empty();
}

}  // namespace inventory::model
