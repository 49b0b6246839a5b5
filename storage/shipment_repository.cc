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

// " FROM ... WHERE ..." and the order, of which `id` is the column.
void AppendPage(Sql& sql, const ShipmentFilter& filter, const char* id, const std::string& after_id, int64_t limit) {
  const bool by_sku = LedBySku(filter);
  if (by_sku) {
    sql.Raw(" FROM shipment_line l FORCE INDEX (shipment_line_by_sku) STRAIGHT_JOIN shipment s ON ");
    sql.Raw("s.shipment_id = l.shipment_id");
  } else {
    sql.Raw(" FROM shipment s" + IndexFor(filter));
  }
  sql.Raw(" WHERE ").Raw(id).Raw(" > ").Blob(after_id);
  if (by_sku) sql.Raw(" AND l.sku = ").Blob(filter.sku);
  if (!filter.reservation_id.empty()) sql.Raw(" AND s.reservation_id = ").Blob(filter.reservation_id);
  if (!filter.warehouse_id.empty()) sql.Raw(" AND s.warehouse_id = ").Blob(filter.warehouse_id);
  if (!by_sku && !filter.sku.empty()) {
    sql.Raw(" AND (SELECT COUNT(*) FROM shipment_line l WHERE l.shipment_id = s.shipment_id AND l.sku = ");
    sql.Blob(filter.sku).Raw(") > 0");
  }
  AppendHasCode(sql, id, ResourceKind::kShipment, filter.external_reference_code);
  if (filter.state) sql.Raw(" AND s.state = ").Int(static_cast<int64_t>(*filter.state));
  sql.Raw(" ORDER BY ").Raw(id).Raw(" LIMIT ").Int(limit);
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
  BeginStatement(sql).Raw("SELECT " + Columns<ShipmentRecord>("s"));
  if (!LedBySku(filter)) {
    AppendPage(sql, filter, "s.shipment_id", after_id, limit);
    return true;
  }
  // A shipment may have several lines of the SKU, allocated in different warehouses.
  sql.Raw(" FROM (SELECT DISTINCT l.shipment_id");
  AppendPage(sql, filter, "l.shipment_id", after_id, limit);
  sql.Raw(") f STRAIGHT_JOIN shipment s ON s.shipment_id = f.shipment_id ORDER BY s.shipment_id");
  return true;
}

}  // namespace inventory::storage
