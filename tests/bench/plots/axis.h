// Axes: from values to pixels, ticks, and numbers as people read them.
#ifndef INVENTORY_TESTS_BENCH_PLOTS_AXIS_H_
#define INVENTORY_TESTS_BENCH_PLOTS_AXIS_H_

#include <optional>
#include <string>
#include <vector>

namespace inventory::bench::plots {

enum class Scale {
  kLinear,  // Begins at 0, so that lengths can be compared.
  kLog,     // Has no place for 0 and less.
};

struct Axis {
  std::string title;  // With the unit.
  Scale scale = Scale::kLinear;
  std::string unit;           // Behind single values: "/s", " ms".
  std::vector<double> ticks;  // Where the ticks are, all that the values reach to. Default: round values.
};

// Of up to three digits: "0.25", "7.5", "400", "12.3k", "10k", "1M".
std::string Short(double value);

// The same, but all the digits before the point of numbers below 10,000: "1024".
std::string Plain(double value);

// A line of pixels from `first` (for the least value) to `last`, long enough for all `values`.
class Ruler {
 public:
  struct Room {
    // Leave free beside the least and the greatest value, as a share of the length. On linear axes only beside the
    // greatest. 0: the axis ends at a tick.
    double beside = 0;
  };

  Ruler(const Axis& axis, const std::vector<double>& values, double first, double last, Room room);

  // Whether the axis has a place for the value: not for one that is no number or infinite, nor, on a logarithmic axis,
  // for 0 and less.
  static bool HasPlaceFor(Scale scale, double value);

  // Requires a value that the axis has a place for. Values beyond an end are put there.
  double At(double value) const;
  // The pixel of the least value.
  double First() const { return first_; }
  const std::vector<double>& ticks() const { return ticks_; }
  Scale scale() const { return scale_; }

 private:
  // From values to what is proportional to pixels, and its inverse.
  double Measure(double value) const;
  double Value(double measure) const;

  void ChooseTicks(const Axis& axis, bool round_ends);

  Scale scale_;
  double first_;
  double last_;
  double least_ = 0;  // Measures.
  double most_ = 1;
  std::vector<double> ticks_;
};

}  // namespace inventory::bench::plots

#endif  // INVENTORY_TESTS_BENCH_PLOTS_AXIS_H_
