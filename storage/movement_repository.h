// The ledger: movements are inserted and read; old ones give way to a balance forward. The conventions of Append... are
// those of table.h.
#ifndef INVENTORY_STORAGE_MOVEMENT_REPOSITORY_H_
#define INVENTORY_STORAGE_MOVEMENT_REPOSITORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<MovementRecord> {
  using R = MovementRecord;
  static constexpr const char* kName = "movement";
  static constexpr int kKeySize = 2;
  static constexpr bool kOmitsDefaults = true;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("sku", &R::sku), column::Value("sequence", &R::sequence),
                 column::Bytes("warehouse_id", &R::warehouse_id), column::Value("version", &R::version),
                 column::Value("type", &R::type),
                 column::Amounts({"delta_on_hand", "delta_reserved", "delta_safety_stock", "delta_damaged",
                                  "delta_quality_control", "delta_incoming"},
                                 &R::delta),
                 column::Amounts({"balance_on_hand", "balance_reserved", "balance_safety_stock", "balance_damaged",
                                  "balance_quality_control", "balance_incoming"},
                                 &R::balance),
                 column::Text("reason", &R::reason), column::Bytes("actor", &R::actor),
                 column::Bytes("document_id", &R::document_id), column::Bytes("request_id", &R::request_id),
                 column::Value("create_time", &R::create_time));
};

// Empty and unset members match all.
struct MovementFilter {
  std::string sku = {};
  std::string warehouse_id = {};
  std::string document_id = {};
  std::optional<MovementType> type = {};
  std::optional<absl::Time> start = {};  // Inclusive.
  std::optional<absl::Time> end = {};    // Exclusive.
};

// Selects the first `limit` movements after the key `after` ({"", 0}: from the start) that match,
// by SKU and sequence.
bool AppendListMovements(Sql& sql, const MovementFilter& filter, const MovementRecord::Key& after, int64_t limit);

// Selects the SKU of a movement, if there is one, that has the sequence or the version that one of these is to get:
// ParseTexts.
bool AppendSelectTakenNumber(Sql& sql, const std::vector<const MovementRecord*>& movements);

// Selects the newest movement of the level that was made at or before `time`; no row if there was
// none. Its balance is the level as it was then.
bool AppendLevelAsOf(Sql& sql, const std::string& sku, const std::string& warehouse_id, absl::Time time);

// A level at a moment, as far as its movements tell.
struct PastLevel {
  std::optional<int64_t> on_hand = {};  // Unset: no movement that was looked at is that old.
  // What counts that were written since have added to on_hand, or taken away if negative.
  int64_t counted_since = 0;
  std::optional<absl::Time> begin_time = {};  // Set if older movements than that were removed.
  bool too_far = false;                       // More movements were made since than are looked at. Set by the reader.
};
// Selects it: ParsePastLevel. Movements of the level up to `after_version` are not looked at, but for the first one.
bool AppendSelectPastLevel(Sql& sql, const std::string& sku, const std::string& warehouse_id, absl::Time time,
                           int64_t after_version = 0);
PastLevel ParsePastLevel(const Rows& rows);

// Selects the first `limit` levels after the key ({"", ""}: from the start), by SKU and warehouse: ParseAgedLevels.
bool AppendSelectAgedLevels(Sql& sql, const LevelRecord::Key& after, absl::Time before, int64_t limit);
struct AgedLevel {
  LevelRecord::Key key;
  bool aged = false;  // More than one of its movements were made before the time.
};
std::vector<AgedLevel> ParseAgedLevels(const Rows& rows);

// Selects those of the SKU's first `limit` movements after the sequence that were made before the time, in order.
bool AppendSelectOldMovements(Sql& sql, const std::string& sku, int64_t after_sequence, absl::Time before,
                              int64_t limit);
// Selects the first movement of each level of the SKU.
bool AppendSelectFirstMovements(Sql& sql, const std::string& sku);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_MOVEMENT_REPOSITORY_H_
