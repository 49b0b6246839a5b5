#include <algorithm>

#include "absl/strings/str_cat.h"
#include "inventory/v1/reservation.pb.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/pipeline/backorders.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ReservationLineRecord;
using storage::ReservationRecord;
using storage::ReservationState;

struct AmendReservation {
  using Request = v1::AmendReservationRequest;
  using Response = v1::AmendReservationResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.reservation_id(), "reservation_id", violations);
    CheckLines(request.lines(), {.least_lines = 1, .least_quantity = 0}, violations);
    rpc::CheckEnum<v1::ShortfallPolicy_IsValid>(request.on_shortfall(), "on_shortfall", violations);
    if (request.on_shortfall() == v1::SHORTFALL_POLICY_PARTIAL) {
      violations.Add("on_shortfall", "must not be PARTIAL: an amendment names exact totals");
    }
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    pipeline::Needs needs{.reservations = {request.reservation_id()}};
    for (const auto& line : request.lines()) needs.skus.push_back(line.sku());
    return needs;
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.reservation_id();
    auto found = FindReservation(work, id, request.etag());
    if (!found.ok()) return found.status();
    const ReservationState state = LiveState(**found, work.now());
    if (state != ReservationState::kHeld && state != ReservationState::kCommitted) return NotLive(state);
    absl::Status status = CheckOrderRules(work, Demands(request, work));
    if (!status.ok()) return status;
    for (const AmendLine& line : request.lines()) {
      const bool grows = line.quantity() > TotalOf(work, id, line.sku());
      status = grows ? Grow(request, work, **found, line) : Shrink(work, **found, line);
      if (!status.ok()) return status;
    }
    status = CheckSomethingLeft(work, id);
    if (!status.ok()) return status;
    EditReservation(work, id);
    SettleIfDone(work, id);
    ShowReservation(work, id, *response.mutable_reservation());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  using AmendLine = Request::AmendLine;

  // What the reservation has of the SKU, shipped units included.
  static int64_t TotalOf(const pipeline::Work& work, const std::string& id, const std::string& sku) {
    const ReservationLineRecord* line = work.rows().reservation_lines.Find({id, sku});
    return line == nullptr ? 0 : Outstanding(*line) + line->shipped;
  }

  static std::vector<Demand> Demands(const Request& request, const pipeline::Work& work) {
    std::vector<Demand> demands;
    for (int i = 0; i < request.lines_size(); ++i) {
      const AmendLine& line = request.lines(i);
      const int64_t total = TotalOf(work, request.reservation_id(), line.sku());
      if (line.quantity() == 0 || line.quantity() == total) continue;
      demands.push_back({line.sku(), line.quantity(), rpc::Path("lines", i, "quantity"), line.quantity() > total});
    }
    return demands;
  }

  static absl::Status Shrink(pipeline::Work& work, const ReservationRecord& reservation, const AmendLine& wanted) {
    const std::string& id = reservation.reservation_id;
    const ReservationLineRecord* line = work.rows().reservation_lines.Find({id, wanted.sku()});
    if (line == nullptr) return absl::OkStatus();
    const int64_t minimum = line->shipped + InShipment(work, id, wanted.sku());
    if (wanted.quantity() < minimum) {
      return Precondition(
          "BELOW_SHIPPED", absl::StrCat(minimum, " units of ", wanted.sku(), " are shipped or in an open shipment"),
          {{"sku", wanted.sku()}, {"requested", absl::StrCat(wanted.quantity())}, {"minimum", absl::StrCat(minimum)}});
    }
    const int64_t given_up = Outstanding(*line) + line->shipped - wanted.quantity();
    work.rows().reservation_lines.Edit(line->key()).requested = wanted.quantity();
    return ReleaseFromLine(work, id, wanted.sku(), given_up);
  }

  static absl::Status Grow(const Request& request, pipeline::Work& work, const ReservationRecord& reservation,
                           const AmendLine& wanted) {
    const ReservationLineRecord::Key key{reservation.reservation_id, wanted.sku()};
    auto& lines = work.rows().reservation_lines;
    const int64_t missing = wanted.quantity() - TotalOf(work, reservation.reservation_id, wanted.sku());
    ReservationLineRecord& line = lines.Find(key) != nullptr
                                      ? lines.Edit(key)
                                      : lines.Add({.reservation_id = reservation.reservation_id, .sku = wanted.sku()});
    line.requested = wanted.quantity();
    if (!work.item(wanted.sku()).tracked) {
      line.reserved += missing;
      return absl::OkStatus();
    }
    auto warehouses = SourcesFor(work, reservation.channel_id, {});
    if (!warehouses.ok()) return warehouses.status();
    const std::vector<std::string>& only = reservation.warehouse_ids;
    std::erase_if(*warehouses, [&only](const std::string& warehouse_id) {
      return !only.empty() && std::find(only.begin(), only.end(), warehouse_id) == only.end();
    });
    const auto sources = work.AvailableIn(wanted.sku(), *warehouses);
    const int64_t available = sourcing::TotalAvailable(sources, missing);
    if (available < missing) {
      if (request.on_shortfall() != v1::SHORTFALL_POLICY_BACKORDER) {
        return InsufficientStock(wanted.sku(), missing, available);
      }
      absl::Status may_wait = CheckMayWait(work, wanted.sku(), missing - available);
      if (!may_wait.ok()) return may_wait;
      pipeline::Wait(work, reservation, wanted.sku(), missing - available);
    }
    return Take(work, reservation, wanted.sku(), sourcing::ByPriority(sources, available));
  }

  static absl::Status CheckSomethingLeft(const pipeline::Work& work, const std::string& id) {
    for (const ReservationLineRecord* line : work.LinesOf(id)) {
      if (Outstanding(*line) + line->shipped > 0) return absl::OkStatus();
    }
    return Precondition("NOTHING_LEFT", "the change would give every line up; cancel the reservation instead");
  }
};

const rpc::Registered<AmendReservation> kRegistered;

}  // namespace
}  // namespace inventory::commands
