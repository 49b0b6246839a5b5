#include "server/pipeline/backorders.h"

#include <algorithm>
#include <utility>

#include "server/pipeline/holds.h"
#include "server/pipeline/planning.h"

namespace inventory::pipeline {
namespace {

using storage::BackorderRecord;

// The channels that have a warehouse which can serve the SKU now. An inactive channel takes no new orders but those
// that it has are served.
std::set<std::string> Serving(const Work& work, const std::string& sku) {
  std::set<std::string> serving;
  for (const auto& [channel_id, channel] : work.configuration().channels) {
    if (channel.delete_time) continue;
    const std::vector<int64_t> available = work.AvailableIn(sku, work.configuration().SourcesOf(channel_id));
    const bool any = std::any_of(available.begin(), available.end(), [](int64_t units) { return units > 0; });
    if (any) serving.insert(channel_id);
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
  // Its row goes with the last unit.
  const BackorderRecord served = backorder;
  const sourcing::Problem problem = ProblemOf(work, *reservation, warehouses, {{served.sku, served.quantity}});
  const sourcing::Plan plan = PlanFor(*reservation, problem);
  for (const sourcing::Part& part : plan.front()) {
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
  const std::set<std::string> serving = Serving(work, sku);
  if (serving.empty()) return kAllServed;
  absl::StatusOr<BackorderSource::Loaded> loaded =
      source.LoadWaiting(sku, after_place, {serving.begin(), serving.end()}, kMaxFilledLines);
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

absl::StatusOr<bool> GoOnFilling(Work& work, bool all, BackorderSource& source) {
  bool more = false;
  for (const storage::ItemRecord* item : work.rows().items.All()) {
    if (!item->fill_pending && !(all && item->backordered > 0)) continue;
    // Whatever else follows from growth, or from a change that nobody has followed, is due now too.
    work.Recheck(item->sku);
    // Who has been passed by may be served under the new configuration, and comes first.
    absl::Status filled = Step(work, item->sku, all ? 0 : item->fill_after, source);
    if (!filled.ok()) return filled;
    more = more || work.item(item->sku).fill_pending;
  }
  return more;
}

}  // namespace inventory::pipeline
