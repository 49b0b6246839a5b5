#include "storage/return_repository.h"

namespace inventory::storage {
namespace {

void AppendLineFilter(Sql& sql, const ReturnFilter& filter) {
  if (!filter.sku.empty()) sql.Raw(" AND l.sku = ").Blob(filter.sku);
  if (!filter.warehouse_id.empty()) sql.Raw(" AND l.warehouse_id = ").Blob(filter.warehouse_id);
}

}  // namespace

// Each way reads little more than the page: an index has its ids in order.
bool AppendListReturns(Sql& sql, const ReturnFilter& filter, const std::string& after_id, int64_t limit) {
  const bool by_line = !filter.sku.empty() || !filter.warehouse_id.empty();
  BeginStatement(sql).Raw("SELECT " + Columns<ReturnRecord>("r") + " FROM stock_return r");
  if (by_line && filter.reservation_id.empty()) {
    sql.Raw(" JOIN (SELECT DISTINCT l.return_id FROM stock_return_line l WHERE l.return_id > ").Blob(after_id);
    AppendLineFilter(sql, filter);
    sql.Raw(" ORDER BY l.return_id LIMIT ").Int(limit);
    sql.Raw(") f ON f.return_id = r.return_id ORDER BY r.return_id");
    return true;
  }
  sql.Raw(" WHERE r.return_id > ").Blob(after_id);
  if (!filter.reservation_id.empty()) sql.Raw(" AND r.reservation_id = ").Blob(filter.reservation_id);
  if (by_line) {
    // Not EXISTS: optimizers turn that into a join that starts from all returns of the SKU.
    sql.Raw(" AND (SELECT COUNT(*) FROM stock_return_line l WHERE l.return_id = r.return_id");
    AppendLineFilter(sql, filter);
    sql.Raw(") > 0");
  }
  sql.Raw(" ORDER BY r.return_id LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
