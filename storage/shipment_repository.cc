#include "storage/shipment_repository.h"

#include "storage/external_reference_repository.h"

namespace inventory::storage {
namespace {

// The index that has the rows of the filter in order of id. Left to itself an optimizer that expects many of them walks
// through all shipments instead, which is far where they are all old.
std::string IndexFor(const ShipmentFilter& filter) {
  if (!filter.external_reference_code.empty()) return "";
  if (!filter.reservation_id.empty()) return " FORCE INDEX (shipment_by_reservation)";
  if (filter.warehouse_id.empty()) return "";
  return filter.state ? " FORCE INDEX (shipment_by_warehouse)" : " FORCE INDEX (shipment_in_warehouse)";
}

}  // namespace

bool AppendSelectShipments(Sql& sql, std::span<const std::string> shipment_ids) {
  return AppendSelectByKeyPrefix<ShipmentRecord>(sql, shipment_ids);
}

bool AppendSelectShipmentLines(Sql& sql, std::span<const std::string> shipment_ids) {
  return AppendSelectByKeyPrefix<ShipmentLineRecord>(sql, shipment_ids);
}

bool AppendSelectShipmentReservations(Sql& sql, std::span<const std::string> shipment_ids) {
  if (shipment_ids.empty()) return false;
  BeginStatement(sql).Raw("SELECT shipment_id, reservation_id FROM shipment WHERE shipment_id IN (");
  AppendTextList(sql, shipment_ids);
  sql.Raw(")");
  return true;
}

std::vector<std::pair<std::string, std::string>> ParseShipmentReservations(const Rows& rows) {
  return ParsePairs(rows);
}

bool AppendListShipments(Sql& sql, const ShipmentFilter& filter, const std::string& after_id, int64_t limit) {
  BeginStatement(sql).Raw("SELECT " + Columns<ShipmentRecord>() + " FROM shipment" + IndexFor(filter));
  sql.Raw(" WHERE shipment_id > ").Blob(after_id);
  if (!filter.reservation_id.empty()) sql.Raw(" AND reservation_id = ").Blob(filter.reservation_id);
  if (!filter.warehouse_id.empty()) sql.Raw(" AND warehouse_id = ").Blob(filter.warehouse_id);
  AppendHasCode(sql, "shipment_id", ResourceKind::kShipment, filter.external_reference_code);
  if (filter.state) sql.Raw(" AND state = ").Int(static_cast<int64_t>(*filter.state));
  sql.Raw(" ORDER BY shipment_id LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
