// What this process uses of the machine.
#ifndef INVENTORY_SERVER_PROCESS_METRICS_H_
#define INVENTORY_SERVER_PROCESS_METRICS_H_

#include <vector>

#include "prometheus/metric_family.h"

namespace inventory::server {

// CPU time, memory, threads and descriptors, under the names that Prometheus' own client libraries give them, and what
// the allocator has. Read when called; what the system does not tell is left out. Thread-safe.
//   https://prometheus.io/docs/instrumenting/writing_clientlibs/#process-metrics
std::vector<prometheus::MetricFamily> CollectProcess();

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_PROCESS_METRICS_H_
