// Units on their way, whatever brings them.
#ifndef INVENTORY_STORAGE_INCOMING_REPOSITORY_H_
#define INVENTORY_STORAGE_INCOMING_REPOSITORY_H_

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "storage/connection.h"
#include "storage/sql.h"

namespace inventory::storage {

// What one open replenishment or inbound transfer still brings.
struct Incoming {
  std::string sku;
  std::string warehouse_id;
  std::optional<absl::Time> expected_time = {};
  int64_t quantity = 0;
};

// Selects what is on its way of the SKUs, by SKU and expected time, that without a time first: ParseIncoming.
bool AppendSelectIncoming(Sql& sql, std::span<const std::string> skus);
std::vector<Incoming> ParseIncoming(const Rows& rows);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_INCOMING_REPOSITORY_H_
