// How much of what an order asks for it gets.
#ifndef INVENTORY_SERVER_COMMANDS_GRANTS_H_
#define INVENTORY_SERVER_COMMANDS_GRANTS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "inventory/v1/reservation.pb.h"
#include "server/commands/reservations.h"
#include "server/pipeline/planning.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

// The most SKUs of one reservation, components of kits included: all of them are locked together.
inline constexpr std::size_t kMaxReservationSkus = 1'000;

// FAILED_PRECONDITION, reason TOO_MANY_SKUS {skus, limit}, if there are more than that.
absl::Status CheckSkuCount(std::size_t skus);

// What one demand gets; of a kit whole kits.
struct Granted {
  int64_t reserved = 0;
  int64_t backordered = 0;
  std::string reason = {};  // Why not all of it is reserved, or empty.
};

// What becomes of one SKU that has stock of its own: an item that is demanded, or a component.
struct Share {
  std::string sku;
  int64_t requested = 0;
  int64_t reserved = 0;
  int64_t backordered = 0;
};

struct Grants {
  std::vector<Granted> demands;  // In their order.
  std::vector<Share> shares;     // One per SKU, in the order in which the demands first come to it.
};

// Who asks, and what is to happen on a shortfall.
struct Asking {
  std::string channel_id;
  std::vector<std::string> warehouses;  // That may serve it.
  v1::ShortfallPolicy on_shortfall = v1::SHORTFALL_POLICY_REJECT;
};

// How much each demand gets: all of it; under PARTIAL what there is, in whole multiples; under BACKORDER what there is,
// and the rest waits. An untracked item is always there. Refusals: INSUFFICIENT_STOCK, QUOTA_EXCEEDED,
// BACKORDER_NOT_ALLOWED, BACKORDER_LIMIT_EXCEEDED, QUANTITY_OUT_OF_RANGE, TOO_MANY_SKUS. If the components of a kit are
// not locked yet the command runs again and any status will do.
absl::StatusOr<Grants> Grant(pipeline::Work& work, const Asking& asking, const std::vector<Demand>& demands);

// What is to be taken from levels, for planning.
std::vector<pipeline::Wanted> WantedOf(const pipeline::Work& work, const std::vector<Share>& shares);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_GRANTS_H_
