#include "server/feed/filter.h"

#include <algorithm>

namespace inventory::feed {

Filter::Filter(const v1::WatchRequest::Filter& filter)
    : skus_(filter.skus().begin(), filter.skus().end()),
      warehouse_ids_(filter.warehouse_ids().begin(), filter.warehouse_ids().end()),
      channel_ids_(filter.channel_ids().begin(), filter.channel_ids().end()),
      types_(filter.types().begin(), filter.types().end()) {}

bool Filter::Matches(const v1::Event& event) const {
  return (types_.empty() || types_.contains(event.type())) &&
         (channel_ids_.empty() || channel_ids_.contains(event.channel_id())) && (skus_.empty() || MatchesSku(event)) &&
         (warehouse_ids_.empty() || MatchesWarehouse(event));
}

bool Filter::MatchesSku(const v1::Event& event) const {
  const auto wanted = [this](const auto& line) { return skus_.contains(line.sku()); };
  const auto any = [&wanted](const auto& lines) { return std::any_of(lines.begin(), lines.end(), wanted); };
  switch (event.subject_case()) {
    case v1::Event::kMovement:
      return wanted(event.movement());
    case v1::Event::kReservation:
      return any(event.reservation().lines());
    case v1::Event::kShipment:
      return any(event.shipment().lines());
    case v1::Event::kLowStock:
      return wanted(event.low_stock());
    case v1::Event::kAvailability:
      return wanted(event.availability());
    case v1::Event::SUBJECT_NOT_SET:
      break;
  }
  return false;
}

bool Filter::MatchesWarehouse(const v1::Event& event) const {
  const auto wanted = [this](const auto& subject) { return warehouse_ids_.contains(subject.warehouse_id()); };
  switch (event.subject_case()) {
    case v1::Event::kMovement:
      return wanted(event.movement());
    case v1::Event::kShipment:
      return wanted(event.shipment());
    case v1::Event::kLowStock:
      return wanted(event.low_stock());
    case v1::Event::kAvailability:
      return wanted(event.availability());
    case v1::Event::kReservation:
    case v1::Event::SUBJECT_NOT_SET:
      break;
  }
  return false;
}

}  // namespace inventory::feed
