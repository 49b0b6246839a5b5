// The event log: what others are told of each commit. The conventions of Append... are those of table.h.
//
// There are kEventLogs logs. A transaction appends to one of them, by inserting the position after the last one that it
// sees there; so the positions of a log are dense and in commit order, whoever else appends to it: one who has not seen
// the last commit collides with it (1062) and runs again. Nothing orders the logs among each other but the stamps: one
// is greater than every stamp that its transaction could see when it held its locks. What readers make of that:
// server/adr/0016-event-log.md.
#ifndef INVENTORY_STORAGE_EVENT_REPOSITORY_H_
#define INVENTORY_STORAGE_EVENT_REPOSITORY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "storage/table.h"

namespace inventory::storage {

// As many as the schema has. More writers than that at once get into each other's way and are slower, nothing else.
inline constexpr int kEventLogs = 64;

// A part of what a commit has to tell.
struct EventChunkRecord {
  int16_t log_id = 0;
  int64_t position = 0;
  int64_t stamp = 0;       // In microseconds since 1970, or a little later: never before create_time.
  absl::Time create_time;  // When the commands ran, by the database's clock.
  std::string payload;     // Opaque to storage; empty if there is nothing to tell.
  // The SKUs whose rows its commit may have changed, those of all its chunks with the first. Unset: any SKU's.
  std::optional<std::vector<std::string>> skus = {};

  using Key = std::pair<int16_t, int64_t>;
  Key key() const { return {log_id, position}; }
};

// None of them holds a line break.
using EventSkusCodec = column::OptionalCodec<std::vector<std::string>, column::ListCodec<'\n', column::BytesCodec>>;

template <>
struct Table<EventChunkRecord> {
  using R = EventChunkRecord;
  static constexpr const char* kName = "event_chunk";
  static constexpr int kKeySize = 2;
  static constexpr auto kColumns =
      std::tuple(column::Value("log_id", &R::log_id), column::Value("position", &R::position),
                 column::Value("stamp", &R::stamp), column::Value("create_time", &R::create_time),
                 column::Bytes("payload", &R::payload), column::Coded<EventSkusCodec>("skus", &R::skus));
};

// Where a log ends, and what stamps there are: for a SELECT of one row, the scalar subqueries that give
// EventLogEnd in kEventLogEndColumns columns.
struct EventLogEnd {
  int64_t position = 0;   // Of the log's last chunk.
  int64_t max_stamp = 0;  // Of all logs.
};
inline constexpr int kEventLogEndColumns = 2;
std::string EventLogEndColumns(int log_id);
EventLogEnd ParseEventLogEnd(const Row& row, int first);

// A position in a log.
struct EventPosition {
  int16_t log_id = 0;
  int64_t position = 0;
};

// Selects the last position of every log: ParseEventPositions. By one statement, or, where that would look at all rows
// (Connection::skips_in_indexes), by one for each log in one.
bool AppendSelectEventHeads(Sql& sql, bool skips_in_indexes);
// Makes everything durable that this session has seen, whether or not the database shows commits before they are: a
// commit of its own, whose flush comes after theirs.
bool AppendMakeSeenDurable(Sql& sql);
// Selects the first position of every log that is still there: ParseEventPositions.
bool AppendSelectEventFirsts(Sql& sql);
// Selects, for every log that has one, the last position whose stamp is below `stamp`: ParseEventPositions.
bool AppendSelectEventsBelow(Sql& sql, int64_t stamp);
std::vector<EventPosition> ParseEventPositions(const Rows& rows);

// Selects the stamps of those of the chunks that are there: ParseChunkKeys.
bool AppendSelectEventStamps(Sql& sql, std::span<const EventPosition> chunks);
// Selects the first `limit` chunks with `stamp` or a greater one, by stamp, log and position: ParseChunkKeys.
bool AppendSelectChunkKeys(Sql& sql, int64_t stamp, int64_t limit);
struct ChunkKey {
  int16_t log_id = 0;
  int64_t position = 0;
  int64_t stamp = 0;
};
std::vector<ChunkKey> ParseChunkKeys(const Rows& rows);

// Positions of a log, without `after` and with `last`.
struct EventRange {
  int16_t log_id = 0;
  int64_t after = 0;
  int64_t last = 0;
};
// Selects the chunks of the ranges, in no order.
bool AppendSelectEvents(Sql& sql, std::span<const EventRange> ranges);
// Selects which SKUs the chunks of the ranges name, in no order: ParseEventSkus, one for each chunk.
bool AppendSelectEventSkus(Sql& sql, std::span<const EventRange> ranges);
std::vector<std::optional<std::vector<std::string>>> ParseEventSkus(const Rows& rows);

// The horizon is a stamp that only rises. What is deleted has smaller stamps, in whichever log; so from there on
// nothing is missing between the logs, though they are cleaned one after another.
//
// Raises it to what is older than `retention` by the database's clock, but to no stamp that is still to come, and
// selects it: two statements, ParseEventHorizon. Makes its row if a restore has left it out.
bool AppendRaiseEventHorizon(Sql& sql, absl::Duration retention);
// Selects it: ParseEventHorizon.
bool AppendSelectEventHorizon(Sql& sql);
// Of the last result; 0 if there is no row yet.
int64_t ParseEventHorizon(const Rows& rows);

// Deletes up to `limit` chunks of the log whose stamps are below the horizon, oldest first; its last one stays.
bool AppendDeleteEventsBelow(Sql& sql, int log_id, int64_t horizon, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_EVENT_REPOSITORY_H_
