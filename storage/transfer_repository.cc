#include "storage/transfer_repository.h"

#include "storage/external_reference_repository.h"

namespace inventory::storage {
namespace {

// With the index that has the rows of the filter in order of id. Left to itself an optimizer that expects many of them
// walks through all transfers instead, which is far where they are all old. Of a route the destination is taken for the
// rarer end.
const char* FromFor(const TransferFilter& filter) {
  if (!filter.external_reference_code.empty() && filter.sku.empty()) return " FROM transfer t";
  if (!filter.sku.empty()) {
    return " FROM transfer_line l FORCE INDEX (transfer_line_by_sku) STRAIGHT_JOIN transfer t ON "
           "t.transfer_id = l.transfer_id";
  }
  if (!filter.to_warehouse_id.empty()) {
    return filter.state ? " FROM transfer t FORCE INDEX (transfer_by_destination)"
                        : " FROM transfer t FORCE INDEX (transfer_to_warehouse)";
  }
  if (!filter.from_warehouse_id.empty()) {
    return filter.state ? " FROM transfer t FORCE INDEX (transfer_by_source)"
                        : " FROM transfer t FORCE INDEX (transfer_from_warehouse)";
  }
  return filter.state ? " FROM transfer t FORCE INDEX (transfer_by_state)" : " FROM transfer t";
}

}  // namespace

bool AppendListTransfers(Sql& sql, const TransferFilter& filter, const std::string& after_id, int64_t limit) {
  const char* id = filter.sku.empty() ? "t.transfer_id" : "l.transfer_id";
  BeginStatement(sql).Raw("SELECT " + Columns<TransferRecord>("t")).Raw(FromFor(filter));
  sql.Raw(" WHERE ").Raw(id).Raw(" > ").Blob(after_id);
  if (!filter.sku.empty()) sql.Raw(" AND l.sku = ").Blob(filter.sku);
  if (!filter.from_warehouse_id.empty()) sql.Raw(" AND t.from_warehouse_id = ").Blob(filter.from_warehouse_id);
  if (!filter.to_warehouse_id.empty()) sql.Raw(" AND t.to_warehouse_id = ").Blob(filter.to_warehouse_id);
  if (filter.state) sql.Raw(" AND t.state = ").Int(static_cast<int64_t>(*filter.state));
  AppendHasCode(sql, id, ResourceKind::kTransfer, filter.external_reference_code);
  sql.Raw(" ORDER BY ").Raw(id).Raw(" LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
