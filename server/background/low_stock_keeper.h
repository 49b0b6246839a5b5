// How long low-stock events and deleted rules are kept.
#ifndef INVENTORY_SERVER_BACKGROUND_LOW_STOCK_KEEPER_H_
#define INVENTORY_SERVER_BACKGROUND_LOW_STOCK_KEEPER_H_

#include <vector>

#include "absl/time/time.h"
#include "server/periodic.h"
#include "server/pipeline/group_committer.h"
#include "storage/connection_pool.h"
#include "storage/low_stock_repository.h"

namespace inventory::background {

// Forgets events whose activity has succeeded, and rules that were deleted with all their events but those that are
// still pending, both after their time and in bounded steps. Dead events of rules that are not deleted stay until
// somebody has them retried. Any number of instances may do so on one database.
class LowStockKeeper {
 public:
  struct Options {
    absl::Duration event_retention = absl::Hours(720);  // Of events that are done. Default 30 days.
    absl::Duration rule_retention = absl::Hours(720);   // Of deleted rules. Default 30 days.
    absl::Duration interval = absl::Minutes(1);         // Between walks. Default 1m.
  };

  // All references must outlive the keeper.
  LowStockKeeper(Options options, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer);

  // Ends the steps under way.
  void Stop();

 private:
  absl::Duration ForgetEvents();
  absl::Duration ForgetRules();
  bool ForgetSome(const std::vector<storage::DeletedRule>& rules);

  const Options options_;
  storage::ConnectionPool& pool_;
  pipeline::GroupCommitter& committer_;
  storage::DeletedRule after_;  // The last rule looked at. One that can't go yet does not hold up those after it.
  server::Periodic events_;
  server::Periodic rules_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_LOW_STOCK_KEEPER_H_
