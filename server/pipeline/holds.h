// Units of levels that are promised, and the end of holds whose time has run out.
#ifndef INVENTORY_SERVER_PIPELINE_HOLDS_H_
#define INVENTORY_SERVER_PIPELINE_HOLDS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "server/pipeline/work.h"

namespace inventory::pipeline {

// Releases every loaded allocation of a locked SKU whose hold has run out by work.now(), with a movement each, gives up
// the loaded backorders that have died likewise, and says how many there were. The reservation's own row is left alone:
// its state follows from its expiry, and only a command that locks all of its SKUs writes it.
absl::StatusOr<int64_t> ReleaseDead(Work& work);

// Adds `quantity` units to an allocation, which is made if need be, its level and its line.
absl::Status ReserveUnits(Work& work, const storage::AllocationRecord::Key& allocation, int64_t quantity,
                          std::optional<absl::Time> expire_time, storage::MovementType type);

// Takes `quantity` units of an allocation away: from the level, the allocation and the line, where they count as
// cancelled. An allocation that has none left has nothing that could run out.
absl::Status ReleaseUnits(Work& work, const storage::AllocationRecord::Key& allocation, int64_t quantity,
                          storage::MovementType type);

}  // namespace inventory::pipeline

#endif  // INVENTORY_SERVER_PIPELINE_HOLDS_H_
