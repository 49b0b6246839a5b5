// What changes of the configuration mean for SKUs, after the fact.
#ifndef INVENTORY_SERVER_BACKGROUND_FOLLOWER_H_
#define INVENTORY_SERVER_BACKGROUND_FOLLOWER_H_

#include <atomic>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "server/periodic.h"
#include "server/pipeline/group_committer.h"
#include "storage/connection_pool.h"

namespace inventory::background {

// Serves the backorders that a change of warehouses, channels or attachments has made servable, and goes on with fills
// that were too long for one transaction, SKU by SKU through the pipeline. A change counts as followed once all SKUs
// were looked at; until then a restart begins anew, which is harmless. Any number of instances may do so on one
// database.
class Follower {
 public:
  // Looks every `interval`. All references must outlive the follower.
  Follower(absl::Duration interval, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer);

  // Ends the step that is under way.
  void Stop() {
    stopping_ = true;
    periodic_.Stop();
  }

 private:
  absl::Duration Look();
  bool GoOnFilling();
  bool FollowConfiguration();
  bool RecheckAllAfterChange();
  bool Recheck(const std::vector<std::string>& skus);

  const absl::Duration interval_;
  storage::ConnectionPool& pool_;
  pipeline::GroupCommitter& committer_;
  std::atomic<bool> stopping_ = false;
  server::Periodic periodic_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_FOLLOWER_H_
