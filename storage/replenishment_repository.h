// Replenishments. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_REPLENISHMENT_REPOSITORY_H_
#define INVENTORY_STORAGE_REPLENISHMENT_REPOSITORY_H_

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<ReplenishmentRecord> {
  using R = ReplenishmentRecord;
  static constexpr const char* kName = "replenishment";
  static constexpr int kKeySize = 1;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("replenishment_id", &R::replenishment_id), column::Bytes("sku", &R::sku),
                 column::Bytes("warehouse_id", &R::warehouse_id), column::Value("ordered", &R::ordered),
                 column::Value("received", &R::received), column::Value("expected_time", &R::expected_time),
                 column::Value("state", &R::state), column::Text("reference", &R::reference),
                 column::Value("version", &R::version), column::Value("create_time", &R::create_time),
                 column::Value("update_time", &R::update_time),
                 column::Bytes("external_reference_code", &R::external_reference_code));
};

// Empty and unset members match all.
struct ReplenishmentFilter {
  std::string sku = {};
  std::string warehouse_id = {};
  std::optional<ReplenishmentState> state = {};
  std::string external_reference_code = {};
};

// Selects the first `limit` replenishments after `after_id` (empty: from the start) that match, by id.
bool AppendListReplenishments(Sql& sql, const ReplenishmentFilter& filter, const std::string& after_id, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_REPLENISHMENT_REPOSITORY_H_
