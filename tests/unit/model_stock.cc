// The model's stock.
#include <algorithm>
#include <iterator>

#include "tests/unit/model.h"

namespace inventory::model {
namespace {

// Rows of a batch that are carried out one by one are committed in chunks.
constexpr int kChunkRows = 500;

std::optional<absl::Time> TimeOf(bool has_time, const google::protobuf::Timestamp& time) {
  if (!has_time) return std::nullopt;
  return absl::FromUnixSeconds(time.seconds()) + absl::Microseconds(time.nanos() / 1000);
}

}  // namespace

Outcome Model::CheckTracked(const std::string& sku) const {
  const Item item = state_.ItemOf(sku);
  if (!item.tracked) return Precondition("ITEM_UNTRACKED");
  return item.components.empty() ? Outcome() : Precondition("ITEM_IS_KIT");
}

Outcome Model::Do(const v1::SetStockRequest& request) {
  return Count(request.sku(), request.warehouse_id(), request.etag(), request.on_hand(),
               TimeOf(request.has_as_of_time(), request.as_of_time()));
}

// What has moved since the moment of the count is kept, but for what other counts have added.
Outcome Model::Count(const std::string& sku, const std::string& warehouse, const std::string& etag, int64_t units,
                     std::optional<absl::Time> as_of) {
  if (Outcome allowed = CheckWritable(sku, warehouse); !allowed.ok()) return allowed;
  const absl::Time moment = as_of.value_or(state_.now);
  if (moment > state_.now) return {absl::StatusCode::kInvalidArgument, "AS_OF_IN_FUTURE"};
  const auto found = state_.levels.find({sku, warehouse});
  const bool outdated = found != state_.levels.end() && found->second.counted && moment < *found->second.counted;
  if (outdated) return Precondition("COUNT_OUTDATED");
  const Past* past = PastAt(sku, warehouse, moment);
  const bool begins = Folded(sku, warehouse);
  return WriteLevel(sku, warehouse, etag, [&](Level& level) {
    if (moment < state_.now && past == nullptr && begins) return Precondition("LEDGER_TOO_SHORT");
    const int64_t then = past == nullptr ? 0 : past->level.uncounted();
    const int64_t moved = moment == state_.now ? 0 : level.uncounted() - then;
    const int64_t added = units + moved - level.on_hand;
    level.on_hand += added;
    level.by_counts += added;
    level.counted = moment;
    return level.sellable() < 0 ? Precondition("BELOW_UNSELLABLE") : Outcome();
  });
}

const Past* Model::PastAt(const std::string& sku, const std::string& warehouse, absl::Time time) const {
  const auto noted = state_.ledger.find({sku, warehouse});
  if (noted == state_.ledger.end()) return nullptr;
  const auto next = noted->second.upper_bound(time);
  return next == noted->second.begin() ? nullptr : &std::prev(next)->second;
}

bool Model::Folded(const std::string& sku, const std::string& warehouse) const {
  const auto noted = state_.ledger.find({sku, warehouse});
  return noted != state_.ledger.end() && noted->second.begin()->second.begins;
}

void Model::NoteLevels() {
  for (const auto& [key, level] : state_.levels) {
    const auto& [sku, warehouse] = key;
    const Past* last = PastAt(sku, warehouse, state_.now);
    const bool same = last != nullptr && last->level.version == level.version &&  //
                      last->level.uncounted() == level.uncounted();
    if (same) continue;
    state_.ledger[key][state_.now] = {
        .level = level, .reserved = state_.Reserved(sku, warehouse), .incoming = state_.Incoming(sku, warehouse)};
  }
}

void Model::Fold(const std::string& sku, absl::Time before) {
  Enter({sku});
  for (auto& [key, past] : state_.ledger) {
    const auto end = past.lower_bound(before);
    if (key.first != sku || end == past.begin()) continue;
    const auto last = std::prev(end);
    // More than one movement: a level may have several of one moment.
    const int64_t first_version = past.begin()->second.begins ? past.begin()->second.level.version : 1;
    if (last->second.level.version == first_version) continue;
    last->second.begins = true;
    past.erase(past.begin(), last);
  }
}

void Model::Correct(const std::string& sku, const std::string& warehouse, int64_t on_hand, int64_t safety_stock) {
  Level& level = state_.levels.at({sku, warehouse});
  level.on_hand += on_hand;
  level.safety_stock += safety_stock;
  Moved(sku, warehouse);
  NoteRepair(sku);
  NoteLevels();
}

Outcome Model::Do(const v1::AdjustStockRequest& request) {
  return WriteLevel(request.sku(), request.warehouse_id(), request.etag(), [&request](Level& level) {
    const bool enough = level.Add(request.condition(), request.delta());
    return enough ? Outcome() : Precondition("INSUFFICIENT_ON_HAND");
  });
}

Outcome Model::Do(const v1::ReclassifyStockRequest& request) {
  return WriteLevel(request.sku(), request.warehouse_id(), request.etag(), [&request](Level& level) {
    const bool enough = level.Add(request.from_condition(), -request.quantity());
    level.Add(request.to_condition(), request.quantity());
    return enough ? Outcome() : Precondition("INSUFFICIENT_ON_HAND");
  });
}

Outcome Model::Do(const v1::SetSafetyStockRequest& request) {
  return WriteLevel(request.sku(), request.warehouse_id(), request.etag(), [&request](Level& level) {
    level.safety_stock = request.safety_stock();
    return Outcome();
  });
}

// A row that fails leaves nothing behind and ends an atomic batch; others commit chunk by chunk.
Outcome Model::Do(const v1::BatchUpdateStockRequest& request) {
  updated_rows_.clear();
  if (request.error_policy() != v1::ERROR_POLICY_PER_ROW) return WriteRows(request, 0, request.updates_size());
  for (int begin = 0; begin < request.updates_size(); begin += kChunkRows) {
    const int end = std::min(begin + kChunkRows, request.updates_size());
    std::set<std::string> skus;
    for (int row = begin; row < end; ++row) skus.insert(request.updates(row).sku());
    Enter(skus);
    const State before = state_;
    WriteRows(request, begin, end);
    Leave(skus, before);
  }
  return {};
}

Outcome Model::WriteRows(const v1::BatchUpdateStockRequest& request, int begin, int end) {
  for (int i = begin; i < end; ++i) {
    const v1::StockUpdate& update = request.updates(i);
    const auto before = state_.levels;
    UpdatedRow& row = updated_rows_.emplace_back();
    row.outcome = WriteRow(update);
    if (row.outcome.ok()) {
      const std::pair key{update.sku(), update.warehouse_id()};
      row.level = state_.levels.at(key);
      row.moved = !before.contains(key) || row.level.version > before.at(key).version;
    } else {
      if (request.error_policy() != v1::ERROR_POLICY_PER_ROW) return row.outcome;
      state_.levels = before;
    }
  }
  return {};
}

Outcome Model::WriteRow(const v1::StockUpdate& wanted) {
  v1::StockUpdate update = wanted;
  if (Outcome converted = ConvertPart(update); !converted.ok()) return converted;
  if (update.has_set_on_hand()) {
    return Count(update.sku(), update.warehouse_id(), update.etag(), update.set_on_hand(),
                 TimeOf(update.has_as_of_time(), update.as_of_time()));
  }
  return WriteLevel(update.sku(), update.warehouse_id(), update.etag(), [&update](Level& level) {
    if (update.has_adjust_on_hand()) {
      const bool enough = level.Add(update.condition(), update.adjust_on_hand());
      return enough ? Outcome() : Precondition("INSUFFICIENT_ON_HAND");
    }
    level.safety_stock = update.set_safety_stock();
    return Outcome();
  });
}

Level& Model::LevelOf(const std::string& sku, const std::string& warehouse) {
  const auto [entry, added] = state_.levels.try_emplace({sku, warehouse});
  const int64_t safety_stock = state_.ItemOf(sku).default_safety_stock;
  if (added && safety_stock > 0) entry->second = {.safety_stock = safety_stock, .version = 1};
  return entry->second;
}

Outcome Model::CheckWritable(const std::string& sku, const std::string& warehouse) const {
  if (!state_.WarehouseLives(warehouse)) return NotFound("WAREHOUSE");
  return CheckTracked(sku);
}

Outcome Model::WriteLevel(const std::string& sku, const std::string& warehouse, const std::string& etag,
                          const std::function<Outcome(Level&)>& change) {
  if (Outcome allowed = CheckWritable(sku, warehouse); !allowed.ok()) return allowed;
  const auto found = state_.levels.find({sku, warehouse});
  const bool first_write = found == state_.levels.end();
  if (Outcome matches = CheckEtag(etag, first_write ? 0 : found->second.version); !matches.ok()) return matches;
  Level& level = LevelOf(sku, warehouse);
  const Level before = level;
  if (Outcome changed = change(level); !changed.ok()) return changed;
  const bool moved = level.on_hand != before.on_hand || level.safety_stock != before.safety_stock ||
                     level.damaged != before.damaged || level.quality_control != before.quality_control;
  if (first_write || moved) ++level.version;
  return {};
}

}  // namespace inventory::model
