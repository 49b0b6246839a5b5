#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/integration/request_rules.h"

namespace inventory::integration {
namespace {

// In text format, by the name of the request. Sku "sku", warehouses "w1" and "w2" and channel "web" exist.
const std::map<std::string, std::string>& GoodRequests() {
  static const auto& requests = *new std::map<std::string, std::string>{
      {"CreateItemRequest",
       "item { sku: 'new' max_order_quantity: 0 allowed_order_quantities: 5 labels { key: 'k' } }"},
      {"GetItemRequest", "sku: 'sku'"},
      {"ListItemsRequest", ""},
      {"UpdateItemRequest",
       "item { sku: 'sku' max_order_quantity: 0 allowed_order_quantities: 5 } update_mask { paths: '*' }"},
      {"DeleteItemRequest", "sku: 'other'"},
      {"GetStockLevelRequest", "sku: 'sku' warehouse_id: 'w1' as_of_time { seconds: 1 }"},
      {"ListStockLevelsRequest", ""},
      {"SetStockRequest", "sku: 'set' warehouse_id: 'w1' on_hand: 5"},
      {"AdjustStockRequest", "sku: 'adjusted' warehouse_id: 'w1' delta: 1"},
      {"ReclassifyStockRequest",
       "sku: 'sku' warehouse_id: 'w1' from_condition: STOCK_CONDITION_SELLABLE to_condition: STOCK_CONDITION_DAMAGED "
       "quantity: 1"},
      {"SetSafetyStockRequest", "sku: 'kept' warehouse_id: 'w1' safety_stock: 1"},
      {"BatchUpdateStockRequest", "updates { sku: 'batched' warehouse_id: 'w1' adjust_on_hand: 1 }"},
      {"GetAvailabilityRequest", "channel_id: 'web' skus: 'sku'"},
      {"GetAvailableToPromiseRequest", "channel_id: 'web' sku: 'sku'"},
      {"ReserveStockRequest",
       "channel_id: 'web' lines { sku: 'sku' quantity: 1 } warehouse_ids: 'w1' ttl { seconds: 600 } "
       "destination { latitude: 1 longitude: 1 }"},
      {"ConfirmReservationRequest", "reservation_id: 'r'"},
      {"ExtendReservationRequest", "reservation_id: 'r' ttl { seconds: 600 }"},
      {"AmendReservationRequest", "reservation_id: 'r' lines { sku: 'sku' quantity: 1 }"},
      {"ReallocateReservationRequest", "reservation_id: 'r' from_warehouse_ids: 'other' to_warehouse_ids: 'w1'"},
      {"CancelReservationRequest", "reservation_id: 'r' lines { sku: 'sku' quantity: 1 }"},
      {"GetReservationRequest", "reservation_id: 'r'"},
      {"ListReservationsRequest", ""},
      {"ListBackordersRequest", ""},
      {"CreateShipmentRequest", "reservation_id: 'r' warehouse_id: 'w1' lines { sku: 'sku' quantity: 1 }"},
      {"GetShipmentRequest", "shipment_id: 's'"},
      {"ListShipmentsRequest", ""},
      {"MarkShipmentReadyRequest", "shipment_id: 's'"},
      {"ShipShipmentRequest", "shipment_id: 's'"},
      {"DeliverShipmentRequest", "shipment_id: 's'"},
      {"CancelShipmentRequest", "shipment_id: 's'"},
      {"ReturnStockRequest",
       "reservation_id: 'r' lines { sku: 'sku' quantity: 1 warehouse_id: 'w1' disposition: DISPOSITION_RESTOCK }"},
      {"GetReturnRequest", "return_id: 'b'"},
      {"ListReturnsRequest", ""},
      {"CreateReplenishmentRequest", "sku: 'expected' warehouse_id: 'w1' quantity: 1 expected_time { seconds: 1 }"},
      {"GetReplenishmentRequest", "replenishment_id: 'p'"},
      {"ListReplenishmentsRequest", ""},
      {"UpdateReplenishmentRequest",
       "replenishment { replenishment_id: 'p' sku: 'sku' warehouse_id: 'w1' ordered_quantity: 1000 "
       "expected_time { seconds: 1 } } "
       "update_mask { paths: '*' }"},
      {"ReceiveReplenishmentRequest", "replenishment_id: 'p' quantity: 1"},
      {"CloseReplenishmentRequest", "replenishment_id: 'p'"},
      {"CreateAvailabilityEstimateRequest",
       "availability_estimate { availability_estimate_id: 'new' title: 'New' localized_titles { key: 'de' value: 'Neu' "
       "} }"},
      {"GetAvailabilityEstimateRequest", "availability_estimate_id: 'e'"},
      {"ListAvailabilityEstimatesRequest", ""},
      {"UpdateAvailabilityEstimateRequest",
       "availability_estimate { availability_estimate_id: 'e' title: 'Soon' } update_mask { paths: '*' }"},
      {"DeleteAvailabilityEstimateRequest", "availability_estimate_id: 'other'"},
      {"CreateLowStockRuleRequest", "rule { sku: 'sku' activity: 'log' }"},
      {"GetLowStockRuleRequest", "rule_id: 'l'"},
      {"ListLowStockRulesRequest", ""},
      {"UpdateLowStockRuleRequest", "rule { rule_id: 'l' activity: 'log' } update_mask { paths: '*' }"},
      {"DeleteLowStockRuleRequest", "rule_id: 'other'"},
      {"ListLowStockEventsRequest", ""},
      {"RetryLowStockEventRequest", "event_id: 'l:1'"},
      {"ListLowStockActivitiesRequest", ""},
      {"ListMovementsRequest",
       "filter { sku: 'sku' document_id: 'r' start_time { seconds: -62135596800 } end_time { seconds: 253402300799 } "
       "}"},
      {"VerifyStockRequest", ""},
      {"CreateWarehouseRequest",
       "warehouse { warehouse_id: 'new' name: 'New' location { latitude: 1 longitude: 1 } address { street_lines: 'x' "
       "} "
       "}"},
      {"GetWarehouseRequest", "warehouse_id: 'w1'"},
      {"ListWarehousesRequest", ""},
      {"UpdateWarehouseRequest",
       "warehouse { warehouse_id: 'w2' name: 'Two' location { latitude: 1 longitude: 1 } address { street_lines: 'x' } "
       "} "
       "update_mask { paths: '*' }"},
      {"DeleteWarehouseRequest", "warehouse_id: 'other'"},
      {"UndeleteWarehouseRequest", "warehouse_id: 'other'"},
      {"CreateTransferRequest",
       "from_warehouse_id: 'w1' to_warehouse_id: 'w2' lines { sku: 'sku' quantity: 1 } expected_time { seconds: 1 }"},
      {"GetTransferRequest", "transfer_id: 't'"},
      {"ListTransfersRequest", ""},
      {"ReceiveTransferRequest",
       "transfer_id: 't' lines { sku: 'sku' received_quantity: 1 missing_quantity: 1 } rest: TRANSFER_REST_RECEIVED "
       "shortage_reason: 'lost'"},
      {"CreateChannelRequest", "channel { channel_id: 'new' name: 'New' }"},
      {"GetChannelRequest", "channel_id: 'web'"},
      {"ListChannelsRequest", ""},
      {"UpdateChannelRequest", "channel { channel_id: 'web' name: 'Web' } update_mask { paths: '*' }"},
      {"DeleteChannelRequest", "channel_id: 'other'"},
      {"UndeleteChannelRequest", "channel_id: 'other'"},
      {"AttachWarehouseRequest", "channel_id: 'web' warehouse_id: 'w1' priority: 1"},
      {"DetachWarehouseRequest", "channel_id: 'web' warehouse_id: 'other'"},
      {"SetQuotaRequest", "channel_id: 'web' sku: 'limited' quantity: 5"},
      {"GetQuotaRequest", "channel_id: 'web' sku: 'limited'"},
      {"ListQuotasRequest", ""},
      {"DeleteQuotaRequest", "channel_id: 'web' sku: 'other'"},
  };
  return requests;
}

}  // namespace

std::unique_ptr<Message> GoodRequest(const google::protobuf::Descriptor& request) {
  const auto found = GoodRequests().find(request.name());
  if (found == GoodRequests().end()) {
    ADD_FAILURE() << "there is no good " << request.full_name();
    return nullptr;
  }
  const Message* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(&request);
  std::unique_ptr<Message> made(prototype->New());
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(found->second, made.get())) << found->second;
  return made;
}

}  // namespace inventory::integration
