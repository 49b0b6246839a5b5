// Holds that ended by themselves: not before the time that their callers were told, by the database's clock, and not
// once they were confirmed. What is in the ledger has happened when it is read, whatever time it says.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "tests/history/check.h"

namespace inventory::history {
namespace {

absl::Time TimeOf(const google::protobuf::Timestamp& timestamp) {
  return absl::FromUnixSeconds(timestamp.seconds()) + absl::Nanoseconds(timestamp.nanos());
}

}  // namespace

Violations CheckHolds(const History& history) {
  std::map<std::string, absl::Time> earliest;  // The end of each hold; never, once it is confirmed.
  for (const Write& write : history.writes) {
    if (!write.reservation) continue;
    const v1::Reservation& reservation = *write.reservation;
    absl::Time& end = earliest.try_emplace(reservation.reservation_id(), absl::InfinitePast()).first->second;
    if (reservation.state() == v1::RESERVATION_STATE_COMMITTED) end = absl::InfiniteFuture();
    if (reservation.state() == v1::RESERVATION_STATE_HELD) end = std::max(end, TimeOf(reservation.expire_time()));
  }
  Violations violations;
  for (const auto& [sku, movements] : history.ledgers) {
    for (const v1::Movement& movement : movements) {
      if (movement.type() != v1::MOVEMENT_TYPE_EXPIRE) continue;
      const auto hold = earliest.find(movement.document_id());
      if (hold == earliest.end()) continue;
      if (std::min(TimeOf(movement.create_time()), history.end) >= hold->second) continue;
      violations.push_back(
          {Violation::Kind::kExpiredEarly,
           absl::StrCat(movement.document_id(), " was held until ", absl::FormatTime(hold->second, absl::UTCTimeZone()),
                        ": ", movement.ShortDebugString())});
    }
  }
  return violations;
}

}  // namespace inventory::history
