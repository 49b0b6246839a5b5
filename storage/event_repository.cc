#include "storage/event_repository.h"

#include "absl/strings/str_cat.h"

namespace inventory::storage {
namespace {

// " WHERE ..." of the chunks of the ranges; at least one.
void AppendWhereIn(Sql& sql, std::span<const EventRange> ranges) {
  for (std::size_t i = 0; i < ranges.size(); ++i) {
    sql.Raw(i == 0 ? " WHERE (log_id = " : " OR (log_id = ").Int(ranges[i].log_id);
    sql.Raw(" AND position > ").Int(ranges[i].after).Raw(" AND position <= ").Int(ranges[i].last).Raw(")");
  }
}

}  // namespace

// Each is one look at the end of an index. Named, because a column without a name has its whole text for one, and the
// connector turns the names of all columns of a result into upper case.
std::string EventLogEndColumns(int log_id) {
  return absl::StrCat("(SELECT MAX(position) FROM event_chunk WHERE log_id = ", log_id,
                      ") AS position, (SELECT MAX(stamp) FROM event_chunk) AS stamp");
}

EventLogEnd ParseEventLogEnd(const Row& row, int first) {
  return {.position = row.Int(first), .max_stamp = row.Int(first + 1)};
}

bool AppendSelectEventHeads(Sql& sql, bool skips_in_indexes) {
  BeginStatement(sql);
  if (skips_in_indexes) {
    sql.Raw("SELECT log_id, MAX(position) FROM event_chunk GROUP BY log_id");
    return true;
  }
  for (int log_id = 0; log_id < kEventLogs; ++log_id) {
    if (log_id > 0) sql.Raw(" UNION ALL ");
    sql.Raw("(SELECT log_id, position FROM event_chunk WHERE log_id = ").Int(log_id);
    sql.Raw(" ORDER BY position DESC LIMIT 1)");
  }
  return true;
}

// Redo is flushed in the order in which it was written, and what is seen was written.
bool AppendMakeSeenDurable(Sql& sql) {
  BeginStatement(sql).Raw("UPDATE heartbeat SET beats = beats + 1, beat_time = NOW(6) WHERE id = 2");
  return true;
}

bool AppendSelectEventFirsts(Sql& sql) {
  BeginStatement(sql).Raw("SELECT log_id, MIN(position) FROM event_chunk GROUP BY log_id");
  return true;
}

// One look at the index for each, because stamps rise along a log.
bool AppendSelectEventsBelow(Sql& sql, int64_t stamp) {
  BeginStatement(sql);
  for (int log_id = 0; log_id < kEventLogs; ++log_id) {
    if (log_id > 0) sql.Raw(" UNION ALL ");
    sql.Raw("(SELECT log_id, position FROM event_chunk FORCE INDEX (event_chunk_by_log) WHERE log_id = ").Int(log_id);
    sql.Raw(" AND stamp < ").Int(stamp).Raw(" ORDER BY stamp DESC LIMIT 1)");
  }
  return true;
}

bool AppendSelectEventStamps(Sql& sql, std::span<const EventPosition> chunks) {
  if (chunks.empty()) return false;
  BeginStatement(sql).Raw("SELECT log_id, position, stamp FROM event_chunk WHERE ");
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    sql.Raw(i == 0 ? "(log_id = " : " OR (log_id = ").Int(chunks[i].log_id);
    sql.Raw(" AND position = ").Int(chunks[i].position).Raw(")");
  }
  return true;
}

bool AppendSelectChunkKeys(Sql& sql, int64_t stamp, int64_t limit) {
  BeginStatement(sql).Raw("SELECT log_id, position, stamp FROM event_chunk FORCE INDEX (event_chunk_by_stamp) WHERE ");
  sql.Raw("stamp >= ").Int(stamp).Raw(" ORDER BY stamp, log_id, position LIMIT ").Int(limit);
  return true;
}

std::vector<ChunkKey> ParseChunkKeys(const Rows& rows) {
  std::vector<ChunkKey> keys;
  keys.reserve(rows.size());
  for (const Row& row : rows) keys.push_back({static_cast<int16_t>(row.Int(0)), row.Int(1), row.Int(2)});
  return keys;
}

std::vector<EventPosition> ParseEventPositions(const Rows& rows) {
  std::vector<EventPosition> positions;
  positions.reserve(rows.size());
  for (const Row& row : rows) positions.push_back({static_cast<int16_t>(row.Int(0)), row.Int(1)});
  return positions;
}

bool AppendSelectEvents(Sql& sql, std::span<const EventRange> ranges) {
  if (ranges.empty()) return false;
  static const std::string head = "SELECT " + Columns<EventChunkRecord>() + " FROM event_chunk";
  BeginStatement(sql).Raw(head);
  AppendWhereIn(sql, ranges);
  return true;
}

bool AppendSelectEventSkus(Sql& sql, std::span<const EventRange> ranges) {
  if (ranges.empty()) return false;
  BeginStatement(sql).Raw("SELECT skus FROM event_chunk");
  AppendWhereIn(sql, ranges);
  return true;
}

std::vector<std::optional<std::vector<std::string>>> ParseEventSkus(const Rows& rows) {
  std::vector<std::optional<std::vector<std::string>>> chunks;
  chunks.reserve(rows.size());
  for (const Row& row : rows) chunks.push_back(EventSkusCodec::Parse(row, 0));
  return chunks;
}

bool AppendRaiseEventHorizon(Sql& sql, absl::Duration retention) {
  BeginStatement(sql).Raw(
      "INSERT INTO event_horizon (id, stamp) VALUES (1, GREATEST(0, LEAST((UNIX_TIMESTAMP(NOW(6)) - ");
  sql.Int(absl::ToInt64Seconds(retention)).Raw(") * 1000000, (SELECT MAX(stamp) FROM event_chunk))))");
  sql.Raw(" ON DUPLICATE KEY UPDATE stamp = GREATEST(stamp, VALUES(stamp))");
  return AppendSelectEventHorizon(sql);
}

bool AppendSelectEventHorizon(Sql& sql) {
  BeginStatement(sql).Raw("SELECT stamp FROM event_horizon WHERE id = 1");
  return true;
}

int64_t ParseEventHorizon(const Rows& rows) { return rows.empty() ? 0 : rows[0].Int(0); }

bool AppendDeleteEventsBelow(Sql& sql, int log_id, int64_t horizon, int64_t limit) {
  // By the stamp, which rises along the log, so that no hole is left and only what is old is looked at; and the last
  // position through a table of its own, because what is deleted from may not be read beside it.
  BeginStatement(sql).Raw("DELETE FROM event_chunk WHERE log_id = ").Int(log_id).Raw(" AND stamp < ").Int(horizon);
  sql.Raw(" AND position < (SELECT last FROM (SELECT MAX(position) AS last FROM event_chunk WHERE log_id = ");
  sql.Int(log_id).Raw(") ends) ORDER BY stamp LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
