#include "storage/replenishment_repository.h"

#include "storage/external_reference_repository.h"

namespace inventory::storage {
namespace {

// The index that has the rows of the filter in order of id. Left to itself an optimizer that expects many of them walks
// through all replenishments instead, which is far where they are all old.
const char* IndexFor(const ReplenishmentFilter& filter) {
  if (!filter.external_reference_code.empty()) return "";
  if (!filter.sku.empty()) {
    return filter.state ? " FORCE INDEX (replenishment_by_sku)" : " FORCE INDEX (replenishment_of_sku)";
  }
  if (!filter.warehouse_id.empty()) {
    return filter.state ? " FORCE INDEX (replenishment_by_warehouse)" : " FORCE INDEX (replenishment_in_warehouse)";
  }
  return filter.state ? " FORCE INDEX (replenishment_by_state)" : "";
}

}  // namespace

bool AppendListReplenishments(Sql& sql, const ReplenishmentFilter& filter, const std::string& after_id, int64_t limit) {
  BeginStatement(sql).Raw("SELECT " + Columns<ReplenishmentRecord>() + " FROM replenishment").Raw(IndexFor(filter));
  sql.Raw(" WHERE replenishment_id > ").Blob(after_id);
  if (!filter.sku.empty()) sql.Raw(" AND sku = ").Blob(filter.sku);
  if (!filter.warehouse_id.empty()) sql.Raw(" AND warehouse_id = ").Blob(filter.warehouse_id);
  AppendHasCode(sql, "replenishment_id", ResourceKind::kReplenishment, filter.external_reference_code);
  if (filter.state) sql.Raw(" AND state = ").Int(static_cast<int64_t>(*filter.state));
  sql.Raw(" ORDER BY replenishment_id LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
