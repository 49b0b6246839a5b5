// Shipments and their lines. The conventions of Append... are those of table.h.
#ifndef INVENTORY_STORAGE_SHIPMENT_REPOSITORY_H_
#define INVENTORY_STORAGE_SHIPMENT_REPOSITORY_H_

#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "storage/records.h"
#include "storage/table.h"

namespace inventory::storage {

template <>
struct Table<ShipmentRecord> {
  using R = ShipmentRecord;
  static constexpr const char* kName = "shipment";
  static constexpr int kKeySize = 1;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("shipment_id", &R::shipment_id), column::Bytes("reservation_id", &R::reservation_id),
                 column::Bytes("warehouse_id", &R::warehouse_id), column::Value("state", &R::state),
                 column::Text("carrier", &R::carrier), column::Text("tracking_number", &R::tracking_number),
                 column::Value("version", &R::version), column::Value("create_time", &R::create_time),
                 column::Value("update_time", &R::update_time),
                 column::Bytes("external_reference_code", &R::external_reference_code));
};

template <>
struct Table<ShipmentLineRecord> {
  using R = ShipmentLineRecord;
  static constexpr const char* kName = "shipment_line";
  static constexpr int kKeySize = 3;
  static constexpr auto kColumns =
      std::tuple(column::Bytes("shipment_id", &R::shipment_id), column::Bytes("sku", &R::sku),
                 column::Bytes("allocated_from", &R::allocated_from), column::Value("quantity", &R::quantity));
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
  std::string external_reference_code = {};
  std::string sku = {};
};

// Selects the first `limit` shipments after `after_id` (empty: from the start) that match, by id.
bool AppendListShipments(Sql& sql, const ShipmentFilter& filter, const std::string& after_id, int64_t limit);

}  // namespace inventory::storage

#endif  // INVENTORY_STORAGE_SHIPMENT_REPOSITORY_H_
