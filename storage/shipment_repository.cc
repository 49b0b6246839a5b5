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

// Whether the lines of the SKU lead to the shipments. A reservation and a code have few.
bool LedBySku(const ShipmentFilter& filter) {
  return !filter.sku.empty() && filter.reservation_id.empty() && filter.external_reference_code.empty();
}

// " AND ...": the shipment has a line of the SKU.
void AppendHasSku(Sql& sql, const ShipmentFilter& filter) {
  if (LedBySku(filter)) {
    // One that has several, allocated in different warehouses, comes by the first of them. DISTINCT would have all of
    // the SKU's collected.
    sql.Raw(" AND l.sku = ").Blob(filter.sku).Raw(" AND l.allocated_from = (SELECT MIN(x.allocated_from) FROM ");
    sql.Raw("shipment_line x WHERE x.shipment_id = l.shipment_id AND x.sku = l.sku)");
  } else {
    sql.Raw(" AND (SELECT COUNT(*) FROM shipment_line l WHERE l.shipment_id = s.shipment_id AND l.sku = ");
    sql.Blob(filter.sku).Raw(") > 0");
  }
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
  const bool by_sku = LedBySku(filter);
  const char* id = by_sku ? "l.shipment_id" : "s.shipment_id";
  BeginStatement(sql).Raw("SELECT " + Columns<ShipmentRecord>("s"));
  if (by_sku) {
    sql.Raw(" FROM shipment_line l FORCE INDEX (shipment_line_by_sku) STRAIGHT_JOIN shipment s ON ");
    sql.Raw("s.shipment_id = l.shipment_id");
  } else {
    sql.Raw(" FROM shipment s" + IndexFor(filter));
  }
  sql.Raw(" WHERE ").Raw(id).Raw(" > ").Blob(after_id);
  if (!filter.reservation_id.empty()) sql.Raw(" AND s.reservation_id = ").Blob(filter.reservation_id);
  if (!filter.warehouse_id.empty()) sql.Raw(" AND s.warehouse_id = ").Blob(filter.warehouse_id);
  if (!filter.sku.empty()) AppendHasSku(sql, filter);
  AppendHasCode(sql, id, ResourceKind::kShipment, filter.external_reference_code);
  if (filter.state) sql.Raw(" AND s.state = ").Int(static_cast<int64_t>(*filter.state));
  sql.Raw(" ORDER BY ").Raw(id).Raw(" LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
