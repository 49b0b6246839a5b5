// Running a load for a while and counting what it does.
#ifndef INVENTORY_TESTS_BENCH_MEASURE_H_
#define INVENTORY_TESTS_BENCH_MEASURE_H_

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "tests/bench/latencies.h"

namespace inventory::bench {

// CPU time of the processes that take part.
struct Cpu {
  double client = 0;  // This process.
  double server = 0;  // inventory-server, or the echo server in its cases.
  double database = 0;
};

// What each of `operations` took of the time from `before` to `after`, in microseconds.
Cpu CpuForOne(const Cpu& before, const Cpu& after, int64_t operations);

// How long one run of a case lasts: first a warm-up that is not counted.
struct Timing {
  absl::Duration warmup = absl::Milliseconds(500);
  absl::Duration measured = absl::Milliseconds(2500);
  // What all processes have used so far, in seconds: read right before and after the load. May be empty.
  std::function<Cpu()> read_cpu = nullptr;
};

// What one run has measured.
struct Sample {
  double per_second = 0;         // Operations that succeeded (reservations, echoes, reads).
  double p50_ms = 0;             // Time of one call that succeeded: a transaction, a batch, an RPC.
  std::optional<double> p99_ms;  // None if there were too few calls to tell: Latencies::TailMs.
  std::optional<double> p999_ms;
  int64_t acknowledged = 0;              // All operations that succeeded, those of the warm-up and of the end included.
  double offered_per_second = 0;         // Operations begun, where a schedule and not the answers says when; else 0.
  double refused_per_second = 0;         // Operations refused, where that is allowed; they are in no other figure.
  std::optional<double> refused_p50_ms;  // Time from the sending of a call to its refusal. None without refusals.
  std::map<std::string, double> more;    // Further figures of some cases, such as "lines_per_second".
  Cpu cpu_us;                            // CPU time of each process for one operation that succeeded, in microseconds.
};

// From when to when operations count. Starts when it is made. Thread-safe.
class Window {
 public:
  explicit Window(const Timing& timing)
      : begin_(absl::Now() + timing.warmup), end_(begin_ + timing.measured), seconds_(timing.measured) {}

  // Whether another operation is to be started. False at once when the program is interrupted.
  bool Open() const;
  // Whether what happened then counts: usually the end of an operation.
  bool Counts(absl::Time then) const { return then >= begin_ && then < end_; }
  absl::Duration measured() const { return seconds_; }

 private:
  const absl::Time begin_;
  const absl::Time end_;
  const absl::Duration seconds_;
};

// Counts the operations of one thread.
class Recorder {
 public:
  explicit Recorder(const Window& window) : window_(window) {}

  // A call that carried `operations` has succeeded.
  void Add(absl::Time start, absl::Time end, int64_t operations = 1);
  // The same for a call that was due at a time and may have been sent later. It counts as served when it ends in the
  // window; its time, from when it was due, counts if that was in the window, however late it ends.
  void AddDue(absl::Time due, absl::Time end);
  // A call that was due at a time has been refused. Counts likewise, but its time is that from its sending.
  void AddRefusal(absl::Time due, absl::Time start, absl::Time end);

 private:
  friend Sample Summarise(const Window& window, const std::vector<Recorder>& recorders);

  const Window& window_;
  int64_t acknowledged_ = 0;
  int64_t counted_ = 0;
  int64_t refused_ = 0;
  Latencies latencies_;
  Latencies refusals_;
};

Sample Summarise(const Window& window, const std::vector<Recorder>& recorders);

// The load of one of several threads: works until the window is no longer open.
using Worker = std::function<absl::Status(int thread, const Window& window, Recorder& recorder)>;

// Runs `threads` workers side by side. The first error of any of them is the result.
absl::StatusOr<Sample> Measure(int threads, const Timing& timing, const Worker& worker);

// Ctrl-C, SIGTERM and SIGHUP then end the run in good order instead of the process; the same signal once more ends the
// process at once.
void CatchInterrupts();
bool Interrupted();

// The middle of the values, which are at least one.
double Median(std::vector<double> values);

}  // namespace inventory::bench

#endif  // INVENTORY_TESTS_BENCH_MEASURE_H_
