// The domain once more, as plainly as it can be said: what the rules are compared with.
#ifndef INVENTORY_TESTS_UNIT_MODEL_H_
#define INVENTORY_TESTS_UNIT_MODEL_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/message.h"
#include "inventory/v1/channel.pb.h"
#include "inventory/v1/item.pb.h"
#include "inventory/v1/replenishment.pb.h"
#include "inventory/v1/reservation.pb.h"
#include "inventory/v1/shipment.pb.h"
#include "inventory/v1/stock.pb.h"
#include "inventory/v1/stock_return.pb.h"
#include "inventory/v1/transfer.pb.h"
#include "inventory/v1/warehouse.pb.h"

namespace inventory::model {

// How a command must end.
struct Outcome {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string reason = {};

  bool ok() const { return code == absl::StatusCode::kOk; }
  bool operator==(const Outcome&) const = default;
};

struct Item {
  bool configured = false;
  bool tracked = true;
  bool published = true;
  int64_t min = 1;
  int64_t max = 10000;
  int64_t multiple = 1;
  std::set<int64_t> allowed = {};
  int64_t default_safety_stock = 0;
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
  int64_t shipped = 0;
  int64_t cancelled = 0;
  int64_t returned = 0;
  std::map<std::string, Part> parts = {};

  int64_t reserved() const;
  int64_t in_shipment() const;
  int64_t unbound() const;
};

struct Reservation {
  std::string channel = {};
  std::set<std::string> only = {};  // The warehouses it may draw from; empty: all of the channel's.
  v1::ReservationState state = v1::RESERVATION_STATE_HELD;
  std::optional<absl::Time> expiry = {};
  std::map<std::string, Line> lines = {};
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
  int64_t version = 1;
};

struct Warehouse {
  bool active = false;
  bool located = false;
  bool deleted = false;
  int64_t version = 1;
};

struct Channel {
  bool active = true;
  bool deleted = false;
  std::map<std::string, int> priorities = {};  // Of the attached warehouses.
  int64_t version = 1;
};

// What a row of a batch did: how it ended, and the level after it.
struct UpdatedRow {
  Outcome outcome = {};
  Level level = {};
  bool moved = false;
};

// Everything there is.
struct State {
  std::map<std::string, Item> items = {};
  std::map<std::pair<std::string, std::string>, Level> levels = {};  // By SKU and warehouse.
  std::map<std::string, Reservation> reservations = {};
  std::map<std::string, Shipment> shipments = {};
  std::map<std::string, Return> returns = {};
  std::map<std::string, Replenishment> replenishments = {};
  std::map<std::string, Transfer> transfers = {};
  std::map<std::string, Warehouse> warehouses = {};
  std::map<std::string, Channel> channels = {};
  // SKUs that were untracked at some time: what was reserved of them then is allocated nowhere.
  std::set<std::string> once_untracked = {};
};

// Predicts what each command does. No sharing of code or shape with the rules: units reserved are summed whenever they
// are asked for, and a refused command is undone by going back to a copy of everything.
class Model {
 public:
  absl::Time now;

  const State& state() const { return state_; }

  // Runs the command that takes `request` (any write); its answer must be this. A request id gets its first answer
  // again.
  Outcome Run(const google::protobuf::Message& request);

  // The rows of the last BatchUpdateStock, up to the one that ended it.
  const std::vector<UpdatedRow>& updated_rows() const { return updated_rows_; }

  // Ends the reservation if it is a hold that has run out.
  void Expire(const std::string& reservation);

  // The item, or the defaults.
  Item ItemOf(const std::string& sku) const;
  // Units of the level that reservations hold; those of dead holds too, until a command touches the SKU.
  int64_t Reserved(const std::string& sku, const std::string& warehouse) const;
  // Units on their way to the level.
  int64_t Incoming(const std::string& sku, const std::string& warehouse) const;
  // Whether a live reservation has units of the SKU outstanding, tracked or not.
  bool Held(const std::string& sku) const;
  // What can be promised from the level.
  int64_t Available(const std::string& sku, const std::string& warehouse) const;
  // Movements of the SKU so far.
  int64_t Movements(const std::string& sku) const;

 private:
  Outcome Do(const v1::CreateItemRequest& request);
  Outcome Do(const v1::UpdateItemRequest& request);
  Outcome Do(const v1::DeleteItemRequest& request);
  Outcome Do(const v1::SetStockRequest& request);
  Outcome Do(const v1::AdjustStockRequest& request);
  Outcome Do(const v1::ReclassifyStockRequest& request);
  Outcome Do(const v1::SetSafetyStockRequest& request);
  Outcome Do(const v1::BatchUpdateStockRequest& request);
  Outcome Do(const v1::ReserveStockRequest& request);
  Outcome Do(const v1::ConfirmReservationRequest& request);
  Outcome Do(const v1::ExtendReservationRequest& request);
  Outcome Do(const v1::AmendReservationRequest& request);
  Outcome Do(const v1::CancelReservationRequest& request);
  Outcome Do(const v1::CreateShipmentRequest& request);
  Outcome Do(const v1::MarkShipmentReadyRequest& request);
  Outcome Do(const v1::ShipShipmentRequest& request);
  Outcome Do(const v1::DeliverShipmentRequest& request);
  Outcome Do(const v1::CancelShipmentRequest& request);
  Outcome Do(const v1::ReturnStockRequest& request);
  Outcome Do(const v1::CreateReplenishmentRequest& request);
  Outcome Do(const v1::UpdateReplenishmentRequest& request);
  Outcome Do(const v1::ReceiveReplenishmentRequest& request);
  Outcome Do(const v1::CloseReplenishmentRequest& request);
  Outcome Do(const v1::CreateTransferRequest& request);
  Outcome Do(const v1::ReceiveTransferRequest& request);
  Outcome Do(const v1::CreateWarehouseRequest& request);
  Outcome Do(const v1::UpdateWarehouseRequest& request);
  Outcome Do(const v1::DeleteWarehouseRequest& request);
  Outcome Do(const v1::UndeleteWarehouseRequest& request);
  Outcome Do(const v1::CreateChannelRequest& request);
  Outcome Do(const v1::UpdateChannelRequest& request);
  Outcome Do(const v1::DeleteChannelRequest& request);
  Outcome Do(const v1::UndeleteChannelRequest& request);
  Outcome Do(const v1::AttachWarehouseRequest& request);
  Outcome Do(const v1::DetachWarehouseRequest& request);

  template <typename Request>
  bool RunIf(const google::protobuf::Message& message, Outcome& outcome);
  // Carries the request out unless its id was answered before.
  template <typename Request>
  Outcome RunOnce(const Request& request);

  // Ends the dead holds' claims on the SKUs, as every write that touches them does first.
  void ReleaseDead(const std::set<std::string>& skus);
  std::set<std::string> SkusOf(const google::protobuf::Message& request) const;
  // Those of the replenishment or transfer that the request changes.
  std::set<std::string> SkusOfDocument(const google::protobuf::Message& request) const;

  Outcome SaveItem(const std::string& sku, Item item);
  // Changes a level that may be written; a first write that changes nothing counts too.
  Outcome WriteLevel(const std::string& sku, const std::string& warehouse, const std::string& etag,
                     const std::function<Outcome(Level&)>& change);
  Outcome WriteRow(const v1::StockUpdate& update);
  // The level; a new one has the item's safety stock.
  Level& LevelOf(const std::string& sku, const std::string& warehouse);
  bool WarehouseLives(const std::string& warehouse) const;
  bool WarehouseInUse(const std::string& warehouse) const;

  // The warehouses that a channel sells from, best first; narrowed to `only` unless that is empty.
  Outcome Sources(const std::string& channel, const std::vector<std::string>& only, std::vector<std::string>& sources);
  // Whether an order of the units would break the item's rules.
  bool BreaksOrderRules(const std::string& sku, int64_t quantity) const;
  int64_t AvailableIn(const std::string& sku, const std::vector<std::string>& warehouses) const;
  // Reserves the units where they are available, best warehouse first; untracked ones nowhere.
  void Take(Line& line, const std::string& sku, int64_t quantity, const std::vector<std::string>& sources);
  // Gives up units that are in no shipment: untracked ones first, then those of the last warehouse. False if too few.
  bool GiveUp(Line& line, const std::string& sku, int64_t quantity);
  // A committed reservation without anything left to ship has ended.
  void Settle(Reservation& reservation);
  Outcome CancelLines(const v1::CancelReservationRequest& request, Reservation& reservation);
  Outcome Grow(Reservation& reservation, const std::string& sku, int64_t quantity);

  Outcome Bind(const v1::CreateShipmentRequest& request, const std::string& sku, int64_t quantity,
               Reservation& reservation, Shipment& shipment);
  // Moves unbound units of a line between warehouses.
  void MoveUnits(Line& line, const std::string& sku, const std::string& from, const std::string& to, int64_t quantity);

  void Moved(const std::string& sku, const std::string& warehouse) { ++state_.levels.at({sku, warehouse}).version; }

  State state_;
  std::vector<UpdatedRow> updated_rows_;
  // By request id: the request and its answer.
  std::map<std::string, std::pair<std::string, Outcome>> answers_;
};

// The message's field of text of this name; empty if it has none.
std::string TextOf(const google::protobuf::Message& message, const std::string& field);

// The refusals that several commands share.
Outcome NotFound(const std::string& what);
Outcome Precondition(const std::string& reason);
// ABORTED unless the etag is empty or the version's.
Outcome CheckEtag(const std::string& etag, int64_t version);

}  // namespace inventory::model

#endif  // INVENTORY_TESTS_UNIT_MODEL_H_
