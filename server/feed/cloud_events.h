// Events as they are posted.
#ifndef INVENTORY_SERVER_FEED_CLOUD_EVENTS_H_
#define INVENTORY_SERVER_FEED_CLOUD_EVENTS_H_

#include <span>
#include <string>

#include "absl/status/statusor.h"
#include "inventory/v1/event.pb.h"

namespace inventory::feed {

// The events in the JSON batch format of CloudEvents 1.0 (application/cloudevents-batch+json). The same bytes whenever
// the same events are posted:
//
//   [{"specversion": "1.0",
//     "id": "<event_id>",                          unique within the source; recognises repetitions
//     "source": "<source>",                        "/inventory/feeds/<feed_id>"
//     "type": "inventory.movement.v1",             or reservation, shipment, low_stock_crossing, out_of_stock,
//                                                  back_in_stock
//     "subject": "<sku>",                          of a reservation or shipment its id
//     "time": "2026-11-24T16:41:13.009123Z",
//     "datacontenttype": "application/json",
//     "data": {"channel_id": "web",                if the event has one
//              "movement": {...}}},                the event's subject in protobuf's JSON mapping, fields as in the
//    ...]                                          protos; quantities are strings there, as that mapping has int64
// INTERNAL if one can't be written.
absl::StatusOr<std::string> CloudEventsJson(std::span<const v1::Event> events, const std::string& source);

}  // namespace inventory::feed

#endif  // INVENTORY_SERVER_FEED_CLOUD_EVENTS_H_
