#include "server/feed/cloud_events.h"

#include "google/protobuf/util/json_util.h"
#include "server/convert.h"
#include "server/feed/subject.h"
#include "server/http/cloud_event.h"

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

// The id of a reservation or shipment; of everything else the SKU.
std::string IdOf(const v1::ReservationChange& reservation) { return reservation.reservation_id(); }
std::string IdOf(const v1::ShipmentChange& shipment) { return shipment.shipment_id(); }
template <typename Subject>
std::string IdOf(const Subject& subject) {
  return subject.sku();
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
    absl::StatusOr<nlohmann::ordered_json> data = DataOf(event);
    if (!data.ok()) return data.status();
    batch.push_back(http::ToJson({.id = event.event_id(),
                                  .source = source,
                                  .type = TypeOf(event),
                                  .subject = WithSubject(event, [](const auto& subject) { return IdOf(subject); }),
                                  .time = FromTimestamp(event.time()),
                                  .data = *std::move(data)}));
  }
  return http::ToBody(batch);
}

}  // namespace inventory::feed
