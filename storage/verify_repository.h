// What a check of the ledger needs, read for a page of SKUs from one moment of the database.
#ifndef INVENTORY_STORAGE_VERIFY_REPOSITORY_H_
#define INVENTORY_STORAGE_VERIFY_REPOSITORY_H_

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/connection.h"
#include "storage/records.h"

namespace inventory::storage {

// The allocations of a level, dead holds too, as the stored `reserved` contains them.
struct LevelReserved {
  std::string sku;
  std::string warehouse_id;
  int64_t reserved = 0;
};

// The movements of a level.
struct LevelLedger {
  std::string sku;
  std::string warehouse_id;
  Quantities deltas;  // Sums.
  int64_t last_version = 0;
  int64_t movements = 0;
};

// The movements of a SKU.
struct SkuLedger {
  std::string sku;
  int64_t last_sequence = 0;
  int64_t movements = 0;
};

// An allocation's in_shipment and what open shipments that leave from its warehouse hold of its
// reservation and SKU. Only those are listed where one of both is not zero; an allocation that is
// missing has an in_shipment of 0.
struct AllocationShipped {
  std::string reservation_id;
  std::string sku;
  std::string warehouse_id;
  int64_t in_shipment = 0;
  int64_t in_open_shipments = 0;
};

// Every list is ordered by its key.
struct VerifySnapshot {
  std::vector<ItemRecord> items;
  std::vector<LevelRecord> levels;
  std::vector<LevelReserved> reserved;
  std::vector<LevelLedger> level_ledgers;
  std::vector<SkuLedger> sku_ledgers;
  std::vector<AllocationShipped> shipped;
  // Where the next page starts; empty after the last page.
  std::string next_after_sku;
};

// Reads the first `limit` items after `after_sku` (empty: from the start) whose SKU has the prefix,
// and everything else of the SKUs up to the last of them, also of SKUs that have no item. Opens and
// ends its own transaction, which sees one moment and locks nothing; the connection must have none
// open. On an error the transaction is rolled back.
absl::StatusOr<VerifySnapshot> ReadVerifySnapshot(Connection& connection, const std::string& sku_prefix,
                                                  const std::string& after_sku, int64_t limit);

// Reads everything but items and levels of the SKUs, as the connection's open transaction sees it.
absl::Status ReadSums(Connection& connection, std::span<const std::string> skus, VerifySnapshot& snapshot);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_VERIFY_REPOSITORY_H_
