// The fewest sites that can give what is needed.
#ifndef INVENTORY_SERVER_SOURCING_COVER_H_
#define INVENTORY_SERVER_SOURCING_COVER_H_

#include <cstddef>
#include <cstdint>
#include <vector>

namespace inventory::sourcing {

// Numbers of sites, in order of priority: ascending.
using Sites = std::vector<std::size_t>;

// Units of one SKU, and what each site can give to them: 0 to quantity.
struct Need {
  int64_t quantity = 0;
  std::vector<int64_t> gives;
};

// The smallest choice of `sites` that covers the need, of equally small ones the first: that with the site of highest
// priority, then with the next, and so on. All sites together must cover it. O(sites log sites).
Sites FewestForOne(const Need& need, const Sites& sites);

// The same for several needs at once. That is NP-hard, since it contains set cover: choices are gone through in their
// order, each site put into one is a try of O(needs), and there are at most kMaxTries. That is enough for any 14 sites
// (n sites take fewer than 2^(n+1) tries), and for many more where a few of them suffice. If it is not enough, a greedy
// choice that none of its sites can be left out of, but that need not be the smallest: O(sites^2 * needs).
inline constexpr int kMaxTries = 1 << 15;
Sites FewestForAll(const std::vector<Need>& needs, const Sites& sites);

}  // namespace inventory::sourcing

#endif  // INVENTORY_SERVER_SOURCING_COVER_H_
