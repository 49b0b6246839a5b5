#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

#include <map>

#include "absl/strings/substitute.h"
#include "tests/integration/request_rules.h"

namespace inventory::integration {
namespace {

// In text format, by the name of the request, with a suffix for $0. Sku "sku", warehouses "w1" and "w2" and channel
// "web" exist; the others of those that are to exist are LiveDocuments.
const std::map<std::string, std::string>& GoodRequests() {
  static const auto& requests = *new std::map<std::string, std::string>{
      {"CreateItemRequest",
       "item { sku: 'new$0' max_order_quantity: 0 allowed_order_quantities: 5 labels { key: 'k' } }"},
      {"GetItemRequest", "sku: 'sku'"},
      {"ListItemsRequest", ""},
      {"UpdateItemRequest",
       "item { sku: 'item$0' max_order_quantity: 0 allowed_order_quantities: 5 } update_mask { paths: '*' }"},
      {"DeleteItemRequest", "sku: 'item$0'"},
      {"GetStockLevelRequest", "sku: 'sku' warehouse_id: 'w1' as_of_time { seconds: 253402300799 }"},
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
      {"ConfirmReservationRequest", "reservation_id: 'held$0'"},
      {"ExtendReservationRequest", "reservation_id: 'held$0' ttl { seconds: 600 }"},
      {"AmendReservationRequest", "reservation_id: 'r$0' lines { sku: 'sku' quantity: 1 }"},
      {"ReallocateReservationRequest", "reservation_id: 'r$0' from_warehouse_ids: 'w1' to_warehouse_ids: 'w2'"},
      {"CancelReservationRequest", "reservation_id: 'r$0' lines { sku: 'sku' quantity: 1 }"},
      {"GetReservationRequest", "reservation_id: 'r$0'"},
      {"ListReservationsRequest", ""},
      {"ListBackordersRequest", "filter { sku: 'short$0' reservation_id: 'waits$0' }"},
      {"CreateShipmentRequest", "reservation_id: 'r$0' warehouse_id: 'w1' lines { sku: 'sku' quantity: 1 }"},
      {"GetShipmentRequest", "shipment_id: 's$0'"},
      {"ListShipmentsRequest", ""},
      {"MarkShipmentReadyRequest", "shipment_id: 's$0'"},
      {"ShipShipmentRequest", "shipment_id: 's$0'"},
      {"DeliverShipmentRequest", "shipment_id: 'sent$0'"},
      {"CancelShipmentRequest", "shipment_id: 's$0'"},
      {"ReturnStockRequest",
       "reservation_id: 'r$0' lines { sku: 'sku' quantity: 1 warehouse_id: 'w1' disposition: DISPOSITION_RESTOCK }"},
      {"GetReturnRequest", "return_id: 'b$0'"},
      {"ListReturnsRequest", ""},
      {"CreateReplenishmentRequest", "sku: 'sku' warehouse_id: 'w1' quantity: 1 expected_time { seconds: 1 }"},
      {"GetReplenishmentRequest", "replenishment_id: 'p$0'"},
      {"ListReplenishmentsRequest", ""},
      {"UpdateReplenishmentRequest",
       "replenishment { replenishment_id: 'p$0' sku: 'sku' warehouse_id: 'w1' ordered_quantity: 1000 "
       "expected_time { seconds: 1 } } "
       "update_mask { paths: '*' }"},
      {"ReceiveReplenishmentRequest", "replenishment_id: 'p$0' quantity: 1"},
      {"CloseReplenishmentRequest", "replenishment_id: 'p$0'"},
      {"CreateAvailabilityEstimateRequest",
       "availability_estimate { availability_estimate_id: 'new$0' title: 'New' localized_titles { key: 'de' value: "
       "'Neu' "
       "} }"},
      {"GetAvailabilityEstimateRequest", "availability_estimate_id: 'e$0'"},
      {"ListAvailabilityEstimatesRequest", ""},
      {"UpdateAvailabilityEstimateRequest",
       "availability_estimate { availability_estimate_id: 'e$0' title: 'Soon' } update_mask { paths: '*' }"},
      {"DeleteAvailabilityEstimateRequest", "availability_estimate_id: 'e$0'"},
      {"CreateLowStockRuleRequest", "rule { sku: 'sku' activity: 'log' }"},
      {"GetLowStockRuleRequest", "rule_id: 'l$0'"},
      {"ListLowStockRulesRequest", ""},
      {"UpdateLowStockRuleRequest", "rule { rule_id: 'l$0' activity: 'log' } update_mask { paths: '*' }"},
      {"DeleteLowStockRuleRequest", "rule_id: 'l$0'"},
      {"ListLowStockEventsRequest", ""},
      {"RetryLowStockEventRequest", "event_id: 'dead$0:1'"},
      {"ListLowStockActivitiesRequest", ""},
      {"ListMovementsRequest",
       "filter { sku: 'sku' document_id: 'r$0' start_time { seconds: -62135596800 } end_time { seconds: 253402300799 } "
       "}"},
      {"VerifyStockRequest", ""},
      {"CreateWarehouseRequest",
       "warehouse { warehouse_id: 'new$0' name: 'New' location { latitude: 1 longitude: 1 } address { street_lines: "
       "'x' "
       "} "
       "}"},
      {"GetWarehouseRequest", "warehouse_id: 'w1'"},
      {"ListWarehousesRequest", ""},
      {"UpdateWarehouseRequest",
       "warehouse { warehouse_id: 'site$0' name: 'Two' location { latitude: 1 longitude: 1 } address { street_lines: "
       "'x' } "
       "} "
       "update_mask { paths: '*' }"},
      {"DeleteWarehouseRequest", "warehouse_id: 'site$0'"},
      {"UndeleteWarehouseRequest", "warehouse_id: 'closed$0'"},
      {"CreateTransferRequest",
       "from_warehouse_id: 'w1' to_warehouse_id: 'w2' lines { sku: 'sku' quantity: 1 } expected_time { seconds: 1 }"},
      {"GetTransferRequest", "transfer_id: 't$0'"},
      {"ListTransfersRequest", ""},
      {"ReceiveTransferRequest",
       "transfer_id: 't$0' lines { sku: 'sku' received_quantity: 1 missing_quantity: 1 } rest: TRANSFER_REST_RECEIVED "
       "shortage_reason: 'lost'"},
      {"CreateChannelRequest", "channel { channel_id: 'new$0' name: 'New' }"},
      {"GetChannelRequest", "channel_id: 'web'"},
      {"ListChannelsRequest", ""},
      {"UpdateChannelRequest", "channel { channel_id: 'shop$0' name: 'Shop' } update_mask { paths: '*' }"},
      {"DeleteChannelRequest", "channel_id: 'shop$0'"},
      {"UndeleteChannelRequest", "channel_id: 'ended$0'"},
      {"AttachWarehouseRequest", "channel_id: 'shop$0' warehouse_id: 'w2' priority: 1"},
      {"DetachWarehouseRequest", "channel_id: 'shop$0' warehouse_id: 'w1'"},
      {"SetQuotaRequest", "channel_id: 'web' sku: 'limited$0' quantity: 5"},
      {"GetQuotaRequest", "channel_id: 'web' sku: 'limited$0'"},
      {"ListQuotasRequest", ""},
      {"DeleteQuotaRequest", "channel_id: 'web' sku: 'limited$0'"},
  };
  return requests;
}

}  // namespace

std::unique_ptr<Message> GoodRequest(const google::protobuf::Descriptor& request, const std::string& suffix) {
  const auto found = GoodRequests().find(request.name());
  if (found == GoodRequests().end()) {
    ADD_FAILURE() << "there is no good " << request.full_name();
    return nullptr;
  }
  const Message* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(&request);
  std::unique_ptr<Message> made(prototype->New());
  const std::string text = absl::Substitute(found->second, suffix);
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(text, made.get())) << text;
  return made;
}

}  // namespace inventory::integration
