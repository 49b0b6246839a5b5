#include <string>

#include "absl/strings/str_cat.h"
#include "inventory/v1/transfer.pb.h"
#include "server/commands/convert.h"
#include "server/commands/external_references.h"
#include "server/commands/reservations.h"
#include "server/commands/stock.h"
#include "server/commands/transfers.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::MovementType;
using storage::TransferState;

struct CreateTransfer {
  using Request = v1::CreateTransferRequest;
  using Response = v1::CreateTransferResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckOptionalId(request.transfer_id(), "transfer_id", violations);
    rpc::CheckId(request.from_warehouse_id(), "from_warehouse_id", violations);
    rpc::CheckId(request.to_warehouse_id(), "to_warehouse_id", violations);
    if (!request.to_warehouse_id().empty() && request.to_warehouse_id() == request.from_warehouse_id()) {
      violations.Add("to_warehouse_id", "must not be the warehouse that the units leave");
    }
    rpc::CheckEnum<v1::TransferMode_IsValid>(request.mode(), "mode", violations);
    if (request.has_expected_time()) {
      rpc::CheckTimestamp(request.expected_time(), "expected_time", violations);
      if (IsImmediate(request)) violations.Add("expected_time", "must not be set for an immediate transfer");
    }
    rpc::CheckText(request.reason(), 255, "reason", violations);
    CheckCode(request.external_reference_code(), "external_reference_code", violations);
    CheckLines(request.lines(), {.least_lines = 1}, violations);
  }

  static pipeline::Needs NeedsOf(const Request& request) {
    pipeline::Needs needs{.warehouses = {request.from_warehouse_id(), request.to_warehouse_id()}};
    for (const v1::OrderLine& line : request.lines()) needs.skus.push_back(line.sku());
    if (!request.transfer_id().empty()) needs.new_transfers = {request.transfer_id()};
    NeedCode(storage::ResourceKind::kTransfer, request.external_reference_code(), needs);
    return needs;
  }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    absl::Status allowed = CheckWarehouseExists(work, request.from_warehouse_id());
    if (allowed.ok()) allowed = CheckWarehouseExists(work, request.to_warehouse_id());
    if (!allowed.ok()) return allowed;
    const std::string id = request.transfer_id().empty() ? work.fresh_id() : request.transfer_id();
    if (work.rows().transfers.Find(id) != nullptr) {
      return Refusal(absl::StatusCode::kAlreadyExists, "TRANSFER_EXISTS",
                     absl::StrCat("there is a transfer ", id, " already"), {{"transfer_id", id}});
    }
    const std::string& code = request.external_reference_code();
    absl::Status given = GiveCode(work, storage::ResourceKind::kTransfer, "", code, id);
    if (!given.ok()) return given;
    storage::TransferRecord& transfer =
        work.rows().transfers.Add({.transfer_id = id,
                                   .from_warehouse_id = request.from_warehouse_id(),
                                   .to_warehouse_id = request.to_warehouse_id(),
                                   .state = IsImmediate(request) ? TransferState::kReceived : TransferState::kInTransit,
                                   .reason = request.reason(),
                                   .external_reference_code = code,
                                   .version = 1,
                                   .create_time = work.now(),
                                   .update_time = work.now()});
    if (request.has_expected_time()) transfer.expected_time = ToStoredTime(request.expected_time());
    for (const v1::OrderLine& line : request.lines()) {
      absl::Status moved = Move(transfer, line.sku(), line.quantity(), work);
      if (!moved.ok()) return moved;
    }
    ShowTransfer(work, id, *response.mutable_transfer());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  static bool IsImmediate(const Request& request) { return request.mode() == v1::TRANSFER_MODE_IMMEDIATE; }

  static absl::Status Move(const storage::TransferRecord& transfer, const std::string& sku, int64_t quantity,
                           pipeline::Work& work) {
    absl::Status moved = CheckTracked(work, sku);
    if (moved.ok()) moved = CheckAvailable(transfer.from_warehouse_id, sku, quantity, work);
    if (!moved.ok()) return moved;
    const bool at_once = transfer.state == TransferState::kReceived;
    pipeline::Move move{.sku = sku,
                        .warehouse_id = transfer.from_warehouse_id,
                        .type = MovementType::kTransferOut,
                        .delta = {.on_hand = -quantity},
                        .reason = transfer.reason,
                        .document_id = transfer.transfer_id};
    moved = work.Apply(move).status();
    if (!moved.ok()) return moved;
    move.warehouse_id = transfer.to_warehouse_id;
    move.type = at_once ? MovementType::kTransferIn : MovementType::kExpect;
    move.delta = at_once ? storage::Quantities{.on_hand = quantity} : storage::Quantities{.incoming = quantity};
    moved = work.Apply(move).status();
    if (!moved.ok()) return moved;
    work.rows().transfer_lines.Add(
        {.transfer_id = transfer.transfer_id, .sku = sku, .quantity = quantity, .received = at_once ? quantity : 0});
    return absl::OkStatus();
  }

  static absl::Status CheckAvailable(const std::string& warehouse_id, const std::string& sku, int64_t quantity,
                                     const pipeline::Work& work) {
    const storage::LevelRecord* level = work.rows().levels.Find({sku, warehouse_id});
    const int64_t available = level == nullptr ? 0 : std::max<int64_t>(level->quantities.available(), 0);
    if (quantity <= available) return absl::OkStatus();
    return Precondition(
        "INSUFFICIENT_STOCK",
        absl::StrCat("only ", available, " of the ", quantity, " units of ", sku, " are available in ", warehouse_id),
        {{"sku", sku},
         {"warehouse_id", warehouse_id},
         {"requested", absl::StrCat(quantity)},
         {"available", absl::StrCat(available)}});
  }
};

const rpc::Registered<CreateTransfer> kCreateTransfer;

}  // namespace
}  // namespace inventory::commands
