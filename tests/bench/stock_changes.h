// What a load does to stock, for comparison with what the server shows.
#ifndef INVENTORY_TESTS_BENCH_STOCK_CHANGES_H_
#define INVENTORY_TESTS_BENCH_STOCK_CHANGES_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inventory/v1/stock.pb.h"
#include "tests/bench/site.h"
#include "tests/bench/workload.h"

namespace inventory::bench {

// Counts by SKU, named by its number, how many units have been reserved, released and shipped. Thread-safe.
class StockChanges {
 public:
  // From the levels as the server shows them now, while nobody writes.
  static absl::StatusOr<StockChanges> Begin(Site& site, Workload workload);

  // One unit each, when it is acknowledged.
  void Reserve(int sku) { at(sku).reserved.fetch_add(1, std::memory_order_relaxed); }
  void Release(int sku) { at(sku).reserved.fetch_sub(1, std::memory_order_relaxed); }
  void Ship(int sku) { at(sku).shipped.fetch_add(1, std::memory_order_relaxed); }

  // Tells the site what is reserved now, and compares what the server shows of each SKU with what has been counted.
  absl::Status Settle(Site& site) const;

 private:
  struct Units {
    std::atomic<int64_t> reserved = 0;
    std::atomic<int64_t> shipped = 0;  // Which are no longer reserved.
  };

  StockChanges(Workload workload, std::vector<v1::StockLevel> levels)
      : workload_(workload), before_(std::move(levels)), changes_(before_.size()) {}

  Units& at(int sku) { return changes_[static_cast<std::size_t>(sku)]; }

  Workload workload_;
  std::vector<v1::StockLevel> before_;
  std::deque<Units> changes_;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_STOCK_CHANGES_H_
