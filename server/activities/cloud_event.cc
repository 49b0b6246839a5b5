#include "server/activities/cloud_event.h"

#include "nlohmann/json.hpp"

namespace inventory::activities {

std::string CloudEventJson(const LowStockEvent& event) {
  nlohmann::ordered_json data = {{"rule_id", event.rule_id}, {"number", event.number}, {"sku", event.sku}};
  if (!event.warehouse_id.empty()) data["warehouse_id"] = event.warehouse_id;
  if (!event.channel_id.empty()) data["channel_id"] = event.channel_id;
  data["available"] = event.available;
  data["threshold"] = event.threshold;
  data["margin"] = event.margin;
  const bool low = event.type == LowStockEvent::Type::kLow;
  const nlohmann::ordered_json body = {
      {"specversion", "1.0"},
      {"id", event.event_id},
      {"source", "/inventory/low-stock-rules/" + event.rule_id},
      {"type", low ? "inventory.low_stock.v1" : "inventory.low_stock_recovered.v1"},
      {"subject", event.sku},
      {"time", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", event.time, absl::UTCTimeZone())},
      {"datacontenttype", "application/json"},
      {"data", std::move(data)},
  };
  return body.dump();
}

}  // namespace inventory::activities
