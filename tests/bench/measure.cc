#include "tests/bench/measure.h"

#include <signal.h>

#include <algorithm>
#include <atomic>
#include <thread>

namespace inventory::bench {
namespace {

std::atomic<bool> interrupted{false};

void OnSignal(int) { interrupted.store(true, std::memory_order_relaxed); }

}  // namespace

Cpu CpuForOne(const Cpu& before, const Cpu& after, int64_t operations) {
  const double microseconds = 1e6 / static_cast<double>(std::max<int64_t>(operations, 1));
  return {.client = (after.client - before.client) * microseconds,
          .server = (after.server - before.server) * microseconds,
          .database = (after.database - before.database) * microseconds};
}

bool Window::Open() const { return !Interrupted() && absl::Now() < end_; }

void Recorder::Add(absl::Time start, absl::Time end, int64_t operations) {
  acknowledged_ += operations;
  if (!window_.Counts(end)) return;
  counted_ += operations;
  latencies_.Add(end - start);
}

void Recorder::AddDue(absl::Time due, absl::Time end) {
  ++acknowledged_;
  if (window_.Counts(end)) ++counted_;
  if (window_.Counts(due)) latencies_.Add(end - due);
}

void Recorder::AddRefusal(absl::Time due, absl::Time start, absl::Time end) {
  if (window_.Counts(end)) ++refused_;
  if (window_.Counts(due)) refusals_.Add(end - start);
}

Sample Summarise(const Window& window, const std::vector<Recorder>& recorders) {
  Sample sample;
  int64_t counted = 0;
  int64_t refused = 0;
  Latencies latencies;
  Latencies refusals;
  for (const Recorder& recorder : recorders) {
    sample.acknowledged += recorder.acknowledged_;
    counted += recorder.counted_;
    refused += recorder.refused_;
    latencies.AddAll(recorder.latencies_);
    refusals.AddAll(recorder.refusals_);
  }
  const double seconds = absl::ToDoubleSeconds(window.measured());
  sample.per_second = static_cast<double>(counted) / seconds;
  sample.p50_ms = latencies.QuantileMs(0.5);
  sample.p99_ms = latencies.TailMs(0.99);
  sample.p999_ms = latencies.TailMs(0.999);
  sample.refused_per_second = static_cast<double>(refused) / seconds;
  if (refusals.size() > 0) sample.refused_p50_ms = refusals.QuantileMs(0.5);
  return sample;
}

absl::StatusOr<Sample> Measure(int threads, const Timing& timing, const Worker& worker) {
  const auto read_cpu = [&timing] { return timing.read_cpu ? timing.read_cpu() : Cpu(); };
  const Cpu before = read_cpu();
  const Window window(timing);
  std::vector<Recorder> recorders(static_cast<std::size_t>(threads), Recorder(window));
  std::vector<absl::Status> ends(static_cast<std::size_t>(threads));
  std::vector<std::thread> running;
  for (int i = 0; i < threads; ++i) {
    running.emplace_back([&, i] {
      const auto at = static_cast<std::size_t>(i);
      ends[at] = worker(i, window, recorders[at]);
    });
  }
  for (std::thread& thread : running) thread.join();
  const Cpu after = read_cpu();
  for (const absl::Status& end : ends) {
    if (!end.ok()) return end;
  }
  if (Interrupted()) return absl::CancelledError("interrupted");
  Sample sample = Summarise(window, recorders);
  sample.cpu_us = CpuForOne(before, after, sample.acknowledged);
  return sample;
}

void CatchInterrupts() {
  struct sigaction action {};
  action.sa_handler = OnSignal;
  action.sa_flags = SA_RESETHAND;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaction(signal, &action, nullptr);
}

bool Interrupted() { return interrupted.load(std::memory_order_relaxed); }

double Median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

}  // namespace inventory::bench
