#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "inventory/v1/transfer.pb.h"
#include "server/commands/reservations.h"
#include "server/commands/transfers.h"
#include "server/rpc/rule.h"

namespace inventory::commands {
namespace {

using storage::MovementType;
using storage::TransferLineRecord;
using storage::TransferRecord;
using storage::TransferState;

// What becomes of units in transit of one SKU.
struct Arrival {
  int64_t received = 0;
  int64_t missing = 0;

  int64_t settled() const { return received + missing; }
};

struct ReceiveTransfer {
  using Request = v1::ReceiveTransferRequest;
  using Response = v1::ReceiveTransferResponse;

  static void Validate(const Request& request, const rpc::Bounds&, Violations& violations) {
    rpc::CheckId(request.transfer_id(), "transfer_id", violations);
    rpc::CheckEnum<v1::TransferRest_IsValid>(request.rest(), "rest", violations);
    rpc::CheckText(request.shortage_reason(), 255, "shortage_reason", violations);
    if (request.shortage_reason().empty() && AnyMissing(request)) {
      violations.Add("shortage_reason", "is required where units are missing");
    }
    rpc::CheckCount(request.lines_size(), SettlesRest(request) ? 0 : 1, kMaxTransferLines, "lines", violations);
    std::set<std::string> named;
    for (int i = 0; i < std::min(request.lines_size(), kMaxTransferLines); ++i) {
      const Request::Line& line = request.lines(i);
      rpc::CheckSku(line.sku(), rpc::Path("lines", i, "sku"), violations);
      rpc::CheckQuantity(line.received_quantity(), 0, rpc::Path("lines", i, "received_quantity"), violations);
      rpc::CheckQuantity(line.missing_quantity(), 0, rpc::Path("lines", i, "missing_quantity"), violations);
      if (line.received_quantity() == 0 && line.missing_quantity() == 0) {
        violations.Add(absl::StrCat("lines[", i, "]"), "must say that units were received or are missing");
      }
      if (!named.insert(line.sku()).second) violations.Add(rpc::Path("lines", i, "sku"), "is named more than once");
    }
  }

  static pipeline::Needs NeedsOf(const Request& request) { return {.transfers = {request.transfer_id()}}; }

  static absl::Status Apply(const Request& request, pipeline::Work& work, Response& response) {
    const std::string& id = request.transfer_id();
    auto found = FindTransfer(work, id, request.etag());
    if (!found.ok()) return found.status();
    if ((*found)->state != TransferState::kInTransit) return WrongState((*found)->state);
    auto arrivals = ArrivalsOf(request, work);
    if (!arrivals.ok()) return arrivals.status();
    TransferRecord& transfer = EditTransfer(work, id);
    for (const auto& [sku, arrival] : *arrivals) {
      absl::Status settled = Settle(transfer, sku, arrival, request.shortage_reason(), work);
      if (!settled.ok()) return settled;
    }
    const auto lines = work.TransferLinesOf(id);
    const bool done = std::all_of(lines.begin(), lines.end(), [](const auto* line) { return line->in_transit() == 0; });
    if (done) transfer.state = TransferState::kReceived;
    ShowTransfer(work, id, *response.mutable_transfer());
    ShowMovements(work, *response.mutable_movements());
    return absl::OkStatus();
  }

 private:
  static bool SettlesRest(const Request& request) {
    return request.rest() == v1::TRANSFER_REST_RECEIVED || request.rest() == v1::TRANSFER_REST_MISSING;
  }

  static bool AnyMissing(const Request& request) {
    return request.rest() == v1::TRANSFER_REST_MISSING ||
           std::any_of(request.lines().begin(), request.lines().end(),
                       [](const Request::Line& line) { return line.missing_quantity() != 0; });
  }

  // What the request settles, by SKU.
  static absl::StatusOr<std::map<std::string, Arrival>> ArrivalsOf(const Request& request, const pipeline::Work& work) {
    std::map<std::string, Arrival> arrivals;
    for (const Request::Line& named : request.lines()) {
      const Arrival arrival = {.received = named.received_quantity(), .missing = named.missing_quantity()};
      const TransferLineRecord* line = work.rows().transfer_lines.Find({request.transfer_id(), named.sku()});
      const int64_t in_transit = line == nullptr ? 0 : line->in_transit();
      if (arrival.settled() > in_transit) return ExceedsInTransit(named.sku(), arrival.settled(), in_transit);
      arrivals[named.sku()] = arrival;
    }
    if (!SettlesRest(request)) return arrivals;
    for (const TransferLineRecord* line : work.TransferLinesOf(request.transfer_id())) {
      if (line->in_transit() == 0) continue;
      Arrival& arrival = arrivals[line->sku];
      const int64_t rest = line->in_transit() - arrival.settled();
      (request.rest() == v1::TRANSFER_REST_RECEIVED ? arrival.received : arrival.missing) += rest;
    }
    return arrivals;
  }

  static absl::Status Settle(const TransferRecord& transfer, const std::string& sku, const Arrival& arrival,
                             const std::string& shortage_reason, pipeline::Work& work) {
    pipeline::Move move{.sku = sku,
                        .warehouse_id = transfer.to_warehouse_id,
                        .type = MovementType::kTransferIn,
                        .delta = {.on_hand = arrival.received, .incoming = -arrival.received},
                        .document_id = transfer.transfer_id};
    absl::Status moved = arrival.received == 0 ? absl::OkStatus() : work.Apply(move).status();
    if (!moved.ok()) return moved;
    TransferLineRecord& line = work.rows().transfer_lines.Edit({transfer.transfer_id, sku});
    line.received += arrival.received;
    if (arrival.missing == 0) return absl::OkStatus();
    move.type = MovementType::kExpect;
    move.delta = {.incoming = -arrival.missing};
    move.reason = shortage_reason;
    moved = work.Apply(move).status();
    if (!moved.ok()) return moved;
    line.missing += arrival.missing;
    line.shortage_reason = shortage_reason;
    return absl::OkStatus();
  }

  static absl::Status ExceedsInTransit(const std::string& sku, int64_t requested, int64_t in_transit) {
    return Precondition(
        "EXCEEDS_IN_TRANSIT",
        absl::StrCat("only ", in_transit, " of the ", requested, " units of ", sku, " are in transit"),
        {{"sku", sku}, {"requested", absl::StrCat(requested)}, {"in_transit", absl::StrCat(in_transit)}});
  }
};

const rpc::Registered<ReceiveTransfer> kReceiveTransfer;

}  // namespace
}  // namespace inventory::commands
