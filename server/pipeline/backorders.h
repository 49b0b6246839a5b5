// Orders that wait for stock, and how growing stock serves them.
#ifndef INVENTORY_SERVER_PIPELINE_BACKORDERS_H_
#define INVENTORY_SERVER_PIPELINE_BACKORDERS_H_

#include <cstdint>
#include <limits>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "server/pipeline/work.h"

namespace inventory::pipeline {

// Lines that one step serves at most; the rest follows in further steps, before any other command on the SKU.
inline constexpr int64_t kMaxFilledLines = 1000;

// Brings the waiting lines of a SKU into the batch.
class BackorderSource {
 public:
  virtual ~BackorderSource() = default;

  struct Loaded {
    bool all = true;         // False: there are more after last_place.
    int64_t last_place = 0;  // Of the last one loaded.
  };
  // Loads the first `limit` backorders of the SKU after `after_place` that were made through one of the channels, with
  // their reservations, their lines and the allocations that these have. What is in the batch already stays as it is.
  virtual absl::StatusOr<Loaded> LoadWaiting(const std::string& sku, int64_t after_place,
                                             const std::vector<std::string>& channel_ids, int64_t limit) = 0;
};

// Makes units of a line wait, behind all others of the SKU unless the line waits already.
void Wait(Work& work, const storage::ReservationRecord& reservation, const std::string& sku, int64_t quantity);

// Gives up to `quantity` waiting units of a line up and says how many it had; they count as cancelled.
int64_t StopWaiting(Work& work, const std::string& reservation_id, const std::string& sku, int64_t quantity);

// Sets when the reservation's waiting units die; unset for a committed reservation.
void SetWaitingExpiry(Work& work, const storage::ReservationRecord& reservation);

// SKUs with backorders of which the command's movements, or what it asked to have looked at again, may have made more
// units sellable.
std::set<std::string> Growing(const Work& work);

// The answer of Fill when no backorder is left that could be served.
inline constexpr int64_t kAllServed = std::numeric_limits<int64_t>::max();

// Serves the backorders of a locked SKU after the place from what is available, first in, first out, partly where need
// be, each from the warehouses that its channel sells from and its reservation may draw from. Looks at no more than
// kMaxFilledLines of them; returns the place of the last one, or kAllServed.
absl::StatusOr<int64_t> Fill(Work& work, const std::string& sku, int64_t after_place, BackorderSource& source);

// Serves the backorders of growing SKUs. Where a SKU has more than one step can serve, its item is marked with the
// place reached, for the next batch to go on from there first.
absl::Status FillGrowing(Work& work, BackorderSource& source);

// What comes before any command: goes on with the fills of locked SKUs that were cut, or, if `all`, begins one anew for
// every locked SKU that has backorders. True if another step must follow.
absl::StatusOr<bool> GoOnFilling(Work& work, bool all, BackorderSource& source);

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_BACKORDERS_H_
