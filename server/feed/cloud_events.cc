#include "server/feed/cloud_events.h"

#include "google/protobuf/util/json_util.h"
#include "nlohmann/json.hpp"
#include "server/convert.h"

namespace inventory::feed {
namespace {

std::string TypeOf(const v1::Event& event) {
  switch (event.type()) {
    case v1::EVENT_TYPE_MOVEMENT:
      return "inventory.movement.v1";
    case v1::EVENT_TYPE_RESERVATION:
      return "inventory.reservation.v1";
    case v1::EVENT_TYPE_SHIPMENT:
      return "inventory.shipment.v1";
    case v1::EVENT_TYPE_LOW_STOCK:
      return "inventory.low_stock_crossing.v1";
    case v1::EVENT_TYPE_OUT_OF_STOCK:
      return "inventory.out_of_stock.v1";
    case v1::EVENT_TYPE_BACK_IN_STOCK:
      return "inventory.back_in_stock.v1";
    default:
      return "inventory.event.v1";
  }
}

std::string SubjectOf(const v1::Event& event) {
  switch (event.subject_case()) {
    case v1::Event::kMovement:
      return event.movement().sku();
    case v1::Event::kReservation:
      return event.reservation().reservation_id();
    case v1::Event::kShipment:
      return event.shipment().shipment_id();
    case v1::Event::kLowStock:
      return event.low_stock().sku();
    case v1::Event::kAvailability:
      return event.availability().sku();
    case v1::Event::SUBJECT_NOT_SET:
      break;
  }
  return "";
}

// What is in the envelope already is left out.
absl::StatusOr<nlohmann::ordered_json> DataOf(v1::Event event) {
  event.clear_event_id();
  event.clear_type();
  event.clear_time();
  google::protobuf::util::JsonPrintOptions options;
  options.preserve_proto_field_names = true;
  std::string json;
  if (!google::protobuf::util::MessageToJsonString(event, &json, options).ok()) {
    return absl::InternalError("an event can't be written as JSON");
  }
  return nlohmann::ordered_json::parse(json);
}

}  // namespace

absl::StatusOr<std::string> CloudEventsJson(std::span<const v1::Event> events, const std::string& source) {
  nlohmann::ordered_json batch = nlohmann::ordered_json::array();
  for (const v1::Event& event : events) {
    const absl::Time time = FromTimestamp(event.time());
    absl::StatusOr<nlohmann::ordered_json> data = DataOf(event);
    if (!data.ok()) return data.status();
    batch.push_back({{"specversion", "1.0"},
                     {"id", event.event_id()},
                     {"source", source},
                     {"type", TypeOf(event)},
                     {"subject", SubjectOf(event)},
                     {"time", absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone())},
                     {"datacontenttype", "application/json"},
                     {"data", *std::move(data)}});
  }
  return batch.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace);
}

}  // namespace inventory::feed
