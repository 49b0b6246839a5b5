// What the reads of reservations share.
#ifndef INVENTORY_SERVER_QUERIES_RESERVATIONS_H_
#define INVENTORY_SERVER_QUERIES_RESERVATIONS_H_

#include <span>
#include <string>

#include "inventory/v1/reservation.pb.h"
#include "server/queries/parts.h"
#include "storage/records.h"
#include "storage/sql.h"

namespace inventory::queries {

// Appends two selects, the lines and the allocations of the reservations, of which there must be one.
void AppendReservationParts(storage::Sql& sql, std::span<const std::string> reservation_ids);

// Shows reservations that were read with their live state, together with what those selects gave. All results must be
// of one moment.
class ReservationParts {
 public:
  ReservationParts(const storage::Rows& lines, const storage::Rows& allocations);

  void Show(const storage::ReservationRecord& live, v1::Reservation& out) const;

 private:
  const Parts<storage::ReservationLineRecord> lines_;
  const Parts<storage::AllocationRecord> allocations_;
};

}  // namespace inventory::queries

#endif  // INVENTORY_SERVER_QUERIES_RESERVATIONS_H_
