// Which events somebody wants.
#ifndef INVENTORY_SERVER_FEED_FILTER_H_
#define INVENTORY_SERVER_FEED_FILTER_H_

#include <string>

#include "absl/container/flat_hash_set.h"
#include "inventory/v1/event.pb.h"

namespace inventory::feed {

// Immutable, so thread-safe.
class Filter {
 public:
  explicit Filter(const v1::WatchRequest::Filter& filter);

  bool Matches(const v1::Event& event) const;

 private:
  bool MatchesSku(const v1::Event& event) const;
  bool MatchesWarehouse(const v1::Event& event) const;

  const absl::flat_hash_set<std::string> skus_;
  const absl::flat_hash_set<std::string> warehouse_ids_;
  const absl::flat_hash_set<std::string> channel_ids_;
  const absl::flat_hash_set<int> types_;
};

}  // namespace inventory::feed

#endif  // INVENTORY_SERVER_FEED_FILTER_H_
