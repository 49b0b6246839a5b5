// Who waits for units is served before those who asked later.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/history/check.h"

namespace inventory::history {
namespace {

using End = Write::End;

// Units of a committed reservation that wait, as its caller was told.
struct Waiting {
  std::string reservation_id;
  absl::Time since;  // By then they waited.
  int64_t units = 0;
  absl::Time until;  // From then on they may have been given up.
  const std::set<std::string>* warehouses = nullptr;
};

std::vector<Waiting> WaitingFor(const std::string& sku, const History& history) {
  std::map<std::string, absl::Time> given_up;
  for (const Write& write : history.writes) {
    if (write.gives_up.empty() || write.end == End::kRefused) continue;
    const auto found = given_up.try_emplace(write.gives_up, write.start).first;
    found->second = std::min(found->second, write.start);
  }
  std::vector<Waiting> all;
  for (const Write& write : history.writes) {
    if (write.reserves.empty() || !write.reservation) continue;
    if (write.reservation->state() != v1::RESERVATION_STATE_COMMITTED) continue;
    for (const v1::ReservationLine& line : write.reservation->lines()) {
      if (line.sku() != sku || line.backordered_quantity() == 0) continue;
      const auto end = given_up.find(write.reserves);
      all.push_back({.reservation_id = write.reserves,
                     .since = write.finish,
                     .units = line.backordered_quantity(),
                     .until = end == given_up.end() ? absl::InfiniteFuture() : end->second,
                     .warehouses = &history.channels.at(write.reservation->channel_id())});
    }
  }
  return all;
}

// Whoever takes available units that somebody waits for must have asked for them before him.
void CheckQueue(const std::string& sku, const History& history, const Writes& writes,
                const std::map<std::string, absl::Time>& asked, Violations& violations) {
  std::vector<Waiting> queue = WaitingFor(sku, history);
  for (const v1::Movement& movement : history.ledgers.at(sku)) {
    if (!Takes(movement)) continue;
    const bool fills = movement.type() == v1::MOVEMENT_TYPE_FILL;
    const auto cause = writes.find(movement.request_id());
    const auto asked_by = asked.find(movement.document_id());
    if (fills ? asked_by == asked.end() : cause == writes.end()) continue;
    const bool ended = cause != writes.end() && cause->second->end == End::kAcknowledged;
    const absl::Time done = ended ? cause->second->finish : absl::InfiniteFuture();
    const absl::Time taker_asked = fills ? asked_by->second : cause->second->start;
    for (Waiting& waiting : queue) {
      if (fills && waiting.reservation_id == movement.document_id()) {
        waiting.units -= movement.delta().reserved();
        continue;
      }
      if (waiting.units > 0 && waiting.since < taker_asked && done < waiting.until &&
          waiting.warehouses->contains(movement.warehouse_id())) {
        violations.push_back(
            {Violation::Kind::kOvertaken,
             absl::StrCat(waiting.reservation_id, " waited and was overtaken by ", movement.ShortDebugString())});
      }
    }
  }
}

}  // namespace

Violations CheckQueues(const History& history, const Writes& writes) {
  Violations violations;
  std::map<std::string, absl::Time> asked;  // When a reservation was asked for at the earliest.
  for (const Write& write : history.writes) {
    if (!write.reserves.empty()) asked[write.reserves] = write.start;
  }
  for (const auto& [sku, movements] : history.ledgers) CheckQueue(sku, history, writes, asked, violations);
  return violations;
}

}  // namespace inventory::history
