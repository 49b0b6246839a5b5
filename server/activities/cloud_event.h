// A low-stock event as webhooks receive it.
#ifndef INVENTORY_SERVER_ACTIVITIES_CLOUD_EVENT_H_
#define INVENTORY_SERVER_ACTIVITIES_CLOUD_EVENT_H_

#include <string>

#include "server/activities/activity.h"

namespace inventory::activities {

// The event in the JSON format of CloudEvents 1.0, structured mode (application/cloudevents+json). The same bytes in
// every attempt:
//
//   {"specversion": "1.0",
//    "id": "<event_id>",                                   unique within the source; recognises repetitions
//    "source": "/inventory/low-stock-rules/<rule_id>",
//    "type": "inventory.low_stock.v1",                     or "inventory.low_stock_recovered.v1"
//    "subject": "<sku>",
//    "time": "2026-11-24T16:41:13.009123Z",                of the crossing
//    "datacontenttype": "application/json",
//    "data": {"rule_id": "...", "number": 7, "sku": "...", "warehouse_id": "...", "channel_id": "...",
//             "available": 3, "threshold": 5, "margin": 2}}
//
// `number` grows by one from event to event of a rule. warehouse_id and channel_id are there if the rule watches one.
// Quantities are counts of the SKU's smallest unit, written as integers.
std::string CloudEventJson(const LowStockEvent& event);

}  // namespace inventory::activities

#endif  // INVENTORY_SERVER_ACTIVITIES_CLOUD_EVENT_H_
