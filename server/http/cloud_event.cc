#include "server/http/cloud_event.h"

#include <utility>

namespace inventory::http {

nlohmann::ordered_json ToJson(CloudEvent event) {
  return {{"specversion", "1.0"},
          {"id", std::move(event.id)},
          {"source", std::move(event.source)},
          {"type", std::move(event.type)},
          {"subject", std::move(event.subject)},
          {"time", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", event.time, absl::UTCTimeZone())},
          {"datacontenttype", "application/json"},
          {"data", std::move(event.data)}};
}

std::string ToBody(const nlohmann::ordered_json& json) {
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace inventory::http
