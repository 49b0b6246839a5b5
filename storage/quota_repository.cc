#include "storage/quota_repository.h"

#include "storage/key_range.h"

namespace inventory::storage {
namespace {

// "SELECT columns FROM", to be followed by where the quotas q come from. What dead holds count is joined as d.
Sql& AppendLiveSelect(Sql& sql) {
  std::string columns = Columns<QuotaRecord>("q");
  const std::string outstanding = "q.outstanding";
  columns.replace(columns.find(outstanding), outstanding.size(), "q.outstanding - COALESCE(d.units, 0)");
  return BeginStatement(sql).Raw("SELECT " + columns + " FROM ");
}

Sql& AppendJoin(Sql& sql) { return sql.Raw(" LEFT JOIN (SELECT u.sku, u.channel_id, SUM(u.units) AS units FROM ("); }

Sql& AppendDeadUnitsTail(Sql& sql) {
  return sql.Raw(") u GROUP BY u.sku, u.channel_id) d ON d.sku = q.sku AND d.channel_id = q.channel_id");
}

// Up to the condition on q, for known SKUs. With these as constants, indexes by expiry give only what is dead.
Sql& AppendLiveQuotasOf(Sql& sql, std::span<const std::string> skus) {
  AppendJoin(AppendLiveSelect(sql).Raw("quota q")).Raw("SELECT a.sku, r.channel_id, a.reserved AS units FROM ");
  sql.Raw("allocation a STRAIGHT_JOIN reservation r ON r.reservation_id = a.reservation_id WHERE a.sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(") AND a.expire_time <= NOW(6) UNION ALL SELECT b.sku, b.channel_id, b.quantity FROM backorder b ");
  sql.Raw("WHERE b.sku IN (");
  AppendTextList(sql, skus);
  return AppendDeadUnitsTail(sql.Raw(") AND b.expire_time <= NOW(6)")).Raw(" WHERE ");
}

// Of any SKUs: all dead holds that are not released yet, which are few, through the reservations' index by expire_time,
// which holds nothing but holds.
Sql& AppendJoinOfAny(Sql& sql) {
  AppendJoin(sql).Raw("SELECT a.sku, r.channel_id, a.reserved AS units FROM reservation r JOIN allocation a ");
  sql.Raw("ON a.reservation_id = r.reservation_id WHERE r.expire_time <= NOW(6) AND a.expire_time <= NOW(6) ");
  sql.Raw("UNION ALL SELECT b.sku, b.channel_id, b.quantity FROM reservation r JOIN backorder b ");
  sql.Raw("ON b.reservation_id = r.reservation_id WHERE r.expire_time <= NOW(6) AND b.expire_time <= NOW(6)");
  return AppendDeadUnitsTail(sql);
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
  AppendLiveQuotasOf(sql, skus).Raw("q.sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(")");
  return true;
}

bool AppendSelectLiveQuota(Sql& sql, const QuotaRecord::Key& key) {
  const auto& [sku, channel_id] = key;
  AppendLiveQuotasOf(sql, {&sku, 1}).Raw("q.sku = ").Blob(sku).Raw(" AND q.channel_id = ").Blob(channel_id);
  return true;
}

bool AppendListLiveQuotas(Sql& sql, const QuotaFilter& filter, const QuotaRecord::Key& after, int64_t limit) {
  // The page is cut before anything is joined to it: joined, an optimizer may read all quotas and sort them. So does
  // MariaDB where the order names a column that has one value only.
  const char* order = filter.sku.empty() ? "sku" : "channel_id";
  if (filter.sku.empty() && filter.channel_id.empty()) order = "sku, channel_id";
  AppendLiveSelect(sql).Raw("(SELECT * FROM quota FORCE INDEX (");
  sql.Raw(filter.channel_id.empty() || !filter.sku.empty() ? "PRIMARY" : "quota_by_channel");
  AppendAfterKey(sql.Raw(") WHERE "), "sku", "channel_id", after);
  if (!filter.sku.empty()) sql.Raw(" AND sku = ").Blob(filter.sku);
  if (!filter.channel_id.empty()) sql.Raw(" AND channel_id = ").Blob(filter.channel_id);
  sql.Raw(" ORDER BY ").Raw(order).Raw(" LIMIT ").Int(limit).Raw(") q");
  AppendJoinOfAny(sql).Raw(" ORDER BY q.sku, q.channel_id");
  return true;
}

}  // namespace inventory::storage
