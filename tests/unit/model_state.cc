#include "tests/unit/model_state.h"

#include <algorithm>

namespace inventory::model {

bool Level::Add(v1::StockCondition condition, int64_t units) {
  on_hand += units;
  if (condition == v1::STOCK_CONDITION_DAMAGED) damaged += units;
  if (condition == v1::STOCK_CONDITION_QUALITY_CONTROL) quality_control += units;
  return sellable() >= 0 && damaged >= 0 && quality_control >= 0;
}

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

Item State::ItemOf(const std::string& sku) const {
  const auto found = items.find(sku);
  return found == items.end() ? Item() : found->second;
}

std::string State::EstimateOf(const Item& item) const {
  for (const auto& [id, estimate] : estimates) {
    if (estimate.uid == item.estimate) return id;
  }
  return "";
}

int64_t State::Reserved(const std::string& sku, const std::string& warehouse) const {
  int64_t units = 0;
  for (const auto& [id, reservation] : reservations) {
    const auto line = reservation.lines.find(sku);
    if (line == reservation.lines.end()) continue;
    const auto part = line->second.parts.find(warehouse);
    if (part != line->second.parts.end()) units += part->second.reserved;
  }
  return units;
}

int64_t State::Unshipped(const std::string& sku, const std::string& channel) const {
  int64_t units = 0;
  for (const auto& [id, reservation] : reservations) {
    const auto line = reservation.lines.find(sku);
    if (reservation.channel == channel && line != reservation.lines.end()) units += line->second.outstanding();
  }
  return units;
}

int64_t State::Watched(const Rule& rule) const {
  if (!rule.warehouse.empty()) return WarehouseSells(rule.warehouse) ? Available(rule.sku, rule.warehouse) : 0;
  if (!rule.channel.empty()) {
    const bool sells = channels.at(rule.channel).active;
    return sells ? AvailableIn(rule.sku, SourcesOf(rule.channel)) : 0;
  }
  std::vector<std::string> selling;
  for (const auto& [id, warehouse] : warehouses) {
    if (WarehouseSells(id)) selling.push_back(id);
  }
  return AvailableIn(rule.sku, selling);
}

int64_t State::RulesOf(const std::string& sku) const {
  return std::count_if(rules.begin(), rules.end(),
                       [&sku](const auto& entry) { return entry.second.sku == sku && !entry.second.deleted; });
}

std::set<std::string> State::Skus() const {
  std::set<std::string> skus;
  for (const auto& [key, level] : levels) skus.insert(key.first);
  for (const auto& [id, reservation] : reservations) {
    for (const auto& [sku, line] : reservation.lines) skus.insert(sku);
  }
  for (const auto& [id, rule] : rules) skus.insert(rule.sku);
  return skus;
}

int64_t State::QuotasOf(const std::string& sku) const {
  return std::count_if(quotas.begin(), quotas.end(), [&sku](const auto& entry) { return entry.first.first == sku; });
}

int64_t State::KitsOf(const std::string& sku) const {
  return std::count_if(items.begin(), items.end(),
                       [&sku](const auto& entry) { return entry.second.components.contains(sku); });
}

bool State::Held(const std::string& sku) const {
  return std::any_of(reservations.begin(), reservations.end(), [&](const auto& entry) {
    const auto line = entry.second.lines.find(sku);
    const bool dead = entry.second.StateAt(now) == v1::RESERVATION_STATE_EXPIRED;
    return line != entry.second.lines.end() && line->second.outstanding() > 0 && !dead;
  });
}

int64_t State::Available(const std::string& sku, const std::string& warehouse) const {
  const auto level = levels.find({sku, warehouse});
  if (level == levels.end()) return 0;
  return level->second.sellable() - level->second.safety_stock - Reserved(sku, warehouse);
}

int64_t State::Movements(const std::string& sku) const {
  int64_t movements = 0;
  for (const auto& [key, level] : levels) movements += key.first == sku ? level.version : 0;
  return movements;
}

int64_t State::Incoming(const std::string& sku, const std::string& warehouse) const {
  int64_t units = 0;
  for (const auto& [id, replenishment] : replenishments) {
    if (replenishment.sku == sku && replenishment.warehouse == warehouse) units += replenishment.outstanding();
  }
  for (const auto& [id, transfer] : transfers) {
    const auto line = transfer.lines.find(sku);
    if (transfer.to == warehouse && line != transfer.lines.end()) units += line->second.in_transit();
  }
  return units;
}

int64_t State::Waiting(const std::string& sku) const {
  int64_t units = 0;
  for (const auto& [id, reservation] : reservations) {
    const auto line = reservation.lines.find(sku);
    if (line != reservation.lines.end()) units += line->second.waiting;
  }
  return units;
}

int64_t State::AvailableIn(const std::string& sku, const std::vector<std::string>& in) const {
  int64_t units = 0;
  for (const std::string& warehouse : in) units += std::max<int64_t>(0, Available(sku, warehouse));
  return units;
}

bool State::WarehouseLives(const std::string& warehouse) const {
  const auto found = warehouses.find(warehouse);
  return found != warehouses.end() && !found->second.deleted;
}

std::vector<std::string> State::SourcesOf(const std::string& channel) const {
  const auto found = channels.find(channel);
  if (found == channels.end() || found->second.deleted) return {};
  std::set<std::pair<int, std::string>> ordered;
  for (const auto& [warehouse, priority] : found->second.priorities) {
    if (WarehouseSells(warehouse)) ordered.insert({priority, warehouse});
  }
  std::vector<std::string> sources;
  for (const auto& [priority, warehouse] : ordered) sources.push_back(warehouse);
  return sources;
}

std::vector<std::string> State::SourcesOf(const Reservation& reservation) const {
  std::vector<std::string> sources = SourcesOf(reservation.channel);
  if (reservation.only.empty()) return sources;
  std::erase_if(sources, [&](const std::string& warehouse) {
    return std::find(reservation.only.begin(), reservation.only.end(), warehouse) == reservation.only.end();
  });
  return sources;
}

bool State::Servable(const std::string& sku) const {
  return std::any_of(reservations.begin(), reservations.end(), [&](const auto& entry) {
    const auto line = entry.second.lines.find(sku);
    const bool waits = line != entry.second.lines.end() && line->second.waiting > 0;
    const bool dead = entry.second.StateAt(now) == v1::RESERVATION_STATE_EXPIRED;
    return waits && !dead && AvailableIn(sku, SourcesOf(entry.second)) > 0;
  });
}

}  // namespace inventory::model
