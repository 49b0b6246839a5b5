// The port that Prometheus reads metrics from.
#ifndef INVENTORY_SERVER_METRICS_ENDPOINT_H_
#define INVENTORY_SERVER_METRICS_ENDPOINT_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "prometheus/exposer.h"
#include "server/metrics.h"

namespace inventory::server {

// Serves metrics over HTTP for as long as it lives. Not thread-safe.
class MetricsEndpoint {
 public:
  MetricsEndpoint() = default;
  ~MetricsEndpoint();
  MetricsEndpoint(const MetricsEndpoint&) = delete;
  MetricsEndpoint& operator=(const MetricsEndpoint&) = delete;

  // Serves them at the path /metrics of `address`, or nowhere if that is empty. FAILED_PRECONDITION if it can't be
  // listened on. Call once.
  absl::Status Start(const std::string& address, const Metrics& metrics);

 private:
  std::unique_ptr<prometheus::Exposer> exposer_;
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_METRICS_ENDPOINT_H_
