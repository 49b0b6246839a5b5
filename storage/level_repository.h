// Levels: the units of a SKU in a warehouse. The conventions of Append... are those of table.h.
//
// The stored `reserved` still contains the holds that have expired and that no write has released
// yet. The live selects read it without them, in one statement, so that the answer is one moment of
// the database.
#ifndef INVENTORY_STORAGE_LEVEL_REPOSITORY_H_
#define INVENTORY_STORAGE_LEVEL_REPOSITORY_H_

#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "storage/event_repository.h"
#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<LevelRecord> {
  using R = LevelRecord;
  static constexpr const char* kName = "stock_level";
  static constexpr int kKeySize = 2;
  static constexpr bool kOmitsDefaults = true;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("sku", &R::sku), column::Bytes("warehouse_id", &R::warehouse_id),
                 column::Amounts({"on_hand", "reserved", "safety_stock", "damaged", "quality_control", "incoming"},
                                 &R::quantities),
                 column::Value("version", &R::version), column::Value("update_time", &R::update_time),
                 column::Value("count_time", &R::count_time));
};

// Selects all levels of the SKUs as stored, beside the state of the configuration and the end of an event log, in one
// statement: a batch needs all and pays for each statement. ParseLevelsWithState, ParseConfigurationState and, from
// column kStateColumns of the first row on, ParseEventLogEnd.
bool AppendSelectLevelsAndState(Sql& sql, std::span<const std::string> skus, int event_log_id);
std::vector<LevelRecord> ParseLevelsWithState(const Rows& rows);

// Selects all levels of the SKUs, live, ordered by SKU and warehouse.
bool AppendSelectLiveLevels(Sql& sql, std::span<const std::string> skus);

// Selects one level, live; no row if it does not exist.
bool AppendSelectLiveLevel(Sql& sql, const std::string& sku, const std::string& warehouse_id);

// By the live available: in stock is more than 0, out of stock 0, deficit less than 0.
enum class LevelStatus { kAny, kInStock, kOutOfStock, kDeficit };

struct LevelFilter {
  std::string sku_prefix = {};    // Empty matches all.
  std::string warehouse_id = {};  // Empty matches all.
  LevelStatus status = LevelStatus::kAny;
};

// Selects the first `limit` levels after the key `after` (empty: from the start) that match, live,
// ordered by SKU and warehouse.
bool AppendListLiveLevels(Sql& sql, const LevelFilter& filter, const LevelRecord::Key& after, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_LEVEL_REPOSITORY_H_
