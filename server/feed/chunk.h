// Chunks of the event logs, as they are told.
#ifndef INVENTORY_SERVER_FEED_CHUNK_H_
#define INVENTORY_SERVER_FEED_CHUNK_H_

#include <cstddef>
#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "inventory/v1/event.pb.h"
#include "server/feed/cut.h"
#include "storage/connection.h"
#include "storage/event_repository.h"

namespace inventory::feed {

// What one commit, or a part of it, has to tell.
struct Chunk {
  int16_t log_id = 0;
  int64_t position = 0;
  std::size_t bytes = 0;          // In memory.
  std::vector<v1::Event> events;  // Complete, in order.
};

// The chunk of a row: with the ids and times of its events, and with what follows from them. INTERNAL if it can't be
// read.
absl::StatusOr<Chunk> ToChunk(const storage::EventChunkRecord& record);

// The last positions of all logs. Not to be told from: what they hold may lack what it followed from; see ReadEnd.
absl::StatusOr<Cut> ReadHeads(storage::Connection& connection);
// Up to where events can be told now: all of it is durable, and it lacks nothing that any of it followed from. Writes.
absl::StatusOr<Cut> ReadEnd(storage::Connection& connection);
// Before the first events that are kept: from there on none is missing. Writes.
absl::StatusOr<Cut> ReadBeginning(storage::Connection& connection);
// Before the first events of `time` or later, none of which comes before it, as far as they are kept. Writes.
absl::StatusOr<Cut> ReadSince(storage::Connection& connection, absl::Time time);

// Chunks in an order in which none comes before one that its transaction could know of.
struct Page {
  std::vector<Chunk> chunks;
  Cut end;
};
// The next chunks after `from` and up to `to`, which both are where events could be told up to: at most kPageChunks,
// none only if there are none left. After any of them, that and what was before lacks nothing either. OUT_OF_RANGE,
// reason EVENTS_GONE, if some are not kept any more.
inline constexpr int64_t kPageChunks = 64;
absl::StatusOr<Page> ReadPage(storage::Connection& connection, const Cut& from, const Cut& to);

// OUT_OF_RANGE, reason EVENTS_GONE.
absl::Status EventsGone(std::string_view why);

}  // namespace inventory::feed

#endif  // INVENTORY_SERVER_FEED_CHUNK_H_
