#include <algorithm>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "server/commands/convert.h"
#include "server/commands/reservations.h"
#include "server/rpc/ids.h"
#include "storage/reservation_repository.h"
#include "tests/bench/peer/events.h"
#include "tests/bench/peer/order.h"
#include "tests/bench/peer/rules.h"
#include "tests/bench/peer/stock.h"

namespace inventory::bench::peer {
namespace {

using commands::Demand;
using storage::ReservationRecord;

constexpr absl::Duration kDefaultHold = absl::Minutes(15);

// One demand per SKU, in the order in which the request first names them.
std::vector<Demand> DemandsOf(const v1::ReserveStockRequest& request) {
  std::vector<Demand> demands;
  for (const v1::OrderLine& line : request.lines()) {
    const auto known =
        std::find_if(demands.begin(), demands.end(), [&](const Demand& d) { return d.sku == line.sku(); });
    if (known == demands.end()) {
      demands.push_back({.sku = line.sku(), .quantity = line.quantity()});
    } else {
      known->quantity += line.quantity();
    }
  }
  return demands;
}

absl::Status CheckKnown(const v1::ReserveStockRequest& request, const pipeline::Configuration& configuration) {
  const bool units = std::any_of(request.lines().begin(), request.lines().end(),
                                 [](const v1::OrderLine& line) { return !line.unit().empty(); });
  const bool unusual = units || request.on_shortfall() > v1::SHORTFALL_POLICY_REJECT || request.validate_only() ||
                       request.warehouse_ids_size() > 0 || request.has_destination() ||
                       request.sourcing_strategy() != v1::SOURCING_STRATEGY_UNSPECIFIED ||
                       !request.external_reference_code().empty();
  const storage::ChannelRecord* channel = configuration.FindChannel(request.channel_id());
  const bool by_priority = channel == nullptr || channel->sourcing_strategy == storage::SourcingStrategy::kPriority;
  if (!unusual && by_priority) return absl::OkStatus();
  return absl::UnimplementedError("this service knows plain orders only");
}

absl::Status CheckItem(const storage::ItemRecord& item, int64_t quantity) {
  if (!item.published) {
    return Precondition("ITEM_UNPUBLISHED", absl::StrCat(item.sku, " is not published"), {{"sku", item.sku}});
  }
  const std::vector<int64_t>& allowed = item.allowed_order_quantities;
  const bool fits = quantity >= item.min_order_quantity &&
                    (item.max_order_quantity == 0 || quantity <= item.max_order_quantity) &&
                    quantity % item.multiple_order_quantity == 0 &&
                    (allowed.empty() || std::find(allowed.begin(), allowed.end(), quantity) != allowed.end());
  if (fits) return absl::OkStatus();
  return Precondition("ORDER_RULE_VIOLATED", absl::StrCat(quantity, " of ", item.sku, " may not be ordered"),
                      {{"sku", item.sku}});
}

// Takes the units from the warehouses in their order, or refuses.
absl::Status Take(const Demand& demand, const std::vector<std::string>& sources, const std::string& request_id,
                  Stock& stock, Order& order) {
  const ReservationRecord& reservation = order.reservation;
  int64_t left = demand.quantity;
  for (const std::string& warehouse_id : sources) {
    const storage::LevelRecord* level = stock.level(demand.sku, warehouse_id);
    const int64_t units = level == nullptr ? 0 : std::clamp<int64_t>(level->quantities.available(), 0, left);
    if (units == 0) continue;
    left -= units;
    stock.Reserve(demand.sku, warehouse_id, units, storage::MovementType::kReserve, reservation.reservation_id,
                  request_id);
    if (reservation.expire_time) stock.Hold(demand.sku, *reservation.expire_time);
    order.allocations.push_back({.reservation_id = reservation.reservation_id,
                                 .sku = demand.sku,
                                 .warehouse_id = warehouse_id,
                                 .reserved = units,
                                 .expire_time = reservation.expire_time});
  }
  if (left == 0) return absl::OkStatus();
  return commands::InsufficientStock(demand.sku, demand.quantity, demand.quantity - left);
}

ReservationRecord ReservationOf(const v1::ReserveStockRequest& request) {
  // This machine's time: the database's is only known under the locks.
  const absl::Time now = absl::FromUnixMicros(absl::ToUnixMicros(absl::Now()));
  ReservationRecord reservation{
      .reservation_id = request.reservation_id().empty() ? rpc::NewId() : request.reservation_id(),
      .channel_id = request.channel_id(),
      .order_reference = request.order_reference(),
      .state = request.commit() ? storage::ReservationState::kCommitted : storage::ReservationState::kHeld,
      .version = 1,
      .create_time = now,
      .update_time = now};
  if (!request.commit()) {
    const absl::Duration hold = request.has_ttl() ? FromDuration(request.ttl()) : kDefaultHold;
    reservation.expire_time = now + absl::Floor(hold, absl::Microseconds(1));
  }
  return reservation;
}

// The order before it has any stock.
Order OrderOf(const v1::ReserveStockRequest& request, const std::vector<Demand>& demands) {
  Order order{.reservation = ReservationOf(request), .lines = {}, .allocations = {}};
  for (const Demand& demand : demands) {
    order.lines.push_back({.reservation_id = order.reservation.reservation_id,
                           .sku = demand.sku,
                           .requested = demand.quantity,
                           .reserved = demand.quantity});
  }
  return order;
}

// Inserts what is known before the stock is locked, so that others need not wait for it. An id of the caller's choice
// must be new.
absl::Status InsertOrder(Session& session, const Order& order, bool chosen_id) {
  const ReservationRecord& reservation = order.reservation;
  absl::Status done = session.Insert(std::vector<ReservationRecord>{reservation});
  if (done.ok()) return session.Insert(order.lines);
  if (!chosen_id || storage::FaultOf(done) != storage::SqlFault::kDuplicateKey) return done;
  return Refusal(absl::StatusCode::kAlreadyExists, "RESERVATION_EXISTS",
                 absl::StrCat("there is a reservation ", reservation.reservation_id, " already"),
                 {{"reservation_id", reservation.reservation_id}});
}

// Fills the order from the stock, in memory.
absl::Status Fill(const std::vector<Demand>& demands, const std::vector<std::string>& sources,
                  const std::string& request_id, Stock& stock, Order& order) {
  for (const Demand& demand : demands) {
    const storage::ItemRecord* item = stock.item(demand.sku);
    if (item == nullptr) return commands::InsufficientStock(demand.sku, demand.quantity, 0);
    absl::Status taken = CheckItem(*item, demand.quantity);
    if (taken.ok()) taken = Take(demand, sources, request_id, stock, order);
    if (!taken.ok()) return taken;
  }
  return absl::OkStatus();
}

void ShowAll(const Order& order, const Stock& stock, v1::ReserveStockResponse& response) {
  for (const storage::ReservationLineRecord& line : order.lines) {
    v1::LineResult& result = *response.add_line_results();
    result.set_sku(line.sku);
    result.set_requested_quantity(line.requested);
    result.set_reserved_quantity(line.reserved);
  }
  for (const storage::MovementRecord& movement : stock.movements()) ToProto(movement, *response.add_movements());
  Show(order, stock.now(), *response.mutable_reservation());
}

}  // namespace

absl::Status Reserve(Session& session, const pipeline::Configuration& configuration, const std::string& request_id,
                     const v1::ReserveStockRequest& request, v1::ReserveStockResponse& response) {
  absl::Status possible = CheckKnown(request, configuration);
  if (!possible.ok()) return possible;
  absl::StatusOr<std::vector<std::string>> sources = commands::SellingFrom(configuration, request.channel_id());
  if (!sources.ok()) return sources.status();
  const std::vector<Demand> demands = DemandsOf(request);
  std::set<std::string> skus;
  for (const Demand& demand : demands) skus.insert(demand.sku);
  Order order = OrderOf(request, demands);
  absl::Status done = InsertOrder(session, order, !request.reservation_id().empty());
  if (!done.ok()) return done;
  absl::StatusOr<Stock> stock = Stock::Lock(session, skus);
  if (!stock.ok()) return stock.status();
  done = Fill(demands, *sources, request_id, *stock, order);
  if (done.ok()) done = stock->Write(session);
  if (done.ok()) done = session.Insert(order.allocations);
  if (done.ok()) done = Tell(session, nullptr, order, *stock);
  if (done.ok()) ShowAll(order, *stock, response);
  return done;
}

}  // namespace inventory::bench::peer
