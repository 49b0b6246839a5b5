// (c): many reservations per transaction.
#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "server/pipeline/packet.h"
#include "storage/configuration_repository.h"
#include "storage/item_repository.h"
#include "storage/level_repository.h"
#include "storage/movement_repository.h"
#include "storage/request_repository.h"
#include "storage/reservation_repository.h"
#include "tests/bench/raw_sql.h"

namespace inventory::bench {
namespace {

using pipeline::Packet;
using storage::Sql;

struct Stock {
  storage::ItemRecord stored_item;
  storage::LevelRecord stored_level;
  storage::ItemRecord item;
  storage::LevelRecord level;
};

struct Loaded {
  std::map<std::string, Stock> stock;  // By SKU.
  absl::Time now;
  storage::EventLogEnd event_log_end;
};

absl::StatusOr<Loaded> LockAndRead(storage::Connection& connection, const std::vector<std::string>& skus,
                                   int event_log) {
  Loaded loaded;
  Packet packet;
  packet.AddText("BEGIN");
  packet.Add([&](Sql& sql) { return storage::AppendLockItems(sql, skus, storage::ItemDetails::kWhether); },
             [&](const storage::Rows& rows) {
               for (auto& item : storage::ParseItems(rows)) {
                 Stock& stock = loaded.stock[item.sku];
                 stock.item = stock.stored_item = item;
               }
             });
  packet.Add([&](Sql& sql) { return storage::AppendSelectLevelsAndState(sql, skus, event_log); },
             [&](const storage::Rows& rows) {
               loaded.now = rows[0].Time(0);
               loaded.event_log_end = storage::ParseEventLogEnd(rows[0], storage::kStateColumns);
               for (auto& level : storage::ParseLevelsWithState(rows)) {
                 Stock& stock = loaded.stock[level.sku];
                 stock.level = stock.stored_level = level;
               }
             });
  absl::Status sent = packet.Send(connection);
  if (!sent.ok()) return sent;
  if (loaded.stock.size() != skus.size()) return absl::InternalError("a SKU of a batch has no stock");
  return loaded;
}

// Pointers to one part of each of the rows, as the repositories take them.
template <typename Record>
std::vector<const Record*> Parts(const std::vector<ReservationRows>& all, Record ReservationRows::*part) {
  std::vector<const Record*> parts;
  parts.reserve(all.size());
  for (const ReservationRows& rows : all) parts.push_back(&(rows.*part));
  return parts;
}

absl::Status WriteAndCommit(storage::Connection& connection, const Loaded& loaded,
                            const std::vector<ReservationRows>& all, const storage::EventChunkRecord& chunk) {
  std::vector<storage::Change<storage::ItemRecord>> items;
  std::vector<storage::Change<storage::LevelRecord>> levels;
  for (const auto& [sku, stock] : loaded.stock) {
    items.emplace_back(&stock.stored_item, &stock.item);
    levels.emplace_back(&stock.stored_level, &stock.level);
  }
  Sql sql;
  storage::AppendUpdates(sql, items);
  storage::AppendUpdates(sql, levels);
  storage::AppendInsert(sql, Parts(all, &ReservationRows::reservation));
  storage::AppendInsert(sql, Parts(all, &ReservationRows::line));
  storage::AppendInsert(sql, Parts(all, &ReservationRows::allocation));
  storage::AppendInsert(sql, Parts(all, &ReservationRows::movement));
  storage::AppendInsertRequests(sql, Parts(all, &ReservationRows::request));
  storage::AppendInsert<storage::EventChunkRecord>(sql, {&chunk});
  storage::BeginStatement(sql).Raw("COMMIT");
  return connection.Execute(sql).status();
}

absl::Status ReserveAll(storage::Connection& connection, const ReservationRows& pattern,
                        const std::vector<std::string>& skus, int event_log) {
  const std::set<std::string> distinct(skus.begin(), skus.end());
  absl::StatusOr<Loaded> loaded = LockAndRead(connection, {distinct.begin(), distinct.end()}, event_log);
  if (!loaded.ok()) return loaded.status();
  std::vector<ReservationRows> all;
  all.reserve(skus.size());
  for (const std::string& sku : skus) {
    Stock& stock = loaded->stock[sku];
    if (stock.level.quantities.available() < pattern.line.reserved) return absl::InternalError("the stock is used up");
    all.push_back(NextReservation(pattern, loaded->now, stock.item, stock.level));
  }
  return WriteAndCommit(connection, *loaded, all,
                        NextChunk(pattern, skus, event_log, loaded->event_log_end, loaded->now));
}

}  // namespace

absl::StatusOr<Sample> RunBatches(const storage::DatabaseOptions& database, const ReservationRows& pattern,
                                  Workload workload, int connections, int batch, const Timing& timing) {
  const auto worker = [&](int thread, const Window& window, Recorder& recorder) -> absl::Status {
    auto connection = storage::Connection::Open(database);
    if (!connection.ok()) return connection.status();
    SkuSource source(workload, thread, connections);
    std::vector<std::string> skus(static_cast<std::size_t>(batch));
    while (window.Open()) {
      const absl::Time start = absl::Now();
      std::generate(skus.begin(), skus.end(), [&source] { return source.Next(); });
      absl::Status reserved = ReserveAll(**connection, pattern, skus, thread);
      if (!reserved.ok()) return reserved;
      recorder.Add(start, absl::Now(), batch);
    }
    return absl::OkStatus();
  };
  return Measure(connections, timing, worker);
}

}  // namespace inventory::bench
