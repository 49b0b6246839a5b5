// The domain once more, as plainly as it can be said: what the rules are compared with.
#ifndef INVENTORY_TESTS_UNIT_MODEL_H_
#define INVENTORY_TESTS_UNIT_MODEL_H_

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "google/protobuf/field_mask.pb.h"
#include "google/protobuf/message.h"
#include "inventory/v1/availability_estimate.pb.h"
#include "inventory/v1/channel.pb.h"
#include "inventory/v1/low_stock.pb.h"
#include "inventory/v1/quota.pb.h"
#include "inventory/v1/warehouse.pb.h"
#include "tests/unit/model_state.h"

namespace inventory::model {

// How a command must end.
struct Outcome {
  absl::StatusCode code = absl::StatusCode::kOk;
  std::string reason = {};

  bool ok() const { return code == absl::StatusCode::kOk; }
  bool operator==(const Outcome&) const = default;
};

// What a row of a batch did: how it ended, and the level after it.
struct UpdatedRow {
  Outcome outcome = {};
  Level level = {};
  bool moved = false;
};

// Units of a SKU that an order asks for.
struct Demand {
  std::string sku = {};
  int64_t quantity = 0;
};

// What an order gets of a SKU.
struct Grant {
  std::string sku = {};
  int64_t requested = 0;
  int64_t reserved = 0;
  int64_t waiting = 0;
  std::string reason = {};  // Why not all is reserved.
};

// Predicts what each command does. No sharing of code or shape with the rules: units reserved are summed whenever they
// are asked for, and a refused command is undone by going back to a copy of everything.
class Model {
 public:
  static constexpr int64_t kUncut = std::numeric_limits<int64_t>::max();

  // A step of a fill looks at `max_filled` orders at most; the rest is served before anything else happens to the SKU.
  Model(absl::Time now, int64_t max_filled) : max_filled_(max_filled) { state_.now = now; }

  bool cuts_fills() const { return max_filled_ != kUncut; }

  const State& state() const { return state_; }
  // The state as the last command has left it, before those were served who wait: what its answer shows.
  const State& answered() const { return answered_; }

  void LetPass(absl::Duration time) { state_.now += time; }

  // Runs the command that takes `request` (any write); its answer must be this. A request id gets its first answer
  // again. What is made without an id gets `fresh_id`.
  Outcome Run(const google::protobuf::Message& request, const std::string& fresh_id);

  // The rows of the last BatchUpdateStock, up to the one that ended it.
  const std::vector<UpdatedRow>& updated_rows() const { return updated_rows_; }

  // What each line of the last ReserveStock got.
  const std::vector<Grant>& granted() const { return granted_; }

  // Ends the reservation if it is a hold that has run out.
  void Expire(const std::string& reservation);

  // Lets the movements of the SKU before the time give way to one of each level.
  void Fold(const std::string& sku, absl::Time before);

  // Serves those who wait and whom a change of the configuration has made servable.
  void Follow();

  // Looks at those who wait for the SKU and at what watches it.
  void Recheck(const std::string& sku);

  // How an attempt to carry an event out has ended.
  enum class Ending { kDone, kFailed, kFailedForGood, kGivenBack };

  // Takes the event of a rule for the time of the lease if it is due; says whether an attempt is to be made. One whose
  // attempts are used up is given up.
  bool BeginAttempt(const std::string& rule, int64_t number, absl::Duration lease, int max_attempts);
  // Ends the attempt; one that has failed is followed by a pause.
  void EndAttempt(const std::string& rule, int64_t number, int attempt, Ending ending, absl::Duration pause);

  // Believes `more` units on hand and in safety stock that no movement explains, and numbers a correction of the level.
  void Correct(const std::string& sku, const std::string& warehouse, int64_t on_hand, int64_t safety_stock);
  // Has what counts the SKU looked at again before the next write of it.
  void NoteRepair(const std::string& sku) { state_.repaired.insert(sku); }

  // The level at the time as the ledger has it; nullptr if it does not reach back so far.
  const Past* PastAt(const std::string& sku, const std::string& warehouse, absl::Time time) const;
  // Whether older movements of the level have given way to one.
  bool Folded(const std::string& sku, const std::string& warehouse) const;

 private:
  Outcome Do(const v1::CreateItemRequest& request);
  Outcome Do(const v1::UpdateItemRequest& request);
  Outcome Do(const v1::DeleteItemRequest& request);
  Outcome Do(const v1::SetStockRequest& request);
  Outcome Do(const v1::AdjustStockRequest& request);
  Outcome Do(const v1::ReclassifyStockRequest& request);
  Outcome Do(const v1::SetSafetyStockRequest& request);
  Outcome Do(const v1::BatchUpdateStockRequest& request);
  Outcome Do(const v1::CreateLowStockRuleRequest& request);
  Outcome Do(const v1::UpdateLowStockRuleRequest& request);
  Outcome Do(const v1::DeleteLowStockRuleRequest& request);
  Outcome Do(const v1::RetryLowStockEventRequest& request);
  Outcome Do(const v1::CreateAvailabilityEstimateRequest& request);
  Outcome Do(const v1::UpdateAvailabilityEstimateRequest& request);
  Outcome Do(const v1::DeleteAvailabilityEstimateRequest& request);
  Outcome Do(const v1::SetQuotaRequest& request);
  Outcome Do(const v1::DeleteQuotaRequest& request);
  Outcome Do(const v1::ReserveStockRequest& request);
  Outcome Do(const v1::ConfirmReservationRequest& request);
  Outcome Do(const v1::ExtendReservationRequest& request);
  Outcome Do(const v1::AmendReservationRequest& request);
  Outcome Do(const v1::ReallocateReservationRequest& request);
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

  // What happens to SKUs before anything else when a write touches them: dead holds lose their claims, and those who
  // wait are served from what they or a change of the configuration have left.
  void Enter(const std::set<std::string>& skus);
  // What follows the write: those who wait are served from what it has left. `before` is the state before it.
  void Leave(const std::set<std::string>& skus, const State& before);
  void ReleaseDead(const std::set<std::string>& skus);
  // False if the command has not entered the SKU: then it begins anew with it, and what it did does not count.
  bool Touch(const std::string& sku) { return !touched_.insert(sku).second; }
  std::set<std::string> SkusOf(const google::protobuf::Message& request) const;
  // Those of the replenishment, transfer or low-stock rule that the request changes.
  std::set<std::string> SkusOfDocument(const google::protobuf::Message& request) const;

  // Whether something names the SKU or has units of it.
  bool InUse(const std::string& sku) const;
  Outcome SaveItem(const std::string& sku, Item item);
  // Gives the item the estimate of the id; none if that is empty.
  Outcome Assign(const std::string& estimate_id, Item& item) const;
  // Refuses SKUs that have no stock of their own.
  Outcome CheckTracked(const std::string& sku) const;
  // Changes a level that may be written; a first write that changes nothing counts too.
  Outcome WriteLevel(const std::string& sku, const std::string& warehouse, const std::string& etag,
                     const std::function<Outcome(Level&)>& change);
  Outcome WriteRows(const v1::BatchUpdateStockRequest& request, int begin, int end);
  Outcome WriteRow(const v1::StockUpdate& update);
  // Says how many units lay on the level at a moment, now if none is named.
  Outcome Count(const std::string& sku, const std::string& warehouse, const std::string& etag, int64_t units,
                std::optional<absl::Time> as_of);
  Outcome CheckWritable(const std::string& sku, const std::string& warehouse) const;
  // The level; a new one has the item's safety stock.
  Level& LevelOf(const std::string& sku, const std::string& warehouse);
  bool WarehouseInUse(const std::string& warehouse) const;
  Outcome MakeWarehouse(const v1::Warehouse& wanted);
  Outcome MakeChannel(const v1::Channel& wanted);
  Outcome MakeReplenishment(const std::string& id, const Replenishment& made);

  // The warehouses that the channel sells from, best first, as far as the order names them; it names all or some.
  Outcome Sources(const Reservation& order, std::vector<std::string>& sources) const;
  // Whether an order of the units would break the item's rules.
  bool BreaksOrderRules(const std::string& sku, int64_t quantity) const;
  // What an order gets of what it asks for: granted_, and of each SKU that has stock of its own.
  Outcome GrantAll(const Reservation& order, const std::vector<Demand>& demands, v1::ShortfallPolicy policy,
                   std::vector<Grant>& shares);
  Outcome GrantOne(const Reservation& order, const Demand& demand, v1::ShortfallPolicy policy,
                   std::vector<Grant>& shares);
  // Units that the order's channel may still promise.
  int64_t QuotaLeft(const Reservation& order, const std::string& sku) const;
  // Carries the grants out: what waits gets its place, the rest is reserved where the reservation's strategy says.
  void Give(Reservation& reservation, const std::vector<Grant>& grants, const std::vector<std::string>& sources);
  // Which warehouses give how many units, in their order, by SKU.
  using Parts = std::vector<std::pair<std::string, int64_t>>;
  using Plan = std::map<std::string, Parts>;
  Plan PlanFor(const Reservation& reservation, const std::vector<Grant>& grants,
               const std::vector<std::string>& sources) const;
  // Gives up units that are in no shipment: those that wait first, then untracked ones, then those of the last
  // warehouse. False if too few.
  bool GiveUp(Line& line, const std::string& sku, int64_t quantity);
  // A committed reservation without anything left to ship has ended.
  void Settle(Reservation& reservation);
  Outcome CancelLines(const v1::CancelReservationRequest& request, Reservation& reservation);
  Outcome Grow(Reservation& reservation, const std::vector<Demand>& more, v1::ShortfallPolicy policy);

  // Whether so many more units may wait.
  Outcome MayWait(const std::string& sku, int64_t quantity) const;
  void Wait(Line& line, const std::string& sku, int64_t quantity);
  // Serves those who wait for the SKU in order of their places, up to the last place.
  void Fill(const std::string& sku, int64_t last_place);
  // The last place that a step of a fill looks at if those wait who do in `before`.
  int64_t LastPlaceOfStep(const std::string& sku, const State& before) const;

  // What of the reservation lies in the warehouses that it is to leave and is in no shipment, by SKU.
  Plan LeavingOf(const v1::ReallocateReservationRequest& request, const Reservation& reservation) const;
  // Moves what has a place from one warehouse after the other; what has none stays in `from`.
  void MoveAll(Line& line, const std::string& sku, Parts& from, const Parts& places);

  // Has the live rules of the SKU notice what they watch.
  void Judge(const std::string& sku);
  void JudgeRule(Rule& rule);
  // The event, or nullptr. Its SKU is touched.
  Event* FindEvent(const std::string& rule, int64_t number);
  // An event is over; if it was its turn it is that of the first one that waits.
  void End(Rule& rule, Event& event, v1::LowStockEventState state);

  // Writes the ledger: how each level is now.
  void NoteLevels();
  // Puts every quantity of the request in the smallest stocked unit.
  Outcome ConvertUnits(google::protobuf::Message& request);
  Outcome ConvertUnit(const std::string& sku, const std::string& unit, int64_t& quantity) const;
  Outcome ConvertPart(google::protobuf::Message& part) const;

  Outcome Bind(const v1::CreateShipmentRequest& request, const std::string& sku, int64_t quantity,
               Reservation& reservation, Shipment& shipment);
  // Moves unbound units of a line between warehouses.
  void MoveUnits(Line& line, const std::string& sku, const std::string& from, const std::string& to, int64_t quantity);

  void Moved(const std::string& sku, const std::string& warehouse) { ++state_.levels.at({sku, warehouse}).version; }

  int64_t max_filled_;
  std::string fresh_id_;
  State state_;
  State answered_ = {};
  std::set<std::string> touched_;
  std::set<std::string> rechecked_;  // SKUs whose rules the command has judged in any case.
  std::vector<UpdatedRow> updated_rows_;
  std::vector<Grant> granted_;
  // By request id: the request and its answer.
  std::map<std::string, std::pair<std::string, Outcome>> answers_;
};

// Whether the mask names the field, or all fields; an empty one names those that are set in `changes`.
bool Names(const google::protobuf::FieldMask& mask, const google::protobuf::Message& changes, const std::string& field);

// The message's field of text of this name; empty if it has none.
std::string TextOf(const google::protobuf::Message& message, const std::string& field);

// Whether the request changes warehouses, channels, attachments or availability estimates.
bool Configures(const google::protobuf::Message& request);

// The refusals that several commands share.
Outcome NotFound(const std::string& what);
Outcome Precondition(const std::string& reason);
// A reservation that is live or not, and the refusal of one that is not.
bool Live(v1::ReservationState state);
Outcome NotLive(v1::ReservationState state);
// ABORTED unless the etag is empty or the version's.
Outcome CheckEtag(const std::string& etag, int64_t version);

// ALREADY_EXISTS if another than the one with the id has the code.
template <typename Resource>
Outcome CheckCode(const std::string& code, const std::string& id, const std::map<std::string, Resource>& all) {
  const std::string owner = OwnerOf(code, all);
  if (owner.empty() || owner == id) return {};
  return {absl::StatusCode::kAlreadyExists, "EXTERNAL_REFERENCE_EXISTS"};
}

}  // namespace inventory::model

#endif  // INVENTORY_TESTS_UNIT_MODEL_H_
