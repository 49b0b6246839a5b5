#include "server/sourcing/distance.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace inventory::sourcing {
namespace {

// Mean radius R1 of the Geodetic Reference System 1980: (2a + b) / 3. Moritz, Journal of Geodesy 74 (2000), 128-133.
constexpr double kEarthRadiusKm = 6371.0088;

double Radians(double degrees) { return degrees * std::numbers::pi / 180; }

double SineSquared(double angle) { return std::sin(angle) * std::sin(angle); }

}  // namespace

// The haversine formula keeps its precision between near points, where the law of cosines loses it: Sinnott, "Virtues
// of the Haversine", Sky and Telescope 68 (1984), 159.
double GreatCircleKm(const Point& from, const Point& to) {
  const double from_latitude = Radians(from.latitude);
  const double to_latitude = Radians(to.latitude);
  const double haversine =
      SineSquared((to_latitude - from_latitude) / 2) +
      std::cos(from_latitude) * std::cos(to_latitude) * SineSquared(Radians(to.longitude - from.longitude) / 2);
  // Rounding may lift it above 1 between antipodes.
  return 2 * kEarthRadiusKm * std::asin(std::sqrt(std::min(haversine, 1.0)));
}

}  // namespace inventory::sourcing
