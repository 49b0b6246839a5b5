#include "server/sourcing/priority.h"

#include <algorithm>

namespace inventory::sourcing {

std::vector<Part> ByPriority(const std::vector<Source>& sources, int64_t quantity) {
  std::vector<Part> parts;
  for (const Source& source : sources) {
    if (quantity == 0) break;
    const int64_t taken = std::min(quantity, std::max<int64_t>(source.available, 0));
    if (taken == 0) continue;
    parts.push_back({source.warehouse_id, taken});
    quantity -= taken;
  }
  return parts;
}

int64_t TotalAvailable(const std::vector<Source>& sources, int64_t most) {
  int64_t total = 0;
  for (const Source& source : sources) {
    total += std::min(most - total, std::max<int64_t>(source.available, 0));
  }
  return total;
}

}  // namespace inventory::sourcing
