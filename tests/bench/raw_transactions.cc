// (b): one transaction per reservation.
#include <array>
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"
#include "tests/bench/raw_sql.h"

namespace inventory::bench {
namespace {

using storage::Sql;

Sql Statement(std::string_view text) {
  Sql sql;
  sql.Raw(text);
  return sql;
}

// Columns of the locking statement.
enum Column {
  kSequence,
  kLastMovementTime,
  kNextHoldExpiry,
  kNow,
  kEventLogEnd,  // And those that follow.
  kLevel = kEventLogEnd + storage::kEventLogEndColumns,
};

// Locks the item and the level in one statement and reads what a reservation changes of both and the time.
Sql LockAndRead(const std::string& sku, int event_log) {
  static const std::string tail = absl::StrCat(", ", storage::Columns<storage::LevelRecord>("l"),
                                               " FROM item i JOIN stock_level l ON l.sku = i.sku WHERE i.sku = ");
  Sql sql;
  sql.Raw("SELECT i.sequence, i.last_movement_time, i.next_hold_expiry, NOW(6), ");
  sql.Raw(storage::EventLogEndColumns(event_log))
      .Raw(tail)
      .Blob(sku)
      .Raw(" AND l.warehouse_id = ")
      .Blob(kWarehouse)
      .Raw(" FOR UPDATE");
  return sql;
}

Sql UpdateItem(const storage::ItemRecord& before, const storage::ItemRecord& after) {
  Sql sql;
  storage::AppendUpdate(sql, before, after);
  return sql;
}

Sql UpdateLevel(const storage::LevelRecord& level) {
  Sql sql;
  sql.Raw("UPDATE stock_level SET reserved = ").Int(level.quantities.reserved);
  sql.Raw(", version = ").Int(level.version).Raw(", update_time = ").Time(level.update_time);
  sql.Raw(" WHERE sku = ").Blob(level.sku).Raw(" AND warehouse_id = ").Blob(level.warehouse_id);
  return sql;
}

template <typename Record>
Sql Insert(const Record& record) {
  Sql sql;
  storage::AppendInsert<Record>(sql, {&record});
  return sql;
}

// Sends the statements and returns the result of each.
absl::StatusOr<std::vector<storage::Rows>> Send(storage::Connection& connection, const std::vector<Sql>& statements,
                                                Travel travel) {
  std::vector<storage::Rows> results;
  if (travel == Travel::kPacked) {
    Sql packet;
    for (const Sql& statement : statements) storage::BeginStatement(packet).Raw(statement.text());
    return connection.Execute(packet);
  }
  for (const Sql& statement : statements) {
    absl::StatusOr<std::vector<storage::Rows>> result = connection.Execute(statement);
    if (!result.ok()) return result.status();
    results.push_back(std::move(result->front()));
  }
  return results;
}

absl::Status Reserve(storage::Connection& connection, const ReservationRows& pattern, const std::string& sku,
                     int event_log, Travel travel) {
  auto read = Send(connection, {Statement("BEGIN"), LockAndRead(sku, event_log)}, travel);
  if (!read.ok()) return read.status();
  if ((*read)[1].size() != 1) return absl::InternalError(absl::StrCat("there is no stock of ", sku));
  const storage::Row row = (*read)[1][0];
  storage::ItemRecord item;
  item.sku = sku;
  item.sequence = row.Int(kSequence);
  if (!row.IsNull(kLastMovementTime)) item.last_movement_time = row.Time(kLastMovementTime);
  if (!row.IsNull(kNextHoldExpiry)) item.next_hold_expiry = row.Time(kNextHoldExpiry);
  auto level = storage::Parse<storage::LevelRecord>(row, kLevel);
  if (level.quantities.available() < pattern.line.reserved) return absl::InternalError("the stock is used up");
  const storage::ItemRecord stored = item;
  const ReservationRows rows = NextReservation(pattern, row.Time(kNow), item, level);
  return Send(connection,
              {UpdateItem(stored, item), UpdateLevel(level), Insert(rows.reservation), Insert(rows.line),
               Insert(rows.allocation), Insert(rows.movement), Insert(rows.request),
               Insert(
                   NextChunk(pattern, {sku}, event_log, storage::ParseEventLogEnd(row, kEventLogEnd), row.Time(kNow))),
               Statement("COMMIT")},
              travel)
      .status();
}

}  // namespace

absl::StatusOr<Sample> RunTransactions(const storage::DatabaseOptions& database, const ReservationRows& pattern,
                                       Workload workload, int connections, Travel travel, const Timing& timing) {
  const auto worker = [&](int thread, const Window& window, Recorder& recorder) -> absl::Status {
    auto connection = storage::Connection::Open(database);
    if (!connection.ok()) return connection.status();
    SkuSource skus(workload);
    while (window.Open()) {
      const absl::Time start = absl::Now();
      absl::Status reserved = Reserve(**connection, pattern, skus.Next(), thread, travel);
      if (!reserved.ok()) return reserved;
      recorder.Add(start, absl::Now());
    }
    return absl::OkStatus();
  };
  return Measure(connections, timing, worker);
}

}  // namespace inventory::bench
