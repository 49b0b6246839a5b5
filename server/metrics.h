// What the server tells Prometheus.
#ifndef INVENTORY_SERVER_METRICS_H_
#define INVENTORY_SERVER_METRICS_H_

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "prometheus/collectable.h"
#include "prometheus/registry.h"
#include "server/pipeline/lane.h"
#include "storage/mutex.h"

namespace inventory::server {

// Counts the calls of one RPC. Thread-safe.
class RpcMetrics {
 public:
  RpcMetrics(prometheus::Registry& registry, const std::string& service, const std::string& method);

  // A call ended with this canonical status code (0 to 16) after this long.
  void Record(int code, absl::Duration duration);

 private:
  struct ByCode;
  std::vector<std::unique_ptr<ByCode>> by_code_;

 public:
  ~RpcMetrics();
};

// All metrics of the server; their names are pinned by tests/unit/golden/metrics.txt. Thread-safe.
class Metrics {
 public:
  Metrics();
  ~Metrics();

  // Of one RPC, for example "inventory.v1.InventoryService.SetStock"; made at the first call.
  RpcMetrics& ForMethod(const std::string& full_name);

  // What the pipeline's lanes report.
  pipeline::Observer PipelineObserver();

  // Counts holds that the sweeper ended.
  void HoldsSwept(std::size_t reservations);

  // Adds a gauge that is read when metrics are collected; `read` must outlive the metrics or be removed before.
  void AddGauge(const std::string& name, const std::string& help, const std::map<std::string, std::string>& labels,
                std::function<double()> read);

  // For the exposer.
  std::shared_ptr<prometheus::Collectable> collectable() const;

 private:
  struct Parts;
  std::shared_ptr<Parts> parts_;
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_METRICS_H_
