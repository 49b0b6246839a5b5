#include "storage/quota_repository.h"

namespace inventory::storage {
namespace {

// "SELECT columns FROM quota q LEFT JOIN (dead units) d ON ... WHERE ". With the SKUs as constants, indexes by expiry
// give only what is dead.
Sql& AppendLiveSelect(Sql& sql, std::span<const std::string> skus) {
  std::string columns = Columns<QuotaRecord>("q");
  const std::string outstanding = "q.outstanding";
  columns.replace(columns.find(outstanding), outstanding.size(), "q.outstanding - COALESCE(d.units, 0)");
  BeginStatement(sql).Raw("SELECT " + columns +
                          " FROM quota q LEFT JOIN (SELECT u.sku, u.channel_id, SUM(u.units) AS ");
  sql.Raw("units FROM (SELECT a.sku, r.channel_id, a.reserved AS units FROM allocation a STRAIGHT_JOIN reservation r ");
  sql.Raw("ON r.reservation_id = a.reservation_id WHERE a.sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(") AND a.expire_time <= NOW(6) UNION ALL SELECT b.sku, b.channel_id, b.quantity FROM backorder b ");
  sql.Raw("WHERE b.sku IN (");
  AppendTextList(sql, skus);
  return sql.Raw(
      ") AND b.expire_time <= NOW(6)) u GROUP BY u.sku, u.channel_id) d "
      "ON d.sku = q.sku AND d.channel_id = q.channel_id WHERE ");
}

}  // namespace

bool AppendSelectOutstanding(Sql& sql, const std::string& sku, const std::string& channel_id) {
  BeginStatement(sql).Raw("SELECT COALESCE(SUM(l.reserved + l.backordered), 0) FROM reservation_line l STRAIGHT_JOIN ");
  sql.Raw("reservation r ON r.reservation_id = l.reservation_id WHERE (l.reserved > 0 OR l.backordered > 0) AND ");
  sql.Raw("l.sku = ").Blob(sku).Raw(" AND r.channel_id = ").Blob(channel_id);
  return true;
}

bool AppendSelectLiveQuotas(Sql& sql, std::span<const std::string> skus) {
  if (skus.empty()) return false;
  AppendLiveSelect(sql, skus).Raw("q.sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(")");
  return true;
}

bool AppendSelectLiveQuota(Sql& sql, const QuotaRecord::Key& key) {
  const auto& [sku, channel_id] = key;
  AppendLiveSelect(sql, {&sku, 1}).Raw("q.sku = ").Blob(sku).Raw(" AND q.channel_id = ").Blob(channel_id);
  return true;
}

}  // namespace inventory::storage
