#include "storage/quota_repository.h"

namespace inventory::storage {

bool AppendSelectOutstanding(Sql& sql, const std::string& sku, const std::string& channel_id) {
  BeginStatement(sql).Raw("SELECT COALESCE(SUM(l.reserved + l.backordered), 0) FROM reservation_line l STRAIGHT_JOIN ");
  sql.Raw("reservation r ON r.reservation_id = l.reservation_id WHERE (l.reserved > 0 OR l.backordered > 0) AND ");
  sql.Raw("l.sku = ").Blob(sku).Raw(" AND r.channel_id = ").Blob(channel_id);
  return true;
}

}  // namespace inventory::storage
