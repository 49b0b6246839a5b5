// What the server tells Prometheus.
#ifndef INVENTORY_SERVER_METRICS_H_
#define INVENTORY_SERVER_METRICS_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "prometheus/collectable.h"
#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"
#include "server/pipeline/lane.h"
#include "storage/mutex.h"

namespace inventory::server {

// Counts the calls of one RPC. Thread-safe.
class RpcMetrics {
 public:
  // The registry must outlive it.
  RpcMetrics(prometheus::Registry& registry, const std::string& service, const std::string& method);
  ~RpcMetrics();

  // A call ended with this canonical status code (0 to 16; others count as UNKNOWN) after this long.
  void Record(int code, absl::Duration duration);

 private:
  static constexpr int kCodes = 17;

  struct ByCode {
    prometheus::Counter& total;
    prometheus::Histogram& duration;
  };

  // Makes the series of a code when it is first seen, so that there is none for what never happens.
  ByCode& Make(int code);

  prometheus::Family<prometheus::Counter>& totals_;
  prometheus::Family<prometheus::Histogram>& durations_;
  const std::string service_;
  const std::string method_;
  storage::Mutex making_;
  // Null until made; written once, under making_, and read without it.
  std::array<std::atomic<ByCode*>, kCodes> by_code_ = {};
};

// All metrics of the server, which METRICS.md describes. Thread-safe.
class Metrics {
 public:
  Metrics();
  // Removes the gauges.
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  // Of one RPC, for example "inventory.v1.InventoryService.SetStock"; made at the first call. Lives as long as this.
  RpcMetrics& ForMethod(const std::string& full_name);

  // What the pipeline's lanes report. May outlive this.
  pipeline::Observer PipelineObserver();

  // Counts holds that the sweeper ended.
  void HoldsSwept(std::size_t reservations);

  // Counts an attempt of a low-stock activity: "done", "retry" or "dead".
  void LowStockAttempt(const std::string& activity, std::string_view outcome);

  // Counts a connection, a call or a stream ("connection", "call", "stream") that was refused or cut to keep a limit.
  void Refused(std::string_view what, std::string_view reason);

  // Counts a look at new certificate files: "taken" or "refused".
  void CertificatesRead(std::string_view outcome);

  // Counts a call that was denied for who its caller is, by the reason that the caller got.
  void Denied(std::string_view reason);

  // Adds a gauge that is read when metrics are collected, on the collecting thread. What `read` uses must live until
  // RemoveGauges or the end of this. Gauges of one name differ in their labels. `read` must not add or remove gauges.
  void AddGauge(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels,
                std::function<double()> read);

  // The same for what is counted elsewhere and never becomes less.
  void AddCounter(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels,
                  std::function<double()> read);

  // Removes all that AddGauge and AddCounter have added; none is being read any more when it returns.
  void RemoveGauges();

  // For the exposer. May outlive this.
  std::shared_ptr<prometheus::Collectable> collectable() const;

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_METRICS_H_
