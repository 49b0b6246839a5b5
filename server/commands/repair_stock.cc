#include "server/commands/repair_stock.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "server/commands/mismatches.h"
#include "server/pipeline/work.h"

namespace inventory::commands {

pipeline::Needs RepairStock::needs() const {
  const std::vector<std::string> skus(found_->skus.begin(), found_->skus.end());
  return {.skus = skus,
          .create_items = true,
          .reservations = {found_->reservations.begin(), found_->reservations.end()},
          .audits = skus};
}

absl::Status RepairStock::Apply(pipeline::Work& work) {
  response_ = found_->response;
  response_.clear_mismatches();
  const storage::VerifySnapshot snapshot = Snapshot(work);
  std::vector<v1::Mismatch> mismatches = FindMismatches(snapshot);
  absl::Status repaired = Repair(snapshot, mismatches, work);
  if (!repaired.ok()) return repaired;
  // Nothing else follows from a repair that runs alone, so the SKU is looked at again.
  for (const storage::MovementRecord* made : work.movements()) {
    work.rows().items.Edit(made->sku).fill_pending = true;
    work.rows().items.Edit(made->sku).fill_after = 0;
  }
  response_.mutable_mismatches()->Assign(mismatches.begin(), mismatches.end());
  return absl::OkStatus();
}

// The SKUs as stored: the sums know nothing of what this batch has done so far.
storage::VerifySnapshot RepairStock::Snapshot(pipeline::Work& work) const {
  const auto wanted = [this](const auto& part) { return found_->skus.contains(part.sku); };
  storage::VerifySnapshot snapshot;
  for (const std::string& sku : found_->skus) {
    // An item that was lost is there again with this batch, and has no counters.
    const storage::ItemRecord* item = work.rows().items.Stored(sku);
    snapshot.items.push_back(item == nullptr ? storage::ItemRecord{.sku = sku} : *item);
    for (const auto* level : work.LevelsOf(sku)) {
      if (const auto* stored = work.rows().levels.Stored(level->key())) snapshot.levels.push_back(*stored);
    }
  }
  const auto take = [&](auto storage::VerifySnapshot::*list) {
    const auto& all = work.sums->*list;
    std::copy_if(all.begin(), all.end(), std::back_inserter(snapshot.*list), wanted);
  };
  take(&storage::VerifySnapshot::reserved);
  take(&storage::VerifySnapshot::incoming);
  take(&storage::VerifySnapshot::level_ledgers);
  take(&storage::VerifySnapshot::sku_ledgers);
  take(&storage::VerifySnapshot::shipped);
  take(&storage::VerifySnapshot::returned);
  take(&storage::VerifySnapshot::backordered);
  take(&storage::VerifySnapshot::quotas);
  take(&storage::VerifySnapshot::kits);
  take(&storage::VerifySnapshot::low_stock_rules);
  take(&storage::VerifySnapshot::first_expiries);
  return snapshot;
}

}  // namespace inventory::commands
