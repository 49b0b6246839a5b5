// Holds that have run out, and ItemRecord::next_hold_expiry, which spares most batches the look for them.
#include <algorithm>
#include <utility>

#include "server/pipeline/batch.h"
#include "server/pipeline/packet.h"
#include "storage/reservation_repository.h"

namespace inventory::pipeline {
namespace {

using storage::Sql;

// Of so many SKUs at most the next expiry is looked up in one batch. The others are looked at again in their next one.
constexpr std::size_t kMaxLookedUp = 64;

}  // namespace

// A round trip of its own, for the SKUs that may have dead holds. The locks on the SKUs keep these rows as they are.
absl::Status Batch::LoadDeadHolds() {
  dead_holds_.clear();
  next_expiries_.clear();
  more_dead_holds_ = false;
  std::vector<std::string> due;
  for (const storage::ItemRecord* item : loaded_.rows.items.All()) {
    if (item->next_hold_expiry && *item->next_hold_expiry <= loaded_.now) due.push_back(item->sku);
  }
  if (due.empty()) return absl::OkStatus();
  const std::span<const std::string> looked_up = std::span(due).first(std::min(due.size(), kMaxLookedUp));
  for (const std::string& sku : looked_up) next_expiries_[sku] = std::nullopt;
  Packet packet;
  packet.Add([&](Sql& sql) { return storage::AppendSelectDeadAllocations(sql, due, loaded_.now, kMaxDeadHolds); },
             [this](const storage::Rows& rows) {
               more_dead_holds_ = rows.size() == kMaxDeadHolds;
               for (auto& dead : storage::ParseAll<storage::AllocationRecord>(rows)) {
                 dead_holds_.push_back(dead.key());
                 loaded_.rows.allocations.Load(std::move(dead));
               }
             });
  packet.Add([&](Sql& sql) { return storage::AppendSelectNextExpiries(sql, looked_up, loaded_.now); },
             [this](const storage::Rows& rows) {
               for (const storage::Row& row : rows) next_expiries_[std::string(row.Text(0))] = row.Time(1);
             });
  return packet.Send(connection_);
}

// After all dead holds of the SKUs are released.
void Batch::RaiseNextExpiries() {
  if (more_dead_holds_) return;
  for (const auto& [sku, expiry] : next_expiries_) loaded_.rows.items.Edit(sku).next_hold_expiry = expiry;
  // Not a command's change, to be taken back with it.
  loaded_.rows.Mark();
}

// Whatever made a hold or gave one a new end: its SKU's next expiry is no later.
void Batch::LowerNextExpiries() {
  for (const storage::AllocationRecord* part : loaded_.rows.allocations.Written()) {
    const storage::ItemRecord* item = part->expire_time ? loaded_.rows.items.Find(part->sku) : nullptr;
    if (item == nullptr) continue;
    if (item->next_hold_expiry && *item->next_hold_expiry <= *part->expire_time) continue;
    loaded_.rows.items.Edit(part->sku).next_hold_expiry = part->expire_time;
  }
}

}  // namespace inventory::pipeline
