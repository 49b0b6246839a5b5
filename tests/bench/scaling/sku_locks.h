// The lock rows of the database.
#ifndef INVENTORY_TESTS_BENCH_SCALING_SKU_LOCKS_H_
#define INVENTORY_TESTS_BENCH_SCALING_SKU_LOCKS_H_

#include <cstddef>
#include <memory>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "tests/bench/scaling/load.h"
#include "tests/bench/scaling/simulator.h"

namespace inventory::bench::scaling {

// Locks of SKUs, which all servers share. Who waits for one holds those before it, and gets it in the order of asking.
class SkuLocks {
 public:
  // Locks the SKUs, which are in order and must stay where they are until then, one after another, and calls `locked`.
  void Lock(const std::vector<Sku>& skus, Simulator::Action locked);
  // Gives them up. Requires that they are held.
  void Unlock(const std::vector<Sku>& skus);

 private:
  struct Request {
    const std::vector<Sku>& skus;
    Simulator::Action locked;
    std::size_t held = 0;
  };
  using Waiting = std::vector<std::unique_ptr<Request>>;  // Of hardly any SKU more than a few.

  void GoOn(std::unique_ptr<Request> request);

  absl::flat_hash_map<Sku, Waiting> held_;
};

}  // namespace inventory::bench::scaling

#endif  // INVENTORY_TESTS_BENCH_SCALING_SKU_LOCKS_H_
