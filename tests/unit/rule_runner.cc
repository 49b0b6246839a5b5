#include "tests/unit/rule_runner.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/protobuf/util/message_differencer.h"
#include "gtest/gtest.h"
#include "server/errors.h"
#include "server/pipeline/backorders.h"
#include "server/pipeline/holds.h"
#include "server/rpc/registry.h"
#include "server/rpc/steps.h"
#include "tests/api_comments.h"
#include "tests/unit/invariants.h"

namespace inventory {
namespace {

using google::protobuf::Message;

constexpr int kMaxRounds = 20;

const rpc::Method* MethodFor(const Message& request) {
  for (const rpc::Method& method : rpc::Methods()) {
    const bool writes = method.make_command != nullptr || method.start != nullptr;
    if (writes && method.request() == request.GetDescriptor()) return &method;
  }
  return nullptr;
}

std::string RequestId(const Message& request) {
  const auto* field = request.GetDescriptor()->FindFieldByName("request_id");
  return request.GetReflection()->GetString(request, field);
}

// The bytes of the details are left out: they hold metadata in any order.
bool Same(const absl::Status& a, const absl::Status& b) {
  return a.code() == b.code() && a.message() == b.message() && ReasonOf(a) == ReasonOf(b);
}

// What the command saves, which is of `type`; null if it saves nothing.
std::unique_ptr<Message> SavedReply(const pipeline::Command& command, const Message* type) {
  if (type == nullptr) return nullptr;
  std::unique_ptr<Message> reply(type->New());
  return reply->ParseFromString(command.SaveReply()) ? std::move(reply) : nullptr;
}

bool Same(const std::unique_ptr<Message>& a, const std::unique_ptr<Message>& b) {
  if (a == nullptr || b == nullptr) return a == b;
  return google::protobuf::util::MessageDifferencer::Equals(*a, *b);
}

template <typename Record, typename Predicate>
void LoadIf(const pipeline::Table<Record>& from, pipeline::Table<Record>& to, Predicate wanted) {
  for (const Record* record : from.All()) {
    if (wanted(*record)) to.Load(*record);
  }
}

template <typename Record>
void LoadAll(const pipeline::Table<Record>& from, pipeline::Table<Record>& to) {
  LoadIf(from, to, [](const Record&) { return true; });
}

template <typename Record>
void LoadKeys(const std::vector<std::string>& keys, const pipeline::Table<Record>& from, pipeline::Table<Record>& to) {
  for (const std::string& key : keys) {
    if (const Record* record = from.Find(key)) to.Load(*record);
  }
}

// All backorders that are stored.
class StoredBackorders final : public pipeline::BackorderSource {
 public:
  StoredBackorders(const pipeline::Rows& from, pipeline::Rows& to) : from_(from), to_(to) {}

  absl::StatusOr<Loaded> LoadWaiting(const std::string& sku, int64_t after_place,
                                     const std::vector<std::string>& channel_ids, int64_t limit) override {
    Loaded loaded;
    for (const storage::BackorderRecord* backorder : from_.backorders.All()) {
      const std::string& id = backorder->reservation_id;
      const bool wanted = backorder->sku == sku && backorder->place > after_place &&
                          std::count(channel_ids.begin(), channel_ids.end(), backorder->channel_id) > 0;
      if (!wanted) continue;
      if (--limit < 0) {
        loaded.all = false;
        break;
      }
      to_.backorders.Load(*backorder);
      to_.reservations.Load(*from_.reservations.Find(id));
      to_.reservation_lines.Load(*from_.reservation_lines.Find({id, sku}));
      LoadIf(from_.allocations, to_.allocations,
             [&](const auto& part) { return part.reservation_id == id && part.sku == sku; });
      loaded.last_place = backorder->place;
    }
    return loaded;
  }

 private:
  const pipeline::Rows& from_;
  pipeline::Rows& to_;
};

template <typename Record>
void StoreTable(const pipeline::Table<Record>& from, pipeline::Table<Record>& to) {
  for (const Record* record : from.Written()) {
    if (to.Find(record->key()) != nullptr) {
      to.Edit(record->key()) = *record;
    } else {
      to.Add(*record);
    }
  }
  for (const Record* record : from.Removed()) to.Remove(record->key());
}

}  // namespace

// Carries out each step before it returns.
class RuleRunner::CallSteps final : public rpc::Steps {
 public:
  CallSteps(RuleRunner& runner, const Message& request, const Message& response, absl::Status& answer)
      : runner_(runner), request_(request), response_(response), answer_(answer) {}

  void Read(std::function<absl::Status(reading::Reader&)> read, std::function<void()> then) override {
    Finish(absl::UnimplementedError("a read needs a database"));
  }

  void Run(std::unique_ptr<pipeline::Command> command, const std::string& step,
           std::function<void(pipeline::Command&, const absl::Status&)> then) override {
    const absl::Status status = runner_.RunRecorded(*command, request_, step, response_);
    then(*command, status);
  }

  void Finish(const absl::Status& status) override { answer_ = status; }

 private:
  RuleRunner& runner_;
  const Message& request_;
  const Message& response_;
  absl::Status& answer_;
};

absl::Status RuleRunner::Run(const Message& request, Message& response) {
  absl::Status answer = AnswerTo(request, response);
  const std::string reason = ReasonOf(answer);
  EXPECT_TRUE(reason.empty() || NamesReason(*rpc::MethodOf(request.GetDescriptor()), reason))
      << "no comment tells callers of " << request.GetTypeName() << " about " << reason;
  return answer;
}

absl::Status RuleRunner::AnswerTo(const Message& request, Message& response) {
  const rpc::Method* method = MethodFor(request);
  if (method == nullptr) return absl::UnimplementedError("no write takes " + request.GetTypeName());
  Violations violations;
  method->validate(request, bounds, violations);
  rpc::CheckRequestId(RequestId(request), violations);
  if (!violations.empty()) return violations.ToStatus();
  if (method->make_command != nullptr) {
    return RunRecorded(*method->make_command(request, response), request, /*step=*/"", response);
  }
  absl::Status answer = absl::InternalError("the call was never finished");
  method->start(request, response, std::make_shared<CallSteps>(*this, request, response, answer));
  return answer;
}

// Gives the first answer under the request id again if there is one.
absl::Status RuleRunner::RunRecorded(pipeline::Command& command, const Message& request, const std::string& step,
                                     const Message& reply) {
  if (broken_steps.contains(step)) return Unavailable("DATABASE_UNAVAILABLE", "the database is away");
  std::string id = RequestId(request);
  if (id.empty()) return RunRounds(command, id, &reply);
  if (!step.empty()) absl::StrAppend(&id, "/", step);
  const std::string payload = absl::StrCat(request.GetTypeName(), " ", request.ShortDebugString());
  if (const auto found = records_.find(id); found != records_.end()) {
    const Record& record = found->second;
    if (record.payload != payload) return Refusal(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED", id);
    const bool loaded = !record.status.ok() || command.LoadReply(record.reply);
    return loaded ? record.status : absl::InternalError("a saved reply can't be loaded");
  }
  const absl::Status status = RunRounds(command, id, &reply);
  records_[id] = {.payload = payload, .status = status, .reply = status.ok() ? command.SaveReply() : ""};
  return status;
}

absl::Status RuleRunner::RunCommand(pipeline::Command& command) { return RunRounds(command, "", nullptr); }

pipeline::Configuration RuleRunner::CurrentConfiguration() const {
  pipeline::Configuration configuration;
  for (const auto* record : rows.warehouses.All()) configuration.warehouses[record->warehouse_id] = *record;
  for (const auto* record : rows.channels.All()) configuration.channels[record->channel_id] = *record;
  for (const auto* record : rows.attachments.All()) configuration.attachments[record->channel_id].push_back(*record);
  for (auto& [channel_id, list] : configuration.attachments) {
    std::sort(list.begin(), list.end(), [](const auto& a, const auto& b) {
      return std::tie(a.priority, a.warehouse_id) < std::tie(b.priority, b.warehouse_id);
    });
  }
  return configuration;
}

// Runs the command until it has every SKU that it asks for.
absl::Status RuleRunner::RunRounds(pipeline::Command& command, const std::string& request_id, const Message* reply) {
  ++runs_;
  pipeline::Needs needs = command.needs();
  for (int round = 0; round < kMaxRounds; ++round) {
    const std::set<std::string> required = RunOnce(command, needs, request_id, reply);
    if (check_invariants) CheckInvariants(rows);
    if (required.empty()) return answer_;
    needs.skus.insert(needs.skus.end(), required.begin(), required.end());
    needs.holders.insert(needs.holders.end(), required.begin(), required.end());
  }
  return absl::InternalError("the command never stops asking for more SKUs");
}

// Sets answer_, or returns the SKUs that must be locked too or whose holders must be known.
std::set<std::string> RuleRunner::RunOnce(pipeline::Command& command, const pipeline::Needs& needs,
                                          const std::string& request_id, const Message* reply) {
  Batch batch = Load(needs);
  pipeline::Work system(batch.rows, batch.now, batch.configuration, limits, batch.locked, {.actor = "system"});
  answer_ = pipeline::ReleaseDead(system).status();
  StoredBackorders source(rows, batch.rows);
  answer_.Update(pipeline::FillGrowing(system, source));
  if (!answer_.ok()) return {};
  batch.rows.Mark();

  Apply(command, request_id, batch);
  const absl::Status first_answer = answer_;
  const std::unique_ptr<Message> first_reply = SavedReply(command, reply);
  batch.rows.Undo();
  const std::set<std::string> required = Apply(command, request_id, batch);
  if (!Same(answer_, first_answer) || !Same(SavedReply(command, reply), first_reply)) {
    answer_ = absl::InternalError("the second run of the same command differs from the first");
  }
  if (!required.empty() || !answer_.ok()) batch.rows.Undo();
  Store(batch.rows);
  return required;
}

std::set<std::string> RuleRunner::Apply(pipeline::Command& command, const std::string& request_id, Batch& batch) {
  pipeline::Work work(batch.rows, batch.now, batch.configuration, limits, batch.locked,
                      {.actor = actor, .request_id = request_id, .fresh_id = absl::StrCat("fresh-", runs_)});
  work.holders = &batch.holders;
  work.warehouse_use = &batch.warehouse_use;
  answer_ = command.Apply(work);
  std::set<std::string> required = work.required();
  required.insert(work.required_holders().begin(), work.required_holders().end());
  if (answer_.ok() && required.empty()) {
    StoredBackorders source(rows, batch.rows);
    answer_ = pipeline::FillGrowing(work, source);
  }
  return required;
}

RuleRunner::Batch RuleRunner::Load(const pipeline::Needs& needs) {
  Batch batch;
  std::set<std::string> reservations(needs.reservations.begin(), needs.reservations.end());
  for (const std::string& id : needs.shipments) {
    const storage::ShipmentRecord* shipment = rows.shipments.Find(id);
    if (shipment != nullptr) reservations.insert(shipment->reservation_id);
  }
  LoadReservations(reservations, batch);
  LoadShipments({needs.shipments.begin(), needs.shipments.end()}, batch);
  LoadKeys(needs.new_reservations, rows.reservations, batch.rows.reservations);
  LoadKeys(needs.new_shipments, rows.shipments, batch.rows.shipments);
  LoadKeys(needs.new_returns, rows.returns, batch.rows.returns);
  LoadKeys(needs.new_replenishments, rows.replenishments, batch.rows.replenishments);
  LoadKeys(needs.new_transfers, rows.transfers, batch.rows.transfers);
  LoadReplenishments(needs.replenishments, batch);
  LoadTransfers(needs.transfers, batch);
  batch.locked.insert(needs.skus.begin(), needs.skus.end());
  LoadSkus(needs.create_items, batch);
  LoadDeadHolds(batch);
  if (needs.configuration) {
    LoadAll(rows.warehouses, batch.rows.warehouses);
    LoadAll(rows.channels, batch.rows.channels);
    LoadAll(rows.attachments, batch.rows.attachments);
  }
  for (const std::string& sku : needs.holders) batch.holders[sku] = HoldersOf(sku, batch.now);
  for (const std::string& id : needs.exclusive_warehouses) batch.warehouse_use[id] = UseOf(id, batch.now);
  batch.configuration = CurrentConfiguration();
  return batch;
}

// The reservations' SKUs are locked too.
void RuleRunner::LoadReservations(const std::set<std::string>& ids, Batch& batch) {
  const auto wanted = [&ids](const auto& record) { return ids.contains(record.reservation_id); };
  LoadIf(rows.reservations, batch.rows.reservations, wanted);
  LoadIf(rows.reservation_lines, batch.rows.reservation_lines, wanted);
  LoadIf(rows.allocations, batch.rows.allocations, wanted);
  LoadIf(rows.backorders, batch.rows.backorders, wanted);
  for (const auto* line : batch.rows.reservation_lines.All()) batch.locked.insert(line->sku);
}

void RuleRunner::LoadShipments(const std::set<std::string>& ids, Batch& batch) {
  const auto wanted = [&ids](const auto& record) { return ids.contains(record.shipment_id); };
  LoadIf(rows.shipments, batch.rows.shipments, wanted);
  LoadIf(rows.shipment_lines, batch.rows.shipment_lines, wanted);
}

void RuleRunner::LoadSkus(bool create_items, Batch& batch) {
  batch.now = now;
  for (const std::string& sku : batch.locked) {
    if (create_items && rows.items.Find(sku) == nullptr) {
      storage::ItemRecord item;
      item.sku = sku;
      rows.items.Load(item);
    }
  }
  const auto wanted = [&batch](const auto& record) { return batch.locked.contains(record.sku); };
  LoadIf(rows.items, batch.rows.items, wanted);
  LoadIf(rows.levels, batch.rows.levels, wanted);
  for (const auto* item : batch.rows.items.All()) {
    if (item->last_movement_time) batch.now = std::max(batch.now, *item->last_movement_time);
  }
}

void RuleRunner::LoadReplenishments(const std::vector<std::string>& ids, Batch& batch) {
  LoadKeys(ids, rows.replenishments, batch.rows.replenishments);
  for (const std::string& id : ids) {
    if (const auto* found = rows.replenishments.Find(id)) batch.locked.insert(found->sku);
  }
}

void RuleRunner::LoadTransfers(const std::vector<std::string>& ids, Batch& batch) {
  LoadKeys(ids, rows.transfers, batch.rows.transfers);
  const std::set<std::string> wanted(ids.begin(), ids.end());
  LoadIf(rows.transfer_lines, batch.rows.transfer_lines,
         [&wanted](const auto& line) { return wanted.contains(line.transfer_id); });
  for (const auto* line : batch.rows.transfer_lines.All()) batch.locked.insert(line->sku);
}

void RuleRunner::LoadDeadHolds(Batch& batch) {
  for (const storage::AllocationRecord* part : rows.allocations.All()) {
    if (!batch.locked.contains(part->sku) || !part->expire_time || *part->expire_time > batch.now) continue;
    batch.rows.allocations.Load(*part);
    batch.rows.reservation_lines.Load(*rows.reservation_lines.Find({part->reservation_id, part->sku}));
  }
  for (const storage::BackorderRecord* backorder : rows.backorders.All()) {
    const bool dead = backorder->expire_time && *backorder->expire_time <= batch.now;
    if (!dead || !batch.locked.contains(backorder->sku)) continue;
    batch.rows.backorders.Load(*backorder);
    batch.rows.reservation_lines.Load(*rows.reservation_lines.Find({backorder->reservation_id, backorder->sku}));
  }
}

std::vector<std::string> RuleRunner::HoldersOf(const std::string& sku, absl::Time time) const {
  std::vector<std::string> ids;
  for (const auto* line : rows.reservation_lines.All()) {
    const storage::ReservationRecord& owner = *rows.reservations.Find(line->reservation_id);
    const bool dead = owner.expire_time && *owner.expire_time <= time;
    if (line->sku == sku && line->reserved + line->backordered > 0 && !dead)
      ids.insert(ids.begin(), line->reservation_id);
  }
  return ids;
}

storage::WarehouseUse RuleRunner::UseOf(const std::string& warehouse_id, absl::Time time) const {
  storage::WarehouseUse use;
  std::map<std::string, int64_t> dead;  // Units, by SKU.
  for (const auto* part : rows.allocations.All()) {
    if (part->warehouse_id != warehouse_id || part->reserved == 0) continue;
    if (part->expire_time && *part->expire_time <= time) {
      dead[part->sku] += part->reserved;
    } else {
      ++use.allocations;
    }
  }
  for (const auto* level : rows.levels.All()) {
    storage::Quantities live = level->quantities;
    live.reserved -= dead[level->sku];
    if (level->warehouse_id != warehouse_id || live == storage::Quantities()) continue;
    ++use.levels;
    if (use.example_skus.size() < 10) use.example_skus.push_back(level->sku);
  }
  for (const auto* shipment : rows.shipments.All()) {
    const bool open = shipment->state == storage::ShipmentState::kProcessing ||
                      shipment->state == storage::ShipmentState::kReadyToShip;
    if (shipment->warehouse_id == warehouse_id && open) ++use.open_shipments;
  }
  for (const auto* replenishment : rows.replenishments.All()) {
    const bool open = replenishment->state == storage::ReplenishmentState::kOpen;
    if (replenishment->warehouse_id == warehouse_id && open) ++use.open_replenishments;
  }
  for (const auto* transfer : rows.transfers.All()) {
    if (transfer->state != storage::TransferState::kInTransit) continue;
    if (transfer->from_warehouse_id == warehouse_id || transfer->to_warehouse_id == warehouse_id) ++use.open_transfers;
  }
  return use;
}

void RuleRunner::Store(const pipeline::Rows& batch) {
  StoreTable(batch.items, rows.items);
  StoreTable(batch.levels, rows.levels);
  StoreTable(batch.reservations, rows.reservations);
  StoreTable(batch.reservation_lines, rows.reservation_lines);
  StoreTable(batch.allocations, rows.allocations);
  StoreTable(batch.backorders, rows.backorders);
  StoreTable(batch.shipments, rows.shipments);
  StoreTable(batch.shipment_lines, rows.shipment_lines);
  StoreTable(batch.returns, rows.returns);
  StoreTable(batch.return_lines, rows.return_lines);
  StoreTable(batch.replenishments, rows.replenishments);
  StoreTable(batch.transfers, rows.transfers);
  StoreTable(batch.transfer_lines, rows.transfer_lines);
  StoreTable(batch.warehouses, rows.warehouses);
  StoreTable(batch.channels, rows.channels);
  StoreTable(batch.attachments, rows.attachments);
  rows.movements.insert(rows.movements.end(), batch.movements.begin(), batch.movements.end());
  rows.Mark();
}

}  // namespace inventory
