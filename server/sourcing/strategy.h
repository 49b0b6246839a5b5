// How the warehouses that serve an order are chosen.
#ifndef INVENTORY_SERVER_SOURCING_STRATEGY_H_
#define INVENTORY_SERVER_SOURCING_STRATEGY_H_

#include "server/sourcing/plan.h"
#include "storage/records.h"

namespace inventory::sourcing {

// Chooses warehouses. Strategies have no state: the same problem always has the same plan, on any thread.
class Strategy {
 public:
  virtual Plan Make(const Problem& problem) const = 0;

 protected:
  ~Strategy() = default;  // Nobody owns one: they live as long as the program.
};

// The strategy with that stored number.
const Strategy& StrategyFor(storage::SourcingStrategy kind);

// Takes all that the first site has before it turns to the next, in order of priority. O(sites) for each want.
const Strategy& Priority();

// As Priority, but the nearest to the destination first; equally near ones in order of priority, those without a
// location last. Without a destination it is Priority. O(sites log sites), and O(sites) for each want.
const Strategy& Nearest();

// Uses the fewest sites that together give what is obtainable of all wants, and for each want the fewest of those; of
// equally few those that come first in order of priority. Exact for one want, in O(sites log sites), and for several as
// far as the bound of FewestForAll in cover.h goes; beyond that none of the sites can be left out.
const Strategy& FewestSplits();

// Levels what remains: sites with the most available of a SKU give first, so that what remains of it is as equal as
// whole units allow; where the last units can't be shared evenly, sites that come first in order of priority give
// them. O(sites log sites) for each want.
const Strategy& Balanced();

}  // namespace inventory::sourcing

#endif  // INVENTORY_SERVER_SOURCING_STRATEGY_H_
