// What is reserved.
#ifndef INVENTORY_TESTS_BENCH_WORKLOAD_H_
#define INVENTORY_TESTS_BENCH_WORKLOAD_H_

#include <string>

#include "absl/random/random.h"
#include "absl/strings/str_cat.h"

namespace inventory::bench {

// All stock lies in one warehouse, which one channel sells from.
inline constexpr char kWarehouse[] = "bench-warehouse";
inline constexpr char kChannel[] = "bench-channel";
inline constexpr int kSkus = 10'000;

// kHot: one SKU. kUniform: one of kSkus, each as likely as the others.
enum class Workload { kHot, kUniform };

// In the ids of cases and the names of files.
inline const char* ShortName(Workload workload) { return workload == Workload::kHot ? "hot" : "uniform"; }
inline const char* NameOf(Workload workload) { return workload == Workload::kHot ? "hot SKU" : "10,000 SKUs"; }

// What the SKUs of a workload, and no others, begin with.
inline const char* SkuPrefix(Workload workload) { return workload == Workload::kHot ? "hot-" : "uniform-"; }

inline int SkuCount(Workload workload) { return workload == Workload::kHot ? 1 : kSkus; }

// The SKU with this number, from 0.
inline std::string Sku(Workload workload, int number) {
  return absl::StrCat(SkuPrefix(workload), absl::Dec(number, absl::kZeroPad5));
}

// Draws SKUs: all of a workload, or the share of one of several that must not meet each other (the hot SKU is
// everybody's). Not thread-safe.
class SkuSource {
 public:
  explicit SkuSource(Workload workload, int share = 0, int shares = 1)
      : workload_(workload), share_(share), shares_(shares) {}

  std::string Next() {
    if (workload_ == Workload::kHot) return Sku(workload_, 0);
    return Sku(workload_, share_ + shares_ * absl::Uniform(random_, 0, kSkus / shares_));
  }

 private:
  const Workload workload_;
  const int share_;
  const int shares_;
  absl::BitGen random_;
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_WORKLOAD_H_
