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

// What the parts of one quantity of a level add up to.
struct LevelSum {
  std::string sku;
  std::string warehouse_id;
  int64_t units = 0;
};

// The movements of a level.
struct LevelLedger {
  std::string sku;
  std::string warehouse_id;
  Quantities deltas;  // Sums.
  int64_t last_version = 0;
  int64_t movements = 0;  // Those that a balance forward stands for included.
};

// The movements of a SKU.
struct SkuLedger {
  std::string sku;
  int64_t last_sequence = 0;
  int64_t movements = 0;  // As LevelLedger's.
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

// What a line has as returned, the sum of its return lines, and what it has as shipped. Only those are listed where one
// of the first two is not zero; shipped is 0 for a line that has nothing as returned.
struct LineReturned {
  std::string reservation_id;
  std::string sku;
  int64_t returned = 0;
  int64_t in_returns = 0;
  int64_t shipped = 0;
};

// What a line has as backordered, and its backorder. Only those are listed where one of both is not zero.
struct LineBackordered {
  std::string reservation_id;
  std::string sku;
  int64_t backordered = 0;
  int64_t waiting = 0;
};

// A quota's outstanding, and the sum of what the lines of its SKU and channel have reserved or waiting.
struct QuotaOutstanding {
  std::string sku;
  std::string channel_id;
  int64_t outstanding = 0;
  int64_t unshipped = 0;
};

// How many of something refer to a SKU; listed only where there are any.
struct SkuCount {
  std::string sku;
  int64_t count = 0;
};

// When the first hold of a SKU runs out, or has run out without being released yet.
struct SkuExpiry {
  std::string sku;
  absl::Time expire_time;
};

// Every list is ordered by its key.
struct VerifySnapshot {
  std::vector<ItemRecord> items;
  std::vector<LevelRecord> levels;
  // Of the allocations, those of dead holds too: the stored `reserved` contains them.
  std::vector<LevelSum> reserved;
  // Outstanding on open replenishments and in transit.
  std::vector<LevelSum> incoming;
  std::vector<LevelLedger> level_ledgers;
  std::vector<SkuLedger> sku_ledgers;
  std::vector<AllocationShipped> shipped;
  std::vector<LineReturned> returned;
  std::vector<LineBackordered> backordered;
  std::vector<QuotaOutstanding> quotas;
  // Kits that the SKU is a component of, and its low-stock rules that are not deleted.
  std::vector<SkuCount> kits;
  std::vector<SkuCount> low_stock_rules;
  // Of the SKUs that have holds.
  std::vector<SkuExpiry> first_expiries;
  // Where the next page starts; empty after the last page.
  std::string next_after_sku;
};

// Reads the first `limit` items after `after_sku` (empty: from the start) whose SKU has the prefix,
// and everything else of the SKUs up to the last of them, also of SKUs that have no item. Opens and
// ends its own transaction, which sees one moment and locks nothing; the connection must have none
// open. On an error the transaction is rolled back. Every call reads all kits, each of which takes some 10 bytes a
// component besides its SKUs.
absl::StatusOr<VerifySnapshot> ReadVerifySnapshot(Connection& connection, const std::string& sku_prefix,
                                                  const std::string& after_sku, int64_t limit);

// Reads everything but items and levels of the SKUs, as the connection's open transaction sees it. Reads all kits.
absl::Status ReadSums(Connection& connection, std::span<const std::string> skus, VerifySnapshot& snapshot);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_VERIFY_REPOSITORY_H_
