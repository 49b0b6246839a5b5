// Which SKUs a request touches.
#include "tests/unit/model.h"

namespace inventory::model {
namespace {

std::set<std::string> SkusOfItem(const v1::Item& item) {
  std::set<std::string> skus;
  if (!item.sku().empty()) skus.insert(item.sku());
  for (const v1::KitComponent& component : item.components()) skus.insert(component.sku());
  return skus;
}

}  // namespace

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
    // Row by row each chunk enters its SKUs itself.
    if (batch->error_policy() == v1::ERROR_POLICY_PER_ROW) return skus;
    for (const auto& update : batch->updates()) skus.insert(update.sku());
  } else if (const auto* create = dynamic_cast<const v1::CreateItemRequest*>(&request)) {
    skus.merge(SkusOfItem(create->item()));
  } else if (const auto* rule = dynamic_cast<const v1::CreateLowStockRuleRequest*>(&request)) {
    skus.insert(rule->rule().sku());
  } else if (const auto* update = dynamic_cast<const v1::UpdateItemRequest*>(&request)) {
    skus.merge(SkusOfItem(update->item()));
    const std::string owner = OwnerOf(update->item().external_reference_code(), state_.items);
    if (update->item().sku().empty() && !owner.empty()) skus.insert(owner);
  }
  return skus;
}

std::set<std::string> Model::SkusOfDocument(const google::protobuf::Message& request) const {
  std::set<std::string> skus;
  std::string replenishment;
  if (const auto* update = dynamic_cast<const v1::UpdateReplenishmentRequest*>(&request)) {
    const v1::Replenishment& wanted = update->replenishment();
    replenishment = wanted.replenishment_id();
    if (replenishment.empty()) replenishment = OwnerOf(wanted.external_reference_code(), state_.replenishments);
    if (update->allow_missing()) skus.insert(wanted.sku());
  } else if (const auto* receive = dynamic_cast<const v1::ReceiveReplenishmentRequest*>(&request)) {
    replenishment = receive->replenishment_id();
  } else if (const auto* close = dynamic_cast<const v1::CloseReplenishmentRequest*>(&request)) {
    replenishment = close->replenishment_id();
  }
  const auto found = state_.replenishments.find(replenishment);
  if (found != state_.replenishments.end()) skus.insert(found->second.sku);
  std::string rule = TextOf(request, "rule_id");
  if (const auto* update = dynamic_cast<const v1::UpdateLowStockRuleRequest*>(&request))
    rule = update->rule().rule_id();
  if (const auto* retry = dynamic_cast<const v1::RetryLowStockEventRequest*>(&request))
    rule = retry->event_id().substr(0, retry->event_id().find(':'));
  const auto watched = state_.rules.find(rule);
  if (watched != state_.rules.end()) skus.insert(watched->second.sku);
  const auto* arrival = dynamic_cast<const v1::ReceiveTransferRequest*>(&request);
  const auto transfer = state_.transfers.find(arrival == nullptr ? "" : arrival->transfer_id());
  if (transfer == state_.transfers.end()) return skus;
  for (const auto& [sku, line] : transfer->second.lines) skus.insert(sku);
  return skus;
}

}  // namespace inventory::model
