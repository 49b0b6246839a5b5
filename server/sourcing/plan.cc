#include "server/sourcing/plan.h"

#include <algorithm>

namespace inventory::sourcing {

int64_t Obtainable(const Want& want) {
  int64_t total = 0;
  for (int64_t available : want.available) {
    // Never past the quantity, so that no sum overflows.
    total += std::min(want.quantity - total, std::max<int64_t>(available, 0));
  }
  return total;
}

}  // namespace inventory::sourcing
