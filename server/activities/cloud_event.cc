#include "server/activities/cloud_event.h"

#include <utility>

#include "server/http/cloud_event.h"

namespace inventory::activities {

std::string CloudEventJson(const LowStockEvent& event) {
  nlohmann::ordered_json data = {{"rule_id", event.rule_id}, {"number", event.number}, {"sku", event.sku}};
  if (!event.warehouse_id.empty()) data["warehouse_id"] = event.warehouse_id;
  if (!event.channel_id.empty()) data["channel_id"] = event.channel_id;
  data["available"] = event.available;
  data["threshold"] = event.threshold;
  data["margin"] = event.margin;
  const bool low = event.type == LowStockEvent::Type::kLow;
  return http::ToBody(http::ToJson({.id = event.event_id,
                                    .source = "/inventory/low-stock-rules/" + event.rule_id,
                                    .type = low ? "inventory.low_stock.v1" : "inventory.low_stock_recovered.v1",
                                    .subject = event.sku,
                                    .time = event.time,
                                    .data = std::move(data)}));
}

}  // namespace inventory::activities
