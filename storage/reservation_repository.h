// Reservations, their lines and allocations. The conventions of Append... are those of table.h.
//
// A hold is dead from its expire_time on, by the database's clock, whether or not a write has
// released it yet.
#ifndef INVENTORY_STORAGE_RESERVATION_REPOSITORY_H_
#define INVENTORY_STORAGE_RESERVATION_REPOSITORY_H_

#include <array>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<ReservationRecord> {
  static constexpr const char* kName = "reservation";
  static constexpr std::array kColumns = {"reservation_id", "channel_id",  "order_reference",
                                          "state",          "expire_time", "warehouse_ids",
                                          "version",        "create_time", "update_time"};
  static constexpr int kKeySize = 1;
  static void AppendValues(Sql& sql, const ReservationRecord& reservation);
  static ReservationRecord Parse(const Row& row, int first_column);
};

template <>
struct Table<ReservationLineRecord> {
  static constexpr const char* kName = "reservation_line";
  static constexpr std::array kColumns = {"reservation_id", "sku", "requested", "reserved", "shipped", "cancelled"};
  static constexpr int kKeySize = 2;
  static void AppendValues(Sql& sql, const ReservationLineRecord& line);
  static ReservationLineRecord Parse(const Row& row, int first_column);
};

template <>
struct Table<AllocationRecord> {
  static constexpr const char* kName = "allocation";
  static constexpr std::array kColumns = {"reservation_id", "sku",     "warehouse_id", "reserved",
                                          "in_shipment",    "shipped", "expire_time"};
  static constexpr int kKeySize = 3;
  static void AppendValues(Sql& sql, const AllocationRecord& allocation);
  static AllocationRecord Parse(const Row& row, int first_column);
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

// Selects the dead allocations of the SKUs, the first `limit` by expire_time and key.
bool AppendSelectDeadAllocations(Sql& sql, std::span<const std::string> skus, int64_t limit);

// Selects the lines that exist, by their full keys.
bool AppendSelectLines(Sql& sql, std::span<const ReservationLineRecord::Key> keys);

// Selects the ids of the held reservations that are past their expire_time, the longest dead first:
// ParseTexts.
bool AppendSelectExpiredReservations(Sql& sql, int64_t limit);

// Selects what locks the reservations need: ParseReservationSkus, ordered by both.
bool AppendSelectReservationSkus(Sql& sql, std::span<const std::string> reservation_ids);
// (reservation_id, sku)
std::vector<std::pair<std::string, std::string>> ParseReservationSkus(const Rows& rows);

// Empty and unset members match all. The state is the live one: a held reservation past its
// expire_time is kExpired.
struct ReservationFilter {
  std::string order_reference = {};
  std::string channel_id = {};
  std::string sku = {};
  std::optional<ReservationState> state = {};
};

// Selects the first `limit` reservations after `after_id` (empty: from the start) that match, by
// id, each once, with their live state.
bool AppendListReservations(Sql& sql, const ReservationFilter& filter, const std::string& after_id, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_RESERVATION_REPOSITORY_H_
