#include "server/pipeline/batch.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "server/errors.h"
#include "server/pipeline/holds.h"
#include "server/pipeline/packet.h"
#include "storage/configuration_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"
#include "storage/shipment_repository.h"

namespace inventory::pipeline {
namespace {

using storage::Sql;

// Dead holds released in one step; more are released in further steps before any command runs.
constexpr int kMaxDeadHolds = 1000;

template <typename Record>
Packet::Reader LoadInto(Table<Record>& table) {
  return [&table](const storage::Rows& rows) {
    for (Record& record : storage::ParseAll<Record>(rows)) table.Load(std::move(record));
  };
}

std::function<bool(Sql&)> Statement(std::string_view text) {
  return [text](Sql& sql) {
    sql.Raw(text);
    return true;
  };
}

template <typename Keys>
std::vector<std::string> Union(const std::vector<Job*>& jobs, Keys keys) {
  std::set<std::string> all;
  for (const Job* job : jobs) {
    const auto& some = keys(*job);
    all.insert(some.begin(), some.end());
  }
  return {all.begin(), all.end()};
}

// The lines of dead holds. A round trip of its own, which most batches do without: the locks on the SKUs keep these
// lines as they are.
absl::Status LoadLines(const std::vector<storage::ReservationLineRecord::Key>& keys, storage::Connection& connection,
                       Table<storage::ReservationLineRecord>& table) {
  if (keys.empty()) return absl::OkStatus();
  Packet packet;
  packet.Add([&](Sql& sql) { return storage::AppendSelectLines(sql, keys); }, LoadInto(table));
  return packet.Send(connection);
}

std::string SaveAnswer(const Job& job) {
  return job.answer.ok() ? job.command->SaveReply() : ToProto(job.answer).SerializeAsString();
}

// Refusals are part of the first answer; trouble that may pass is not.
bool Recordable(const absl::Status& answer) {
  switch (answer.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kInternal:
    case absl::StatusCode::kResourceExhausted:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kInvalidArgument:
      return false;
    default:
      return true;
  }
}

}  // namespace

absl::Status Batch::Run() {
  do {
    rows_ = Rows();
    absl::Status status = LoadUnderLock();
    if (status.ok() && !RepairsAlone()) status = ReleaseDeadHolds();
    if (!status.ok()) return Abandon(status);
    if (!more_dead_holds_) ApplyCommands();
    status = WriteAndCommit();
    if (!status.ok()) return Abandon(status);
  } while (more_dead_holds_);
  return absl::OkStatus();
}

bool Batch::AnyNeeds(bool Needs::*flag) const {
  return std::any_of(jobs_.begin(), jobs_.end(), [flag](const Job* job) { return job->needs.*flag; });
}

// To release a hold takes counters that add up, so a repair of them must do without; the next command releases it.
// Among others it releases them too, and if that fails the batch is split until the repair is alone.
bool Batch::RepairsAlone() const { return jobs_.size() == 1 && !jobs_.front()->needs.audits.empty(); }

absl::Status Batch::LoadUnderLock() {
  const std::vector<std::string> skus = Union(jobs_, [](const Job& job) { return job.skus; });
  const auto reservations = Union(jobs_, [](const Job& job) { return job.needs.reservations; });
  const auto shipments = Union(jobs_, [](const Job& job) { return job.needs.shipments; });
  const auto new_reservations = Union(jobs_, [](const Job& job) { return job.needs.new_reservations; });
  const auto new_shipments = Union(jobs_, [](const Job& job) { return job.needs.new_shipments; });
  const auto warehouses = Union(jobs_, [](const Job& job) { return job.needs.warehouses; });
  const auto exclusive = Union(jobs_, [](const Job& job) { return job.needs.exclusive_warehouses; });
  skus_ = {skus.begin(), skus.end()};
  int64_t version = 0;
  std::set<storage::ReservationLineRecord::Key> dead_lines;

  Packet packet;
  packet.Add(Statement("BEGIN"));
  if (mode_ == Mode::kRecordsFirst) {
    packet.Add([&](Sql& sql) { return storage::AppendInsertRequests(sql, Pointers(Records(false))); });
  }
  packet.Add([&](Sql& sql) { return storage::AppendLockItems(sql, skus); }, LoadInto(rows_.items));
  if (AnyNeeds(&Needs::configuration)) packet.Add(storage::AppendLockConfiguration);
  packet.Add([&](Sql& sql) { return storage::AppendLockWarehouses(sql, exclusive); });
  packet.Add([&](Sql& sql) { return storage::AppendShareLockWarehouses(sql, warehouses); });
  for (const std::string& warehouse_id : exclusive) {
    packet.Add([&](Sql& sql) { return storage::AppendWarehouseUse(sql, warehouse_id); },
               [&](const storage::Rows& rows) { warehouse_use_[warehouse_id] = storage::ParseWarehouseUse(rows); });
  }
  packet.Add(Statement("SELECT NOW(6)"), [this](const storage::Rows& rows) { now_ = rows[0].Time(0); });
  packet.Add(storage::AppendSelectConfigurationVersion,
             [&version](const storage::Rows& rows) { version = storage::ParseConfigurationVersion(rows); });
  packet.Add([&](Sql& sql) { return storage::AppendSelectLevels(sql, skus); }, LoadInto(rows_.levels));
  if (!RepairsAlone()) {
    packet.Add([&](Sql& sql) { return storage::AppendSelectDeadAllocations(sql, skus, kMaxDeadHolds); },
               [&](const storage::Rows& rows) {
                 more_dead_holds_ = rows.size() == kMaxDeadHolds;
                 for (auto& dead : storage::ParseAll<storage::AllocationRecord>(rows)) {
                   dead_lines.insert({dead.reservation_id, dead.sku});
                   rows_.allocations.Load(std::move(dead));
                 }
               });
  }
  packet.Add([&](Sql& sql) { return storage::AppendSelectReservations(sql, new_reservations); },
             LoadInto(rows_.reservations));
  packet.Add([&](Sql& sql) { return storage::AppendSelectReservations(sql, reservations); },
             LoadInto(rows_.reservations));
  packet.Add([&](Sql& sql) { return storage::AppendSelectReservationLines(sql, reservations); },
             LoadInto(rows_.reservation_lines));
  packet.Add([&](Sql& sql) { return storage::AppendSelectAllocations(sql, reservations); },
             LoadInto(rows_.allocations));
  packet.Add([&](Sql& sql) { return storage::AppendSelectShipments(sql, new_shipments); }, LoadInto(rows_.shipments));
  packet.Add([&](Sql& sql) { return storage::AppendSelectShipments(sql, shipments); }, LoadInto(rows_.shipments));
  packet.Add([&](Sql& sql) { return storage::AppendSelectShipmentLines(sql, shipments); },
             LoadInto(rows_.shipment_lines));
  if (AnyNeeds(&Needs::configuration)) {
    packet.Add(storage::AppendSelectWarehouses, LoadInto(rows_.warehouses));
    packet.Add(storage::AppendSelectChannels, LoadInto(rows_.channels));
    packet.Add(storage::AppendSelectAttachments, LoadInto(rows_.attachments));
  }
  absl::Status sent = packet.Send(connection_);
  if (!sent.ok()) {
    duplicate_request_ = mode_ == Mode::kRecordsFirst && storage::FaultOf(sent) == storage::SqlFault::kDuplicateKey;
    return sent;
  }
  for (const storage::ItemRecord* item : rows_.items.All()) {
    if (item->last_movement_time) now_ = std::max(now_, *item->last_movement_time);
  }
  absl::Status status = LoadLines({dead_lines.begin(), dead_lines.end()}, connection_, rows_.reservation_lines);
  if (status.ok()) status = LoadHolders();
  if (status.ok()) status = RefreshConfiguration(version);
  if (status.ok()) {
    status = storage::ReadSums(connection_, Union(jobs_, [](const Job& job) { return job.needs.audits; }), sums_);
  }
  if (!status.ok()) return status;
  return MakeMissingItems();
}

// Commands before the one that asks may release what is loaded: so many more are read.
absl::Status Batch::LoadHolders() {
  Packet packet;
  for (const std::string& sku : Union(jobs_, [](const Job& job) { return job.needs.holders; })) {
    const std::vector<const storage::ReservationLineRecord*> lines = rows_.reservation_lines.All();
    const auto loaded =
        std::count_if(lines.begin(), lines.end(), [&sku](const auto* line) { return line->sku == sku; });
    const auto limit = static_cast<int64_t>(kMaxHolders) + loaded;
    packet.Add([&](Sql& sql) { return storage::AppendSelectHolders(sql, sku, now_, limit); },
               [this, sku](const storage::Rows& rows) { holders_[sku] = storage::ParseTexts(rows); });
  }
  return packet.size() == 0 ? absl::OkStatus() : packet.Send(connection_);
}

absl::Status Batch::RefreshConfiguration(int64_t version) {
  absl::StatusOr<std::shared_ptr<const Configuration>> configuration = configurations_.At(version, connection_);
  if (!configuration.ok()) return configuration.status();
  configuration_ = *std::move(configuration);
  return absl::OkStatus();
}

// A missing lock row is made in a transaction of its own and the load is repeated: rare, and so the one lock order
// holds.
absl::Status Batch::MakeMissingItems() {
  std::set<std::string> missing;
  for (const Job* job : jobs_) {
    if (!job->needs.create_items) continue;
    for (const std::string& sku : job->skus) {
      if (rows_.items.Find(sku) == nullptr) missing.insert(sku);
    }
  }
  if (missing.empty()) return absl::OkStatus();
  Packet packet;
  packet.Add(Statement("ROLLBACK"));
  packet.Add([&](Sql& sql) {
    return storage::AppendEnsureItems(sql, std::vector<std::string>(missing.begin(), missing.end()));
  });
  absl::Status sent = packet.Send(connection_);
  if (!sent.ok()) return sent;
  rows_ = Rows();
  return LoadUnderLock();
}

absl::Status Batch::ReleaseDeadHolds() {
  Work work(rows_, now_, *configuration_, limits_, skus_, {.actor = "system"});
  absl::StatusOr<int64_t> released = ReleaseDead(work);
  if (!released.ok()) return released.status();
  holds_released_ += *released;
  rows_.Mark();
  return absl::OkStatus();
}

void Batch::ApplyCommands() {
  for (Job* job : jobs_) ApplyCommand(*job);
}

void Batch::ApplyCommand(Job& job) {
  Work work(rows_, now_, *configuration_, limits_, skus_,
            {.actor = job.identity.caller, .request_id = job.identity.request_id, .fresh_id = job.fresh_id});
  work.holders = &holders_;
  work.warehouse_use = &warehouse_use_;
  work.sums = &sums_;
  job.needs_more = false;
  job.answer = job.command->Apply(work);
  if (!work.required().empty() || !work.required_holders().empty()) {
    job.needs_more = true;
    job.needs.skus.insert(job.needs.skus.end(), work.required().begin(), work.required().end());
    job.needs.holders.insert(job.needs.holders.end(), work.required_holders().begin(), work.required_holders().end());
  }
  if (job.needs_more || !job.answer.ok()) {
    rows_.Undo();
  } else {
    rows_.Mark();
  }
}

bool Batch::Recorded(const Job& job) { return !job.needs_more && Recordable(job.answer); }

std::vector<storage::RequestRecord> Batch::Records(bool with_answers) const {
  std::vector<storage::RequestRecord> records;
  for (const Job* job : jobs_) {
    if (job->identity.request_id.empty()) continue;
    if (with_answers && !Recorded(*job)) continue;
    storage::RequestRecord record{.caller = job->identity.caller,
                                  .request_id = job->identity.request_id,
                                  .fingerprint = job->identity.fingerprint,
                                  .create_time = now_};
    if (with_answers) {
      record.code = static_cast<int32_t>(job->answer.code());
      record.reply = SaveAnswer(*job);
    }
    records.push_back(std::move(record));
  }
  return records;
}

}  // namespace inventory::pipeline
