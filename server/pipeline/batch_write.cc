// The second half of a batch: writing, committing, and what to do when that fails.
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "server/errors.h"
#include "server/pipeline/batch.h"
#include "server/pipeline/packet.h"
#include "storage/backorder_repository.h"
#include "storage/configuration_repository.h"
#include "storage/event_repository.h"
#include "storage/external_reference_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/low_stock_repository.h"
#include "storage/movement_repository.h"
#include "storage/quota_repository.h"
#include "storage/replenishment_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"
#include "storage/return_repository.h"
#include "storage/shipment_repository.h"
#include "storage/transfer_repository.h"

namespace inventory::pipeline {
namespace {

using storage::Sql;

template <typename Record>
void AddInsert(Packet& packet, const std::vector<const Record*>& records) {
  packet.Add([&](Sql& sql) { return storage::AppendInsert<Record>(sql, records); });
}

template <typename Record>
void AddUpsert(Packet& packet, const std::vector<const Record*>& records) {
  packet.Add([&](Sql& sql) { return storage::AppendUpsert<Record>(sql, records); });
}

// New rows by themselves: that takes less text, and where no SKU lock guards a key, a row must not replace one that
// another transaction has just made. The SKU locks keep rows of the tables that are updated from going.
template <typename Record>
void AddChanges(Packet& packet, const Table<Record>& table) {
  AddInsert(packet, table.Added());
  const std::vector<storage::Change<Record>> changes = table.Updated();
  if constexpr (storage::kIsUpdated<Record>) {
    packet.Add([&](Sql& sql) { return storage::AppendUpdates(sql, changes); });
  } else {
    std::vector<const Record*> rows;
    for (const auto& [before, after] : changes) rows.push_back(after);
    AddUpsert(packet, rows);
  }
}

template <typename Record>
void AddDelete(Packet& packet, const Table<Record>& table) {
  packet.Add([&](Sql& sql) { return storage::AppendDelete<Record>(sql, table.Removed()); });
}

// SKUs that changes of the configuration have consequences for from now on. Who follows such a change looks for them
// once it is committed, and would miss one that this transaction adds under the configuration before it.
std::vector<std::string> NewlyFollowed(const Rows& rows) {
  std::vector<std::string> skus;
  for (const storage::ItemRecord* item : rows.items.Written()) {
    const storage::ItemRecord* stored = rows.items.Stored(item->sku);
    if (item->followed() && (stored == nullptr || !stored->followed())) skus.push_back(item->sku);
  }
  return skus;
}

// The records of those jobs that keep one and are `wanted`.
template <typename Predicate>
std::vector<storage::RequestKey> KeysOf(const std::vector<Job*>& jobs, Predicate wanted) {
  std::vector<storage::RequestKey> keys;
  for (const Job* job : jobs) {
    if (job->identity.request_id.empty() || !wanted(*job)) continue;
    keys.emplace_back(job->identity.caller, job->identity.request_id);
  }
  return keys;
}

void AddConfiguration(Packet& packet, const Rows& rows) {
  const int before = packet.size();
  AddChanges(packet, rows.warehouses);
  AddChanges(packet, rows.channels);
  AddUpsert(packet, rows.attachments.Written());
  AddDelete(packet, rows.attachments);
  AddChanges(packet, rows.availability_estimates);
  AddDelete(packet, rows.availability_estimates);
  if (packet.size() > before) packet.Add(storage::AppendBumpConfiguration);
}

}  // namespace

absl::Status Batch::WriteAndCommit() {
  LowerNextExpiries();
  Packet packet;
  // Before all else, as others may have made one since it was found missing, and then this batch has no right to write
  // anything of its SKU.
  const int new_item_statement = loaded_.rows.items.Added().empty() ? -1 : packet.size();
  AddChanges(packet, loaded_.rows.items);
  const std::vector<std::string> followed = NewlyFollowed(loaded_.rows);
  packet.Add([&](Sql& sql) { return !followed.empty() && storage::AppendShareLockConfiguration(sql); });
  packet.Add([&](Sql& sql) { return storage::AppendMarkUnlessCurrent(sql, followed, loaded_.configuration->version); });
  AddChanges(packet, loaded_.rows.levels);
  AddChanges(packet, loaded_.rows.reservations);
  AddChanges(packet, loaded_.rows.reservation_lines);
  AddChanges(packet, loaded_.rows.allocations);
  AddUpsert(packet, loaded_.rows.backorders.Written());
  AddDelete(packet, loaded_.rows.backorders);
  AddUpsert(packet, loaded_.rows.quotas.Written());
  AddDelete(packet, loaded_.rows.quotas);
  AddChanges(packet, loaded_.rows.shipments);
  AddInsert(packet, loaded_.rows.shipment_lines.Written());
  AddInsert(packet, loaded_.rows.returns.Written());
  AddInsert(packet, loaded_.rows.return_lines.Written());
  AddChanges(packet, loaded_.rows.replenishments);
  AddChanges(packet, loaded_.rows.transfers);
  AddUpsert(packet, loaded_.rows.transfer_lines.Written());
  AddDelete(packet, loaded_.rows.external_references);
  AddChanges(packet, loaded_.rows.external_references);
  AddConfiguration(packet, loaded_.rows);
  AddChanges(packet, loaded_.rows.low_stock_rules);
  AddDelete(packet, loaded_.rows.low_stock_rules);
  AddUpsert(packet, loaded_.rows.low_stock_events.Written());
  AddDelete(packet, loaded_.rows.low_stock_events);
  AddUpsert(packet, loaded_.rows.old_movements.Written());
  AddDelete(packet, loaded_.rows.old_movements);
  const int movement_statement = loaded_.rows.movements.empty() ? -1 : packet.size();
  AddInsert(packet, Pointers(loaded_.rows.movements));
  // Whoever changes a row of a SKU has the SKU locked.
  const std::set<std::string> changed = packet.size() > 0 ? loaded_.skus : std::set<std::string>();

  int record_statement = -1;
  if (mode_ == Mode::kRecordsFirst) {
    // Records that went in first and have no answer yet must not outlive this step: they would pass for one.
    const auto unanswered = [this](const Job& job) { return preparing() || !Recorded(job); };
    packet.Add([&](Sql& sql) { return storage::AppendDeleteRequests(sql, KeysOf(jobs_, unanswered)); });
  }
  if (!preparing()) {
    const std::vector<storage::RequestRecord> records = Records(true);
    if (mode_ == Mode::kRecordsFirst) {
      packet.Add([&](Sql& sql) { return storage::AppendUpsertRequests(sql, Pointers(records)); });
    } else if (!records.empty()) {
      record_statement = packet.size();
      packet.Add([&](Sql& sql) { return storage::AppendInsertRequests(sql, Pointers(records)); });
    }
  }
  // Right before the end, because whoever appends to the same log waits from here on.
  const std::vector<storage::EventChunkRecord> chunks =
      loaded_.events.TakeChunks(event_log_, event_log_end_, loaded_.now, changed);
  const int event_statement = chunks.empty() ? -1 : packet.size();
  AddInsert(packet, Pointers(chunks));
  packet.AddText("COMMIT");

  const absl::Time start = absl::Now();
  absl::Status sent = packet.Send(connection_);
  commit_time_ = absl::Now() - start;
  if (sent.ok()) return sent;
  commit_unknown_ = storage::FaultOf(sent) == storage::SqlFault::kConnectionLost;
  const auto duplicate_in = [&sent](int statement) {
    return storage::FaultOf(sent) == storage::SqlFault::kDuplicateKey && statement >= 0 &&
           storage::FailedStatement(sent) == statement;
  };
  duplicate_request_ = duplicate_in(record_statement);
  event_log_taken_ = duplicate_in(event_statement);
  item_made_ = duplicate_in(new_item_statement);
  return duplicate_in(movement_statement) ? NumberTaken(std::move(sent)) : sent;
}

// Whoever gives a SKU's numbers holds its lock, so one that is taken comes from a counter that lags behind its ledger.
absl::Status Batch::NumberTaken(absl::Status duplicate) {
  std::vector<std::string> skus;
  Packet packet;
  packet.Add([&](Sql& sql) { return storage::AppendSelectTakenNumber(sql, Pointers(loaded_.rows.movements)); },
             [&](const storage::Rows& rows) { skus = storage::ParseTexts(rows); });
  absl::Status sent = packet.Send(connection_);
  if (!sent.ok()) return sent;
  return skus.empty() ? std::move(duplicate) : StockMismatch(skus.front(), "its next number is taken");
}

// A statement's failure leaves the transaction open, so it is always rolled back whole.
absl::Status Batch::Abandon(absl::Status status) {
  if (!connection_.broken()) {
    Packet rollback;
    rollback.AddText("ROLLBACK");
    rollback.Send(connection_).IgnoreError();
  }
  return status;
}

absl::Status RequestIdReused() {
  return Refusal(absl::StatusCode::kAlreadyExists, "REQUEST_ID_REUSED",
                 "this request id was used for another call or another payload; use a new id for a new request");
}

absl::Status AnswerFromRecords(storage::Connection& connection, const std::vector<Job*>& jobs) {
  std::map<std::pair<std::string, std::string>, Job*> by_id;
  const std::vector<storage::RequestKey> ids = KeysOf(jobs, [](const Job&) { return true; });
  for (Job* job : jobs) {
    if (job->identity.request_id.empty()) continue;
    by_id[{job->identity.caller, job->identity.request_id}] = job;
  }
  std::vector<storage::RequestRecord> records;
  Packet packet;
  packet.Add([&](Sql& sql) { return storage::AppendSelectRequests(sql, ids); },
             [&](const storage::Rows& rows) { records = storage::ParseAll<storage::RequestRecord>(rows); });
  if (packet.size() == 0) return absl::OkStatus();
  absl::Status sent = packet.Send(connection);
  if (!sent.ok()) return sent;
  for (const storage::RequestRecord& record : records) {
    Job& job = *by_id.at({record.caller, record.request_id});
    job.answered_before = true;
    if (record.fingerprint != job.identity.fingerprint) {
      job.answer = RequestIdReused();
    } else if (record.code == 0) {
      const bool loaded = job.command->LoadReply(record.reply);
      job.answer = loaded ? absl::OkStatus() : absl::InternalError("a stored answer is unreadable");
    } else {
      google::rpc::Status stored;
      job.answer = stored.ParseFromString(record.reply) ? FromProto(stored)
                                                        : absl::InternalError("a stored answer is unreadable");
    }
  }
  return absl::OkStatus();
}

}  // namespace inventory::pipeline
