#include "server/pipeline/holds.h"

#include <vector>

#include "server/pipeline/backorders.h"

namespace inventory::pipeline {

absl::StatusOr<int64_t> ReleaseDead(Work& work) {
  std::vector<storage::AllocationRecord::Key> dead;
  for (const storage::AllocationRecord* part : work.rows().allocations.All()) {
    const bool locked = work.rows().items.Find(part->sku) != nullptr;
    if (locked && part->expire_time && *part->expire_time <= work.now()) dead.push_back(part->key());
  }
  for (const auto& key : dead) {
    const int64_t units = work.rows().allocations.Find(key)->reserved;
    absl::Status released = ReleaseUnits(work, key, units, storage::MovementType::kExpire);
    if (!released.ok()) return released;
    work.rows().allocations.Edit(key).expire_time.reset();
  }
  std::vector<storage::BackorderRecord> waiting;
  for (const storage::BackorderRecord* backorder : work.rows().backorders.All()) {
    const bool locked = work.rows().items.Find(backorder->sku) != nullptr;
    if (locked && backorder->expire_time && *backorder->expire_time <= work.now()) waiting.push_back(*backorder);
  }
  for (const auto& backorder : waiting) {
    StopWaiting(work, backorder.reservation_id, backorder.sku, backorder.quantity);
  }
  return static_cast<int64_t>(dead.size() + waiting.size());
}

absl::Status ReserveUnits(Work& work, const storage::AllocationRecord::Key& key, int64_t quantity,
                          std::optional<absl::Time> expire_time, storage::MovementType type) {
  const auto& [reservation_id, sku, warehouse_id] = key;
  absl::Status moved = work.Apply({.sku = sku,
                                   .warehouse_id = warehouse_id,
                                   .type = type,
                                   .delta = {.reserved = quantity},
                                   .document_id = reservation_id})
                           .status();
  if (!moved.ok()) return moved;
  auto& allocations = work.rows().allocations;
  storage::AllocationRecord& allocation =
      allocations.Find(key) != nullptr
          ? allocations.Edit(key)
          : allocations.Add({.reservation_id = reservation_id, .sku = sku, .warehouse_id = warehouse_id});
  allocation.reserved += quantity;
  allocation.expire_time = expire_time;
  work.rows().reservation_lines.Edit({reservation_id, sku}).reserved += quantity;
  return absl::OkStatus();
}

absl::Status ReleaseUnits(Work& work, const storage::AllocationRecord::Key& key, int64_t quantity,
                          storage::MovementType type) {
  if (quantity == 0) return absl::OkStatus();
  const auto& [reservation_id, sku, warehouse_id] = key;
  absl::Status moved = work.Apply({.sku = sku,
                                   .warehouse_id = warehouse_id,
                                   .type = type,
                                   .delta = {.reserved = -quantity},
                                   .document_id = reservation_id})
                           .status();
  if (!moved.ok()) return moved;
  storage::AllocationRecord& part = work.rows().allocations.Edit(key);
  part.reserved -= quantity;
  if (part.reserved == 0) part.expire_time.reset();
  storage::ReservationLineRecord& line = work.rows().reservation_lines.Edit({reservation_id, sku});
  line.reserved -= quantity;
  line.cancelled += quantity;
  return absl::OkStatus();
}

}  // namespace inventory::pipeline
