#include "tests/bench/open_loop.h"

#include <algorithm>
#include <atomic>
#include <thread>

#include "absl/time/clock.h"
#include "tests/bench/arrivals.h"
#include "tests/bench/latencies.h"
#include "tests/bench/load.h"
#include "tests/bench/reserve_request.h"

namespace inventory::bench {
namespace {

// The server lets 1,000 calls at most be under way on one connection; more would wait in the client.
constexpr int kConnections = kMaxOutstanding / 1000;

// One thread sends, another takes the answers.
class OpenLoop {
 public:
  OpenLoop(const std::string& address, Workload workload, const Window& window, Recorder& recorder)
      : client_(address, kConnections), load_(client_, window, recorder), skus_(workload) {}

  absl::Status Run(double per_second) {
    std::thread answers([this] { client_.Run(); });
    Arrivals arrivals(per_second, absl::Now());
    while (load_.Open()) {
      const absl::Time intended = arrivals.Next();
      absl::SleepFor(intended - absl::Now());
      Arrive(intended);
    }
    client_.NoMoreFlows();
    answers.join();
    return load_.error();
  }

  void Report(Sample& sample) const {
    const double seconds = absl::ToDoubleSeconds(load_.window().measured());
    sample.offered_per_second = static_cast<double>(send_lags_.size()) / seconds;
    sample.more["unsent_per_second"] = static_cast<double>(unsent_) / seconds;
    sample.more["send_lag_p99_ms"] = send_lags_.QuantileMs(0.99);
    sample.more["outstanding_most"] = outstanding_most_;
    sample.more["from_send_p50_ms"] = from_send_.QuantileMs(0.5);
    sample.more["from_send_p99_ms"] = from_send_.QuantileMs(0.99);
    sample.more["refused_from_intended_p50_ms"] = refused_from_intended_.QuantileMs(0.5);
  }

 private:
  void Arrive(absl::Time intended) {
    const absl::Time now = absl::Now();
    const int outstanding = outstanding_.load();
    if (outstanding >= kMaxOutstanding) {
      if (load_.window().Counts(now)) ++unsent_;
      return;
    }
    outstanding_most_ = std::max(outstanding_most_, outstanding + 1);
    if (load_.window().Counts(now)) send_lags_.Add(now - intended);
    Reserve(intended);
  }

  Flow Reserve(absl::Time intended) {
    v1::ReserveStockRequest request;
    v1::ReserveStockResponse response;
    FillRequest(skus_.Next(), request);
    outstanding_.fetch_add(1);
    CallEnd call = co_await client_.Call(kReserveStock, request, response);
    outstanding_.fetch_sub(1);
    const bool counts = load_.window().Counts(call.end);
    if (absl::IsResourceExhausted(call.status)) {
      load_.recorder().AddRefusal(call.start, call.end);
      if (counts) refused_from_intended_.Add(call.end - intended);
      co_return;
    }
    if (call.status.ok()) call.status = CheckAnswer(request, response);
    if (call.status.ok() && counts) from_send_.Add(call.end - call.start);
    call.start = intended;
    load_.Count(call);
  }

  Client client_;
  Load load_;
  std::atomic<int> outstanding_ = 0;

  // Of the thread that sends.
  SkuSource skus_;
  int outstanding_most_ = 0;
  int64_t unsent_ = 0;
  Latencies send_lags_;

  // Of the thread that takes the answers.
  Latencies from_send_;
  Latencies refused_from_intended_;
};

}  // namespace

absl::StatusOr<Sample> OfferReservations(const std::string& address, Workload workload, double per_second,
                                         const Timing& timing) {
  Sample further;
  absl::StatusOr<Sample> sample = Measure(1, timing, [&](int, const Window& window, Recorder& recorder) {
    OpenLoop loop(address, workload, window, recorder);
    absl::Status ended = loop.Run(per_second);
    loop.Report(further);
    return ended;
  });
  if (!sample.ok()) return sample;
  sample->offered_per_second = further.offered_per_second;
  sample->more = std::move(further.more);
  sample->more["target_per_second"] = per_second;
  return sample;
}

}  // namespace inventory::bench
