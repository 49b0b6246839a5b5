#include "tests/bench/open_loop.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/options.h"
#include "tests/bench/arrivals.h"
#include "tests/bench/latencies.h"
#include "tests/bench/load.h"
#include "tests/bench/reserve_request.h"

namespace inventory::bench {
namespace {

// What has become due meanwhile is sent together. To wake up for each would cost the cores that the server shares.
constexpr absl::Duration kTick = absl::Microseconds(250);

// So many that no call waits in the client because of how many may be under way on one connection.
int Connections() { return MaxOutstanding() / server::ServerOptions().max_concurrent_streams + 1; }

// One thread sends, another takes the answers.
class OpenLoop {
 public:
  OpenLoop(const std::string& address, Workload workload, const Window& window, Recorder& recorder)
      : client_(address, Connections()), load_(client_, window, recorder), skus_(workload) {}

  absl::Status Run(double per_second) {
    std::thread answers([this] { client_.Run(); });
    Arrivals arrivals(per_second, absl::Now());
    absl::Time due = arrivals.Next();
    while (load_.Open()) {
      const absl::Time now = absl::Now();
      for (; due <= now && load_.Open(); due = arrivals.Next()) Arrive(due);
      absl::SleepFor(kTick);
    }
    client_.NoMoreFlows();
    answers.join();
    return load_.error();
  }

  void ReportRefusals(Sample& sample) const {
    if (refused_ > 0) sample.more["refused_though_below_peak"] = static_cast<double>(refused_);
  }

  void Report(double per_second, Sample& sample) const {
    const double seconds = absl::ToDoubleSeconds(load_.window().measured());
    sample.offered_per_second = static_cast<double>(send_lags_.size()) / seconds;
    sample.more["target_per_second"] = per_second;
    sample.more["not_offered_percent"] = std::max(0.0, 100 * (1 - sample.offered_per_second / per_second));
    if (unsent_ > 0) sample.more["unsent_per_second"] = static_cast<double>(unsent_) / seconds;
    if (const auto tail = send_lags_.TailMs(0.99)) sample.more["send_lag_p99_ms"] = *tail;
    sample.more["send_lag_most_ms"] = absl::ToDoubleMilliseconds(send_lag_most_);
    sample.more["outstanding_most"] = outstanding_most_;
    sample.more["from_send_p50_ms"] = from_send_.QuantileMs(0.5);
    if (const auto tail = from_send_.TailMs(0.99)) sample.more["from_send_p99_ms"] = *tail;
    if (refused_from_due_.size() > 0) sample.more["refused_from_due_p50_ms"] = refused_from_due_.QuantileMs(0.5);
  }

 private:
  void Arrive(absl::Time due) {
    const absl::Time now = absl::Now();
    const int outstanding = outstanding_.load();
    if (outstanding >= max_outstanding_) {
      if (load_.window().Counts(now)) ++unsent_;
      return;
    }
    outstanding_most_ = std::max(outstanding_most_, outstanding + 1);
    send_lag_most_ = std::max(send_lag_most_, now - due);
    if (load_.window().Counts(now)) send_lags_.Add(now - due);
    Reserve(due);
  }

  Flow Reserve(absl::Time due) {
    v1::ReserveStockRequest request;
    v1::ReserveStockResponse response;
    FillRequest(skus_.Next(), request);
    outstanding_.fetch_add(1);
    CallEnd call = co_await client_.Call(kReserveStock, request, response);
    outstanding_.fetch_sub(1);
    const bool counts = load_.window().Counts(due);
    if (absl::IsResourceExhausted(call.status)) {
      ++refused_;
      load_.recorder().AddRefusal(due, call.start, call.end);
      if (counts) refused_from_due_.Add(call.end - due);
      co_return;
    }
    if (call.status.ok()) call.status = CheckAnswer(request, response);
    if (!call.status.ok()) {
      load_.Count(call);
      co_return;
    }
    load_.recorder().AddDue(due, call.end);
    if (counts) from_send_.Add(call.end - call.start);
  }

  const int max_outstanding_ = MaxOutstanding();
  Client client_;
  Load load_;
  std::atomic<int> outstanding_ = 0;

  // Of the thread that sends.
  SkuSource skus_;
  int outstanding_most_ = 0;
  int64_t unsent_ = 0;
  Latencies send_lags_;
  absl::Duration send_lag_most_;

  // Of the thread that takes the answers.
  int64_t refused_ = 0;  // The warm-up and the end included.
  Latencies from_send_;
  Latencies refused_from_due_;
};

}  // namespace

int MaxOutstanding() { return 2 * static_cast<int>(server::ServerOptions().max_waiting_writes); }

absl::StatusOr<Sample> OfferReservations(const std::string& address, Workload workload, double per_second,
                                         Refusals expected, const Timing& timing) {
  Sample further;
  absl::StatusOr<Sample> sample = Measure(1, timing, [&](int, const Window& window, Recorder& recorder) {
    OpenLoop loop(address, workload, window, recorder);
    absl::Status ended = loop.Run(per_second);
    loop.Report(per_second, further);
    if (expected == Refusals::kNone) loop.ReportRefusals(further);
    return ended;
  });
  if (!sample.ok()) return sample;
  sample->offered_per_second = further.offered_per_second;
  sample->more = std::move(further.more);
  return sample;
}

}  // namespace inventory::bench
