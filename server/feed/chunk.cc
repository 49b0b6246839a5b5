#include "server/feed/chunk.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "absl/strings/str_cat.h"
#include "server/convert.h"
#include "server/errors.h"

namespace inventory::feed {
namespace {

constexpr char kGone[] = "events after this position are not kept any more";

int64_t Available(const v1::Quantities& quantities) {
  return quantities.on_hand() - quantities.reserved() - quantities.safety_stock() - quantities.damaged() -
         quantities.quality_control();
}

// That the movement has emptied its level, or put units into an empty one. A correction's delta is the ledger's alone.
std::optional<v1::Event> Consequence(const v1::Event& event) {
  const v1::Movement& movement = event.movement();
  if (movement.type() == v1::MOVEMENT_TYPE_CORRECTION) return std::nullopt;
  const int64_t now = Available(movement.balance());
  const int64_t before = now - Available(movement.delta());
  if ((before > 0) == (now > 0)) return std::nullopt;
  v1::Event crossing;
  crossing.set_type(now > 0 ? v1::EVENT_TYPE_BACK_IN_STOCK : v1::EVENT_TYPE_OUT_OF_STOCK);
  crossing.set_channel_id(event.channel_id());
  v1::AvailabilityChange& change = *crossing.mutable_availability();
  change.set_sku(movement.sku());
  change.set_warehouse_id(movement.warehouse_id());
  change.set_previous_available(before);
  change.set_available(now);
  change.set_sequence(movement.sequence());
  return crossing;
}

absl::StatusOr<Cut> ReadPositions(storage::Connection& connection, const storage::Sql& sql) {
  const auto results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  return Cut(storage::ParseEventPositions(results->front()));
}

// The first chunk of each.
std::vector<storage::EventPosition> FirstsOf(const std::vector<storage::EventRange>& ranges) {
  std::vector<storage::EventPosition> firsts;
  for (const storage::EventRange& range : ranges) firsts.push_back({range.log_id, range.after + 1});
  return firsts;
}

// Of ranges with more chunks than a page has, those with the least stamps: what makes up the page.
absl::StatusOr<std::vector<storage::EventRange>> FirstOf(storage::Connection& connection,
                                                         const std::vector<storage::EventRange>& ranges) {
  const std::vector<storage::EventPosition> firsts = FirstsOf(ranges);
  storage::Sql sql;
  storage::AppendSelectEventStamps(sql, firsts);
  auto results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  const std::vector<storage::ChunkKey> stamps = storage::ParseChunkKeys(results->front());
  if (stamps.size() != firsts.size()) return EventsGone(kGone);
  const auto least =
      std::min_element(stamps.begin(), stamps.end(), [](const auto& a, const auto& b) { return a.stamp < b.stamp; });
  storage::Sql keys;
  storage::AppendSelectChunkKeys(keys, least->stamp, kPageChunks);
  storage::AppendSelectEventStamps(keys, firsts);
  results = connection.Execute(keys);
  if (!results.ok()) return results.status();
  // The oldest of a log go first: while those are there, none was missing among the keys.
  if (results->back().size() != firsts.size()) return EventsGone(kGone);
  std::map<int16_t, storage::EventRange> left;
  for (const storage::EventRange& range : ranges) left[range.log_id] = range;
  std::map<int16_t, storage::EventRange> chosen;
  // Some may have been read, and some are after the last.
  for (const storage::ChunkKey& key : storage::ParseChunkKeys(results->front())) {
    const auto range = left.find(key.log_id);
    if (range == left.end() || key.position <= range->second.after || key.position > range->second.last) continue;
    chosen.try_emplace(key.log_id, storage::EventRange{key.log_id, range->second.after, key.position})
        .first->second.last = key.position;
  }
  std::vector<storage::EventRange> page;
  for (const auto& [log_id, range] : chosen) page.push_back(range);
  return page;
}

// Selects what BeforeStamp reads.
void AppendSelectBefore(storage::Sql& sql, int64_t stamp) {
  storage::AppendSelectEventsBelow(sql, stamp);
  storage::AppendSelectEventFirsts(sql);
}

// Before all chunks with this stamp or a greater one. A log that has none below it begins with its first that is kept.
Cut BeforeStamp(const std::vector<storage::Rows>& results) {
  Cut cut(storage::ParseEventPositions(results[0]));
  Cut kept(storage::ParseEventPositions(results[1]));
  for (int16_t log_id = 0; log_id < storage::kEventLogs; ++log_id) {
    kept.Set(log_id, std::max<int64_t>(0, kept.At(log_id) - 1));
  }
  cut.Cover(kept);
  return cut;
}

// Before all chunks with this stamp or a greater one that are kept and can be told now.
absl::StatusOr<Cut> ReadFrom(storage::Connection& connection, int64_t stamp) {
  absl::StatusOr<Cut> cut = ReadEnd(connection);
  if (!cut.ok()) return cut;
  for (;;) {
    storage::Sql sql;
    AppendSelectBefore(sql, stamp);
    storage::AppendSelectEventHorizon(sql);
    const auto results = connection.Execute(sql);
    if (!results.ok()) return results.status();
    // The horizon is raised before anything is deleted, so what was missing above is below what it is now.
    const int64_t horizon = storage::ParseEventHorizon(results->back());
    if (horizon <= stamp) {
      cut->LimitTo(BeforeStamp(*results));
      return cut;
    }
    stamp = horizon;
  }
}

}  // namespace

absl::StatusOr<Chunk> ToChunk(const storage::EventChunkRecord& record) {
  Chunk chunk{.log_id = record.log_id, .position = record.position, .bytes = sizeof(Chunk), .events = {}};
  v1::WatchResponse stored;
  if (!stored.ParseFromString(record.payload)) {
    return absl::InternalError(
        absl::StrCat("chunk ", record.position, " of event log ", record.log_id, " can't be read"));
  }
  const google::protobuf::Timestamp time = ToTimestamp(record.create_time);
  for (v1::Event& event : *stored.mutable_events()) {
    std::optional<v1::Event> consequence;
    if (event.has_movement()) {
      *event.mutable_movement()->mutable_create_time() = time;
      consequence = Consequence(event);
    }
    chunk.events.push_back(std::move(event));
    if (consequence) chunk.events.push_back(*std::move(consequence));
  }
  for (std::size_t i = 0; i < chunk.events.size(); ++i) {
    chunk.events[i].set_event_id(absl::StrCat(record.log_id, "-", record.position, "-", i));
    *chunk.events[i].mutable_time() = time;
    chunk.bytes += chunk.events[i].SpaceUsedLong();
  }
  return chunk;
}

absl::StatusOr<Cut> ReadHeads(storage::Connection& connection) {
  storage::Sql sql;
  storage::AppendSelectEventHeads(sql, connection.skips_in_indexes());
  return ReadPositions(connection, sql);
}

absl::StatusOr<Cut> ReadEnd(storage::Connection& connection) {
  storage::Sql sql;
  storage::AppendSelectEventHeads(sql, connection.skips_in_indexes());
  storage::AppendMakeSeenDurable(sql);
  storage::AppendSelectEventHeads(sql, connection.skips_in_indexes());
  auto results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  Cut end(storage::ParseEventPositions(results->front()));
  // What has come after it meanwhile, the first of each log.
  const std::vector<storage::EventPosition> following =
      FirstsOf(RangesBetween(end, Cut(storage::ParseEventPositions(results->back()))));
  if (following.empty()) return end;
  storage::Sql stamps;
  storage::AppendSelectEventStamps(stamps, following);
  results = connection.Execute(stamps);
  if (!results.ok()) return results.status();
  int64_t fence = std::numeric_limits<int64_t>::max();
  for (const storage::ChunkKey& key : storage::ParseChunkKeys(results->front())) fence = std::min(fence, key.stamp);
  storage::Sql below;
  AppendSelectBefore(below, fence);
  results = connection.Execute(below);
  if (!results.ok()) return results.status();
  end.LimitTo(BeforeStamp(*results));
  return end;
}

absl::StatusOr<Cut> ReadBeginning(storage::Connection& connection) { return ReadFrom(connection, 0); }

absl::StatusOr<Cut> ReadSince(storage::Connection& connection, absl::Time time) {
  return ReadFrom(connection, absl::ToUnixMicros(time));
}

absl::StatusOr<Page> ReadPage(storage::Connection& connection, const Cut& from, const Cut& to) {
  Page page{.chunks = {}, .end = from};
  std::vector<storage::EventRange> ranges = RangesBetween(from, to);
  if (ranges.empty()) return page;
  if (ChunksIn(ranges) > kPageChunks) {
    absl::StatusOr<std::vector<storage::EventRange>> first = FirstOf(connection, ranges);
    if (!first.ok()) return first.status();
    ranges = *std::move(first);
  }
  storage::Sql sql;
  storage::AppendSelectEvents(sql, ranges);
  const auto results = connection.Execute(sql);
  if (!results.ok()) return results.status();
  std::vector<storage::EventChunkRecord> records = storage::ParseAll<storage::EventChunkRecord>(results->front());
  // Positions are dense, so one that is missing was there once.
  if (ChunksIn(ranges) != static_cast<int64_t>(records.size())) return EventsGone(kGone);
  std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) {
    return std::tie(a.stamp, a.log_id, a.position) < std::tie(b.stamp, b.log_id, b.position);
  });
  for (const storage::EventChunkRecord& record : records) {
    absl::StatusOr<Chunk> chunk = ToChunk(record);
    if (!chunk.ok()) return chunk.status();
    page.chunks.push_back(*std::move(chunk));
    page.end.Set(record.log_id, record.position);
  }
  return page;
}

absl::Status EventsGone(std::string_view why) { return Refusal(absl::StatusCode::kOutOfRange, "EVENTS_GONE", why); }

}  // namespace inventory::feed
