// The port that Prometheus reads metrics from.
#ifndef INVENTORY_SERVER_METRICS_ENDPOINT_H_
#define INVENTORY_SERVER_METRICS_ENDPOINT_H_

#include <future>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "prometheus/exposer.h"
#include "server/metrics.h"

namespace inventory::server {

// Serves metrics over HTTP. Not thread-safe.
class MetricsEndpoint {
 public:
  // Serves them at the path /metrics of `address`, or nowhere if that is empty. FAILED_PRECONDITION if it can't be
  // listened on. Call once.
  absl::Status Start(const std::string& address, const Metrics& metrics);

  // Begins to end, which takes up to two seconds: the HTTP server looks no more often whether it shall. Destruction
  // waits for it.
  void BeginStop();

 private:
  std::unique_ptr<prometheus::Exposer> exposer_;
  std::future<void> stopped_;
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_METRICS_ENDPOINT_H_
