// Returns and their lines. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_RETURN_REPOSITORY_H_
#define INVENTORY_STORAGE_RETURN_REPOSITORY_H_

#include <cstdint>
#include <string>
#include <tuple>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<ReturnRecord> {
  using R = ReturnRecord;
  static constexpr const char* kName = "stock_return";
  static constexpr int kKeySize = 1;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("return_id", &R::return_id), column::Bytes("reservation_id", &R::reservation_id),
                 column::Text("reason", &R::reason), column::Value("create_time", &R::create_time));
};

template <>
struct Table<ReturnLineRecord> {
  using R = ReturnLineRecord;
  static constexpr const char* kName = "stock_return_line";
  static constexpr int kKeySize = 4;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("return_id", &R::return_id), column::Bytes("sku", &R::sku),
                 column::Bytes("warehouse_id", &R::warehouse_id), column::Value("disposition", &R::disposition),
                 column::Value("quantity", &R::quantity));
};

// Empty members match all.
struct ReturnFilter {
  std::string reservation_id = {};
  // One line must match both.
  std::string sku = {};
  std::string warehouse_id = {};
};

// Selects the first `limit` returns after `after_id` (empty: from the start) that match, by id, each once.
bool AppendListReturns(Sql& sql, const ReturnFilter& filter, const std::string& after_id, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_RETURN_REPOSITORY_H_
