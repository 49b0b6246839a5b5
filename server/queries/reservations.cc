#include "server/queries/reservations.h"

#include "server/commands/convert.h"
#include "storage/reservation_repository.h"

namespace inventory::queries {

using storage::AllocationRecord;
using storage::ReservationLineRecord;

void AppendReservationParts(storage::Sql& sql, std::span<const std::string> reservation_ids) {
  storage::AppendSelectReservationLines(sql, reservation_ids);
  storage::AppendSelectAllocations(sql, reservation_ids);
}

ReservationParts::ReservationParts(const storage::Rows& lines, const storage::Rows& allocations)
    : lines_(lines, &ReservationLineRecord::reservation_id),
      allocations_(allocations, &AllocationRecord::reservation_id) {}

void ReservationParts::Show(const storage::ReservationRecord& live, v1::Reservation& out) const {
  // The select has decided what is dead, by its own clock; a later look at another one might not agree with the filter.
  constexpr absl::Time kDecided = absl::InfinitePast();
  ToProto(live, lines_.Of(live.reservation_id), allocations_.Of(live.reservation_id), kDecided, out);
}

}  // namespace inventory::queries
