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
#include "storage/quantities.h"

namespace inventory::storage {

// Whether an order may wait for units that are not there.
enum class BackorderPolicy : int8_t {
  kNone = 1,
  kLimited = 2,
  kUnlimited = 3,
};

// How the warehouses that serve an order are chosen among those that may.
enum class SourcingStrategy : int8_t {
  kPriority = 1,
  kNearest = 2,
  kFewestSplits = 3,
  kBalanced = 4,
};

// A part of a kit.
struct Component {
  std::string sku;
  int64_t quantity = 0;  // In one kit.

  bool operator==(const Component&) const = default;
};

// The units that requests may count in. The smallest stocked unit is 10^-precision of the base unit.
struct UnitsOfMeasure {
  std::string base_unit = {};  // Empty: there are none.
  int32_t precision = 0;
  std::map<std::string, int64_t> factors = {};  // Base units in one, by key.

  bool operator==(const UnitsOfMeasure&) const = default;
};

// A SKU's configuration, its lock, and the counters that stand under the lock.
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
  BackorderPolicy backorder_policy = BackorderPolicy::kNone;
  int64_t backorder_limit = 0;  // Units; counts where the policy is kLimited.
  UnitsOfMeasure units_of_measure;
  std::vector<Component> components;  // By SKU. Not empty: the item is a kit.
  // The uid of an availability estimate, or empty. It may be gone: then the item has none.
  std::string availability_estimate;
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
  // The low-stock rule that has set published to false; empty if none has.
  std::string unpublished_by;
  int64_t config_version = 0;
  std::optional<absl::Time> create_time;
  std::optional<absl::Time> update_time;
  // Number of the SKU's last movement; dense from 1.
  int64_t sequence = 0;
  std::optional<absl::Time> last_movement_time;
  // Units of all backorders, dead ones too until they are released.
  int64_t backordered = 0;
  // The last place given to a backorder.
  int64_t last_backorder = 0;
  // Backorders after the place fill_after may be waiting for units that are there.
  bool fill_pending = false;
  int64_t fill_after = 0;
  // How many kits have it as a component, and how many quotas and live low-stock rules there are of it.
  int64_t kits = 0;
  int64_t quotas = 0;
  int64_t low_stock_rules = 0;

  bool is_kit() const { return !components.empty(); }
  // Whether a change of warehouses, channels or attachments can have consequences for the SKU.
  bool followed() const { return backordered > 0 || low_stock_rules > 0; }

  using Key = std::string;
  Key key() const { return sku; }
  bool operator==(const ItemRecord&) const = default;
};

// Units of one SKU in one warehouse.
struct LevelRecord {
  std::string sku;
  std::string warehouse_id;
  Quantities quantities = {};
  // Number of the level's last movement; dense from 1.
  int64_t version = 0;
  absl::Time update_time;
  // The moment that the last count was true of.
  std::optional<absl::Time> count_time = {};

  using Key = std::pair<std::string, std::string>;
  Key key() const { return {sku, warehouse_id}; }
  bool operator==(const LevelRecord&) const = default;
};

// The most units of a SKU that may stand unshipped through a channel, and how many do, those of dead holds included
// until they are released.
struct QuotaRecord {
  std::string sku;
  std::string channel_id;
  int64_t quantity = 0;
  int64_t outstanding = 0;
  int64_t version = 0;  // Of the quantity.
  absl::Time create_time;
  absl::Time update_time;

  using Key = std::pair<std::string, std::string>;
  Key key() const { return {sku, channel_id}; }
  bool operator==(const QuotaRecord&) const = default;
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

enum class ReplenishmentState : int8_t {
  kOpen = 1,
  kReceived = 2,
  kClosed = 3,  // Short: nothing more is expected.
};

// Units of one SKU that are expected in one warehouse.
struct ReplenishmentRecord {
  std::string replenishment_id;
  std::string sku;
  std::string warehouse_id;
  int64_t ordered = 0;
  int64_t received = 0;  // More than ordered only where that was allowed.
  std::optional<absl::Time> expected_time = {};
  ReplenishmentState state = ReplenishmentState::kOpen;
  std::string reference = {};                // The caller's text, a purchase order's number for example.
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  // Units still expected.
  int64_t outstanding() const {
    return state == ReplenishmentState::kOpen && ordered > received ? ordered - received : 0;
  }

  using Key = std::string;
  Key key() const { return replenishment_id; }
  bool operator==(const ReplenishmentRecord&) const = default;
};

enum class TransferState : int8_t {
  kInTransit = 1,
  kReceived = 2,
};

// Units on their way from one warehouse to another.
struct TransferRecord {
  std::string transfer_id;
  std::string from_warehouse_id;
  std::string to_warehouse_id;
  TransferState state = TransferState::kInTransit;
  std::optional<absl::Time> expected_time = {};
  std::string reason = {};
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  using Key = std::string;
  Key key() const { return transfer_id; }
  bool operator==(const TransferRecord&) const = default;
};

// One SKU of a transfer: what is neither received nor missing is in transit.
struct TransferLineRecord {
  std::string transfer_id;
  std::string sku;
  int64_t quantity = 0;
  int64_t received = 0;
  int64_t missing = 0;
  std::string shortage_reason = {};

  int64_t in_transit() const { return quantity - received - missing; }

  using Key = std::pair<std::string, std::string>;
  Key key() const { return {transfer_id, sku}; }
  bool operator==(const TransferLineRecord&) const = default;
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
  kReclassify = 10,
  kReturn = 11,
  kExpect = 12,
  kReceive = 13,
  kTransferOut = 14,
  kTransferIn = 15,
  kFill = 16,
  kBalanceForward = 17,
};

// A change of one level. Immutable once written, but that old ones give way to one kBalanceForward.
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

  using Key = std::pair<std::string, int64_t>;
  Key key() const { return {sku, sequence}; }
  bool operator==(const MovementRecord&) const = default;
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
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
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
  SourcingStrategy sourcing_strategy = SourcingStrategy::kPriority;
  std::string external_reference_code = {};  // Unique among its kind; empty if there is none.
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

// The kinds of resources that callers give codes of their own.
enum class ResourceKind : int8_t {
  kItem = 1,
  kWarehouse = 2,
  kChannel = 3,
  kReservation = 4,
  kShipment = 5,
  kReplenishment = 6,
  kTransfer = 7,
};

// Who has a code. Each resource has it in its own row too.
struct ExternalReferenceRecord {
  ResourceKind kind = ResourceKind::kItem;
  std::string code;
  std::string id;  // The resource's, a SKU for an item.

  using Key = std::pair<ResourceKind, std::string>;
  Key key() const { return {kind, code}; }
  bool operator==(const ExternalReferenceRecord&) const = default;
};

// A text about delivery that items refer to by its uid, which no other one ever has.
struct AvailabilityEstimateRecord {
  std::string availability_estimate_id;
  std::string uid;
  std::string title;
  std::map<std::string, std::string> localized_titles;  // By language tag in lower case.
  int32_t priority = 0;
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;

  using Key = std::string;
  Key key() const { return availability_estimate_id; }
  bool operator==(const AvailabilityEstimateRecord&) const = default;
};

// Watches a quantity of a SKU: in one warehouse, in one channel, or in all active warehouses.
struct LowStockRuleRecord {
  std::string rule_id;
  std::string sku;
  std::string warehouse_id = {};
  std::string channel_id = {};
  int64_t threshold = 0;
  int64_t rearm_margin = 0;
  std::string activity;
  std::map<std::string, std::string> parameters;
  bool low = false;
  int64_t last_event = 0;      // Number of its last event.
  int64_t pending_events = 0;  // Those that are neither done nor dead.
  int64_t version = 0;
  absl::Time create_time;
  absl::Time update_time;
  std::optional<absl::Time> delete_time = {};

  using Key = std::string;
  Key key() const { return rule_id; }
  bool operator==(const LowStockRuleRecord&) const = default;
};

enum class LowStockEventType : int8_t {
  kLow = 1,
  kRecovered = 2,
};

enum class LowStockEventState : int8_t {
  kPending = 1,
  kDone = 2,
  kDead = 3,
};

// A crossing that a rule has noticed.
struct LowStockEventRecord {
  std::string rule_id;
  int64_t number = 0;
  LowStockEventType type = LowStockEventType::kLow;
  int64_t available = 0;
  int64_t threshold = 0;
  LowStockEventState state = LowStockEventState::kPending;
  int32_t attempts = 0;
  // When the activity is begun, or if it has begun when that lease ends. Set only for the first pending one of a rule.
  std::optional<absl::Time> next_attempt_time = {};
  std::string last_error = {};
  absl::Time create_time;
  absl::Time update_time;

  using Key = std::pair<std::string, int64_t>;
  Key key() const { return {rule_id, number}; }
  bool operator==(const LowStockEventRecord&) const = default;
};

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_RECORDS_H_
