// What the server tells Prometheus of the business: orders and stock.
#ifndef INVENTORY_SERVER_STOCK_METRICS_H_
#define INVENTORY_SERVER_STOCK_METRICS_H_

#include <array>
#include <functional>
#include <map>
#include <string>

#include "prometheus/counter.h"
#include "prometheus/family.h"
#include "prometheus/registry.h"
#include "server/pipeline/job.h"
#include "server/pipeline/tally.h"
#include "storage/mutex.h"

namespace inventory::server {

// Counts what was done once: repetitions of a request add nothing, and neither do dry runs. Thread-safe.
class StockMetrics {
 public:
  // The registry must outlive it.
  explicit StockMetrics(prometheus::Registry& registry);

  // A batch was committed.
  void Committed(const pipeline::Tally& tally);

  // The rules have refused a command: counts reservations, by the reason that the caller got.
  void Refused(const pipeline::Job& job);

 private:
  prometheus::Counter& RefusedFor(const std::string& reason);

  prometheus::Family<prometheus::Counter>& reservations_;
  prometheus::Counter& accepted_;
  prometheus::Counter& backordered_;
  prometheus::Counter& low_stock_events_;
  // By type; null for the types that are no news.
  std::array<prometheus::Counter*, pipeline::Tally::kMovementTypes> moved_units_ = {};
  storage::Mutex mutex_;
  std::map<std::string, prometheus::Counter*, std::less<>> refused_ GUARDED_BY(mutex_);
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_STOCK_METRICS_H_
