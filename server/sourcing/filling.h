// What strategies that go from site to site share.
#ifndef INVENTORY_SERVER_SOURCING_FILLING_H_
#define INVENTORY_SERVER_SOURCING_FILLING_H_

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <utility>
#include <vector>

#include "server/sourcing/plan.h"

namespace inventory::sourcing {

// A want while it is served. The problem must outlive it.
class Filling {
 public:
  Filling(const Problem& problem, const Want& want) : problem_(problem), want_(want), missing_(want.quantity) {}

  // Takes all that the site has, as far as it is missing. Each site at most once.
  void TakeFrom(std::size_t site) {
    const int64_t units = std::min(missing_, want_.available[site]);
    if (units <= 0) return;
    parts_.push_back({problem_.sites[site].warehouse_id, units});
    missing_ -= units;
  }

  std::vector<Part> TakeParts() { return std::move(parts_); }

 private:
  const Problem& problem_;
  const Want& want_;
  int64_t missing_;
  std::vector<Part> parts_;
};

}  // namespace inventory::sourcing

#endif  // INVENTORY_SERVER_SOURCING_FILLING_H_
