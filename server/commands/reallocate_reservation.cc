#include <algorithm>
#include <utility>

#include "inventory/v1/reservation.pb.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/commands/shipments.h"
#include "server/pipeline/backorders.h"
#include "server/pipeline/holds.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::AllocationRecord;
using storage::ReservationRecord;
using storage::ReservationState;

template <typename List>
bool Contains(const List& list, const std::string& value) {
  return std::find(list.begin(), list.end(), value) != list.end();
}

struct ReallocateReservation {
  using Request = v1::ReallocateReservationRequest;
  using Response = v1::ReallocateReservationResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.reservation_id(), "reservation_id", violations);
    CheckWarehouseIds(request.from_warehouse_ids(), "from_warehouse_ids", violations);
    CheckWarehouseIds(request.to_warehouse_ids(), "to_warehouse_ids", violations);
    for (const std::string& id : request.to_warehouse_ids()) {
      if (id.empty() || !Contains(request.from_warehouse_ids(), id)) continue;
      violations.Add("to_warehouse_ids", "must not name one of from_warehouse_ids");
      break;
    }
    rpc::CheckEnum<v1::SourcingStrategy_IsValid>(request.sourcing_strategy(), "sourcing_strategy", violations);
    rpc::CheckEnum<v1::ShortfallPolicy_IsValid>(request.on_shortfall(), "on_shortfall", violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.reservations = {request.reservation_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.reservation_id();
    auto found = FindReservation(work, id, request.etag());
    if (!found.ok()) return found.status();
    const ReservationState state = LiveState(**found, work.now());
    if (state != ReservationState::kHeld && state != ReservationState::kCommitted) return NotLive(state);
    const std::vector<std::string> named = {request.to_warehouse_ids().begin(), request.to_warehouse_ids().end()};
    absl::Status allowed = SourcesFor(work, (*found)->channel_id, named).status();
    if (!allowed.ok()) return allowed;

    const bool redirected = Redirect(work, id, named);
    absl::Status moved = Move(request, work, **found);
    if (!moved.ok()) return moved;
    if (redirected || !work.movements().empty()) EditReservation(work, id);
    ShowReservation(work, id, *response.mutable_reservation());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  // Units of one SKU that are to be moved, and where they are.
  struct Leaving {
    std::string sku;
    int64_t quantity = 0;
    std::vector<std::pair<std::string, int64_t>> parts = {};
  };

  // Has the reservation draw from the named warehouses only, if there are any; true if that is new.
  static bool Redirect(pipeline::Work& work, const std::string& id, const std::vector<std::string>& named) {
    if (named.empty() || named == work.rows().reservations.Find(id)->warehouse_ids) return false;
    work.rows().reservations.Edit(id).warehouse_ids = named;
    for (const storage::ReservationLineRecord* line : work.LinesOf(id)) {
      if (line->backordered > 0) work.Recheck(line->sku);
    }
    return true;
  }

  static absl::Status Move(const Request& request, pipeline::Work& work, const ReservationRecord& reservation) {
    std::vector<Leaving> leaving = LeavingOf(request, work, reservation);
    const sourcing::Problem problem = ProblemFor(request, work, reservation, leaving);
    for (std::size_t i = 0; i < leaving.size(); ++i) {
      absl::Status accepted = CheckShortfall(request, work, leaving[i], sourcing::Obtainable(problem.wants[i]));
      if (!accepted.ok()) return accepted;
    }
    ReservationRecord chooser = reservation;
    chooser.sourcing_strategy = ToRecord(request.sourcing_strategy()).value_or(reservation.sourcing_strategy);
    const sourcing::Plan plan = pipeline::PlanFor(chooser, problem);
    for (std::size_t i = 0; i < leaving.size(); ++i) {
      absl::Status moved = MoveUnits(work, reservation.reservation_id, leaving[i], plan[i]);
      if (moved.ok() && request.on_shortfall() == v1::SHORTFALL_POLICY_BACKORDER) {
        moved = LetWait(work, reservation, leaving[i]);
      }
      if (!moved.ok()) return moved;
    }
    return absl::OkStatus();
  }

  // By SKU and warehouse.
  static std::vector<Leaving> LeavingOf(const Request& request, const pipeline::Work& work,
                                        const ReservationRecord& reservation) {
    const std::vector<std::string> selling = work.configuration().SourcesOf(reservation.channel_id);
    std::vector<Leaving> leaving;
    for (const AllocationRecord* part : work.AllocationsOf(reservation.reservation_id)) {
      const bool leaves = request.from_warehouse_ids().empty()
                              ? !Contains(selling, part->warehouse_id)
                              : Contains(request.from_warehouse_ids(), part->warehouse_id);
      const int64_t units = Unbound(*part);
      if (!leaves || units == 0) continue;
      if (leaving.empty() || leaving.back().sku != part->sku) leaving.push_back({.sku = part->sku});
      leaving.back().quantity += units;
      leaving.back().parts.emplace_back(part->warehouse_id, units);
    }
    return leaving;
  }

  static sourcing::Problem ProblemFor(const Request& request, const pipeline::Work& work,
                                      const ReservationRecord& reservation, const std::vector<Leaving>& leaving) {
    std::vector<std::string> targets =
        work.configuration().SourcesOf(reservation.channel_id, reservation.warehouse_ids);
    std::erase_if(targets, [&request](const std::string& id) { return Contains(request.from_warehouse_ids(), id); });
    std::vector<pipeline::Wanted> wants;
    for (const Leaving& units : leaving) wants.push_back({units.sku, units.quantity});
    return pipeline::ProblemOf(work, reservation, targets, wants);
  }

  static absl::Status CheckShortfall(const Request& request, const pipeline::Work& work, const Leaving& leaving,
                                     int64_t obtainable) {
    const int64_t missing = leaving.quantity - obtainable;
    switch (request.on_shortfall()) {
      case v1::SHORTFALL_POLICY_PARTIAL:
        return absl::OkStatus();
      case v1::SHORTFALL_POLICY_BACKORDER:
        return CheckMayWait(work, leaving.sku, missing);
      default:
        return missing == 0 ? absl::OkStatus() : InsufficientStock(leaving.sku, leaving.quantity, obtainable);
    }
  }

  // Moves what has a place, from one warehouse after the other; what has none stays in `leaving`.
  static absl::Status MoveUnits(pipeline::Work& work, const std::string& id, Leaving& leaving,
                                const std::vector<sourcing::Part>& places) {
    auto from = leaving.parts.begin();
    for (sourcing::Part place : places) {
      while (place.quantity > 0) {
        const int64_t units = std::min(place.quantity, from->second);
        absl::Status moved = Reallocate(work, {id, leaving.sku, from->first}, place.warehouse_id, units);
        if (!moved.ok()) return moved;
        place.quantity -= units;
        from->second -= units;
        if (from->second == 0) ++from;
      }
    }
    leaving.parts.erase(leaving.parts.begin(), from);
    return absl::OkStatus();
  }

  static absl::Status LetWait(pipeline::Work& work, const ReservationRecord& reservation, const Leaving& leaving) {
    int64_t waiting = 0;
    for (const auto& [warehouse_id, units] : leaving.parts) {
      const AllocationRecord::Key key{reservation.reservation_id, leaving.sku, warehouse_id};
      absl::Status released = pipeline::ReleaseUnits(work, key, units, storage::MovementType::kRelease);
      if (!released.ok()) return released;
      waiting += units;
    }
    if (waiting == 0) return absl::OkStatus();
    // They are not given up.
    work.rows().reservation_lines.Edit({reservation.reservation_id, leaving.sku}).cancelled -= waiting;
    pipeline::Wait(work, reservation, leaving.sku, waiting);
    return absl::OkStatus();
  }
};

const rpc::Registered<ReallocateReservation> kReallocateReservation;

}  // namespace
}  // namespace inventory::commands
