// Reservations, their lines and allocations. The conventions of Append... are those of table.h.
//
// A hold is dead from its expire_time on, by the database's clock, whether or not a write has
// released it yet.
#ifndef INVENTORY_STORAGE_RESERVATION_REPOSITORY_H_
#define INVENTORY_STORAGE_RESERVATION_REPOSITORY_H_

#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/item_repository.h"
#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

// The ids of warehouses in one column.
using WarehouseIdsCodec = column::ListCodec<',', column::BytesCodec>;

template <>
struct Table<ReservationRecord> {
  using R = ReservationRecord;
  static constexpr const char* kName = "reservation";
  static constexpr int kKeySize = 1;
  static constexpr bool kOmitsDefaults = true;
  static constexpr auto kColumns = std::tuple(
      column::Bytes("reservation_id", &R::reservation_id), column::Bytes("channel_id", &R::channel_id),
      column::Bytes("order_reference", &R::order_reference), column::Value("state", &R::state),
      column::Value("expire_time", &R::expire_time),
      column::Coded<WarehouseIdsCodec>("warehouse_ids", &R::warehouse_ids), column::Value("version", &R::version),
      column::Value("create_time", &R::create_time), column::Value("update_time", &R::update_time),
      column::Value("sourcing_strategy", &R::sourcing_strategy), column::Value("latitude", &R::latitude),
      column::Value("longitude", &R::longitude), column::Coded<ComponentsCodec>("kits", &R::kits),
      column::Bytes("external_reference_code", &R::external_reference_code));
};

template <>
struct Table<ReservationLineRecord> {
  using R = ReservationLineRecord;
  static constexpr const char* kName = "reservation_line";
  static constexpr int kKeySize = 2;
  static constexpr bool kOmitsDefaults = true;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("reservation_id", &R::reservation_id), column::Bytes("sku", &R::sku),
                 column::Value("requested", &R::requested), column::Value("reserved", &R::reserved),
                 column::Value("shipped", &R::shipped), column::Value("cancelled", &R::cancelled),
                 column::Value("returned", &R::returned), column::Value("backordered", &R::backordered));
};

template <>
struct Table<AllocationRecord> {
  using R = AllocationRecord;
  static constexpr const char* kName = "allocation";
  static constexpr int kKeySize = 3;
  static constexpr bool kOmitsDefaults = true;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("reservation_id", &R::reservation_id), column::Bytes("sku", &R::sku),
                 column::Bytes("warehouse_id", &R::warehouse_id), column::Value("reserved", &R::reserved),
                 column::Value("in_shipment", &R::in_shipment), column::Value("shipped", &R::shipped),
                 column::Value("expire_time", &R::expire_time));
};

// Selects the whole records of the reservations: themselves, all their lines, all their
// allocations.
bool AppendSelectReservations(Sql& sql, std::span<const std::string> reservation_ids);
bool AppendSelectReservationLines(Sql& sql, std::span<const std::string> reservation_ids);
bool AppendSelectAllocations(Sql& sql, std::span<const std::string> reservation_ids);

// Selects the reservations with their live state: a held one past its expire_time has kExpired, and
// keeps expire_time.
bool AppendSelectLiveReservations(Sql& sql, std::span<const std::string> reservation_ids);

// Selects the ids of the reservations that are live at `now` and have units of the SKU outstanding, the last `limit` of
// them, the last one first: ParseTexts.
bool AppendSelectHolders(Sql& sql, const std::string& sku, absl::Time now, int64_t limit);

// Selects the allocations of the SKUs that are dead at `now`, the first `limit` by expire_time and key.
bool AppendSelectDeadAllocations(Sql& sql, std::span<const std::string> skus, absl::Time now, int64_t limit);

// Selects the SKU and the expire_time of the allocation that is the next to die after `now`, for each of the SKUs that
// has one. Takes an open table for each SKU: give it few.
bool AppendSelectNextExpiries(Sql& sql, std::span<const std::string> skus, absl::Time now);

// Selects the SKUs and warehouses where dead holds are not released yet, and how many units these have.
bool AppendSelectDeadUnits(Sql& sql, std::span<const std::string> skus);

// Selects the lines that exist, by their full keys.
bool AppendSelectLines(Sql& sql, std::span<const ReservationLineRecord::Key> keys);

struct ExpiredReservation {
  std::string reservation_id;
  absl::Time expire_time;
};
// Selects the held reservations that are past their expire_time, the longest dead first, from behind `after` on.
bool AppendSelectExpiredReservations(Sql& sql, const std::optional<ExpiredReservation>& after, int64_t limit);
std::vector<ExpiredReservation> ParseExpiredReservations(const Rows& rows);

// Empty and unset members match all. The state is the live one: a held reservation past its
// expire_time is kExpired.
struct ReservationFilter {
  std::string order_reference = {};
  std::string channel_id = {};
  std::string sku = {};
  std::optional<ReservationState> state = {};
  std::string external_reference_code = {};
  // Has live units reserved there that are not shipped; with `sku`, of this SKU.
  std::string warehouse_id = {};
};

// Selects the first `limit` reservations after `after_id` (empty: from the start) that match, by
// id, each once, with their live state.
bool AppendListReservations(Sql& sql, const ReservationFilter& filter, const std::string& after_id, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_RESERVATION_REPOSITORY_H_
