// Which warehouses serve a quantity.
#ifndef INVENTORY_SERVER_SOURCING_PRIORITY_H_
#define INVENTORY_SERVER_SOURCING_PRIORITY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "server/sourcing/plan.h"

namespace inventory::sourcing {

// What a warehouse can give.
struct Source {
  std::string warehouse_id;
  int64_t available = 0;  // May be below zero: such a warehouse gives nothing.
};

// Takes each source's units in the given order until `quantity` is met. Never more than asked and never more than
// available; less than asked if there is less.
std::vector<Part> ByPriority(const std::vector<Source>& sources, int64_t quantity);

// What all sources together can give, up to `most`.
int64_t TotalAvailable(const std::vector<Source>& sources, int64_t most);

}  // namespace inventory::sourcing

#endif  // INVENTORY_SERVER_SOURCING_PRIORITY_H_
