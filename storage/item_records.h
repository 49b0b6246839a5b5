// Items, their levels and their ledger, and quotas, as plain values: see records.h.
#ifndef INVENTORY_STORAGE_ITEM_RECORDS_H_
#define INVENTORY_STORAGE_ITEM_RECORDS_H_

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
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
  // No hold of the SKU runs out before; one may have if it is past. Unset: it has no hold that can run out. The
  // pipeline keeps it, so that only who comes later need look for dead holds.
  std::optional<absl::Time> next_hold_expiry;
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

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_ITEM_RECORDS_H_
