#include "server/feed/filter.h"

#include <algorithm>

#include "server/feed/subject.h"

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
  return WithSubject(event, [this](const auto& subject) {
    if constexpr (requires { subject.lines(); }) {
      return std::any_of(subject.lines().begin(), subject.lines().end(),
                         [this](const auto& line) { return skus_.contains(line.sku()); });
    } else {
      return skus_.contains(subject.sku());
    }
  });
}

bool Filter::MatchesWarehouse(const v1::Event& event) const {
  return WithSubject(event, [this](const auto& subject) {
    if constexpr (requires { subject.warehouse_id(); }) {
      return warehouse_ids_.contains(subject.warehouse_id());
    } else {
      return false;
    }
  });
}

}  // namespace inventory::feed
