// The model's orders that wait, and dead holds.
#include <algorithm>
#include <limits>
#include <utility>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

constexpr int64_t kNoLast = std::numeric_limits<int64_t>::max();

// The live reservations that wait for the SKU, by their places.
std::map<int64_t, std::string> QueueOf(const State& state, const std::string& sku) {
  std::map<int64_t, std::string> queue;
  for (const auto& [id, reservation] : state.reservations) {
    const auto line = reservation.lines.find(sku);
    const bool waits = line != reservation.lines.end() && line->second.waiting > 0;
    const bool dead = reservation.StateAt(state.now) == v1::RESERVATION_STATE_EXPIRED;
    if (waits && !dead) queue[line->second.place] = id;
  }
  return queue;
}

}  // namespace

void Model::Enter(const std::set<std::string>& skus) {
  std::map<std::string, int64_t> movements;
  for (const std::string& sku : skus) movements[sku] = state_.Movements(sku);
  ReleaseDead(skus);
  for (const std::string& sku : skus) {
    // Who waits is looked at again once the configuration has changed, and with them the rules.
    const bool again = (state_.unfollowed && state_.Waiting(sku) > 0) || state_.repaired.erase(sku) > 0;
    Fill(sku, kNoLast);
    if (again || state_.Movements(sku) > movements[sku]) Judge(sku);
  }
  NoteLevels();
}

void Model::Leave(const std::set<std::string>& skus, const State& before) {
  answered_ = state_;
  for (const std::string& sku : skus) Fill(sku, LastPlaceOfStep(sku, before));
  for (const std::string& sku : skus) {
    if (state_.Movements(sku) > before.Movements(sku) || rechecked_.contains(sku)) Judge(sku);
  }
  NoteLevels();
}

void Model::ReleaseDead(const std::set<std::string>& skus) {
  for (auto& [id, reservation] : state_.reservations) {
    if (reservation.StateAt(state_.now) != v1::RESERVATION_STATE_EXPIRED) continue;
    for (auto& [sku, line] : reservation.lines) {
      if (!skus.contains(sku)) continue;
      line.cancelled += std::exchange(line.waiting, 0);
      for (auto& [warehouse, part] : line.parts) {
        if (part.reserved == 0) continue;
        line.cancelled += part.reserved;
        part.reserved = 0;
        Moved(sku, warehouse);
      }
    }
  }
}

void Model::Follow() {
  for (const std::string& sku : state_.Skus()) Recheck(sku);
  state_.unfollowed = false;
}

Outcome Model::MayWait(const std::string& sku, int64_t quantity) const {
  const Item item = state_.ItemOf(sku);
  if (quantity == 0 || item.backorders == v1::BACKORDER_POLICY_UNLIMITED) return {};
  if (item.backorders == v1::BACKORDER_POLICY_NONE) return Precondition("BACKORDER_NOT_ALLOWED");
  const bool too_many = state_.Waiting(sku) + quantity > item.backorder_limit;
  return too_many ? Precondition("BACKORDER_LIMIT_EXCEEDED") : Outcome();
}

void Model::Wait(Line& line, const std::string& sku, int64_t quantity) {
  if (quantity == 0) return;
  if (line.waiting == 0) line.place = ++state_.last_places[sku];
  line.waiting += quantity;
}

void Model::Fill(const std::string& sku, int64_t last_place) {
  for (const auto& [place, id] : QueueOf(state_, sku)) {
    if (place > last_place) return;
    Reservation& reservation = state_.reservations.at(id);
    Line& line = reservation.lines.at(sku);
    const std::vector<std::string> sources = state_.SourcesOf(reservation);
    const int64_t units = std::min(line.waiting, state_.AvailableIn(sku, sources));
    line.waiting -= units;
    Give(reservation, {{.sku = sku, .reserved = units}}, sources);
  }
}

// A step does not look at those whose channel can get nothing.
int64_t Model::LastPlaceOfStep(const std::string& sku, const State& before) const {
  int64_t looked_at = 0;
  int64_t last_place = 0;
  const std::map<int64_t, std::string> waiting = QueueOf(state_, sku);
  for (const auto& [place, id] : QueueOf(before, sku)) {
    if (!waiting.contains(place)) continue;
    const std::string& channel = before.reservations.at(id).channel;
    if (state_.AvailableIn(sku, state_.SourcesOf(channel)) == 0) continue;
    if (looked_at == max_filled_) return last_place;
    ++looked_at;
    last_place = place;
  }
  return kNoLast;
}

}  // namespace inventory::model
