// Which warehouses serve an order: the question and its answer.
#ifndef INVENTORY_SERVER_SOURCING_PLAN_H_
#define INVENTORY_SERVER_SOURCING_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace inventory::sourcing {

// A place on the earth, in degrees: latitude -90..90, longitude -180..180.
struct Point {
  double latitude = 0;
  double longitude = 0;
};

// A warehouse that may serve.
struct Site {
  std::string warehouse_id;
  std::optional<Point> location = {};
};

// Units of one SKU.
struct Want {
  int64_t quantity = 0;  // 0 to 10^18.
  // What each site has of the SKU, in the order of Problem::sites. Below zero: such a site gives nothing.
  std::vector<int64_t> available = {};
};

struct Problem {
  std::vector<Site> sites;  // Each once, in the channel's order of priority.
  std::vector<Want> wants;
  std::optional<Point> destination = {};
};

// What one warehouse gives of one SKU; above zero.
struct Part {
  std::string warehouse_id;
  int64_t quantity = 0;
  bool operator==(const Part&) const = default;
};

// The parts of each want, in the order of Problem::wants. Together they are exactly what is Obtainable; none is more
// than its site has, and no site has two of the same want.
using Plan = std::vector<std::vector<Part>>;

// What all sites together can give of the want: all of it or all they have.
int64_t Obtainable(const Want& want);

}  // namespace inventory::sourcing

#endif  // INVENTORY_SERVER_SOURCING_PLAN_H_
