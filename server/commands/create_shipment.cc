#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "inventory/v1/shipment.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/commands/reservations.h"
#include "server/commands/shipments.h"
#include "server/commands/stock.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::AllocationRecord;
using storage::ReservationState;

struct CreateShipment {
  using Request = v1::CreateShipmentRequest;
  using Response = v1::CreateShipmentResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckOptionalId(request.shipment_id(), "shipment_id", violations);
    rpc::CheckId(request.reservation_id(), "reservation_id", violations);
    rpc::CheckId(request.warehouse_id(), "warehouse_id", violations);
    rpc::CheckText(request.carrier(), 128, "carrier", violations);
    rpc::CheckText(request.tracking_number(), 128, "tracking_number", violations);
    CheckCode(request.external_reference_code(), "external_reference_code", violations);
    CheckLines(request.lines(), {}, violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    pipeline::Needs needs{.reservations = {request.reservation_id()}};
    if (!request.shipment_id().empty()) needs.new_shipments = {request.shipment_id()};
    NeedCode(storage::ResourceKind::kShipment, request.external_reference_code(), needs);
    return needs;
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    absl::Status allowed = CheckAllowed(request, work);
    if (!allowed.ok()) return allowed;
    const std::vector<Demand> demands = DemandsOf(request, work);
    if (demands.empty()) {
      return Precondition("NOTHING_TO_SHIP", "the warehouse has no units of the reservation that are in no shipment");
    }
    const std::string id = request.shipment_id().empty() ? work.fresh_id() : request.shipment_id();
    const std::string& code = request.external_reference_code();
    absl::Status given = GiveCode(work, storage::ResourceKind::kShipment, "", code, id);
    if (!given.ok()) return given;
    work.rows().shipments.Add({.shipment_id = id,
                               .reservation_id = request.reservation_id(),
                               .warehouse_id = request.warehouse_id(),
                               .carrier = request.carrier(),
                               .tracking_number = request.tracking_number(),
                               .external_reference_code = code,
                               .version = 1,
                               .create_time = work.now(),
                               .update_time = work.now()});
    for (const Demand& demand : demands) {
      absl::Status bound = Bind(request, demand, id, work);
      if (!bound.ok()) return bound;
    }
    EditReservation(work, request.reservation_id());
    ShowShipment(work, id, *response.mutable_shipment());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  static absl::Status CheckAllowed(const Request& request, pipeline::Work& work) {
    auto reservation = FindReservation(work, request.reservation_id(), "");
    if (!reservation.ok()) return reservation.status();
    const ReservationState state = LiveState(**reservation, work.now());
    if (state == ReservationState::kHeld) {
      return Precondition("RESERVATION_NOT_COMMITTED", "the reservation is only held; confirm it first");
    }
    if (state != ReservationState::kCommitted) return NotLive(state);
    if (!request.shipment_id().empty() && work.rows().shipments.Find(request.shipment_id()) != nullptr) {
      return Refusal(absl::StatusCode::kAlreadyExists, "SHIPMENT_EXISTS",
                     absl::StrCat("there is a shipment ", request.shipment_id(), " already"),
                     {{"shipment_id", request.shipment_id()}});
    }
    return CheckWarehouseExists(work, request.warehouse_id());
  }

  // What to ship: the request's lines, or everything that is allocated in the warehouse and not bound yet.
  static std::vector<Demand> DemandsOf(const Request& request, const pipeline::Work& work) {
    std::vector<Demand> demands;
    for (const v1::OrderLine& line : request.lines()) demands.push_back({line.sku(), line.quantity()});
    if (!demands.empty()) return demands;
    for (const AllocationRecord* part : work.AllocationsOf(request.reservation_id())) {
      if (part->warehouse_id == request.warehouse_id() && Unbound(*part) > 0) {
        demands.push_back({part->sku, Unbound(*part)});
      }
    }
    return demands;
  }

  static absl::Status Bind(const Request& request, const Demand& demand, const std::string& shipment_id,
                           pipeline::Work& work) {
    const std::string& reservation_id = request.reservation_id();
    const auto parts = work.AllocationsOf(reservation_id, demand.sku);
    const auto* line = work.rows().reservation_lines.Find({reservation_id, demand.sku});
    if (parts.empty() && line != nullptr && line->reserved > 0) {
      return Precondition("ITEM_UNTRACKED", absl::StrCat(demand.sku, " is untracked and needs no shipment"),
                          {{"sku", demand.sku}});
    }
    int64_t outstanding = 0;
    int64_t here = 0;
    for (const AllocationRecord* part : parts) {
      outstanding += Unbound(*part);
      if (part->warehouse_id == request.warehouse_id()) here = Unbound(*part);
    }
    if (demand.quantity > outstanding) return ExceedsReserved(demand.sku, demand.quantity, outstanding);
    const int64_t local = std::min(demand.quantity, here);
    if (local > 0) BindHere(reservation_id, demand.sku, request.warehouse_id(), local, shipment_id, work);
    if (local == demand.quantity) return absl::OkStatus();
    if (!request.allow_reallocation()) {
      return Precondition("NOT_ALLOCATED_HERE",
                          absl::StrCat("only ", here, " units of ", demand.sku, " are allocated in ",
                                       request.warehouse_id(), "; allow_reallocation takes them from it all the same"),
                          {{"sku", demand.sku},
                           {"warehouse_id", request.warehouse_id()},
                           {"requested", absl::StrCat(demand.quantity)},
                           {"allocated", absl::StrCat(here)}});
    }
    return BindFromElsewhere(request, demand.sku, demand.quantity - local, shipment_id, work);
  }

  static void BindHere(const std::string& reservation_id, const std::string& sku, const std::string& warehouse_id,
                       int64_t quantity, const std::string& shipment_id, pipeline::Work& work) {
    work.rows().allocations.Edit({reservation_id, sku, warehouse_id}).in_shipment += quantity;
    work.rows().shipment_lines.Add(
        {.shipment_id = shipment_id, .sku = sku, .allocated_from = warehouse_id, .quantity = quantity});
  }

  static absl::Status BindFromElsewhere(const Request& request, const std::string& sku, int64_t quantity,
                                        const std::string& shipment_id, pipeline::Work& work) {
    const storage::LevelRecord* level = work.rows().levels.Find({sku, request.warehouse_id()});
    const int64_t available = level == nullptr ? 0 : level->quantities.available();
    if (available < quantity) return InsufficientStock(sku, quantity, std::max<int64_t>(available, 0));
    for (const AllocationRecord* part : work.AllocationsOf(request.reservation_id(), sku)) {
      if (part->warehouse_id == request.warehouse_id()) continue;
      const int64_t units = std::min(quantity, Unbound(*part));
      if (units == 0) continue;
      absl::Status moved = Reallocate(work, part->key(), request.warehouse_id(), units);
      if (!moved.ok()) return moved;
      work.rows().allocations.Edit({request.reservation_id(), sku, request.warehouse_id()}).in_shipment += units;
      work.rows().shipment_lines.Add(
          {.shipment_id = shipment_id, .sku = sku, .allocated_from = part->warehouse_id, .quantity = units});
      quantity -= units;
    }
    return absl::OkStatus();
  }
};

const rpc::Registered<CreateShipment> kCreateShipment;

}  // namespace
}  // namespace inventory::commands
