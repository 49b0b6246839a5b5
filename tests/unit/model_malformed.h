// Requests that are refused before anything is looked at.
#ifndef INVENTORY_TESTS_UNIT_MODEL_MALFORMED_H_
#define INVENTORY_TESTS_UNIT_MODEL_MALFORMED_H_

#include "google/protobuf/message.h"
#include "inventory/v1/availability_estimate.pb.h"
#include "inventory/v1/channel.pb.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/replenishment.pb.h"
#include "inventory/v1/reservation.pb.h"
#include "inventory/v1/stock.pb.h"
#include "inventory/v1/transfer.pb.h"
#include "inventory/v1/warehouse.pb.h"

namespace inventory::model {

// What no unit can be called.
inline constexpr char kBadUnit[] = "Box";

// Whether the request breaks a bound by itself. The random requests break no other bounds than these.
bool Malformed(const google::protobuf::Message& request);
// Whether it names a unit that can't be one.
bool NamesBadUnit(const google::protobuf::Message& request);
bool Malformed(const v1::ReserveStockRequest& request);
bool Malformed(const v1::AdjustStockRequest& request);
bool Malformed(const v1::ReclassifyStockRequest& request);
bool Malformed(const v1::BatchUpdateStockRequest& request);
bool Malformed(const v1::CreateItemRequest& request);
bool Malformed(const v1::CreateWarehouseRequest& request);
bool Malformed(const v1::CreateTransferRequest& request);
bool Malformed(const v1::ReceiveTransferRequest& request);
bool Malformed(const v1::UpdateReplenishmentRequest& request);
bool Malformed(const v1::UpdateItemRequest& request);
bool Malformed(const v1::UpdateWarehouseRequest& request);
bool Malformed(const v1::UpdateChannelRequest& request);
bool Malformed(const v1::CreateAvailabilityEstimateRequest& request);
bool Malformed(const v1::UpdateAvailabilityEstimateRequest& request);
bool Malformed(const v1::AmendReservationRequest& request);
bool Malformed(const v1::ReallocateReservationRequest& request);

}  // namespace inventory::model

#endif  // INVENTORY_TESTS_UNIT_MODEL_MALFORMED_H_
