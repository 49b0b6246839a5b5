// Shipments and their lines. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_SHIPMENT_REPOSITORY_H_
#define INVENTORY_STORAGE_SHIPMENT_REPOSITORY_H_

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
struct Table<ShipmentRecord> {
  static constexpr const char* kName = "shipment";
  static constexpr std::array kColumns = {"shipment_id",     "reservation_id", "warehouse_id", "state",      "carrier",
                                          "tracking_number", "version",        "create_time",  "update_time"};
  static constexpr int kKeySize = 1;
  static void AppendValues(Sql& sql, const ShipmentRecord& shipment);
  static ShipmentRecord Parse(const Row& row, int first_column);
};

template <>
struct Table<ShipmentLineRecord> {
  static constexpr const char* kName = "shipment_line";
  static constexpr std::array kColumns = {"shipment_id", "sku", "allocated_from", "quantity"};
  static constexpr int kKeySize = 3;
  static void AppendValues(Sql& sql, const ShipmentLineRecord& line);
  static ShipmentLineRecord Parse(const Row& row, int first_column);
};

// Selects the whole records by shipment id.
bool AppendSelectShipments(Sql& sql, std::span<const std::string> shipment_ids);
bool AppendSelectShipmentLines(Sql& sql, std::span<const std::string> shipment_ids);

// Selects which reservation each shipment belongs to: ParseShipmentReservations. Missing shipments
// are left out.
bool AppendSelectShipmentReservations(Sql& sql, std::span<const std::string> shipment_ids);
// (shipment_id, reservation_id)
std::vector<std::pair<std::string, std::string>> ParseShipmentReservations(const Rows& rows);

// Empty and unset members match all.
struct ShipmentFilter {
  std::string reservation_id = {};
  std::string warehouse_id = {};
  std::optional<ShipmentState> state = {};
};

// Selects the first `limit` shipments after `after_id` (empty: from the start) that match, by id.
bool AppendListShipments(Sql& sql, const ShipmentFilter& filter, const std::string& after_id, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_SHIPMENT_REPOSITORY_H_
