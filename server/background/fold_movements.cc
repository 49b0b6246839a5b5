#include "server/background/fold_movements.h"

#include <map>
#include <vector>

#include "server/pipeline/work.h"

namespace inventory::background {
namespace {

using storage::MovementRecord;
using storage::MovementType;

// True if these, the first movements of a level, are all of them up to the last, and their sum is its balance.
bool AddUp(const std::vector<const MovementRecord*>& movements) {
  const MovementRecord& first = *movements.front();
  if (first.version != 1 && first.type != MovementType::kBalanceForward) return false;
  storage::Quantities sum;
  int64_t version = first.version;
  for (const MovementRecord* movement : movements) {
    if (movement->version != version++) return false;
    sum += movement->delta;
  }
  return sum == movements.back()->balance;
}

void Fold(const std::vector<const MovementRecord*>& movements, pipeline::Work& work) {
  auto& table = work.rows().old_movements;
  MovementRecord& forward = table.Edit(movements.back()->key());
  forward.type = MovementType::kBalanceForward;
  forward.delta = forward.balance;
  forward.actor = "system";
  forward.reason.clear();
  forward.document_id.clear();
  forward.request_id.clear();
  for (std::size_t i = 0; i + 1 < movements.size(); ++i) table.Remove(movements[i]->key());
}

}  // namespace

absl::Status FoldMovements::Apply(pipeline::Work& work) {
  std::map<std::string, std::vector<const MovementRecord*>> levels;
  progress_ = {.after_sequence = range_.after_sequence, .more = false};
  int64_t looked_at = 0;
  // The first movement of a level is there wherever it lies.
  for (const MovementRecord* movement : work.rows().old_movements.Range(
           {range_.sku, 0}, [this](const MovementRecord& record) { return record.sku == range_.sku; })) {
    if (movement->create_time >= range_.before) break;
    if (movement->sequence > range_.after_sequence) {
      if (looked_at == range_.limit) break;
      ++looked_at;
      progress_.after_sequence = movement->sequence;
    }
    levels[movement->warehouse_id].push_back(movement);
  }
  progress_.more = looked_at == range_.limit;
  for (const auto& [warehouse_id, movements] : levels) {
    if (movements.size() > 1 && AddUp(movements)) Fold(movements, work);
  }
  return absl::OkStatus();
}

}  // namespace inventory::background
