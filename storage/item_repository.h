// Items: a SKU's configuration, its lock and its ledger counter. The conventions of Append... are
// those of table.h.
#ifndef INVENTORY_STORAGE_ITEM_REPOSITORY_H_
#define INVENTORY_STORAGE_ITEM_REPOSITORY_H_

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

// allowed_order_quantities are stored as "1,2,4"; labels as lines "key=value", so that a key has no
// '=' and no control character and a value no control character.
template <>
struct Table<ItemRecord> {
  static constexpr const char* kName = "item";
  static constexpr std::array kColumns = {"sku",
                                          "configured",
                                          "tracked",
                                          "published",
                                          "display_availability",
                                          "display_stock_quantity",
                                          "min_order_quantity",
                                          "max_order_quantity",
                                          "multiple_order_quantity",
                                          "allowed_order_quantities",
                                          "default_safety_stock",
                                          "labels",
                                          "config_version",
                                          "create_time",
                                          "update_time",
                                          "sequence",
                                          "last_movement_time"};
  static constexpr int kKeySize = 1;
  static void AppendValues(Sql& sql, const ItemRecord& item);
  static ItemRecord Parse(const Row& row, int first_column);
};

// Locks the items that exist, in SKU order, and selects them as whole records. Nothing is locked
// for a missing one.
bool AppendLockItems(Sql& sql, std::span<const std::string> skus);

// Makes an unconfigured item of every SKU that has none, in SKU order; those that exist are locked
// and stay as they are.
bool AppendEnsureItems(Sql& sql, std::span<const std::string> skus);

// Writes sequence and last_movement_time of the items and nothing else; a missing item is made
// unconfigured.
bool AppendItemCounters(Sql& sql, const std::vector<const ItemRecord*>& items);

struct ItemFilter {
  std::string sku_prefix = {};         // Empty matches all.
  std::optional<bool> published = {};  // Unset matches all.
};

// Selects the first `limit` configured items after `after_sku` (empty: from the start) that match,
// in SKU order.
bool AppendListItems(Sql& sql, const ItemFilter& filter, const std::string& after_sku, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_ITEM_REPOSITORY_H_
