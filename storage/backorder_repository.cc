#include "storage/backorder_repository.h"

#include "storage/reservation_repository.h"

namespace inventory::storage {
namespace {

Sql& AppendDead(Sql& sql, std::span<const std::string> skus, absl::Time now) {
  sql.Raw("b.sku IN (");
  AppendTextList(sql, skus);
  return sql.Raw(") AND b.expire_time <= ").Time(now).Raw(" ORDER BY b.sku, b.place LIMIT ");
}

}  // namespace

bool AppendSelectBackordersOfReservations(Sql& sql, std::span<const std::string> reservation_ids) {
  if (reservation_ids.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<BackorderRecord>() + " FROM backorder WHERE reservation_id IN (");
  AppendTextList(sql, reservation_ids);
  sql.Raw(")");
  return true;
}

bool AppendSelectDeadBackorders(Sql& sql, std::span<const std::string> skus, absl::Time now, int64_t limit) {
  if (skus.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<BackorderRecord>("b") + " FROM backorder b WHERE ");
  AppendDead(sql, skus, now).Int(limit);
  return true;
}

bool AppendSelectLinesOfDeadBackorders(Sql& sql, std::span<const std::string> skus, absl::Time now, int64_t limit) {
  if (skus.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<ReservationLineRecord>("l"));
  sql.Raw(" FROM backorder b JOIN reservation_line l ON l.reservation_id = b.reservation_id AND l.sku = b.sku WHERE ");
  AppendDead(sql, skus, now).Int(limit);
  return true;
}

bool AppendSelectReservationsOfDeadBackorders(Sql& sql, std::span<const std::string> skus, absl::Time now,
                                              int64_t limit) {
  if (skus.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<ReservationRecord>("r"));
  sql.Raw(" FROM backorder b JOIN reservation r ON r.reservation_id = b.reservation_id WHERE ");
  AppendDead(sql, skus, now).Int(limit);
  return true;
}

bool AppendSelectDeadWaiting(Sql& sql, std::span<const std::string> skus) {
  if (skus.empty()) return false;
  BeginStatement(sql).Raw("SELECT sku, SUM(quantity) FROM backorder WHERE sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(") AND expire_time <= NOW(6) GROUP BY sku");
  return true;
}

bool AppendSelectWaiting(Sql& sql, const std::string& sku, int64_t after_place,
                         std::span<const std::string> channel_ids, int64_t limit) {
  if (channel_ids.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<BackorderRecord>() + " FROM backorder WHERE sku = ").Blob(sku);
  sql.Raw(" AND place > ").Int(after_place).Raw(" AND channel_id IN (");
  AppendTextList(sql, channel_ids);
  sql.Raw(") ORDER BY place LIMIT ").Int(limit);
  return true;
}

bool AppendSelectAllocationsOf(Sql& sql, const std::string& sku, std::span<const std::string> reservation_ids) {
  if (reservation_ids.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<AllocationRecord>() + " FROM allocation WHERE reservation_id IN (");
  AppendTextList(sql, reservation_ids);
  sql.Raw(") AND sku = ").Blob(sku);
  return true;
}

bool AppendListBackorders(Sql& sql, const BackorderFilter& filter, const BackorderRecord::Key& after, int64_t limit) {
  constexpr char kLive[] = "(expire_time IS NULL OR expire_time > NOW(6))";
  BeginStatement(sql).Raw("SELECT * FROM (SELECT " + Columns<BackorderRecord>());
  if (filter.sku.empty()) {
    sql.Raw(" FROM backorder WHERE sku >= ").Blob(after.first).Raw(" AND ").Raw(kLive).Raw(") b WHERE (sku > ");
    sql.Blob(after.first).Raw(" OR place > ").Int(after.second).Raw(")");
  } else {
    sql.Raw(", SUM(quantity) OVER (ORDER BY place) AS waiting FROM backorder WHERE sku = ").Blob(filter.sku);
    sql.Raw(" AND ").Raw(kLive).Raw(") b WHERE place > ").Int(after.first == filter.sku ? after.second : 0);
  }
  if (!filter.channel_id.empty()) sql.Raw(" AND channel_id = ").Blob(filter.channel_id);
  sql.Raw(" ORDER BY sku, place LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
