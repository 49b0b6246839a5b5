// What the commands on replenishments share.
#ifndef INVENTORY_SERVER_COMMANDS_REPLENISHMENTS_H_
#define INVENTORY_SERVER_COMMANDS_REPLENISHMENTS_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "inventory/v1/replenishment.pb.h"
#include "server/errors.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// What UpdateReplenishment never changes, besides the fields of every resource; see field_mask.h.
inline constexpr std::string_view kFixedReplenishmentFields[] = {
    "replenishment_id", "sku", "warehouse_id", "received_quantity", "outstanding_quantity", "state"};

inline constexpr std::size_t kMaxReplenishmentReferenceBytes = 128;

// The loaded replenishment with its SKU locked. REPLENISHMENT_NOT_FOUND, ETAG_MISMATCH; if the SKU is not locked yet
// the command runs again and any status will do.
absl::StatusOr<const storage::ReplenishmentRecord*> FindReplenishment(pipeline::Work& work,
                                                                      const std::string& replenishment_id,
                                                                      const std::string& etag);

// A new replenishment, OPEN, whose units are expected from now on; `record` has what the caller says of it, its id is
// made if empty. Refusals: WAREHOUSE_NOT_FOUND, ITEM_UNTRACKED, ITEM_IS_KIT, REPLENISHMENT_EXISTS,
// EXTERNAL_REFERENCE_EXISTS, QUANTITY_OUT_OF_RANGE.
absl::StatusOr<const storage::ReplenishmentRecord*> OpenReplenishment(pipeline::Work& work,
                                                                      storage::ReplenishmentRecord record);

// The replenishment for changing, with its version and update time moved on.
storage::ReplenishmentRecord& EditReplenishment(pipeline::Work& work, const std::string& replenishment_id);

// FAILED_PRECONDITION, reason REPLENISHMENT_STATE {state}.
absl::Status WrongState(storage::ReplenishmentState state);

// Adds `quantity` (taken away if negative) to what the level expects, with a movement of the replenishment.
absl::Status Expect(pipeline::Work& work, const storage::ReplenishmentRecord& replenishment, int64_t quantity,
                    std::string_view reason = "");

// The replenishment as it is now.
void ShowReplenishment(const pipeline::Work& work, const std::string& replenishment_id, v1::Replenishment& out);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_REPLENISHMENTS_H_
