// What events are about.
#ifndef INVENTORY_SERVER_FEED_SUBJECT_H_
#define INVENTORY_SERVER_FEED_SUBJECT_H_

#include "inventory/v1/event.pb.h"

namespace inventory::feed {

// Gives what `use` makes of the event's subject, be it a movement, a change of a reservation or whatever there is; a
// value of its default if there is none.
template <typename Use>
auto WithSubject(const v1::Event& event, Use use) -> decltype(use(event.movement())) {
  switch (event.subject_case()) {
    case v1::Event::kMovement:
      return use(event.movement());
    case v1::Event::kReservation:
      return use(event.reservation());
    case v1::Event::kShipment:
      return use(event.shipment());
    case v1::Event::kLowStock:
      return use(event.low_stock());
    case v1::Event::kAvailability:
      return use(event.availability());
    case v1::Event::SUBJECT_NOT_SET:
      break;
  }
  return {};
}

}  // namespace inventory::feed

#endif  // INVENTORY_SERVER_FEED_SUBJECT_H_
