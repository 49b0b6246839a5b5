#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "inventory/v1/reservation.pb.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/pipeline/backorders.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::ReservationRecord;
using storage::ReservationState;

constexpr int kMaxWarehouses = 100;

struct ReserveStock {
  using Request = v1::ReserveStockRequest;
  using Response = v1::ReserveStockResponse;

  static void Validate(const Request& request, const rpc::Bounds& bounds, Violations& violations) {
    rpc::CheckOptionalId(request.reservation_id(), "reservation_id", violations);
    rpc::CheckId(request.channel_id(), "channel_id", violations);
    rpc::CheckText(request.order_reference(), 128, "order_reference", violations);
    CheckLines(request.lines(), {.least_lines = 1, .distinct_skus = false}, violations);
    if (request.has_ttl()) {
      rpc::CheckTtl(request.ttl(), bounds.max_hold_ttl, "ttl", violations);
      if (request.commit()) violations.Add("ttl", "must not be set together with commit");
    }
    rpc::CheckEnum<v1::ShortfallPolicy_IsValid>(request.on_shortfall(), "on_shortfall", violations);
    rpc::CheckCount(request.warehouse_ids_size(), 0, kMaxWarehouses, "warehouse_ids", violations);
    for (int i = 0; i < std::min(request.warehouse_ids_size(), kMaxWarehouses); ++i) {
      rpc::CheckId(request.warehouse_ids(i), absl::StrCat("warehouse_ids[", i, "]"), violations);
    }
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    pipeline::Needs needs;
    for (const v1::OrderLine& line : request.lines()) needs.skus.push_back(line.sku());
    if (!request.reservation_id().empty()) needs.new_reservations.push_back(request.reservation_id());
    return needs;
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    absl::StatusOr<std::vector<std::string>> sources =
        SourcesFor(work, request.channel_id(), {request.warehouse_ids().begin(), request.warehouse_ids().end()});
    if (!sources.ok()) return sources.status();
    const std::vector<Demand> demands = DemandsOf(request);
    absl::Status status = CheckOrderRules(work, demands);
    if (!status.ok()) return status;
    absl::StatusOr<std::vector<Granted>> grants = Grant(request, demands, *sources, work);
    if (!grants.ok()) return grants.status();
    absl::StatusOr<ReservationRecord> created = Create(request, work);
    if (!created.ok()) return created.status();

    for (std::size_t i = 0; i < demands.size(); ++i) {
      status = Reserve(demands[i], (*grants)[i], *created, *sources, work);
      if (!status.ok()) return status;
      v1::LineResult& result = *response.add_line_results();
      result.set_sku(demands[i].sku);
      result.set_requested_quantity(demands[i].quantity);
      result.set_reserved_quantity((*grants)[i].reserved);
      result.set_backordered_quantity((*grants)[i].backordered);
      if ((*grants)[i].reserved < demands[i].quantity) result.set_reason("INSUFFICIENT_STOCK");
    }
    SettleIfDone(work, created->reservation_id);
    ShowReservation(work, created->reservation_id, *response.mutable_reservation());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  struct Granted {
    int64_t reserved = 0;
    int64_t backordered = 0;
  };

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

  // How much each demand gets: all of it; under PARTIAL what there is, in whole multiples; under BACKORDER what there
  // is, and the rest waits.
  static absl::StatusOr<std::vector<Granted>> Grant(const Request& request, const std::vector<Demand>& demands,
                                                    const std::vector<std::string>& sources,
                                                    const pipeline::Work& work) {
    std::vector<Granted> grants;
    absl::Status first_shortfall;
    bool any = false;
    for (const Demand& demand : demands) {
      const storage::ItemRecord& item = work.item(demand.sku);
      Granted grant{.reserved = demand.quantity};
      if (item.tracked) {
        grant.reserved = sourcing::TotalAvailable(work.AvailableIn(demand.sku, sources), demand.quantity);
        const int64_t missing = demand.quantity - grant.reserved;
        absl::Status shortfall =
            missing == 0 ? absl::OkStatus() : InsufficientStock(demand.sku, demand.quantity, grant.reserved);
        switch (request.on_shortfall()) {
          case v1::SHORTFALL_POLICY_PARTIAL:
            first_shortfall.Update(shortfall);
            if (missing > 0) grant.reserved -= grant.reserved % item.multiple_order_quantity;
            break;
          case v1::SHORTFALL_POLICY_BACKORDER:
            shortfall = CheckMayWait(work, demand.sku, missing);
            if (!shortfall.ok()) return shortfall;
            grant.backordered = missing;
            break;
          default:
            if (!shortfall.ok()) return shortfall;
        }
      }
      any = any || grant.reserved + grant.backordered > 0;
      grants.push_back(grant);
    }
    if (!any) return first_shortfall;
    return grants;
  }

  static absl::StatusOr<ReservationRecord> Create(const Request& request, pipeline::Work& work) {
    const std::string& id = request.reservation_id().empty() ? work.fresh_id() : request.reservation_id();
    if (work.rows().reservations.Find(id) != nullptr) {
      return Refusal(absl::StatusCode::kAlreadyExists, "RESERVATION_EXISTS",
                     absl::StrCat("there is a reservation ", id, " already"), {{"reservation_id", id}});
    }
    ReservationRecord reservation{.reservation_id = id,
                                  .channel_id = request.channel_id(),
                                  .order_reference = request.order_reference(),
                                  .state = request.commit() ? ReservationState::kCommitted : ReservationState::kHeld,
                                  .warehouse_ids = {request.warehouse_ids().begin(), request.warehouse_ids().end()},
                                  .version = 1,
                                  .create_time = work.now(),
                                  .update_time = work.now()};
    if (!request.commit()) {
      reservation.expire_time = ExpiryFor(work, request.has_ttl(), request.ttl());
    }
    return work.rows().reservations.Add(std::move(reservation));
  }

  static absl::Status Reserve(const Demand& demand, const Granted& grant, const ReservationRecord& reservation,
                              const std::vector<std::string>& sources, pipeline::Work& work) {
    storage::ReservationLineRecord& line = work.rows().reservation_lines.Add(
        {.reservation_id = reservation.reservation_id, .sku = demand.sku, .requested = demand.quantity});
    if (!work.item(demand.sku).tracked) {
      line.reserved = grant.reserved;
      return absl::OkStatus();
    }
    if (grant.backordered > 0) pipeline::Wait(work, reservation, demand.sku, grant.backordered);
    return Take(work, reservation, demand.sku,
                sourcing::ByPriority(work.AvailableIn(demand.sku, sources), grant.reserved));
  }
};

const rpc::Registered<ReserveStock> kRegistered;

}  // namespace
}  // namespace inventory::commands
