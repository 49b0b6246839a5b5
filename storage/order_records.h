// Reservations and what becomes of them, as plain values: see records.h.
#ifndef INVENTORY_STORAGE_ORDER_RECORDS_H_
#define INVENTORY_STORAGE_ORDER_RECORDS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "storage/configuration_records.h"
#include "storage/item_records.h"

namespace inventory::storage {

enum class ReservationState : int8_t {
  kHeld = 1,
  kCommitted = 2,
  kFulfilled = 3,
  kCancelled = 4,
  kExpired = 5,
};

struct ReservationRecord {
  std::string reservation_id;
  std::string channel_id;
  std::string order_reference;
  // As last written: a kHeld whose expire_time has passed is expired.
  ReservationState state = ReservationState::kHeld;
  std::optional<absl::Time> expire_time = {};   // Set while kHeld.
  std::vector<std::string> warehouse_ids = {};  // The only ones it draws from. Empty: all of the channel's.
  SourcingStrategy sourcing_strategy = SourcingStrategy::kPriority;
  std::optional<double> latitude = {};  // The destination. Both or none.
  std::optional<double> longitude = {};
  std::vector<Component> kits = {};          // What was asked for of kits; the lines are those of their components.
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  using Key = std::string;
  Key key() const { return reservation_id; }
  bool operator==(const ReservationRecord&) const = default;
};

// One SKU of a reservation: requested as last amended; reserved is live and not shipped.
struct ReservationLineRecord {
  std::string reservation_id;
  std::string sku;
  int64_t requested = 0;
  int64_t reserved = 0;
  int64_t shipped = 0;
  int64_t cancelled = 0;
  int64_t returned = 0;     // Of the shipped ones.
  int64_t backordered = 0;  // Waiting for stock.

  using Key = std::pair<std::string, std::string>;
  Key key() const { return {reservation_id, sku}; }
  bool operator==(const ReservationLineRecord&) const = default;
};

// Units of a line in one warehouse. in_shipment is the part of reserved that open shipments have bound.
struct AllocationRecord {
  std::string reservation_id;
  std::string sku;
  std::string warehouse_id;
  int64_t reserved = 0;
  int64_t in_shipment = 0;
  int64_t shipped = 0;
  std::optional<absl::Time> expire_time = {};  // Set while the units are held.

  using Key = std::tuple<std::string, std::string, std::string>;
  Key key() const { return {reservation_id, sku, warehouse_id}; }
  bool operator==(const AllocationRecord&) const = default;
};

// Units of a line that wait for stock. Gone once there are none.
struct BackorderRecord {
  std::string sku;
  int64_t place = 0;  // They are served in this order.
  std::string reservation_id;
  std::string channel_id;
  int64_t quantity = 0;
  std::optional<absl::Time> expire_time = {};  // Set while they wait for a hold.
  absl::Time create_time;

  using Key = std::pair<std::string, int64_t>;
  Key key() const { return {sku, place}; }
  bool operator==(const BackorderRecord&) const = default;
};

enum class ShipmentState : int8_t {
  kProcessing = 1,
  kReadyToShip = 2,
  kShipped = 3,
  kDelivered = 4,
  kCancelled = 5,
};

struct ShipmentRecord {
  std::string shipment_id;
  std::string reservation_id;
  std::string warehouse_id;
  ShipmentState state = ShipmentState::kProcessing;
  std::string carrier;
  std::string tracking_number;
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  using Key = std::string;
  Key key() const { return shipment_id; }
  bool operator==(const ShipmentRecord&) const = default;
};

// allocated_from differs from the shipment's warehouse for units that were re-allocated to it.
struct ShipmentLineRecord {
  std::string shipment_id;
  std::string sku;
  std::string allocated_from;
  int64_t quantity = 0;

  using Key = std::tuple<std::string, std::string, std::string>;
  Key key() const { return {shipment_id, sku, allocated_from}; }
  bool operator==(const ShipmentLineRecord&) const = default;
};

// What becomes of units that come back.
enum class Disposition : int8_t {
  kRestock = 1,
  kDamaged = 2,
  kQualityControl = 3,
};

// Units of a reservation that came back. Immutable.
struct ReturnRecord {
  std::string return_id;
  std::string reservation_id;
  std::string reason;
  absl::Time create_time;

  using Key = std::string;
  Key key() const { return return_id; }
  bool operator==(const ReturnRecord&) const = default;
};

struct ReturnLineRecord {
  std::string return_id;
  std::string sku;
  std::string warehouse_id;
  Disposition disposition = Disposition::kRestock;
  int64_t quantity = 0;

  using Key = std::tuple<std::string, std::string, std::string, Disposition>;
  Key key() const { return {return_id, sku, warehouse_id, disposition}; }
  bool operator==(const ReturnLineRecord&) const = default;
};

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_ORDER_RECORDS_H_
