// Compares answers with the model.
#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/str_join.h"
#include "server/errors.h"
#include "tests/unit/model_check.h"
#include "tests/unit/model_comparison.h"

namespace inventory::model {
namespace {

void CompareShown(const State& state, const v1::Reservation& shown, Comparison& out) {
  out.Of("shown reservation " + shown.reservation_id());
  const Reservation& reservation = state.reservations.at(shown.reservation_id());
  const v1::ReservationState live_state = reservation.StateAt(state.now);
  out.Equal<int64_t>("state", shown.state(), live_state);
  out.Equal("etag", shown.etag(), Text(reservation.version));
  out.Equal("lines", Text(shown.lines_size()), Text(static_cast<int64_t>(reservation.lines.size())));
  for (const v1::ReservationLine& line : shown.lines()) {
    out.Of(absl::StrCat("shown line ", line.sku(), " of ", shown.reservation_id()));
    const Line& expected = reservation.lines.at(line.sku());
    // Of a dead hold nothing is reserved and nothing waits any more.
    const bool dead = live_state == v1::RESERVATION_STATE_EXPIRED;
    out.Equal<int64_t>("requested", line.requested_quantity(), expected.requested);
    out.Equal<int64_t>("reserved", line.reserved_quantity(), dead ? 0 : expected.reserved());
    out.Equal<int64_t>("backordered", line.backordered_quantity(), dead ? 0 : expected.waiting);
    out.Equal<int64_t>("shipped", line.shipped_quantity(), expected.shipped);
    out.Equal<int64_t>("cancelled", line.cancelled_quantity(),
                       expected.cancelled + (dead ? expected.outstanding() : 0));
    out.Equal<int64_t>("returned", line.returned_quantity(), expected.returned);
  }
}

void CompareShown(const State& state, const v1::Shipment& shown, Comparison& out) {
  out.Of("shown shipment " + shown.shipment_id());
  const Shipment& shipment = state.shipments.at(shown.shipment_id());
  std::map<std::string, int64_t> units;
  for (const auto& [key, quantity] : shipment.lines) units[key.first] += quantity;
  out.Equal<int64_t>("state", shown.state(), shipment.state);
  out.Equal("etag", shown.etag(), Text(shipment.version));
  out.Equal<int64_t>("lines", shown.lines_size(), static_cast<int64_t>(units.size()));
  for (const v1::OrderLine& line : shown.lines()) out.Equal<int64_t>("quantity", line.quantity(), units[line.sku()]);
}

void CompareShown(const State& state, const v1::StockReturn& shown, Comparison& out) {
  out.Of("shown return " + shown.return_id());
  const Return& made = state.returns.at(shown.return_id());
  out.Equal("reservation", shown.reservation_id(), made.reservation);
  out.Equal<int64_t>("lines", shown.lines_size(), static_cast<int64_t>(made.lines.size()));
  for (const v1::ReturnLine& line : shown.lines()) {
    const auto expected = made.lines.find({line.sku(), line.warehouse_id(), line.disposition()});
    out.Equal<int64_t>("quantity", line.quantity(), expected == made.lines.end() ? 0 : expected->second);
  }
}

void CompareShown(const State& state, const v1::Replenishment& shown, Comparison& out) {
  out.Of("shown replenishment " + shown.replenishment_id());
  const Replenishment& replenishment = state.replenishments.at(shown.replenishment_id());
  out.Equal<int64_t>("state", shown.state(), replenishment.state);
  out.Equal<int64_t>("received", shown.received_quantity(), replenishment.received);
  out.Equal<int64_t>("outstanding", shown.outstanding_quantity(), replenishment.outstanding());
  out.Equal("etag", shown.etag(), Text(replenishment.version));
}

void CompareShown(const State& state, const v1::Transfer& shown, Comparison& out) {
  out.Of("shown transfer " + shown.transfer_id());
  const Transfer& transfer = state.transfers.at(shown.transfer_id());
  out.Equal<int64_t>("state", shown.state(), transfer.state);
  out.Equal("etag", shown.etag(), Text(transfer.version));
  out.Count("shown lines", static_cast<std::size_t>(shown.lines_size()), transfer.lines.size());
  for (const v1::TransferLine& line : shown.lines()) {
    out.Equal<int64_t>("in transit", line.in_transit_quantity(), transfer.lines.at(line.sku()).in_transit());
  }
}

void CompareShown(const State& state, const v1::StockLevel& shown, Comparison& out) {
  out.Of(absl::StrCat("shown level ", shown.sku(), " in ", shown.warehouse_id()));
  const Level& level = state.levels.at({shown.sku(), shown.warehouse_id()});
  out.Equal<int64_t>("on_hand", shown.on_hand(), level.on_hand);
  out.Equal<int64_t>("reserved", shown.reserved(), state.Reserved(shown.sku(), shown.warehouse_id()));
  out.Equal<int64_t>("safety_stock", shown.safety_stock(), level.safety_stock);
  out.Equal<int64_t>("damaged", shown.damaged(), level.damaged);
  out.Equal<int64_t>("quality_control", shown.quality_control(), level.quality_control);
  out.Equal<int64_t>("available", shown.available(), state.Available(shown.sku(), shown.warehouse_id()));
  out.Equal<int64_t>("incoming", shown.incoming(), state.Incoming(shown.sku(), shown.warehouse_id()));
  out.Equal("etag", shown.etag(), Text(level.version));
}

void CompareShown(const State& state, const v1::LowStockEvent& shown, Comparison& out) {
  out.Of("shown event " + shown.event_id());
  const Event& event = state.rules.at(shown.rule_id()).events.at(static_cast<std::size_t>(shown.number() - 1));
  out.Equal<int64_t>("state", shown.state(), event.state);
  out.Equal<int64_t>("attempts", shown.attempts(), event.attempts);
  out.Equal<int64_t>("has a next attempt", shown.has_next_attempt_time(), event.due.has_value());
}

void CompareLineResults(const std::vector<Grant>& granted, const v1::ReserveStockResponse& answer, Comparison& out) {
  out.Count("line results", static_cast<std::size_t>(answer.line_results_size()), granted.size());
  for (int i = 0; i < std::min(answer.line_results_size(), static_cast<int>(granted.size())); ++i) {
    const v1::LineResult& result = answer.line_results(i);
    const Grant& grant = granted[static_cast<std::size_t>(i)];
    out.Of("result of line " + grant.sku);
    out.Equal("sku", result.sku(), grant.sku);
    out.Equal<int64_t>("requested", result.requested_quantity(), grant.requested);
    out.Equal<int64_t>("reserved", result.reserved_quantity(), grant.reserved);
    out.Equal<int64_t>("backordered", result.backordered_quantity(), grant.waiting);
    out.Equal("reason", result.reason(), grant.reason);
  }
}

// Why the warehouse gives nothing to the reservation that it does not even hold yet; unset if it does give something.
std::optional<v1::UnusedReason> WhyUnused(const State& state, const Reservation& reservation, const std::string& id) {
  bool has_any = false;
  for (const auto& [sku, line] : reservation.lines) {
    if (line.parts.contains(id)) return std::nullopt;
    has_any = has_any || (state.ItemOf(sku).tracked && state.Available(sku, id) > 0);
  }
  if (!state.channels.at(reservation.channel).priorities.contains(id)) return v1::UNUSED_REASON_NOT_ATTACHED;
  if (!state.warehouses.at(id).active) return v1::UNUSED_REASON_INACTIVE;
  const bool named = std::find(reservation.only.begin(), reservation.only.end(), id) != reservation.only.end();
  if (!reservation.only.empty() && !named) return v1::UNUSED_REASON_NOT_NAMED;
  return has_any ? v1::UNUSED_REASON_NOT_NEEDED : v1::UNUSED_REASON_NOTHING_AVAILABLE;
}

void CompareUnused(const State& state, const v1::ReserveStockResponse& answer, Comparison& out) {
  const Reservation& reservation = state.reservations.at(answer.reservation().reservation_id());
  std::vector<std::string> expected;
  for (const auto& [id, warehouse] : state.warehouses) {
    if (warehouse.deleted) continue;
    const auto reason = WhyUnused(state, reservation, id);
    if (reason) expected.push_back(absl::StrCat(id, " ", v1::UnusedReason_Name(*reason)));
  }
  std::vector<std::string> actual;
  for (const v1::UnusedWarehouse& unused : answer.unused_warehouses()) {
    actual.push_back(absl::StrCat(unused.warehouse_id(), " ", v1::UnusedReason_Name(unused.reason())));
  }
  out.Of("answer");
  out.Equal("unused warehouses", absl::StrJoin(actual, ", "), absl::StrJoin(expected, ", "));
}

void CompareRows(const std::vector<UpdatedRow>& rows, const v1::BatchUpdateStockResponse& answer, Comparison& out) {
  out.Count("results", static_cast<std::size_t>(answer.results_size()), rows.size());
  int64_t failed = 0;
  for (int i = 0; i < answer.results_size() && i < static_cast<int>(rows.size()); ++i) {
    const v1::BatchUpdateStockResponse::Result& result = answer.results(i);
    const UpdatedRow& row = rows[static_cast<std::size_t>(i)];
    out.Of(absl::StrCat("result ", i));
    out.Equal<int64_t>("code", result.error().code(), static_cast<int64_t>(row.outcome.code));
    out.Equal("reason", ReasonOf(FromProto(result.error())), row.outcome.reason);
    out.Equal<int64_t>("has a level", result.has_stock_level(), row.outcome.ok());
    out.Equal<int64_t>("has a movement", result.has_movement(), row.moved);
    out.Equal<int64_t>("on_hand", result.stock_level().on_hand(), row.level.on_hand);
    out.Equal<int64_t>("safety_stock", result.stock_level().safety_stock(), row.level.safety_stock);
    out.Equal<std::string>("etag", result.stock_level().etag(), row.outcome.ok() ? Text(row.level.version) : "");
    failed += row.outcome.ok() ? 0 : 1;
  }
  out.Count("failed rows", static_cast<std::size_t>(answer.failed_count()), static_cast<std::size_t>(failed));
}

// Compares the answer's field of this name, if it has one that is set.
template <typename Resource>
void CompareField(const State& state, const google::protobuf::Message& answer, const char* name, Comparison& out) {
  const auto* field = answer.GetDescriptor()->FindFieldByName(name);
  if (field == nullptr || field->is_repeated() || !answer.GetReflection()->HasField(answer, field)) return;
  CompareShown(state, dynamic_cast<const Resource&>(answer.GetReflection()->GetMessage(answer, field)), out);
}

}  // namespace

std::vector<std::string> Differences(const Model& model, const google::protobuf::Message& answer) {
  const State& state = model.answered();
  Comparison out;
  CompareField<v1::Reservation>(state, answer, "reservation", out);
  CompareField<v1::Shipment>(state, answer, "shipment", out);
  CompareField<v1::StockReturn>(state, answer, "stock_return", out);
  CompareField<v1::Replenishment>(state, answer, "replenishment", out);
  CompareField<v1::Transfer>(state, answer, "transfer", out);
  CompareField<v1::StockLevel>(state, answer, "stock_level", out);
  CompareField<v1::LowStockEvent>(state, answer, "event", out);
  if (const auto* reserved = dynamic_cast<const v1::ReserveStockResponse*>(&answer)) {
    CompareLineResults(model.granted(), *reserved, out);
    if (!reserved->unused_warehouses().empty()) CompareUnused(state, *reserved, out);
  } else if (const auto* batch = dynamic_cast<const v1::BatchUpdateStockResponse*>(&answer)) {
    CompareRows(model.updated_rows(), *batch, out);
  } else if (const auto* quota = dynamic_cast<const v1::Quota*>(&answer)) {
    out.Of(absl::StrCat("shown quota of ", quota->sku(), " in ", quota->channel_id()));
    out.Equal<int64_t>("outstanding", quota->outstanding_quantity(),
                       state.Unshipped(quota->sku(), quota->channel_id()));
    out.Equal("etag", quota->etag(), Text(state.quotas.at({quota->sku(), quota->channel_id()}).version));
  } else if (const auto* rule = dynamic_cast<const v1::LowStockRule*>(&answer)) {
    out.Of("shown rule " + rule->rule_id());
    out.Equal<int64_t>("low", rule->low(), state.rules.at(rule->rule_id()).low);
    out.Equal("etag", rule->etag(), Text(state.rules.at(rule->rule_id()).version));
  } else if (const auto* item = dynamic_cast<const v1::Item*>(&answer)) {
    out.Of("shown item " + item->sku());
    out.Equal("etag", item->etag(), Text(state.ItemOf(item->sku()).version));
    out.Equal("code", item->external_reference_code(), state.ItemOf(item->sku()).code);
    const std::string& estimate_id = item->availability_estimate_id();
    out.Equal("availability estimate", estimate_id, state.EstimateOf(state.ItemOf(item->sku())));
  } else if (const auto* estimate = dynamic_cast<const v1::AvailabilityEstimate*>(&answer)) {
    out.Of("shown availability estimate " + estimate->availability_estimate_id());
    out.Equal("title", estimate->title(), state.estimates.at(estimate->availability_estimate_id()).title);
    out.Equal("etag", estimate->etag(), Text(state.estimates.at(estimate->availability_estimate_id()).version));
  } else if (const auto* warehouse = dynamic_cast<const v1::Warehouse*>(&answer)) {
    out.Of("shown warehouse " + warehouse->warehouse_id());
    out.Equal("etag", warehouse->etag(), Text(state.warehouses.at(warehouse->warehouse_id()).version));
  } else if (const auto* channel = dynamic_cast<const v1::Channel*>(&answer)) {
    out.Of("shown channel " + channel->channel_id());
    out.Equal("etag", channel->etag(), Text(state.channels.at(channel->channel_id()).version));
  }
  return out.Take();
}

}  // namespace inventory::model
