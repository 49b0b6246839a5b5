// Distances on the earth.
#ifndef INVENTORY_SERVER_SOURCING_DISTANCE_H_
#define INVENTORY_SERVER_SOURCING_DISTANCE_H_

#include "server/sourcing/plan.h"

namespace inventory::sourcing {

// Kilometres along the great circle, the earth taken for a sphere: within 0.6 % of the true distance.
double GreatCircleKm(const Point& from, const Point& to);

}  // namespace inventory::sourcing

#endif  // INVENTORY_SERVER_SOURCING_DISTANCE_H_
