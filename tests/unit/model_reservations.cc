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

Outcome NotLive(v1::ReservationState state) {
  if (state == v1::RESERVATION_STATE_EXPIRED) return Precondition("RESERVATION_EXPIRED");
  if (state == v1::RESERVATION_STATE_CANCELLED) return Precondition("RESERVATION_CANCELLED");
  return Precondition("RESERVATION_FULFILLED");
}

bool Live(v1::ReservationState state) {
  return state == v1::RESERVATION_STATE_HELD || state == v1::RESERVATION_STATE_COMMITTED;
}

int64_t ReservedIn(const Reservation& reservation) {
  int64_t units = 0;
  for (const auto& [sku, line] : reservation.lines) units += line.reserved();
  return units;
}

int64_t ShippedIn(const Reservation& reservation) {
  int64_t units = 0;
  for (const auto& [sku, line] : reservation.lines) units += line.shipped;
  return units;
}

}  // namespace

int64_t Line::reserved() const {
  int64_t units = untracked;
  for (const auto& [warehouse, part] : parts) units += part.reserved;
  return units;
}

int64_t Line::in_shipment() const {
  int64_t units = 0;
  for (const auto& [warehouse, part] : parts) units += part.in_shipment;
  return units;
}

int64_t Line::unbound() const {
  int64_t units = 0;
  for (const auto& [warehouse, part] : parts) units += part.unbound();
  return units;
}

v1::ReservationState Reservation::StateAt(absl::Time now) const {
  const bool dead = state == v1::RESERVATION_STATE_HELD && *expiry <= now;
  return dead ? v1::RESERVATION_STATE_EXPIRED : state;
}

bool Model::BreaksOrderRules(const std::string& sku, int64_t quantity) const {
  const Item item = ItemOf(sku);
  return quantity < item.min || (item.max > 0 && quantity > item.max) || quantity % item.multiple != 0 ||
         (!item.allowed.empty() && !item.allowed.contains(quantity));
}

int64_t Model::AvailableIn(const std::string& sku, const std::vector<std::string>& warehouses) const {
  int64_t units = 0;
  for (const std::string& warehouse : warehouses) units += std::max<int64_t>(0, Available(sku, warehouse));
  return units;
}

void Model::Take(Line& line, const std::string& sku, int64_t quantity, const std::vector<std::string>& sources) {
  if (!ItemOf(sku).tracked) {
    line.untracked += quantity;
    return;
  }
  for (const std::string& warehouse : sources) {
    const int64_t units = std::min(quantity, std::max<int64_t>(0, Available(sku, warehouse)));
    if (units == 0) continue;
    line.parts[warehouse].reserved += units;
    Moved(sku, warehouse);
    quantity -= units;
  }
}

bool Model::GiveUp(Line& line, const std::string& sku, int64_t quantity) {
  if (quantity > line.untracked + line.unbound()) return false;
  line.cancelled += quantity;
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
    if (line.reserved() > line.untracked) return;
  }
  // Untracked units need no shipment.
  for (auto& [sku, line] : reservation.lines) line.shipped += std::exchange(line.untracked, 0);
  reservation.state = ShippedIn(reservation) > 0 ? v1::RESERVATION_STATE_FULFILLED : v1::RESERVATION_STATE_CANCELLED;
}

Outcome Model::Do(const v1::ReserveStockRequest& request) {
  std::vector<std::string> sources;
  Outcome allowed =
      Sources(request.channel_id(), {request.warehouse_ids().begin(), request.warehouse_ids().end()}, sources);
  if (!allowed.ok()) return allowed;

  std::vector<std::string> skus;
  std::map<std::string, int64_t> wanted;
  for (const v1::OrderLine& line : request.lines()) {
    if (!wanted.contains(line.sku())) skus.push_back(line.sku());
    wanted[line.sku()] += line.quantity();
  }
  bool breaks_rules = false;
  for (const std::string& sku : skus) {
    if (!ItemOf(sku).published) return Precondition("ITEM_UNPUBLISHED");
    breaks_rules = breaks_rules || BreaksOrderRules(sku, wanted[sku]);
  }
  if (breaks_rules) return Precondition("ORDER_RULE_VIOLATED");

  int64_t granted = 0;
  std::map<std::string, int64_t> grants = wanted;
  for (const std::string& sku : skus) {
    const Item item = ItemOf(sku);
    const int64_t available = AvailableIn(sku, sources);
    if (item.tracked && available < wanted[sku]) {
      if (request.on_shortfall() != v1::SHORTFALL_POLICY_PARTIAL) return Precondition("INSUFFICIENT_STOCK");
      grants[sku] = available / item.multiple * item.multiple;
    }
    granted += grants[sku];
  }
  if (granted == 0) return Precondition("INSUFFICIENT_STOCK");
  if (state_.reservations.contains(request.reservation_id())) {
    return {absl::StatusCode::kAlreadyExists, "RESERVATION_EXISTS"};
  }

  Reservation& reservation = state_.reservations[request.reservation_id()];
  reservation.channel = request.channel_id();
  reservation.only = {request.warehouse_ids().begin(), request.warehouse_ids().end()};
  if (request.commit()) {
    reservation.state = v1::RESERVATION_STATE_COMMITTED;
  } else {
    reservation.expiry = now + TtlOf(request.has_ttl(), request.ttl());
  }
  for (const std::string& sku : skus) {
    Line& line = reservation.lines[sku];
    line.requested = wanted[sku];
    Take(line, sku, grants[sku], sources);
  }
  Settle(reservation);
  return {};
}

Outcome Model::Do(const v1::ConfirmReservationRequest& request) {
  Reservation* reservation = nullptr;
  Outcome found = Find(state_, request.reservation_id(), request.etag(), reservation);
  if (!found.ok()) return found;
  const v1::ReservationState state = reservation->StateAt(now);
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
  const v1::ReservationState state = reservation->StateAt(now);
  if (state == v1::RESERVATION_STATE_COMMITTED || state == v1::RESERVATION_STATE_FULFILLED) {
    return Precondition("RESERVATION_NOT_HELD");
  }
  if (state != v1::RESERVATION_STATE_HELD) return NotLive(state);
  reservation->expiry = std::max(*reservation->expiry, now + TtlOf(request.has_ttl(), request.ttl()));
  ++reservation->version;
  return {};
}

Outcome Model::Do(const v1::AmendReservationRequest& request) {
  Reservation* reservation = nullptr;
  Outcome found = Find(state_, request.reservation_id(), request.etag(), reservation);
  if (!found.ok()) return found;
  if (!Live(reservation->StateAt(now))) return NotLive(reservation->StateAt(now));
  const auto total_of = [reservation](const std::string& sku) {
    const auto line = reservation->lines.find(sku);
    return line == reservation->lines.end() ? 0 : line->second.reserved() + line->second.shipped;
  };
  bool breaks_rules = false;
  for (const auto& wanted : request.lines()) {
    const bool grows = wanted.quantity() > total_of(wanted.sku());
    if (grows && !ItemOf(wanted.sku()).published) return Precondition("ITEM_UNPUBLISHED");
    const bool changes = wanted.quantity() != 0 && wanted.quantity() != total_of(wanted.sku());
    breaks_rules = breaks_rules || (changes && BreaksOrderRules(wanted.sku(), wanted.quantity()));
  }
  if (breaks_rules) return Precondition("ORDER_RULE_VIOLATED");
  for (const auto& wanted : request.lines()) {
    const int64_t total = total_of(wanted.sku());
    if (wanted.quantity() > total) {
      Outcome grown = Grow(*reservation, wanted.sku(), wanted.quantity());
      if (!grown.ok()) return grown;
    } else if (reservation->lines.contains(wanted.sku())) {
      Line& line = reservation->lines[wanted.sku()];
      if (wanted.quantity() < line.shipped + line.in_shipment()) return Precondition("BELOW_SHIPPED");
      line.requested = wanted.quantity();
      GiveUp(line, wanted.sku(), total - wanted.quantity());
    }
  }
  if (ReservedIn(*reservation) + ShippedIn(*reservation) == 0) return Precondition("NOTHING_LEFT");
  ++reservation->version;
  Settle(*reservation);
  return {};
}

Outcome Model::Grow(Reservation& reservation, const std::string& sku, int64_t quantity) {
  Line& line = reservation.lines[sku];
  const int64_t missing = quantity - line.reserved() - line.shipped;
  line.requested = quantity;
  std::vector<std::string> sources;
  if (ItemOf(sku).tracked) {
    Outcome allowed = Sources(reservation.channel, {}, sources);
    if (!allowed.ok()) return allowed;
    std::erase_if(sources, [&](const std::string& warehouse) {
      return !reservation.only.empty() && !reservation.only.contains(warehouse);
    });
    if (AvailableIn(sku, sources) < missing) return Precondition("INSUFFICIENT_STOCK");
  }
  Take(line, sku, missing, sources);
  return {};
}

Outcome Model::Do(const v1::CancelReservationRequest& request) {
  Reservation* reservation = nullptr;
  Outcome found = Find(state_, request.reservation_id(), request.etag(), reservation);
  if (!found.ok()) return found;
  const v1::ReservationState state = reservation->StateAt(now);
  if (state == v1::RESERVATION_STATE_FULFILLED) return NotLive(state);
  if (!Live(state)) return {};
  if (!request.lines().empty()) return CancelLines(request, *reservation);
  for (auto& [sku, line] : reservation->lines) {
    if (!GiveUp(line, sku, line.reserved())) return Precondition("UNITS_IN_SHIPMENT");
  }
  reservation->state = v1::RESERVATION_STATE_CANCELLED;
  reservation->expiry.reset();
  ++reservation->version;
  return {};
}

Outcome Model::CancelLines(const v1::CancelReservationRequest& request, Reservation& reservation) {
  for (const v1::OrderLine& wanted : request.lines()) {
    const bool known = reservation.lines.contains(wanted.sku());
    if (!known || wanted.quantity() > reservation.lines[wanted.sku()].reserved()) {
      return Precondition("EXCEEDS_RESERVED");
    }
    if (!GiveUp(reservation.lines[wanted.sku()], wanted.sku(), wanted.quantity())) {
      return Precondition("UNITS_IN_SHIPMENT");
    }
  }
  ++reservation.version;
  Settle(reservation);
  if (reservation.state == v1::RESERVATION_STATE_HELD && ReservedIn(reservation) == 0) {
    reservation.state = v1::RESERVATION_STATE_CANCELLED;
    reservation.expiry.reset();
  }
  return {};
}

void Model::Expire(const std::string& id) {
  std::set<std::string> skus;
  Reservation& reservation = state_.reservations.at(id);
  for (const auto& [sku, line] : reservation.lines) skus.insert(sku);
  ReleaseDead(skus);
  if (reservation.state != v1::RESERVATION_STATE_HELD || *reservation.expiry > now) return;
  for (auto& [sku, line] : reservation.lines) line.cancelled += std::exchange(line.untracked, 0);
  reservation.state = v1::RESERVATION_STATE_EXPIRED;
  reservation.expiry.reset();
  ++reservation.version;
}

}  // namespace inventory::model
