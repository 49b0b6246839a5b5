// Backorders. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_BACKORDER_REPOSITORY_H_
#define INVENTORY_STORAGE_BACKORDER_REPOSITORY_H_

#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "absl/time/time.h"
#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<BackorderRecord> {
  using R = BackorderRecord;
  static constexpr const char* kName = "backorder";
  static constexpr int kKeySize = 2;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("sku", &R::sku), column::Value("place", &R::place),
                 column::Bytes("reservation_id", &R::reservation_id), column::Bytes("channel_id", &R::channel_id),
                 column::Value("quantity", &R::quantity), column::Value("expire_time", &R::expire_time),
                 column::Value("create_time", &R::create_time));
};

// Selects the backorders of the reservations.
bool AppendSelectBackordersOfReservations(Sql& sql, std::span<const std::string> reservation_ids);

// Selects the backorders of the SKUs that are dead at `now`, the first `limit` by key, and the lines they belong to.
bool AppendSelectDeadBackorders(Sql& sql, std::span<const std::string> skus, absl::Time now, int64_t limit);
bool AppendSelectLinesOfDeadBackorders(Sql& sql, std::span<const std::string> skus, absl::Time now, int64_t limit);
bool AppendSelectReservationsOfDeadBackorders(Sql& sql, std::span<const std::string> skus, absl::Time now,
                                              int64_t limit);

// Selects the SKUs of which dead backorders are not released yet, and how many units these have.
bool AppendSelectDeadWaiting(Sql& sql, std::span<const std::string> skus);

// Selects the first `limit` backorders of the SKU after the place, by place, that were made through one of the
// channels. Reads at most so many of each channel, however many others wait.
bool AppendSelectWaiting(Sql& sql, const std::string& sku, int64_t after_place,
                         std::span<const std::string> channel_ids, int64_t limit);

// Selects the allocations of one SKU to the reservations.
bool AppendSelectAllocationsOf(Sql& sql, const std::string& sku, std::span<const std::string> reservation_ids);

// Empty members match all.
struct BackorderFilter {
  std::string sku = {};
  std::string channel_id = {};
  std::string reservation_id = {};
};

// A backorder in the SKU's order of service.
struct QueuedBackorder {
  BackorderRecord backorder;
  // Only if the filter has a SKU: how many units of it wait up to and including this one, and the only warehouses that
  // its reservation draws from (empty: all of the channel's).
  int64_t waiting = 0;
  std::vector<std::string> warehouse_ids = {};
};

// Selects the first `limit` live backorders after the key ({"", 0}: from the start) that match, by key:
// ParseQueuedBackorders with the same filter.
bool AppendListBackorders(Sql& sql, const BackorderFilter& filter, const BackorderRecord::Key& after, int64_t limit);
std::vector<QueuedBackorder> ParseQueuedBackorders(const Rows& rows, const BackorderFilter& filter);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_BACKORDER_REPOSITORY_H_
