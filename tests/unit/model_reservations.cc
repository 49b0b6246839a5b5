// The model's reservations.
#include <algorithm>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

constexpr absl::Duration kDefaultTtl = absl::Minutes(15);

absl::Duration TtlOf(bool has_ttl, const google::protobuf::Duration& ttl) {
  return has_ttl ? absl::Seconds(ttl.seconds()) + absl::Nanoseconds(ttl.nanos()) : kDefaultTtl;
}

// The reservation with the version required.
Outcome Find(State& state, const std::string& id, const std::string& etag, Reservation*& found) {
  const auto it = state.reservations.find(id);
  if (it == state.reservations.end()) return NotFound("RESERVATION");
  found = &it->second;
  return CheckEtag(etag, found->version);
}

int64_t OutstandingIn(const Reservation& reservation) {
  int64_t units = 0;
  for (const auto& [sku, line] : reservation.lines) units += line.outstanding();
  return units;
}

int64_t ShippedIn(const Reservation& reservation) {
  int64_t units = 0;
  for (const auto& [sku, line] : reservation.lines) units += line.shipped;
  return units;
}

}  // namespace

Outcome NotLive(v1::ReservationState state) {
  if (state == v1::RESERVATION_STATE_EXPIRED) return Precondition("RESERVATION_EXPIRED");
  if (state == v1::RESERVATION_STATE_CANCELLED) return Precondition("RESERVATION_CANCELLED");
  return Precondition("RESERVATION_FULFILLED");
}

bool Live(v1::ReservationState state) {
  return state == v1::RESERVATION_STATE_HELD || state == v1::RESERVATION_STATE_COMMITTED;
}

bool Model::BreaksOrderRules(const std::string& sku, int64_t quantity) const {
  const Item item = state_.ItemOf(sku);
  return quantity < item.min || (item.max > 0 && quantity > item.max) || quantity % item.multiple != 0 ||
         (!item.allowed.empty() && !item.allowed.contains(quantity));
}

bool Model::GiveUp(Line& line, const std::string& sku, int64_t quantity) {
  if (quantity > line.waiting + line.untracked + line.unbound()) return false;
  line.cancelled += quantity;
  const int64_t waiting = std::min(quantity, line.waiting);
  line.waiting -= waiting;
  quantity -= waiting;
  const int64_t untracked = std::min(quantity, line.untracked);
  line.untracked -= untracked;
  quantity -= untracked;
  for (auto it = line.parts.rbegin(); it != line.parts.rend(); ++it) {
    const int64_t units = std::min(quantity, it->second.unbound());
    if (units == 0) continue;
    it->second.reserved -= units;
    Moved(sku, it->first);
    quantity -= units;
  }
  return true;
}

void Model::Settle(Reservation& reservation) {
  if (reservation.state != v1::RESERVATION_STATE_COMMITTED) return;
  for (const auto& [sku, line] : reservation.lines) {
    if (line.outstanding() > line.untracked) return;
  }
  // Untracked units need no shipment.
  for (auto& [sku, line] : reservation.lines) line.shipped += std::exchange(line.untracked, 0);
  reservation.state = ShippedIn(reservation) > 0 ? v1::RESERVATION_STATE_FULFILLED : v1::RESERVATION_STATE_CANCELLED;
}

Outcome Model::Do(const v1::ReserveStockRequest& request) {
  Reservation made{.channel = request.channel_id(),
                   .only = {request.warehouse_ids().begin(), request.warehouse_ids().end()}};
  std::vector<std::string> sources;
  if (Outcome allowed = Sources(made, sources); !allowed.ok()) return allowed;
  for (const std::string& warehouse : made.only) {
    const bool sold_from = std::find(sources.begin(), sources.end(), warehouse) != sources.end();
    if (!sold_from) return Precondition("WAREHOUSE_NOT_IN_CHANNEL");
  }
  std::vector<Demand> demands;
  for (const v1::OrderLine& line : request.lines()) {
    const auto known = std::find_if(demands.begin(), demands.end(), [&](const auto& d) { return d.sku == line.sku(); });
    if (known == demands.end()) {
      demands.push_back({line.sku(), line.quantity()});
    } else {
      known->quantity += line.quantity();
    }
  }
  bool breaks_rules = false;
  for (const auto& [sku, quantity] : demands) {
    if (!state_.ItemOf(sku).published) return Precondition("ITEM_UNPUBLISHED");
    breaks_rules = breaks_rules || BreaksOrderRules(sku, quantity);
  }
  if (breaks_rules) return Precondition("ORDER_RULE_VIOLATED");
  std::vector<Grant> shares;
  if (Outcome granted = GrantAll(made, demands, request.on_shortfall(), shares); !granted.ok()) return granted;
  if (state_.reservations.contains(request.reservation_id())) {
    return {absl::StatusCode::kAlreadyExists, "RESERVATION_EXISTS"};
  }
  made.code = request.external_reference_code();
  if (Outcome free = CheckCode(made.code, request.reservation_id(), state_.reservations); !free.ok()) return free;

  const v1::SourcingStrategy strategy = request.sourcing_strategy();
  const bool chosen = strategy != v1::SOURCING_STRATEGY_UNSPECIFIED;
  made.strategy = chosen ? strategy : state_.channels.at(made.channel).strategy;
  if (request.has_destination()) made.destination = request.destination().longitude();
  Reservation& reservation = state_.reservations[request.reservation_id()];
  reservation = made;
  if (request.commit()) {
    reservation.state = v1::RESERVATION_STATE_COMMITTED;
  } else {
    reservation.expiry = state_.now + TtlOf(request.has_ttl(), request.ttl());
  }
  for (const auto& [sku, quantity] : demands) {
    if (!state_.ItemOf(sku).components.empty()) reservation.kits[sku] = quantity;
  }
  for (const Grant& share : shares) reservation.lines[share.sku].requested = share.requested;
  Give(reservation, shares, sources);
  Settle(reservation);
  return {};
}

void Model::Give(Reservation& reservation, const std::vector<Grant>& grants, const std::vector<std::string>& sources) {
  const Plan plan = PlanFor(reservation, grants, sources);
  for (const Grant& grant : grants) {
    Line& line = reservation.lines[grant.sku];
    Wait(line, grant.sku, grant.waiting);
    if (!state_.ItemOf(grant.sku).tracked) line.untracked += grant.reserved;
  }
  for (const auto& [sku, parts] : plan) {
    for (const auto& [warehouse, units] : parts) {
      reservation.lines[sku].parts[warehouse].reserved += units;
      Moved(sku, warehouse);
    }
  }
}

Outcome Model::Do(const v1::ConfirmReservationRequest& request) {
  Reservation* reservation = nullptr;
  Outcome found = Find(state_, request.reservation_id(), request.etag(), reservation);
  if (!found.ok()) return found;
  const v1::ReservationState state = reservation->StateAt(state_.now);
  if (state == v1::RESERVATION_STATE_COMMITTED || state == v1::RESERVATION_STATE_FULFILLED) return {};
  if (state != v1::RESERVATION_STATE_HELD) return NotLive(state);
  reservation->state = v1::RESERVATION_STATE_COMMITTED;
  reservation->expiry.reset();
  ++reservation->version;
  Settle(*reservation);
  return {};
}

Outcome Model::Do(const v1::ExtendReservationRequest& request) {
  Reservation* reservation = nullptr;
  Outcome found = Find(state_, request.reservation_id(), request.etag(), reservation);
  if (!found.ok()) return found;
  const v1::ReservationState state = reservation->StateAt(state_.now);
  if (state == v1::RESERVATION_STATE_COMMITTED || state == v1::RESERVATION_STATE_FULFILLED) {
    return Precondition("RESERVATION_NOT_HELD");
  }
  if (state != v1::RESERVATION_STATE_HELD) return NotLive(state);
  reservation->expiry = std::max(*reservation->expiry, state_.now + TtlOf(request.has_ttl(), request.ttl()));
  ++reservation->version;
  return {};
}

Outcome Model::Do(const v1::AmendReservationRequest& request) {
  Reservation* reservation = nullptr;
  Outcome found = Find(state_, request.reservation_id(), request.etag(), reservation);
  if (!found.ok()) return found;
  if (!Live(reservation->StateAt(state_.now))) return NotLive(reservation->StateAt(state_.now));
  const auto total_of = [reservation](const std::string& sku) {
    const auto line = reservation->lines.find(sku);
    return line == reservation->lines.end() ? 0 : line->second.outstanding() + line->second.shipped;
  };
  for (const auto& wanted : request.lines()) {
    const bool changes = wanted.quantity() != 0 && wanted.quantity() != total_of(wanted.sku());
    if (changes && !state_.ItemOf(wanted.sku()).components.empty()) return Precondition("ITEM_IS_KIT");
  }
  bool breaks_rules = false;
  for (const auto& wanted : request.lines()) {
    const bool grows = wanted.quantity() > total_of(wanted.sku());
    if (grows && !state_.ItemOf(wanted.sku()).published) return Precondition("ITEM_UNPUBLISHED");
    const bool changes = wanted.quantity() != 0 && wanted.quantity() != total_of(wanted.sku());
    breaks_rules = breaks_rules || (changes && BreaksOrderRules(wanted.sku(), wanted.quantity()));
  }
  if (breaks_rules) return Precondition("ORDER_RULE_VIOLATED");
  std::vector<Demand> more;
  for (const auto& wanted : request.lines()) {
    const int64_t missing = wanted.quantity() - total_of(wanted.sku());
    if (missing > 0) more.push_back({wanted.sku(), missing});
    if (missing > 0 || !reservation->lines.contains(wanted.sku())) continue;
    Line& line = reservation->lines[wanted.sku()];
    if (wanted.quantity() < line.shipped + line.in_shipment()) return Precondition("BELOW_SHIPPED");
    line.requested = wanted.quantity();
    GiveUp(line, wanted.sku(), -missing);
  }
  if (Outcome grown = Grow(*reservation, more, request.on_shortfall()); !grown.ok()) return grown;
  if (OutstandingIn(*reservation) + ShippedIn(*reservation) == 0) return Precondition("NOTHING_LEFT");
  ++reservation->version;
  Settle(*reservation);
  return {};
}

Outcome Model::Grow(Reservation& reservation, const std::vector<Demand>& more, v1::ShortfallPolicy policy) {
  if (more.empty()) return {};
  std::vector<std::string> sources;
  if (Outcome allowed = Sources(reservation, sources); !allowed.ok()) return allowed;
  std::vector<Grant> shares;
  if (Outcome granted = GrantAll(reservation, more, policy, shares); !granted.ok()) return granted;
  for (const Grant& share : shares) {
    Line& line = reservation.lines[share.sku];
    line.requested = line.outstanding() + line.shipped + share.requested;
  }
  Give(reservation, shares, sources);
  return {};
}

Outcome Model::Do(const v1::CancelReservationRequest& request) {
  Reservation* reservation = nullptr;
  Outcome found = Find(state_, request.reservation_id(), request.etag(), reservation);
  if (!found.ok()) return found;
  const v1::ReservationState state = reservation->StateAt(state_.now);
  if (state == v1::RESERVATION_STATE_FULFILLED) return NotLive(state);
  if (!Live(state)) return {};
  if (!request.lines().empty()) return CancelLines(request, *reservation);
  for (auto& [sku, line] : reservation->lines) {
    if (!GiveUp(line, sku, line.outstanding())) return Precondition("UNITS_IN_SHIPMENT");
  }
  reservation->state = v1::RESERVATION_STATE_CANCELLED;
  reservation->expiry.reset();
  ++reservation->version;
  return {};
}

Outcome Model::CancelLines(const v1::CancelReservationRequest& request, Reservation& reservation) {
  for (const v1::OrderLine& wanted : request.lines()) {
    const bool known = reservation.lines.contains(wanted.sku());
    if (!known || wanted.quantity() > reservation.lines[wanted.sku()].outstanding()) {
      return Precondition("EXCEEDS_RESERVED");
    }
    if (!GiveUp(reservation.lines[wanted.sku()], wanted.sku(), wanted.quantity())) {
      return Precondition("UNITS_IN_SHIPMENT");
    }
  }
  ++reservation.version;
  Settle(reservation);
  if (reservation.state == v1::RESERVATION_STATE_HELD && OutstandingIn(reservation) == 0) {
    reservation.state = v1::RESERVATION_STATE_CANCELLED;
    reservation.expiry.reset();
  }
  return {};
}

void Model::Expire(const std::string& id) {
  std::set<std::string> skus;
  Reservation& reservation = state_.reservations.at(id);
  for (const auto& [sku, line] : reservation.lines) skus.insert(sku);
  Enter(skus);
  if (reservation.state != v1::RESERVATION_STATE_HELD || *reservation.expiry > state_.now) return;
  for (auto& [sku, line] : reservation.lines) line.cancelled += std::exchange(line.untracked, 0);
  reservation.state = v1::RESERVATION_STATE_EXPIRED;
  reservation.expiry.reset();
  ++reservation.version;
}

}  // namespace inventory::model
