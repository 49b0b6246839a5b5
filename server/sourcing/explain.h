// Why a plan leaves warehouses out.
#ifndef INVENTORY_SERVER_SOURCING_EXPLAIN_H_
#define INVENTORY_SERVER_SOURCING_EXPLAIN_H_

#include <cstdint>
#include <string>
#include <vector>

#include "server/sourcing/plan.h"

namespace inventory::sourcing {

enum class UnusedReason : int8_t {
  kNothingAvailable,  // Of no SKU that is wanted.
  kNotNeeded,         // The strategy preferred others, and they had enough.
};

struct Unused {
  std::string warehouse_id;
  UnusedReason reason = UnusedReason::kNothingAvailable;
  bool operator==(const Unused&) const = default;
};

// The sites that a plan for the problem takes nothing from, in order of priority.
std::vector<Unused> ExplainUnused(const Problem& problem, const Plan& plan);

}  // namespace inventory::sourcing

#endif  // INVENTORY_SERVER_SOURCING_EXPLAIN_H_
