#include "server/pipeline/backorders.h"

#include <algorithm>
#include <utility>

#include "server/pipeline/holds.h"
#include "server/sourcing/priority.h"

namespace inventory::pipeline {
namespace {

using storage::BackorderRecord;

// The warehouses of each channel that can serve the SKU now; channels that can't are left out. An inactive channel
// takes no new orders but those that it has are served.
std::map<std::string, std::vector<std::string>> Serving(const Work& work, const std::string& sku) {
  std::map<std::string, std::vector<std::string>> serving;
  for (const auto& [channel_id, channel] : work.configuration().channels) {
    if (channel.delete_time) continue;
    std::vector<std::string> warehouses = work.configuration().SourcesOf(channel_id);
    if (sourcing::TotalAvailable(work.AvailableIn(sku, warehouses), 1) > 0) serving[channel_id] = std::move(warehouses);
  }
  return serving;
}

// Takes units off a backorder, its line and its SKU, which have them.
void TakeOff(Work& work, const BackorderRecord& backorder, int64_t quantity) {
  work.rows().items.Edit(backorder.sku).backordered -= quantity;
  work.rows().reservation_lines.Edit({backorder.reservation_id, backorder.sku}).backordered -= quantity;
  if (backorder.quantity == quantity) {
    work.rows().backorders.Remove(backorder.key());
  } else {
    work.rows().backorders.Edit(backorder.key()).quantity -= quantity;
  }
}

absl::Status Serve(Work& work, const BackorderRecord& backorder, std::vector<std::string> warehouses) {
  const storage::ReservationRecord* reservation = work.rows().reservations.Find(backorder.reservation_id);
  if (reservation == nullptr) return absl::InternalError("a backorder has no reservation");
  const std::vector<std::string>& only = reservation->warehouse_ids;
  std::erase_if(warehouses, [&only](const std::string& warehouse_id) {
    return !only.empty() && std::find(only.begin(), only.end(), warehouse_id) == only.end();
  });
  const BackorderRecord served = backorder;
  for (const sourcing::Part& part : sourcing::ByPriority(work.AvailableIn(served.sku, warehouses), served.quantity)) {
    absl::Status reserved = ReserveUnits(work, {served.reservation_id, served.sku, part.warehouse_id}, part.quantity,
                                         served.expire_time, storage::MovementType::kFill);
    if (!reserved.ok()) return reserved;
    TakeOff(work, *work.rows().backorders.Find(served.key()), part.quantity);
  }
  return absl::OkStatus();
}

}  // namespace

void Wait(Work& work, const storage::ReservationRecord& reservation, const std::string& sku, int64_t quantity) {
  storage::ItemRecord& item = work.rows().items.Edit(sku);
  item.backordered += quantity;
  work.rows().reservation_lines.Edit({reservation.reservation_id, sku}).backordered += quantity;
  if (const BackorderRecord* waiting = work.FindBackorder(reservation.reservation_id, sku)) {
    work.rows().backorders.Edit(waiting->key()).quantity += quantity;
    return;
  }
  item.last_backorder += 1;
  work.rows().backorders.Add({.sku = sku,
                              .place = item.last_backorder,
                              .reservation_id = reservation.reservation_id,
                              .channel_id = reservation.channel_id,
                              .quantity = quantity,
                              .expire_time = reservation.expire_time,
                              .create_time = work.now()});
}

int64_t StopWaiting(Work& work, const std::string& reservation_id, const std::string& sku, int64_t quantity) {
  const BackorderRecord* waiting = work.FindBackorder(reservation_id, sku);
  if (waiting == nullptr || quantity == 0) return 0;
  const int64_t units = std::min(quantity, waiting->quantity);
  TakeOff(work, *waiting, units);
  work.rows().reservation_lines.Edit({reservation_id, sku}).cancelled += units;
  return units;
}

void SetWaitingExpiry(Work& work, const storage::ReservationRecord& reservation) {
  for (const storage::ReservationLineRecord* line : work.LinesOf(reservation.reservation_id)) {
    const BackorderRecord* waiting = work.FindBackorder(reservation.reservation_id, line->sku);
    if (waiting != nullptr) work.rows().backorders.Edit(waiting->key()).expire_time = reservation.expire_time;
  }
}

std::set<std::string> Growing(const Work& work) {
  std::set<std::string> growing = work.rechecks();
  for (const storage::MovementRecord* movement : work.movements()) {
    if (movement->delta.available() > 0) growing.insert(movement->sku);
  }
  std::erase_if(growing, [&work](const std::string& sku) { return work.item(sku).backordered == 0; });
  return growing;
}

absl::StatusOr<int64_t> Fill(Work& work, const std::string& sku, int64_t after_place, BackorderSource& source) {
  std::map<std::string, std::vector<std::string>> serving = Serving(work, sku);
  if (serving.empty()) return kAllServed;
  std::vector<std::string> channel_ids;
  for (const auto& [channel_id, warehouses] : serving) channel_ids.push_back(channel_id);
  absl::StatusOr<BackorderSource::Loaded> loaded = source.LoadWaiting(sku, after_place, channel_ids, kMaxFilledLines);
  if (!loaded.ok()) return loaded.status();
  for (const BackorderRecord* backorder : work.BackordersOf(sku)) {
    if (backorder->place <= after_place) continue;
    if (!loaded->all && backorder->place > loaded->last_place) break;
    const bool dead = backorder->expire_time && *backorder->expire_time <= work.now();
    const auto warehouses = serving.find(backorder->channel_id);
    if (dead || warehouses == serving.end()) continue;
    absl::Status served = Serve(work, *backorder, warehouses->second);
    if (!served.ok()) return served;
  }
  return loaded->all || Serving(work, sku).empty() ? kAllServed : loaded->last_place;
}

absl::Status FillGrowing(Work& work, BackorderSource& source) {
  for (const std::string& sku : Growing(work)) {
    absl::StatusOr<int64_t> place = Fill(work, sku, 0, source);
    if (!place.ok()) return place.status();
    const bool pending = *place != kAllServed;
    if (work.item(sku).fill_pending != pending) work.rows().items.Edit(sku).fill_pending = pending;
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> GoOnFilling(Work& work, bool all, std::map<std::string, int64_t>& filled,
                                 BackorderSource& source) {
  bool more = false;
  for (const storage::ItemRecord* item : work.rows().items.All()) {
    if (!item->fill_pending && !(all && item->backordered > 0)) continue;
    absl::StatusOr<int64_t> place = Fill(work, item->sku, filled[item->sku], source);
    if (!place.ok()) return place.status();
    filled[item->sku] = *place;
    const bool pending = *place != kAllServed;
    more = more || pending;
    if (item->fill_pending != pending) work.rows().items.Edit(item->sku).fill_pending = pending;
  }
  return more;
}

}  // namespace inventory::pipeline
