#include "server/commands/reservations.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "server/commands/convert.h"
#include "server/pipeline/backorders.h"
#include "server/pipeline/holds.h"

namespace inventory::commands {
namespace {

using pipeline::Work;
using storage::AllocationRecord;
using storage::ItemRecord;
using storage::ReservationRecord;
using storage::ReservationState;

void CheckItemRules(const ItemRecord& item, const Demand& demand, Violations& violations) {
  if (demand.quantity < item.min_order_quantity) {
    violations.Add(demand.field, absl::StrCat(demand.quantity, " of ", demand.sku, " is below the minimum of ",
                                              item.min_order_quantity));
  }
  if (item.max_order_quantity > 0 && demand.quantity > item.max_order_quantity) {
    violations.Add(demand.field, absl::StrCat(demand.quantity, " of ", demand.sku, " is above the maximum of ",
                                              item.max_order_quantity));
  }
  if (demand.quantity % item.multiple_order_quantity != 0) {
    violations.Add(demand.field, absl::StrCat(demand.quantity, " of ", demand.sku, " is not a multiple of ",
                                              item.multiple_order_quantity));
  }
  const std::vector<int64_t>& allowed = item.allowed_order_quantities;
  if (!allowed.empty() && std::find(allowed.begin(), allowed.end(), demand.quantity) == allowed.end()) {
    violations.Add(demand.field,
                   absl::StrCat(demand.quantity, " of ", demand.sku, " is not one of ", absl::StrJoin(allowed, ", ")));
  }
}

}  // namespace

void CheckWarehouseIds(const google::protobuf::RepeatedPtrField<std::string>& ids, const std::string& field,
                       Violations& violations) {
  constexpr int kMaxWarehouses = 100;
  rpc::CheckCount(ids.size(), 0, kMaxWarehouses, field, violations);
  for (int i = 0; i < std::min(ids.size(), kMaxWarehouses); ++i) {
    rpc::CheckId(ids[i], absl::StrCat(field, "[", i, "]"), violations);
  }
}

absl::StatusOr<std::vector<std::string>> SellingFrom(const pipeline::Configuration& configuration,
                                                     const std::string& channel_id) {
  const storage::ChannelRecord* channel = configuration.FindChannel(channel_id);
  if (channel == nullptr) {
    return NotFound("CHANNEL_NOT_FOUND", absl::StrCat("there is no channel ", channel_id),
                    {{"channel_id", channel_id}});
  }
  if (!channel->active) {
    return Precondition("CHANNEL_INACTIVE", absl::StrCat("channel ", channel_id, " is not active"),
                        {{"channel_id", channel_id}});
  }
  std::vector<std::string> sources = configuration.SourcesOf(channel_id);
  if (sources.empty()) {
    return Precondition("CHANNEL_HAS_NO_WAREHOUSE",
                        absl::StrCat("no active warehouse is attached to channel ", channel_id),
                        {{"channel_id", channel_id}});
  }
  return sources;
}

absl::StatusOr<std::vector<std::string>> SourcesFor(const Work& work, const std::string& channel_id,
                                                    const std::vector<std::string>& only) {
  absl::StatusOr<std::vector<std::string>> sources = SellingFrom(work.configuration(), channel_id);
  if (!sources.ok() || only.empty()) return sources;
  for (const std::string& warehouse_id : only) {
    if (std::find(sources->begin(), sources->end(), warehouse_id) == sources->end()) {
      return Precondition("WAREHOUSE_NOT_IN_CHANNEL",
                          absl::StrCat("channel ", channel_id, " does not sell from warehouse ", warehouse_id),
                          {{"channel_id", channel_id}, {"warehouse_id", warehouse_id}});
    }
  }
  return work.configuration().SourcesOf(channel_id, only);
}

absl::Status CheckOrderRules(const Work& work, const std::vector<Demand>& demands) {
  Violations violations;
  for (const Demand& demand : demands) {
    const ItemRecord& item = work.item(demand.sku);
    if (demand.grows && !item.published) {
      return Precondition("ITEM_UNPUBLISHED", absl::StrCat(demand.sku, " is not published"), {{"sku", demand.sku}});
    }
    CheckItemRules(item, demand, violations);
  }
  if (violations.empty()) return absl::OkStatus();
  return violations.ToStatus(absl::StatusCode::kFailedPrecondition, "ORDER_RULE_VIOLATED",
                             "the order breaks rules of its items");
}

absl::Status InsufficientStock(const std::string& sku, int64_t requested, int64_t available) {
  return Precondition("INSUFFICIENT_STOCK",
                      absl::StrCat("only ", available, " of the ", requested, " units of ", sku, " are available"),
                      {{"sku", sku}, {"requested", absl::StrCat(requested)}, {"available", absl::StrCat(available)}});
}

absl::Status Take(Work& work, const ReservationRecord& reservation, const std::vector<pipeline::Wanted>& wants,
                  const sourcing::Plan& plan) {
  for (std::size_t i = 0; i < wants.size(); ++i) {
    for (const sourcing::Part& part : plan[i]) {
      absl::Status reserved =
          pipeline::ReserveUnits(work, {reservation.reservation_id, wants[i].sku, part.warehouse_id}, part.quantity,
                                 reservation.expire_time, storage::MovementType::kReserve);
      if (!reserved.ok()) return reserved;
    }
  }
  return absl::OkStatus();
}

absl::Status ReleaseFromLine(Work& work, const std::string& reservation_id, const std::string& sku, int64_t quantity) {
  quantity -= pipeline::StopWaiting(work, reservation_id, sku, quantity);
  const std::vector<const AllocationRecord*> parts = work.AllocationsOf(reservation_id, sku);
  // Units of an untracked item have no allocation.
  storage::ReservationLineRecord& line = work.rows().reservation_lines.Edit({reservation_id, sku});
  int64_t untracked = line.reserved;
  for (const AllocationRecord* part : parts) untracked -= part->reserved;
  untracked = std::min(untracked, quantity);
  line.reserved -= untracked;
  line.cancelled += untracked;
  quantity -= untracked;
  for (auto part = parts.rbegin(); part != parts.rend() && quantity > 0; ++part) {
    const int64_t units = std::min(quantity, (*part)->reserved - (*part)->in_shipment);
    absl::Status released = pipeline::ReleaseUnits(work, (*part)->key(), units, storage::MovementType::kRelease);
    if (!released.ok()) return released;
    quantity -= units;
  }
  if (quantity == 0) return absl::OkStatus();
  const std::string in_shipment = absl::StrCat(InShipment(work, reservation_id, sku));
  return Precondition("UNITS_IN_SHIPMENT",
                      absl::StrCat(in_shipment, " units of ", sku, " are in open shipments; cancel those first"),
                      {{"sku", sku}, {"in_shipment", in_shipment}});
}

int64_t Outstanding(const storage::ReservationLineRecord& line) { return line.reserved + line.backordered; }

absl::Status CheckMayWait(const Work& work, const std::string& sku, int64_t quantity) {
  const ItemRecord& item = work.item(sku);
  if (quantity > pipeline::kMaxQuantity - item.backordered) {
    return Refusal(absl::StatusCode::kInvalidArgument, "QUANTITY_OUT_OF_RANGE",
                   absl::StrCat("more than ", pipeline::kMaxQuantity, " units of ", sku, " would wait"),
                   {{"sku", sku}});
  }
  if (quantity == 0 || item.backorder_policy == storage::BackorderPolicy::kUnlimited) return absl::OkStatus();
  if (item.backorder_policy == storage::BackorderPolicy::kNone) {
    return Precondition("BACKORDER_NOT_ALLOWED", absl::StrCat("orders of ", sku, " may not wait for stock"),
                        {{"sku", sku}, {"requested", absl::StrCat(quantity)}});
  }
  if (item.backordered + quantity <= item.backorder_limit) return absl::OkStatus();
  return Precondition("BACKORDER_LIMIT_EXCEEDED",
                      absl::StrCat(quantity, " more units of ", sku, " would have to wait; ", item.backordered, " of ",
                                   item.backorder_limit, " do already"),
                      {{"sku", sku},
                       {"requested", absl::StrCat(quantity)},
                       {"backordered", absl::StrCat(item.backordered)},
                       {"limit", absl::StrCat(item.backorder_limit)}});
}

absl::Status ExceedsReserved(const std::string& sku, int64_t requested, int64_t outstanding) {
  return Precondition(
      "EXCEEDS_RESERVED",
      absl::StrCat(requested, " units of ", sku, " were named but only ", outstanding, " are outstanding"),
      {{"sku", sku}, {"requested", absl::StrCat(requested)}, {"outstanding", absl::StrCat(outstanding)}});
}

int64_t InShipment(const Work& work, const std::string& reservation_id, const std::string& sku) {
  int64_t units = 0;
  for (const AllocationRecord* part : work.AllocationsOf(reservation_id, sku)) units += part->in_shipment;
  return units;
}

absl::Time ExpiryFor(const Work& work, bool has_ttl, const google::protobuf::Duration& ttl) {
  const absl::Duration hold = has_ttl ? FromDuration(ttl) : work.limits().default_hold_ttl;
  return work.now() + absl::Floor(hold, absl::Microseconds(1));
}

absl::StatusOr<const ReservationRecord*> FindReservation(Work& work, const std::string& reservation_id,
                                                         const std::string& etag) {
  const ReservationRecord* reservation = work.rows().reservations.Find(reservation_id);
  if (reservation == nullptr) {
    return NotFound("RESERVATION_NOT_FOUND", absl::StrCat("there is no reservation ", reservation_id),
                    {{"reservation_id", reservation_id}});
  }
  // All that are missing are asked for at once: the rounds that a command may take are few.
  bool locked = true;
  for (const storage::ReservationLineRecord* line : work.LinesOf(reservation_id)) {
    locked = work.Require(line->sku) && locked;
  }
  if (!locked) return absl::AbortedError("a SKU of the reservation is not locked yet");
  absl::Status matches = CheckEtag(etag, reservation->version, "the reservation");
  if (!matches.ok()) return matches;
  return reservation;
}

ReservationRecord& EditReservation(Work& work, const std::string& reservation_id) {
  ReservationRecord& reservation = work.rows().reservations.Edit(reservation_id);
  reservation.version += 1;
  reservation.update_time = work.now();
  return reservation;
}

absl::Status NotLive(ReservationState state) {
  switch (state) {
    case ReservationState::kExpired:
      return Precondition("RESERVATION_EXPIRED", "the hold has run out and its units are free again");
    case ReservationState::kCancelled:
      return Precondition("RESERVATION_CANCELLED", "the reservation is cancelled");
    case ReservationState::kFulfilled:
      return Precondition("RESERVATION_FULFILLED", "everything has been shipped");
    case ReservationState::kHeld:
    case ReservationState::kCommitted:
      break;
  }
  return absl::InternalError("the reservation is live");
}

void SettleIfDone(Work& work, const std::string& reservation_id) {
  if (work.rows().reservations.Find(reservation_id)->state != ReservationState::kCommitted) return;
  for (const AllocationRecord* part : work.AllocationsOf(reservation_id)) {
    if (part->reserved > 0) return;
  }
  for (const storage::ReservationLineRecord* line : work.LinesOf(reservation_id)) {
    if (line->backordered > 0) return;
  }
  bool shipped = false;
  for (const storage::ReservationLineRecord* line : work.LinesOf(reservation_id)) {
    if (line->reserved > 0) {
      // No allocation holds them, so they are untracked.
      storage::ReservationLineRecord& edited = work.rows().reservation_lines.Edit(line->key());
      edited.shipped += edited.reserved;
      edited.reserved = 0;
    }
    shipped = shipped || work.rows().reservation_lines.Find(line->key())->shipped > 0;
  }
  work.rows().reservations.Edit(reservation_id).state =
      shipped ? ReservationState::kFulfilled : ReservationState::kCancelled;
}

void ShowReservation(const Work& work, const std::string& reservation_id, v1::Reservation& out) {
  ToProto(*work.rows().reservations.Find(reservation_id), work.LinesOf(reservation_id),
          work.AllocationsOf(reservation_id), work.now(), out);
}

void ShowMovements(const Work& work, google::protobuf::RepeatedPtrField<v1::LevelVersion>& out) {
  for (const storage::MovementRecord* movement : work.movements()) ToProto(*movement, *out.Add());
}

}  // namespace inventory::commands
