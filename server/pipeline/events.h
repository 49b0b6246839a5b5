// What a batch tells others.
#ifndef INVENTORY_SERVER_PIPELINE_EVENTS_H_
#define INVENTORY_SERVER_PIPELINE_EVENTS_H_

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include "inventory/v1/event.pb.h"
#include "server/pipeline/rows.h"
#include "storage/event_repository.h"

namespace inventory::pipeline {

// The events of a batch, as they are stored: without what is known from where they are stored (event_id, time) and
// without those that follow from others (a level that runs out). Not thread-safe.
class EventNotes {
 public:
  // Takes note of all changes since the last mark, of which one command has made all: its movements first.
  void Note(const Rows& rows);

  // The chunks to append to the log, which ends with `end`; none if there is nothing to tell and no row of a SKU has
  // changed. `changed` are the SKUs whose rows may have. Ends the notes.
  std::vector<storage::EventChunkRecord> TakeChunks(int16_t log_id, const storage::EventLogEnd& end, absl::Time now,
                                                    const std::set<std::string>& changed);

 private:
  v1::Event& Add(v1::EventType type);
  void NoteMovements(const Rows& rows);
  void NoteReservations(const Rows& rows);
  void NoteShipments(const Rows& rows);
  void NoteLowStock(const Rows& rows);
  void Cut();

  v1::WatchResponse events_;
  std::size_t bytes_ = 0;
  std::vector<std::string> payloads_;
};

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_EVENTS_H_
