// Work that no call asks for.
#ifndef INVENTORY_SERVER_WORKERS_H_
#define INVENTORY_SERVER_WORKERS_H_

#include <optional>

#include "server/background/dispatcher.h"
#include "server/background/event_feed.h"
#include "server/background/follower.h"
#include "server/background/ledger_keeper.h"
#include "server/background/low_stock_keeper.h"
#include "server/background/sweeper.h"
#include "server/engine.h"
#include "server/metrics.h"
#include "server/options.h"

namespace inventory::server {

// The background workers that the options ask for, each with threads of its own, from when this is made.
class Workers {
 public:
  // Both must outlive it. `metrics` gets gauges that read from it, which must be removed before it is gone.
  Workers(const ServerOptions& options, Engine& engine, Metrics& metrics);

  // Ends them all, what callers out there may be waiting for first. The destructor does it, too.
  void Stop();

 private:
  void AddGauges(Metrics& metrics) const;

  background::Sweeper sweeper_;
  background::Follower follower_;
  background::Dispatcher dispatcher_;
  background::LowStockKeeper low_stock_keeper_;
  std::optional<background::LedgerKeeper> ledger_keeper_;  // None: movements are kept for ever.
  std::optional<background::EventFeed> feed_;              // None: no URL.
};

}  // namespace inventory::server

#endif  // INVENTORY_SERVER_WORKERS_H_
