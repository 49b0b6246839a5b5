#include "server/metrics_endpoint.h"

#include <exception>
#include <utility>

#include "absl/strings/str_cat.h"

namespace inventory::server {

absl::Status MetricsEndpoint::Start(const std::string& address, const Metrics& metrics) {
  if (address.empty()) return absl::OkStatus();
  try {
    exposer_ = std::make_unique<prometheus::Exposer>(address, 1);
  } catch (const std::exception& e) {
    return absl::FailedPreconditionError(absl::StrCat("can't serve metrics on ", address, " (", e.what(),
                                                      "): choose another address with --metrics-listen, or none"));
  }
  exposer_->RegisterCollectable(metrics.collectable());
  return absl::OkStatus();
}

void MetricsEndpoint::BeginStop() {
  stopped_ = std::async(std::launch::async, [exposer = std::move(exposer_)]() mutable { exposer.reset(); });
}

}  // namespace inventory::server
