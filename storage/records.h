// The rows of the database as plain values. Times are UTC; an unset optional is NULL. No behaviour that depends on
// SQL, gRPC or protobuf lives here. Enumerators have the numbers that are stored.
#ifndef INVENTORY_STORAGE_RECORDS_H_
#define INVENTORY_STORAGE_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"

namespace inventory::storage {

// A SKU's configuration, its lock, and the number of its last movement.
struct ItemRecord {
  std::string sku;
  // False while only stock was written: every rule below then has its default.
  bool configured = false;
  bool tracked = true;
  bool published = true;
  bool display_availability = false;
  bool display_stock_quantity = false;
  int64_t min_order_quantity = 1;
  int64_t max_order_quantity = 10000;  // 0 is no limit.
  int64_t multiple_order_quantity = 1;
  std::vector<int64_t> allowed_order_quantities;  // Empty allows all.
  int64_t default_safety_stock = 0;
  std::map<std::string, std::string> labels;
  int64_t config_version = 0;
  std::optional<absl::Time> create_time;
  std::optional<absl::Time> update_time;
  // Number of the SKU's last movement; dense from 1.
  int64_t sequence = 0;
  std::optional<absl::Time> last_movement_time;

  using Key = std::string;
  Key key() const { return sku; }
  bool operator==(const ItemRecord&) const = default;
};

// The quantities of a level that movements change.
struct Quantities {
  int64_t on_hand = 0;
  int64_t reserved = 0;
  int64_t safety_stock = 0;
  int64_t damaged = 0;
  int64_t quality_control = 0;

  int64_t available() const { return on_hand - reserved - safety_stock - damaged - quality_control; }
  bool operator==(const Quantities&) const = default;
};

// Units of one SKU in one warehouse.
struct LevelRecord {
  std::string sku;
  std::string warehouse_id;
  Quantities quantities = {};
  // Number of the level's last movement; dense from 1.
  int64_t version = 0;
  absl::Time update_time;

  using Key = std::pair<std::string, std::string>;
  Key key() const { return {sku, warehouse_id}; }
  bool operator==(const LevelRecord&) const = default;
};

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

enum class MovementType : int8_t {
  kSet = 1,
  kAdjust = 2,
  kSafetyStock = 3,
  kReserve = 4,
  kRelease = 5,
  kExpire = 6,
  kShip = 7,
  kReallocate = 8,
  kCorrection = 9,
};

// A change of one level. Immutable once written.
struct MovementRecord {
  std::string sku;
  int64_t sequence = 0;
  std::string warehouse_id;
  int64_t version = 0;
  MovementType type = MovementType::kSet;
  Quantities delta;
  Quantities balance;
  std::string reason;
  std::string actor;
  std::string document_id;
  std::string request_id;
  absl::Time create_time;
};

// The first answer to a write. code is the canonical status code; reply is opaque to storage.
struct RequestRecord {
  std::string caller;
  std::string request_id;
  std::string fingerprint;  // 32 bytes.
  int32_t code = 0;
  std::string reply = {};
  absl::Time create_time;
};

struct WarehouseRecord {
  std::string warehouse_id;
  std::string name;
  std::string description;
  bool active = false;
  std::optional<double> latitude;  // Both or none.
  std::optional<double> longitude;
  std::vector<std::string> street_lines;
  std::string city;
  std::string postal_code;
  std::string region_code;
  std::string country_code;
  std::string type;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time;

  using Key = std::string;
  Key key() const { return warehouse_id; }
  bool operator==(const WarehouseRecord&) const = default;
};

struct ChannelRecord {
  std::string channel_id;
  std::string name;
  bool active = true;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time;

  using Key = std::string;
  Key key() const { return channel_id; }
  bool operator==(const ChannelRecord&) const = default;
};

struct AttachmentRecord {
  std::string channel_id;
  std::string warehouse_id;
  int32_t priority = 0;

  using Key = std::pair<std::string, std::string>;
  Key key() const { return {channel_id, warehouse_id}; }
  bool operator==(const AttachmentRecord&) const = default;
};

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_RECORDS_H_
