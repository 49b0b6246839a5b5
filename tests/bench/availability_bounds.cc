#include "tests/bench/availability_bounds.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace inventory::bench {

absl::StatusOr<AvailabilityBounds> AvailabilityBounds::Now(Site& site, Workload workload) {
  absl::StatusOr<std::vector<v1::StockLevel>> levels = site.ReadLevels(SkuPrefix(workload));
  if (!levels.ok()) return levels.status();
  AvailabilityBounds bounds;
  for (const v1::StockLevel& level : *levels) {
    const int number = static_cast<int>(bounds.units_.size());
    if (level.sku() != Sku(workload, number)) {
      return absl::DataLossError(absl::StrCat("the list of levels has no ", Sku(workload, number)));
    }
    bounds.units_.emplace_back(level.on_hand() - level.reserved());
  }
  return bounds;
}

int64_t AvailabilityBounds::Acknowledged() const {
  int64_t all = 0;
  for (const Units& units : units_) all += units.acknowledged.load();
  return all;
}

}  // namespace inventory::bench
