#include "server/pipeline/batch.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/time/clock.h"
#include "server/errors.h"
#include "server/pipeline/holds.h"
#include "server/pipeline/packet.h"
#include "storage/backorder_repository.h"
#include "storage/configuration_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"
#include "storage/replenishment_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"
#include "storage/return_repository.h"
#include "storage/shipment_repository.h"
#include "storage/transfer_repository.h"

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
    if (status.ok() && !RepairsAlone()) status = FillPending();
    if (status.ok() && !preparing()) status = ApplyCommands();
    if (status.ok()) status = WriteAndCommit();
    if (!status.ok()) return Abandon(status);
  } while (preparing());
  return absl::OkStatus();
}

bool Batch::AnyNeeds(bool Needs::*flag) const {
  return std::any_of(jobs_.begin(), jobs_.end(), [flag](const Job* job) { return job->needs.*flag; });
}

template <typename Record>
void Batch::Select(Packet& packet, std::vector<std::string> Needs::*ids, Table<Record>& table) const {
  const std::vector<std::string> all = Union(jobs_, [ids](const Job& job) { return job.needs.*ids; });
  packet.Add([&](Sql& sql) { return storage::AppendSelectByKeyPrefix<Record>(sql, all); }, LoadInto(table));
}

// To release a hold takes counters that add up, so a repair of them must do without; the next command releases it.
// Among others it releases them too, and if that fails the batch is split until the repair is alone.
bool Batch::RepairsAlone() const { return jobs_.size() == 1 && !jobs_.front()->needs.audits.empty(); }

absl::Status Batch::LoadUnderLock() {
  const std::vector<std::string> skus = Union(jobs_, [](const Job& job) { return job.skus; });
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
  packet.Add(storage::AppendSelectFollowedVersions, [&](const storage::Rows& rows) {
    int64_t followed = 0;
    std::tie(version, followed) = storage::ParseFollowedVersions(rows);
    following_ = followed < version;
  });
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
  Select(packet, &Needs::new_reservations, rows_.reservations);
  Select(packet, &Needs::reservations, rows_.reservations);
  Select(packet, &Needs::reservations, rows_.reservation_lines);
  Select(packet, &Needs::reservations, rows_.allocations);
  Select(packet, &Needs::new_shipments, rows_.shipments);
  Select(packet, &Needs::shipments, rows_.shipments);
  Select(packet, &Needs::shipments, rows_.shipment_lines);
  Select(packet, &Needs::new_returns, rows_.returns);
  Select(packet, &Needs::new_replenishments, rows_.replenishments);
  Select(packet, &Needs::replenishments, rows_.replenishments);
  Select(packet, &Needs::new_transfers, rows_.transfers);
  Select(packet, &Needs::transfers, rows_.transfers);
  Select(packet, &Needs::transfers, rows_.transfer_lines);
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
  absl::Status status = RepairsAlone() ? absl::OkStatus() : LoadWhatWaits(dead_lines);
  if (status.ok()) status = LoadHolders();
  if (status.ok()) status = RefreshConfiguration(version);
  if (status.ok()) {
    status = storage::ReadSums(connection_, Union(jobs_, [](const Job& job) { return job.needs.audits; }), sums_);
  }
  if (!status.ok()) return status;
  return MakeMissingItems();
}

// The lines of dead holds, and backorders. A round trip of its own, which most batches do without: the locks on the
// SKUs keep these rows as they are.
absl::Status Batch::LoadWhatWaits(const std::set<storage::ReservationLineRecord::Key>& dead_lines) {
  std::vector<std::string> skus;
  for (const storage::ItemRecord* item : rows_.items.All()) {
    if (item->backordered > 0) skus.push_back(item->sku);
  }
  std::set<std::string> waiting;
  for (const storage::ReservationLineRecord* line : rows_.reservation_lines.All()) {
    if (line->backordered > 0) waiting.insert(line->reservation_id);
  }
  const std::vector<storage::ReservationLineRecord::Key> lines(dead_lines.begin(), dead_lines.end());
  const std::vector<std::string> reservations(waiting.begin(), waiting.end());
  Packet packet;
  packet.Add([&](Sql& sql) { return storage::AppendSelectLines(sql, lines); }, LoadInto(rows_.reservation_lines));
  packet.Add([&](Sql& sql) { return storage::AppendSelectBackordersOfReservations(sql, reservations); },
             LoadInto(rows_.backorders));
  packet.Add([&](Sql& sql) { return storage::AppendSelectLinesOfDeadBackorders(sql, skus, now_, kMaxDeadHolds); },
             LoadInto(rows_.reservation_lines));
  packet.Add([&](Sql& sql) { return storage::AppendSelectDeadBackorders(sql, skus, now_, kMaxDeadHolds); },
             [this](const storage::Rows& rows) {
               more_dead_holds_ = more_dead_holds_ || rows.size() == kMaxDeadHolds;
               LoadInto(rows_.backorders)(rows);
             });
  return packet.size() == 0 ? absl::OkStatus() : packet.Send(connection_);
}

absl::StatusOr<BackorderSource::Loaded> Batch::LoadWaiting(const std::string& sku, int64_t after_place,
                                                           const std::vector<std::string>& channel_ids, int64_t limit) {
  std::vector<storage::BackorderRecord> waiting;
  Packet first;
  first.Add([&](Sql& sql) { return storage::AppendSelectWaiting(sql, sku, after_place, channel_ids, limit); },
            [&](const storage::Rows& rows) { waiting = storage::ParseAll<storage::BackorderRecord>(rows); });
  absl::Status sent = first.Send(connection_);
  if (!sent.ok()) return sent;
  if (waiting.empty()) return Loaded();
  const Loaded loaded{.all = static_cast<int64_t>(waiting.size()) < limit, .last_place = waiting.back().place};
  std::vector<std::string> reservations;
  std::vector<storage::ReservationLineRecord::Key> lines;
  for (storage::BackorderRecord& backorder : waiting) {
    reservations.push_back(backorder.reservation_id);
    lines.emplace_back(backorder.reservation_id, sku);
    rows_.backorders.Load(std::move(backorder));
  }
  Packet second;
  second.Add([&](Sql& sql) { return storage::AppendSelectReservations(sql, reservations); },
             LoadInto(rows_.reservations));
  second.Add([&](Sql& sql) { return storage::AppendSelectLines(sql, lines); }, LoadInto(rows_.reservation_lines));
  second.Add([&](Sql& sql) { return storage::AppendSelectAllocationsOf(sql, sku, reservations); },
             LoadInto(rows_.allocations));
  sent = second.Send(connection_);
  if (!sent.ok()) return sent;
  return loaded;
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
  // What has grown may serve those whom an earlier step has passed by.
  for (const std::string& sku : Growing(work)) filled_.erase(sku);
  absl::Status filled = FillGrowing(work, *this);
  rows_.Mark();
  return filled;
}

// A fill that was too long for one transaction goes on before any command, and so does one that a change of the
// configuration has made possible and that nobody has come to yet.
absl::Status Batch::FillPending() {
  Work work(rows_, now_, *configuration_, limits_, skus_, {.actor = "system"});
  absl::StatusOr<bool> more = GoOnFilling(work, following_, filled_, *this);
  if (!more.ok()) return more.status();
  more_fills_ = *more;
  rows_.Mark();
  return absl::OkStatus();
}

absl::Status Batch::ApplyCommands() {
  for (Job* job : jobs_) {
    absl::Status status = ApplyCommand(*job);
    if (!status.ok()) return status;
  }
  return absl::OkStatus();
}

// True if an earlier command of the batch has begun a fill of one of the job's SKUs that the next batch goes on with.
bool Batch::Overtakes(const Job& job) const {
  return !RepairsAlone() && std::any_of(job.skus.begin(), job.skus.end(), [this](const std::string& sku) {
    const storage::ItemRecord* item = rows_.items.Find(sku);
    return item != nullptr && item->fill_pending;
  });
}

// Not OK if the database failed.
absl::Status Batch::ApplyCommand(Job& job) {
  Work work(rows_, now_, *configuration_, limits_, skus_,
            {.actor = job.identity.caller, .request_id = job.identity.request_id, .fresh_id = job.fresh_id});
  work.holders = &holders_;
  work.warehouse_use = &warehouse_use_;
  work.sums = &sums_;
  if (Overtakes(job)) {
    job.needs_more = true;
    job.answer = absl::OkStatus();
    return absl::OkStatus();
  }
  job.answer = job.command->Apply(work);
  job.needs_more = !work.required().empty() || !work.required_holders().empty();
  job.needs.skus.insert(job.needs.skus.end(), work.required().begin(), work.required().end());
  job.needs.holders.insert(job.needs.holders.end(), work.required_holders().begin(), work.required_holders().end());
  if (job.answer.ok() && !job.needs_more && !RepairsAlone()) {
    job.answer = FillGrowing(work, *this);
    if (storage::FaultOf(job.answer) != storage::SqlFault::kNone) return job.answer;
  }
  if (job.needs_more || !job.answer.ok()) {
    rows_.Undo();
  } else {
    rows_.Mark();
  }
  return absl::OkStatus();
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
