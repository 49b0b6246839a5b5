// Work that no caller asks for.
#ifndef INVENTORY_SERVER_BACKGROUND_SWEEPER_H_
#define INVENTORY_SERVER_BACKGROUND_SWEEPER_H_

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>

#include "absl/time/time.h"
#include "server/background/run_all.h"
#include "server/periodic.h"
#include "server/pipeline/group_committer.h"
#include "storage/connection_pool.h"
#include "storage/reservation_repository.h"
#include "storage/sql.h"

namespace inventory::background {

// Ends holds that have run out, through the pipeline like every write; raises ItemRecord::next_hold_expiry once it is
// past, so that reads and writes of the SKU need not look for dead holds again and again; and forgets request ids and
// events after their time. All in bounded steps. Any number of instances may do so on one database.
class Sweeper {
 public:
  struct Options {
    absl::Duration interval = absl::Milliseconds(250);       // Between looks for dead holds. Default 250ms.
    absl::Duration request_id_retention = absl::Hours(168);  // Default 7 days.
    absl::Duration event_retention = absl::Hours(72);        // Default 3 days.
  };

  // `swept` hears how many reservations each step has ended, those left out that others had ended by then. All
  // references must outlive the sweeper.
  Sweeper(Options options, storage::ConnectionPool& pool, pipeline::GroupCommitter& committer,
          std::function<void(std::size_t)> swept);

  // Ends what is under way.
  void Stop();

 private:
  // Runs a command for each of the keys; `succeeded`, unless it is null, hears of each that did.
  template <typename Command>
  Ran RunForEach(const std::vector<std::string>& keys,
                 const std::function<void(const pipeline::Command&)>& succeeded = nullptr);
  // The pause to make after so many, which are `most` if there may be more.
  absl::Duration PauseAfter(const Ran& ran, std::size_t keys, std::size_t most) const;
  absl::Duration SweepHolds();
  absl::Duration RaiseExpiries();
  absl::Duration ForgetRequests();
  absl::Duration ForgetEvents();

  const Options options_;
  storage::ConnectionPool& pool_;
  pipeline::GroupCommitter& committer_;
  const std::function<void(std::size_t)> swept_;
  // Where the look for dead holds goes on, so that those that can't be ended don't keep it from the others.
  std::optional<storage::ExpiredReservation> looked_at_;
  server::Periodic holds_;
  server::Periodic expiries_;
  server::Periodic requests_;
  int event_log_ = 0;                     // Whose events are next to be forgotten.
  std::optional<int64_t> event_horizon_;  // Up to where; unset before the first log.
  server::Periodic events_;
};

}  // namespace inventory::background

#endif  // INVENTORY_SERVER_BACKGROUND_SWEEPER_H_
