#include <algorithm>
#include <map>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "inventory/v1/stock_return.pb.h"
#include "server/commands/conditions.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/commands/stock.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

constexpr int kMaxLines = 200;

v1::StockCondition ConditionOf(storage::Disposition disposition) {
  switch (disposition) {
    case storage::Disposition::kDamaged:
      return v1::STOCK_CONDITION_DAMAGED;
    case storage::Disposition::kQualityControl:
      return v1::STOCK_CONDITION_QUALITY_CONTROL;
    case storage::Disposition::kRestock:
      break;
  }
  return v1::STOCK_CONDITION_SELLABLE;
}

struct ReturnStock {
  using Request = v1::ReturnStockRequest;
  using Response = v1::ReturnStockResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckOptionalId(request.return_id(), "return_id", violations);
    rpc::CheckId(request.reservation_id(), "reservation_id", violations);
    rpc::CheckText(request.reason(), 255, "reason", violations);
    rpc::CheckCount(request.lines_size(), 1, kMaxLines, "lines", violations);
    for (int i = 0; i < std::min(request.lines_size(), kMaxLines); ++i) CheckLine(request.lines(i), i, violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    pipeline::Needs needs{.reservations = {request.reservation_id()}};
    if (!request.return_id().empty()) needs.new_returns = {request.return_id()};
    for (const v1::ReturnLine& line : request.lines()) needs.warehouses.push_back(line.warehouse_id());
    return needs;
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::map<Place, int64_t> units = UnitsOfLines(request);
    absl::Status allowed = CheckAllowed(request, units, work);
    if (!allowed.ok()) return allowed;
    const std::string id = request.return_id().empty() ? work.fresh_id() : request.return_id();
    const storage::ReturnRecord& made = work.rows().returns.Add({.return_id = id,
                                                                 .reservation_id = request.reservation_id(),
                                                                 .reason = request.reason(),
                                                                 .create_time = work.now()});
    for (const auto& [place, quantity] : units) {
      absl::Status booked = BookBack(made, place, quantity, work);
      if (!booked.ok()) return booked;
    }
    EditReservation(work, request.reservation_id());
    ToProto(made, work.ReturnLinesOf(id), *response.mutable_stock_return());
    ShowReservation(work, request.reservation_id(), *response.mutable_reservation());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  // SKU, warehouse and disposition.
  using Place = std::tuple<std::string, std::string, storage::Disposition>;

  static void CheckLine(const v1::ReturnLine& line, int i, Violations& violations) {
    const auto field = [i](std::string_view name) { return rpc::Path("lines", i, name); };
    rpc::CheckSku(line.sku(), field("sku"), violations);
    rpc::CheckQuantity(line.quantity(), 1, field("quantity"), violations);
    rpc::CheckId(line.warehouse_id(), field("warehouse_id"), violations);
    rpc::CheckEnum<v1::Disposition_IsValid>(line.disposition(), field("disposition"), violations);
    if (line.disposition() == v1::DISPOSITION_UNSPECIFIED) violations.Add(field("disposition"), "is required");
  }

  static std::map<Place, int64_t> UnitsOfLines(const Request& request) {
    std::map<Place, int64_t> units;
    for (const v1::ReturnLine& line : request.lines()) {
      units[{line.sku(), line.warehouse_id(), static_cast<storage::Disposition>(line.disposition())}] +=
          line.quantity();
    }
    return units;
  }

  static absl::Status CheckAllowed(const Request& request, const std::map<Place, int64_t>& units,
                                   pipeline::Work& work) {
    auto reservation = FindReservation(work, request.reservation_id(), "");
    if (!reservation.ok()) return reservation.status();
    if (!request.return_id().empty() && work.rows().returns.Find(request.return_id()) != nullptr) {
      return Refusal(absl::StatusCode::kAlreadyExists, "RETURN_EXISTS",
                     absl::StrCat("there is a return ", request.return_id(), " already"),
                     {{"return_id", request.return_id()}});
    }
    std::map<std::string, int64_t> totals;
    for (const auto& [place, quantity] : units) {
      absl::Status exists = CheckWarehouseExists(work, std::get<1>(place));
      if (!exists.ok()) return exists;
      totals[std::get<0>(place)] += quantity;
    }
    for (const auto& [sku, quantity] : totals) {
      absl::Status returnable = CheckReturnable(request.reservation_id(), sku, quantity, work);
      if (!returnable.ok()) return returnable;
    }
    return absl::OkStatus();
  }

  // Only what has left a warehouse can come back to one: units shipped while the item was untracked have no allocation.
  static absl::Status CheckReturnable(const std::string& reservation_id, const std::string& sku, int64_t quantity,
                                      const pipeline::Work& work) {
    const auto* line = work.rows().reservation_lines.Find({reservation_id, sku});
    if (line == nullptr) return ExceedsShipped(sku, quantity, 0);
    absl::Status tracked = CheckTracked(work, sku);
    if (!tracked.ok()) return tracked;
    int64_t returnable = -line->returned;
    for (const storage::AllocationRecord* part : work.AllocationsOf(reservation_id, sku)) returnable += part->shipped;
    return quantity > returnable ? ExceedsShipped(sku, quantity, returnable) : absl::OkStatus();
  }

  static absl::Status ExceedsShipped(const std::string& sku, int64_t requested, int64_t returnable) {
    return Precondition(
        "EXCEEDS_SHIPPED",
        absl::StrCat(requested, " units of ", sku, " were named but only ", returnable, " can still come back"),
        {{"sku", sku}, {"requested", absl::StrCat(requested)}, {"returnable", absl::StrCat(returnable)}});
  }

  static absl::Status BookBack(const storage::ReturnRecord& made, const Place& place, int64_t quantity,
                               pipeline::Work& work) {
    const auto& [sku, warehouse_id, disposition] = place;
    absl::Status moved = work.Apply({.sku = sku,
                                     .warehouse_id = warehouse_id,
                                     .type = storage::MovementType::kReturn,
                                     .delta = UnitsOf(ConditionOf(disposition), quantity),
                                     .reason = made.reason,
                                     .document_id = made.return_id})
                             .status();
    if (!moved.ok()) return moved;
    work.rows().return_lines.Add({.return_id = made.return_id,
                                  .sku = sku,
                                  .warehouse_id = warehouse_id,
                                  .disposition = disposition,
                                  .quantity = quantity});
    work.rows().reservation_lines.Edit({made.reservation_id, sku}).returned += quantity;
    return absl::OkStatus();
  }
};

const rpc::Registered<ReturnStock> kReturnStock;

}  // namespace
}  // namespace inventory::commands
