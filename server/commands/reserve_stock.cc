#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "inventory/v1/reservation.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/commands/grants.h"
#include "server/commands/reservations.h"
#include "server/commands/unused_warehouses.h"
#include "server/commands/warehouses.h"
#include "server/pipeline/backorders.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ReservationRecord;
using storage::ReservationState;

struct ReserveStock {
  using Request = v1::ReserveStockRequest;
  using Response = v1::ReserveStockResponse;

  static void Validate(const Request& request, const rpc::Bounds& bounds, Violations& violations) {
    rpc::CheckOptionalId(request.reservation_id(), "reservation_id", violations);
    rpc::CheckId(request.channel_id(), "channel_id", violations);
    rpc::CheckText(request.order_reference(), 128, "order_reference", violations);
    CheckCode(request.external_reference_code(), "external_reference_code", violations);
    CheckLines(request.lines(), {.least_lines = 1, .distinct_skus = false}, violations);
    if (request.has_ttl()) {
      rpc::CheckTtl(request.ttl(), bounds.max_hold_ttl, "ttl", violations);
      if (request.commit()) violations.Add("ttl", "must not be set together with commit");
    }
    rpc::CheckEnum<v1::ShortfallPolicy_IsValid>(request.on_shortfall(), "on_shortfall", violations);
    CheckWarehouseIds(request.warehouse_ids(), "warehouse_ids", violations);
    rpc::CheckEnum<v1::SourcingStrategy_IsValid>(request.sourcing_strategy(), "sourcing_strategy", violations);
    if (request.has_destination()) {
      CheckLocation(request.destination(), "destination", violations);
    } else if (request.sourcing_strategy() == v1::SOURCING_STRATEGY_NEAREST) {
      violations.Add("destination", "is required for NEAREST");
    }
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    pipeline::Needs needs;
    for (const v1::OrderLine& line : request.lines()) needs.skus.push_back(line.sku());
    if (!request.reservation_id().empty()) needs.new_reservations.push_back(request.reservation_id());
    NeedCode(storage::ResourceKind::kReservation, request.external_reference_code(), needs);
    return needs;
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    absl::StatusOr<std::vector<std::string>> sources =
        SourcesFor(work, request.channel_id(), {request.warehouse_ids().begin(), request.warehouse_ids().end()});
    if (!sources.ok()) return sources.status();
    const std::vector<Demand> demands = DemandsOf(request);
    absl::Status status = CheckOrderRules(work, demands);
    if (!status.ok()) return status;
    const Asking asking{
        .channel_id = request.channel_id(), .warehouses = *std::move(sources), .on_shortfall = request.on_shortfall()};
    absl::StatusOr<Grants> grants = Grant(work, asking, demands);
    if (!grants.ok()) return grants.status();
    absl::StatusOr<ReservationRecord> created = Create(request, demands, work);
    if (!created.ok()) return created.status();

    for (const Share& share : grants->shares) AddLine(share, *created, work);
    const std::vector<pipeline::Wanted> wants = WantedOf(work, grants->shares);
    const sourcing::Problem problem = pipeline::ProblemOf(work, *created, asking.warehouses, wants);
    const sourcing::Plan plan = pipeline::PlanFor(*created, problem);
    status = Take(work, *created, wants, plan);
    if (!status.ok()) return status;
    SettleIfDone(work, created->reservation_id);
    ShowResults(demands, grants->demands, response);
    ShowReservation(work, created->reservation_id, *response.mutable_reservation());
    ShowMovements(work, *response.mutable_movements());
    if (request.validate_only()) {
      response.clear_movements();
      ExplainUnused(work, *created, problem, plan, *response.mutable_unused_warehouses());
    }
    return absl::OkStatus();
  }

 private:
  // One demand per SKU, in the order in which the request first names them.
  static std::vector<Demand> DemandsOf(const Request& request) {
    std::vector<Demand> demands;
    for (int i = 0; i < request.lines_size(); ++i) {
      const v1::OrderLine& line = request.lines(i);
      auto known = std::find_if(demands.begin(), demands.end(), [&](const Demand& d) { return d.sku == line.sku(); });
      if (known == demands.end()) {
        demands.push_back({line.sku(), line.quantity(), rpc::Path("lines", i, "quantity")});
      } else {
        known->quantity += line.quantity();
      }
    }
    return demands;
  }

  static absl::StatusOr<ReservationRecord> Create(const Request& request, const std::vector<Demand>& demands,
                                                  pipeline::Work& work) {
    const std::string& id = request.reservation_id().empty() ? work.fresh_id() : request.reservation_id();
    if (work.rows().reservations.Find(id) != nullptr) {
      return Refusal(absl::StatusCode::kAlreadyExists, "RESERVATION_EXISTS",
                     absl::StrCat("there is a reservation ", id, " already"), {{"reservation_id", id}});
    }
    const std::string& code = request.external_reference_code();
    absl::Status given = GiveCode(work, storage::ResourceKind::kReservation, "", code, id);
    if (!given.ok()) return given;
    ReservationRecord reservation{.reservation_id = id,
                                  .channel_id = request.channel_id(),
                                  .order_reference = request.order_reference(),
                                  .state = request.commit() ? ReservationState::kCommitted : ReservationState::kHeld,
                                  .warehouse_ids = {request.warehouse_ids().begin(), request.warehouse_ids().end()},
                                  .sourcing_strategy = StrategyOf(request, work),
                                  .kits = KitsOf(demands, work),
                                  .external_reference_code = code,
                                  .version = 1,
                                  .create_time = work.now(),
                                  .update_time = work.now()};
    if (!request.commit()) {
      reservation.expire_time = ExpiryFor(work, request.has_ttl(), request.ttl());
    }
    if (request.has_destination()) {
      reservation.latitude = request.destination().latitude();
      reservation.longitude = request.destination().longitude();
    }
    return work.rows().reservations.Add(std::move(reservation));
  }

  static storage::SourcingStrategy StrategyOf(const Request& request, const pipeline::Work& work) {
    return ToRecord(request.sourcing_strategy())
        .value_or(work.configuration().FindChannel(request.channel_id())->sourcing_strategy);
  }

  static std::vector<storage::Component> KitsOf(const std::vector<Demand>& demands, const pipeline::Work& work) {
    std::vector<storage::Component> kits;
    for (const Demand& demand : demands) {
      if (work.item(demand.sku).is_kit()) kits.push_back({demand.sku, demand.quantity});
    }
    return kits;
  }

  static void AddLine(const Share& share, const ReservationRecord& reservation, pipeline::Work& work) {
    storage::ReservationLineRecord& line = work.rows().reservation_lines.Add(
        {.reservation_id = reservation.reservation_id, .sku = share.sku, .requested = share.requested});
    if (!work.item(share.sku).tracked) line.reserved = share.reserved;
    if (share.backordered > 0) pipeline::Wait(work, reservation, share.sku, share.backordered);
  }

  static void ShowResults(const std::vector<Demand>& demands, const std::vector<Granted>& grants, Response& response) {
    for (std::size_t i = 0; i < demands.size(); ++i) {
      v1::LineResult& result = *response.add_line_results();
      result.set_sku(demands[i].sku);
      result.set_requested_quantity(demands[i].quantity);
      result.set_reserved_quantity(grants[i].reserved);
      result.set_backordered_quantity(grants[i].backordered);
      result.set_reason(grants[i].reason);
    }
  }
};

const rpc::Registered<ReserveStock> kReserveStock;

}  // namespace
}  // namespace inventory::commands
