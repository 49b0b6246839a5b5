// What availability may show while reservations go on.
#ifndef INVENTORY_TESTS_BENCH_AVAILABILITY_BOUNDS_H_
#define INVENTORY_TESTS_BENCH_AVAILABILITY_BOUNDS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>

#include "absl/status/statusor.h"
#include "tests/bench/site.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

// Counts the units of each SKU of a workload that are asked for and that are reserved. An answer about availability
// must show every reservation that was acknowledged before the question, and none that was not begun before the answer:
//
//   const int64_t at_most = bounds.AtMost(sku);       // Before asking.
//   quantity <= at_most && quantity >= bounds.AtLeast(sku)  // After the answer.
//
// Where nobody reserves, both are the same number. SKUs are named by their number. Thread-safe.
class AvailabilityBounds {
 public:
  // By the levels as the server lists them now, while nobody writes.
  static absl::StatusOr<AvailabilityBounds> Now(Site& site, Workload workload);

  // Before a unit is reserved, and after it was acknowledged.
  void Begin(int sku) { at(sku).begun.fetch_add(1); }
  void Acknowledge(int sku) { at(sku).acknowledged.fetch_add(1); }

  int64_t AtMost(int sku) const { return at(sku).at_first - at(sku).acknowledged.load(); }
  int64_t AtLeast(int sku) const { return at(sku).at_first - at(sku).begun.load(); }

  // All units acknowledged so far.
  int64_t Acknowledged() const;

 private:
  struct Units {
    explicit Units(int64_t available) : at_first(available) {}

    const int64_t at_first;
    std::atomic<int64_t> begun = 0;
    std::atomic<int64_t> acknowledged = 0;
  };

  Units& at(int sku) { return units_[static_cast<std::size_t>(sku)]; }
  const Units& at(int sku) const { return units_[static_cast<std::size_t>(sku)]; }

  std::deque<Units> units_;  // Never moves its elements.
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_AVAILABILITY_BOUNDS_H_
