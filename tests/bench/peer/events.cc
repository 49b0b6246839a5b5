#include "tests/bench/peer/events.h"

#include <cstdint>
#include <set>
#include <string>

#include "server/pipeline/events.h"
#include "server/pipeline/rows.h"
#include "storage/event_repository.h"

namespace inventory::bench::peer {
namespace {

pipeline::Rows RowsOf(const storage::ReservationRecord* before, const Order& order, const Stock& stock) {
  pipeline::Rows rows;
  if (before == nullptr) {
    rows.reservations.Add(order.reservation);
  } else {
    rows.reservations.Load(*before);
    rows.reservations.Edit(before->key()) = order.reservation;
  }
  for (const storage::ReservationLineRecord& line : order.lines) rows.reservation_lines.Load(line);
  rows.movements = stock.movements();
  return rows;
}

}  // namespace

// No look at other logs: what was done to the order's SKUs before has earlier times, and so smaller stamps.
absl::Status Tell(Session& session, const storage::ReservationRecord* before, const Order& order, const Stock& stock) {
  std::set<std::string> skus;
  for (const storage::ReservationLineRecord& line : order.lines) skus.insert(line.sku);
  pipeline::EventNotes notes;
  notes.Note(RowsOf(before, order, stock));
  const absl::StatusOr<int64_t> position = session.EventLogEnd();
  if (!position.ok()) return position.status();
  const auto chunks = notes.TakeChunks(session.event_log(),
                                       {.position = *position, .max_stamp = absl::ToUnixMicros(stock.last_movement())},
                                       stock.now(), skus);
  absl::Status told = session.Insert(chunks);
  if (told.ok()) session.SetEventLogEnd(chunks.back().position);
  return told;
}

}  // namespace inventory::bench::peer
