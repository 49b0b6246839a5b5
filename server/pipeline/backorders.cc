#include "server/pipeline/backorders.h"

#include <algorithm>
#include <map>
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

// Fills from the place on and notes in the item how far that has got.
absl::Status Step(Work& work, const std::string& sku, int64_t after_place, BackorderSource& source) {
  absl::StatusOr<int64_t> place = Fill(work, sku, after_place, source);
  if (!place.ok()) return place.status();
  const bool pending = *place != kAllServed;
  const storage::ItemRecord& item = work.item(sku);
  if (!pending && !item.fill_pending) return absl::OkStatus();
  storage::ItemRecord& marked = work.rows().items.Edit(sku);
  marked.fill_pending = pending;
  marked.fill_after = pending ? *place : 0;
  return absl::OkStatus();
}

absl::Status Serve(Work& work, const BackorderRecord& backorder) {
  const storage::ReservationRecord* reservation = work.rows().reservations.Find(backorder.reservation_id);
  if (reservation == nullptr) return absl::InternalError("a backorder has no reservation");
  const std::vector<std::string> warehouses =
      work.configuration().SourcesOf(backorder.channel_id, reservation->warehouse_ids);
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
    if (dead || !serving.contains(backorder->channel_id)) continue;
    absl::Status served = Serve(work, *backorder);
    if (!served.ok()) return served;
  }
  return loaded->all || Serving(work, sku).empty() ? kAllServed : loaded->last_place;
}

absl::Status FillGrowing(Work& work, BackorderSource& source) {
  for (const std::string& sku : Growing(work)) {
    absl::Status filled = Step(work, sku, 0, source);
    if (!filled.ok()) return filled;
  }
  return absl::OkStatus();
}

absl::Status GoOnFilling(Work& work, const std::string& sku, BackorderSource& source) {
  return Step(work, sku, work.item(sku).fill_after, source);
}

}  // namespace inventory::pipeline
