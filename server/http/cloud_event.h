// What is posted to the outside, in its envelope.
#ifndef INVENTORY_SERVER_HTTP_CLOUD_EVENT_H_
#define INVENTORY_SERVER_HTTP_CLOUD_EVENT_H_

#include <string>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"

namespace inventory::http {

// An event in the JSON format of CloudEvents 1.0, with JSON for its data.
struct CloudEvent {
  std::string id;  // Unique within the source; recognises repetitions.
  std::string source;
  std::string type;
  std::string subject;
  absl::Time time;
  nlohmann::ordered_json data;
};

// The event as an object, for a batch or alone.
nlohmann::ordered_json ToJson(CloudEvent event);

// The body of a post: the same bytes for the same JSON. What is not UTF-8 is replaced.
std::string ToBody(const nlohmann::ordered_json& json);

}  // namespace inventory::http

#endif  // INVENTORY_SERVER_HTTP_CLOUD_EVENT_H_
