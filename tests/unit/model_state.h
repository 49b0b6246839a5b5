// What the model knows: as few counts as possible, everything else is summed when it is asked for.
#ifndef INVENTORY_TESTS_UNIT_MODEL_STATE_H_
#define INVENTORY_TESTS_UNIT_MODEL_STATE_H_

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/low_stock.pb.h"
#include "inventory/v1/replenishment.pb.h"
#include "inventory/v1/reservation.pb.h"
#include "inventory/v1/shipment.pb.h"
#include "inventory/v1/sourcing.pb.h"
#include "inventory/v1/stock.pb.h"
#include "inventory/v1/stock_return.pb.h"
#include "inventory/v1/transfer.pb.h"

namespace inventory::model {

struct Item {
  bool configured = false;
  bool tracked = true;
  bool published = true;
  int64_t min = 1;
  int64_t max = 10000;
  int64_t multiple = 1;
  std::set<int64_t> allowed = {};
  int64_t default_safety_stock = 0;
  v1::BackorderPolicy backorders = v1::BACKORDER_POLICY_NONE;
  int64_t backorder_limit = 0;
  std::string base_unit = {};
  int precision = 0;                               // 10^precision smallest units are one base unit.
  std::map<std::string, int64_t> factors = {};     // Base units in one, by the keys of further units.
  std::map<std::string, int64_t> components = {};  // Units in one kit, by SKU; none: it is no kit.
  int64_t estimate = 0;                            // The uid of an availability estimate, which may be gone; 0: none.
  std::string code = {};
  int64_t version = 0;

  bool operator==(const Item&) const = default;
};

// What is reserved is not counted here but summed over the reservations, and what is incoming over the documents.
struct Level {
  int64_t on_hand = 0;
  int64_t safety_stock = 0;
  int64_t damaged = 0;
  int64_t quality_control = 0;
  int64_t version = 0;
  std::optional<absl::Time> counted = {};  // The moment that the last count was true of.
  int64_t by_counts = 0;                   // What counts have added to on_hand.

  int64_t uncounted() const { return on_hand - by_counts; }
  int64_t sellable() const { return on_hand - damaged - quality_control; }
  // Adds units in a condition, or takes them away; false if there were too few.
  bool Add(v1::StockCondition condition, int64_t units);
  bool operator==(const Level&) const = default;
};

// A line's units in one warehouse.
struct Part {
  int64_t reserved = 0;
  int64_t in_shipment = 0;
  int64_t shipped = 0;

  int64_t unbound() const { return reserved - in_shipment; }
};

struct Line {
  int64_t requested = 0;
  int64_t untracked = 0;  // Reserved while the item was untracked: in no warehouse.
  int64_t waiting = 0;
  int64_t place = 0;  // In the SKU's order of service, while units wait.
  int64_t shipped = 0;
  int64_t cancelled = 0;
  int64_t returned = 0;
  std::map<std::string, Part> parts = {};

  int64_t reserved() const;
  int64_t outstanding() const { return reserved() + waiting; }
  int64_t in_shipment() const;
  int64_t unbound() const;
};

struct Reservation {
  std::string channel = {};
  std::vector<std::string> only = {};  // The warehouses it may draw from; empty: all of the channel's.
  v1::SourcingStrategy strategy = v1::SOURCING_STRATEGY_PRIORITY;
  std::optional<double> destination = {};  // Its longitude, on the equator, where everything is.
  v1::ReservationState state = v1::RESERVATION_STATE_HELD;
  std::optional<absl::Time> expiry = {};
  std::map<std::string, Line> lines = {};
  std::map<std::string, int64_t> kits = {};  // Kits asked for, by SKU.
  std::string code = {};
  int64_t version = 1;

  // The state that callers must see.
  v1::ReservationState StateAt(absl::Time now) const;
};

struct Shipment {
  std::string reservation = {};
  std::string warehouse = {};
  v1::ShipmentState state = v1::SHIPMENT_STATE_PROCESSING;
  // By SKU and the warehouse that the units were allocated in before.
  std::map<std::pair<std::string, std::string>, int64_t> lines = {};
  std::string code = {};
  int64_t version = 1;

  bool open() const { return state == v1::SHIPMENT_STATE_PROCESSING || state == v1::SHIPMENT_STATE_READY_TO_SHIP; }
};

struct Return {
  std::string reservation = {};
  // By SKU, warehouse and disposition.
  std::map<std::tuple<std::string, std::string, v1::Disposition>, int64_t> lines = {};
};

struct Replenishment {
  std::string sku = {};
  std::string warehouse = {};
  int64_t ordered = 0;
  int64_t received = 0;
  v1::ReplenishmentState state = v1::REPLENISHMENT_STATE_OPEN;
  std::string code = {};
  int64_t version = 1;

  int64_t outstanding() const { return state == v1::REPLENISHMENT_STATE_OPEN ? ordered - received : 0; }
};

struct TransferLine {
  int64_t quantity = 0;
  int64_t received = 0;
  int64_t missing = 0;

  int64_t in_transit() const { return quantity - received - missing; }
};

struct Transfer {
  std::string from = {};
  std::string to = {};
  v1::TransferState state = v1::TRANSFER_STATE_IN_TRANSIT;
  std::map<std::string, TransferLine> lines = {};  // By SKU.
  std::string code = {};
  int64_t version = 1;
};

// The most units of a SKU that may stand unshipped through a channel.
struct Quota {
  int64_t quantity = 0;
  int64_t version = 0;  // Of a new one the time, in microseconds.
};

// A crossing that a rule has noticed, and what has been done about it.
struct Event {
  int64_t available = 0;
  int64_t threshold = 0;
  v1::LowStockEventState state = v1::LOW_STOCK_EVENT_STATE_PENDING;
  int attempts = 0;
  bool under_way = false;              // An attempt has begun whose end is not known.
  std::optional<absl::Time> due = {};  // Of the one whose turn it is.

  bool pending() const { return state == v1::LOW_STOCK_EVENT_STATE_PENDING; }
};

// What watches a SKU: in a warehouse, in a channel, or in all active warehouses.
struct Rule {
  std::string sku = {};
  std::string warehouse = {};
  std::string channel = {};
  int64_t threshold = 0;
  int64_t margin = 0;
  bool low = false;
  bool deleted = false;
  int64_t version = 1;
  std::vector<Event> events = {};  // A fall, a rise, a fall and so on.
};

struct Warehouse {
  bool active = false;
  std::optional<double> longitude = {};
  bool deleted = false;
  std::string code = {};
  int64_t version = 1;
};

struct Channel {
  bool active = true;
  v1::SourcingStrategy strategy = v1::SOURCING_STRATEGY_PRIORITY;
  bool deleted = false;
  std::map<std::string, int> priorities = {};  // Of the attached warehouses.
  std::string code = {};
  int64_t version = 1;
};

struct Estimate {
  int64_t uid = 0;  // Never given twice.
  std::string title = {};
  int64_t priority = 0;
  int64_t version = 1;
};

// A level as the commands of a moment have left it.
struct Past {
  Level level = {};
  int64_t reserved = 0;
  int64_t incoming = 0;
  bool begins = false;  // The movements up to here have given way to one.
};

// Everything there is.
struct State {
  absl::Time now;
  std::map<std::string, Item> items = {};
  std::map<std::pair<std::string, std::string>, Level> levels = {};  // By SKU and warehouse.
  std::map<std::string, Reservation> reservations = {};
  std::map<std::string, Shipment> shipments = {};
  std::map<std::string, Return> returns = {};
  std::map<std::string, Replenishment> replenishments = {};
  std::map<std::string, Transfer> transfers = {};
  std::map<std::string, Warehouse> warehouses = {};
  std::map<std::string, Channel> channels = {};
  std::map<std::pair<std::string, std::string>, Quota> quotas = {};  // By SKU and channel.
  std::map<std::string, Rule> rules = {};
  std::map<std::string, Estimate> estimates = {};
  int64_t last_uid = 0;                                                                   // Of an estimate.
  std::map<std::pair<std::string, std::string>, std::map<absl::Time, Past>> ledger = {};  // By SKU and warehouse.
  std::map<std::string, int64_t> last_places = {};  // The last place in the order of service that was given, by SKU.
  // SKUs that were untracked at some time: what was reserved of them then is allocated nowhere.
  std::set<std::string> once_untracked = {};
  // SKUs whose counters were repaired: what waits for them, and what watches them, is looked at before the next write.
  std::set<std::string> repaired = {};
  // The configuration has changed since the background last looked at everything that waits.
  bool unfollowed = false;

  // The item, or the defaults.
  Item ItemOf(const std::string& sku) const;
  // The id of the estimate that the item has; empty if it has none, or one that is gone.
  std::string EstimateOf(const Item& item) const;
  // Units of the level that reservations hold; those of dead holds too, until a command touches the SKU.
  int64_t Reserved(const std::string& sku, const std::string& warehouse) const;
  // Units on their way to the level.
  int64_t Incoming(const std::string& sku, const std::string& warehouse) const;
  // Units of the SKU that wait for stock; those of dead holds too, until a command touches the SKU.
  int64_t Waiting(const std::string& sku) const;
  // Units of the SKU that stand unshipped through the channel; those of dead holds too, until a command touches the
  // SKU.
  int64_t Unshipped(const std::string& sku, const std::string& channel) const;
  // What the rule watches.
  int64_t Watched(const Rule& rule) const;
  // How many live rules watch the SKU.
  int64_t RulesOf(const std::string& sku) const;
  // How many quotas there are of the SKU.
  int64_t QuotasOf(const std::string& sku) const;
  // How many kits the SKU is a component of.
  int64_t KitsOf(const std::string& sku) const;
  // Whether a live reservation has units of the SKU outstanding, tracked or not.
  bool Held(const std::string& sku) const;
  // What can be promised from the level.
  int64_t Available(const std::string& sku, const std::string& warehouse) const;
  // The sum over the warehouses, of which one without units takes nothing from the others.
  int64_t AvailableIn(const std::string& sku, const std::vector<std::string>& warehouses) const;
  // All SKUs that have levels or are ordered.
  std::set<std::string> Skus() const;
  // Movements of the SKU so far.
  int64_t Movements(const std::string& sku) const;
  bool WarehouseLives(const std::string& warehouse) const;
  bool WarehouseSells(const std::string& warehouse) const {
    return WarehouseLives(warehouse) && warehouses.at(warehouse).active;
  }
  // The active warehouses that the channel is attached to, best first; none if it does not exist.
  std::vector<std::string> SourcesOf(const std::string& channel) const;
  // The same, as far as the reservation may draw from them.
  std::vector<std::string> SourcesOf(const Reservation& reservation) const;
  // Whether a live order that waits for the SKU could be served.
  bool Servable(const std::string& sku) const;
};

// Which of the resources has the code; empty if none has.
template <typename Resource>
std::string OwnerOf(const std::string& code, const std::map<std::string, Resource>& all) {
  for (const auto& [id, resource] : all) {
    if (!code.empty() && resource.code == code) return id;
  }
  return "";
}

}  // namespace inventory::model

#endif  // INVENTORY_TESTS_UNIT_MODEL_STATE_H_
