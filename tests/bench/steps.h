// Loads of calls of several kinds.
#ifndef INVENTORY_TESTS_BENCH_STEPS_H_
#define INVENTORY_TESTS_BENCH_STEPS_H_

#include <map>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "storage/mutex.h"
#include "tests/bench/latencies.h"
#include "tests/bench/measure.h"

namespace inventory::bench {

// Counts by kind what succeeds. Thread-safe.
class Steps {
 public:
  void Add(const std::string& step, absl::Time start, absl::Time end, const Window& window) {
    if (!window.Counts(end)) return;
    storage::MutexLock lock(mutex_);
    latencies_[step].Add(end - start);
  }

  // Adds "<step>_per_second", "<step>_p50_ms" and "<step>_p99_ms" of each step to the sample's further figures; the
  // last one only where there were enough to tell.
  void Report(const Timing& timing, Sample& sample) {
    storage::MutexLock lock(mutex_);
    for (const auto& [step, latencies] : latencies_) {
      sample.more[absl::StrCat(step, "_per_second")] =
          static_cast<double>(latencies.size()) / absl::ToDoubleSeconds(timing.measured);
      sample.more[absl::StrCat(step, "_p50_ms")] = latencies.QuantileMs(0.5);
      if (const auto tail = latencies.TailMs(0.99)) sample.more[absl::StrCat(step, "_p99_ms")] = *tail;
    }
  }

 private:
  storage::Mutex mutex_;
  std::map<std::string, Latencies> latencies_ GUARDED_BY(mutex_);
};

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_STEPS_H_
