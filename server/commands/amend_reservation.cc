#include <algorithm>

#include "absl/strings/str_cat.h"
#include "inventory/v1/reservation.pb.h"
#include "server/commands/convert.h"
#include "server/commands/grants.h"
#include "server/commands/kits.h"
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
    const std::vector<Demand> totals = Demands(request, work);
    for (const Demand& demand : totals) {
      absl::Status no_kit = CheckNoKit(work, demand.sku);
      if (!no_kit.ok()) return no_kit;
    }
    absl::Status status = CheckOrderRules(work, totals);
    if (!status.ok()) return status;
    for (const AmendLine& line : request.lines()) {
      if (line.quantity() <= TotalOf(work, id, line.sku())) status.Update(Shrink(work, **found, line));
    }
    if (status.ok()) status = Grow(request, work, **found);
    if (!status.ok()) return status;
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

  // Adds what the lines name beyond what they have, all of them together.
  static absl::Status Grow(const Request& request, pipeline::Work& work, const ReservationRecord& reservation) {
    const std::string& id = reservation.reservation_id;
    std::vector<Demand> more;
    for (const AmendLine& line : request.lines()) {
      const int64_t missing = line.quantity() - TotalOf(work, id, line.sku());
      if (missing > 0) more.push_back({line.sku(), missing});
    }
    if (more.empty()) return absl::OkStatus();
    absl::StatusOr<std::vector<std::string>> sources = SourcesFor(work, reservation.channel_id, {});
    if (!sources.ok()) return sources.status();
    const Asking asking{.channel_id = reservation.channel_id,
                        .warehouses = work.configuration().SourcesOf(reservation.channel_id, reservation.warehouse_ids),
                        .on_shortfall = request.on_shortfall()};
    absl::StatusOr<Grants> grants = Grant(work, asking, more);
    if (!grants.ok()) return grants.status();
    for (const Share& share : grants->shares) AddTo(work, reservation, share);
    absl::Status few = CheckSkuCount(work.LinesOf(id).size());
    if (!few.ok()) return few;
    const std::vector<pipeline::Wanted> wants = WantedOf(work, grants->shares);
    const sourcing::Problem problem = pipeline::ProblemOf(work, reservation, asking.warehouses, wants);
    return Take(work, reservation, wants, pipeline::PlanFor(reservation, problem));
  }

  static void AddTo(pipeline::Work& work, const ReservationRecord& reservation, const Share& share) {
    const ReservationLineRecord::Key key{reservation.reservation_id, share.sku};
    const int64_t total = TotalOf(work, reservation.reservation_id, share.sku) + share.requested;
    auto& lines = work.rows().reservation_lines;
    ReservationLineRecord& line = lines.Find(key) != nullptr
                                      ? lines.Edit(key)
                                      : lines.Add({.reservation_id = reservation.reservation_id, .sku = share.sku});
    line.requested = total;
    if (!work.item(share.sku).tracked) line.reserved += share.reserved;
    if (share.backordered > 0) pipeline::Wait(work, reservation, share.sku, share.backordered);
  }

  static absl::Status CheckSomethingLeft(const pipeline::Work& work, const std::string& id) {
    for (const ReservationLineRecord* line : work.LinesOf(id)) {
      if (Outstanding(*line) + line->shipped > 0) return absl::OkStatus();
    }
    return Precondition("NOTHING_LEFT", "the change would give every line up; cancel the reservation instead");
  }
};

const rpc::Registered<AmendReservation> kAmendReservation;

}  // namespace
}  // namespace inventory::commands
