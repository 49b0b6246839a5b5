// Rows as the API shows them.
#ifndef INVENTORY_SERVER_CONVERT_H_
#define INVENTORY_SERVER_CONVERT_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/timestamp.pb.h"
#include "inventory/v1/channel.pb.h"
#include "inventory/v1/ledger.pb.h"
#include "inventory/v1/replenishment.pb.h"
#include "inventory/v1/reservation.pb.h"
#include "inventory/v1/shipment.pb.h"
#include "inventory/v1/stock.pb.h"
#include "inventory/v1/stock_return.pb.h"
#include "inventory/v1/transfer.pb.h"
#include "inventory/v1/warehouse.pb.h"
#include "storage/records.h"

namespace inventory {

google::protobuf::Timestamp ToTimestamp(absl::Time time);
// Clamped to the years 1 to 9999 that a Timestamp may hold.
absl::Time FromTimestamp(const google::protobuf::Timestamp& timestamp);
// The same as it is stored: to the microsecond.
absl::Time ToStoredTime(const google::protobuf::Timestamp& timestamp);
absl::Duration FromDuration(const google::protobuf::Duration& duration);

// The etag of a row with this version.
std::string Etag(int64_t version);
// OK if `required` is empty or the etag of `version`; otherwise ABORTED, reason ETAG_MISMATCH. `resource` is for the
// message.
absl::Status CheckEtag(const std::string& required, int64_t version, std::string_view resource);

// The state that holds at `now`: a hold past its expiry is expired, whether or not that was written yet.
storage::ReservationState LiveState(const storage::ReservationRecord& reservation, absl::Time now);

// The strategy, unset if none was chosen.
std::optional<storage::SourcingStrategy> ToRecord(v1::SourcingStrategy strategy);

void ToProto(const storage::LevelRecord& level, v1::StockLevel& out);
void ToProto(const storage::MovementRecord& movement, v1::Movement& out);
void ToProto(const storage::MovementRecord& movement, v1::LevelVersion& out);
void ToProto(const storage::WarehouseRecord& warehouse, v1::Warehouse& out);
// `attachments` in any order.
void ToProto(const storage::ChannelRecord& channel, std::vector<storage::AttachmentRecord> attachments,
             v1::Channel& out);
// `lines` and `allocations` belong to the reservation, in key order. A dead hold looks as it will once it is written as
// expired: its units are released and it has no expiry any more.
void ToProto(const storage::ReservationRecord& reservation,
             const std::vector<const storage::ReservationLineRecord*>& lines,
             const std::vector<const storage::AllocationRecord*>& allocations, absl::Time now, v1::Reservation& out);
void ToProto(const storage::BackorderRecord& backorder, v1::Backorder& out);
// `lines` belong to the shipment, in key order.
void ToProto(const storage::ShipmentRecord& shipment, const std::vector<const storage::ShipmentLineRecord*>& lines,
             v1::Shipment& out);
// `lines` belong to the return, in key order.
void ToProto(const storage::ReturnRecord& stock_return, const std::vector<const storage::ReturnLineRecord*>& lines,
             v1::StockReturn& out);
void ToProto(const storage::ReplenishmentRecord& replenishment, v1::Replenishment& out);
// `lines` belong to the transfer, in key order.
void ToProto(const storage::TransferRecord& transfer, const std::vector<const storage::TransferLineRecord*>& lines,
             v1::Transfer& out);

}  // namespace inventory

#endif  // INVENTORY_SERVER_CONVERT_H_
