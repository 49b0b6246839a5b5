// What the commands on reservations share.
#ifndef INVENTORY_SERVER_COMMANDS_RESERVATIONS_H_
#define INVENTORY_SERVER_COMMANDS_RESERVATIONS_H_

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "inventory/v1/reservation.pb.h"
#include "server/errors.h"
#include "server/pipeline/planning.h"
#include "server/pipeline/work.h"
#include "server/rpc/bounds.h"
#include "server/sourcing/plan.h"

namespace inventory::commands {

// A SKU and how many units of it an order wants.
struct Demand {
  std::string sku;
  int64_t quantity = 0;
  std::string field = {};  // The request's field, for violations.
  bool grows = true;       // False: an order that gives units up, which needs no published item.
};

// What the lines of a request must keep to; there may be 200.
struct LineRules {
  int least_lines = 0;
  int64_t least_quantity = 1;
  bool distinct_skus = true;
};

// Notes every broken rule of a request's `lines`, which have a SKU and a quantity each.
template <typename Lines>
void CheckLines(const Lines& lines, const LineRules& rules, Violations& violations) {
  constexpr int kMaxLines = 200;
  rpc::CheckCount(lines.size(), rules.least_lines, kMaxLines, "lines", violations);
  std::set<std::string> named;
  for (int i = 0; i < std::min(lines.size(), kMaxLines); ++i) {
    rpc::CheckSku(lines[i].sku(), rpc::Path("lines", i, "sku"), violations);
    rpc::CheckQuantity(lines[i].quantity(), rules.least_quantity, rpc::Path("lines", i, "quantity"), violations);
    const bool repeated = !named.insert(lines[i].sku()).second;
    if (repeated && rules.distinct_skus) violations.Add(rpc::Path("lines", i, "sku"), "is named more than once");
  }
}

// Notes every broken rule of a request's list of warehouses, which may be empty; there may be 100.
void CheckWarehouseIds(const google::protobuf::RepeatedPtrField<std::string>& ids, const std::string& field,
                       Violations& violations);

// The warehouses that the channel sells from now, in order. Refusals: CHANNEL_NOT_FOUND, CHANNEL_INACTIVE,
// CHANNEL_HAS_NO_WAREHOUSE.
absl::StatusOr<std::vector<std::string>> SellingFrom(const pipeline::Configuration& configuration,
                                                     const std::string& channel_id);

// The same, narrowed by `only` if that is not empty. Refuses WAREHOUSE_NOT_IN_CHANNEL besides.
absl::StatusOr<std::vector<std::string>> SourcesFor(const pipeline::Work& work, const std::string& channel_id,
                                                    const std::vector<std::string>& only);

// OK if every item may be ordered in the quantity demanded. Refusals: ITEM_UNPUBLISHED, or ORDER_RULE_VIOLATED with
// every broken rule of every demand.
absl::Status CheckOrderRules(const pipeline::Work& work, const std::vector<Demand>& demands);

// FAILED_PRECONDITION, reason INSUFFICIENT_STOCK {sku, requested, available}.
absl::Status InsufficientStock(const std::string& sku, int64_t requested, int64_t available);

// Reserves what the plan has for the wants, in their order, and adds it to their lines, which exist.
absl::Status Take(pipeline::Work& work, const storage::ReservationRecord& reservation,
                  const std::vector<pipeline::Wanted>& wants, const sourcing::Plan& plan);

// Gives units of a line up: those that wait, then those that are in no shipment, the last allocation's first.
// UNITS_IN_SHIPMENT {sku, in_shipment} if those do not suffice; the line must have `quantity` outstanding.
absl::Status ReleaseFromLine(pipeline::Work& work, const std::string& reservation_id, const std::string& sku,
                             int64_t quantity);

// Units of the line that are reserved or wait.
int64_t Outstanding(const storage::ReservationLineRecord& line);

// OK if so many more units of the SKU may wait for stock. Refusals: BACKORDER_NOT_ALLOWED {sku, requested} or
// BACKORDER_LIMIT_EXCEEDED {sku, requested, backordered, limit}; QUANTITY_OUT_OF_RANGE {sku} beyond kMaxQuantity.
absl::Status CheckMayWait(const pipeline::Work& work, const std::string& sku, int64_t quantity);

// FAILED_PRECONDITION, reason EXCEEDS_RESERVED {sku, requested, outstanding}.
absl::Status ExceedsReserved(const std::string& sku, int64_t requested, int64_t outstanding);

// Of the line, how much is in open shipments.
int64_t InShipment(const pipeline::Work& work, const std::string& reservation_id, const std::string& sku);

// When a hold made or prolonged now ends, to the microsecond: after `ttl` if the request has one, else the default.
absl::Time ExpiryFor(const pipeline::Work& work, bool has_ttl, const google::protobuf::Duration& ttl);

// The loaded reservation with all of its SKUs locked. RESERVATION_NOT_FOUND, ETAG_MISMATCH; if a SKU is not locked yet
// the command runs again and any status will do.
absl::StatusOr<const storage::ReservationRecord*> FindReservation(pipeline::Work& work,
                                                                  const std::string& reservation_id,
                                                                  const std::string& etag);

// The reservation for changing, with its version and update time moved on.
storage::ReservationRecord& EditReservation(pipeline::Work& work, const std::string& reservation_id);

// The refusal for a reservation that is not live: RESERVATION_EXPIRED, RESERVATION_CANCELLED or RESERVATION_FULFILLED.
absl::Status NotLive(storage::ReservationState state);

// Ends a COMMITTED reservation that has nothing outstanding: FULFILLED if anything was shipped or is untracked
// (untracked units need no shipment and count as shipped then), otherwise CANCELLED.
void SettleIfDone(pipeline::Work& work, const std::string& reservation_id);

// The reservation as it is now.
void ShowReservation(const pipeline::Work& work, const std::string& reservation_id, v1::Reservation& out);

// The movements that the command has made.
void ShowMovements(const pipeline::Work& work, google::protobuf::RepeatedPtrField<v1::LevelVersion>& out);

}  // namespace inventory::commands

#endif  // INVENTORY_SERVER_COMMANDS_RESERVATIONS_H_
