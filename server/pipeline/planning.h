// Puts the question which warehouses serve an order, for a strategy to answer.
#ifndef INVENTORY_SERVER_PIPELINE_PLANNING_H_
#define INVENTORY_SERVER_PIPELINE_PLANNING_H_

#include <cstdint>
#include <string>
#include <vector>

#include "server/pipeline/work.h"
#include "server/sourcing/plan.h"

namespace inventory::pipeline {

// Units of a locked SKU.
struct Wanted {
  std::string sku;
  int64_t quantity = 0;
};

// What the warehouses, in their order, can give the reservation, which goes where it says.
sourcing::Problem ProblemOf(const Work& work, const storage::ReservationRecord& reservation,
                            const std::vector<std::string>& warehouses, const std::vector<Wanted>& wants);

// The answer of the reservation's strategy: the parts of each want, in their order.
sourcing::Plan PlanFor(const storage::ReservationRecord& reservation, const sourcing::Problem& problem);

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_PLANNING_H_
