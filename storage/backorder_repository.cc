#include "storage/backorder_repository.h"

#include "storage/key_range.h"
#include "storage/reservation_repository.h"

namespace inventory::storage {
namespace {

Sql& AppendDead(Sql& sql, std::span<const std::string> skus, absl::Time now) {
  sql.Raw("b.sku IN (");
  AppendTextList(sql, skus);
  return sql.Raw(") AND b.expire_time <= ").Time(now).Raw(" ORDER BY b.sku, b.place LIMIT ");
}

constexpr char kLive[] = "(b.expire_time IS NULL OR b.expire_time > NOW(6))";

// Up to further conditions on b. The indexes have the rows of a channel in order of the key, and few of a reservation.
void AppendListOfAll(Sql& sql, const BackorderFilter& filter, const BackorderRecord::Key& after) {
  const char* index = filter.channel_id.empty() ? "PRIMARY" : "backorder_by_channel";
  if (!filter.reservation_id.empty()) index = "backorder_by_reservation";
  BeginStatement(sql).Raw("SELECT " + Columns<BackorderRecord>("b")).Raw(" FROM backorder b FORCE INDEX (").Raw(index);
  AppendAfterKey(sql.Raw(") WHERE "), "b.sku", "b.place", after).Raw(" AND ").Raw(kLive);
}

// The same of one SKU, all of which are counted.
void AppendListOfSku(Sql& sql, const BackorderFilter& filter, const BackorderRecord::Key& after) {
  BeginStatement(sql).Raw("SELECT " + Columns<BackorderRecord>("b") + ", b.waiting, r.warehouse_ids FROM (SELECT ");
  sql.Raw(Columns<BackorderRecord>("b")).Raw(", SUM(b.quantity) OVER (ORDER BY b.place) AS waiting FROM backorder b");
  sql.Raw(" WHERE b.sku = ").Blob(filter.sku).Raw(" AND ").Raw(kLive);
  sql.Raw(") b JOIN reservation r ON r.reservation_id = b.reservation_id WHERE b.place > ");
  sql.Int(after.first == filter.sku ? after.second : 0);
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
  BeginStatement(sql);
  for (std::size_t i = 0; i < channel_ids.size(); ++i) {
    sql.Raw(i == 0 ? "(SELECT " : " UNION ALL (SELECT ").Raw(Columns<BackorderRecord>());
    sql.Raw(" FROM backorder FORCE INDEX (backorder_of_sku) WHERE sku = ").Blob(sku);
    sql.Raw(" AND channel_id = ").Blob(channel_ids[i]).Raw(" AND place > ").Int(after_place);
    sql.Raw(" ORDER BY place LIMIT ").Int(limit).Raw(")");
  }
  sql.Raw(" ORDER BY place LIMIT ").Int(limit);
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
  if (filter.sku.empty()) {
    AppendListOfAll(sql, filter, after);
  } else {
    AppendListOfSku(sql, filter, after);
  }
  if (!filter.channel_id.empty()) sql.Raw(" AND b.channel_id = ").Blob(filter.channel_id);
  if (!filter.reservation_id.empty()) sql.Raw(" AND b.reservation_id = ").Blob(filter.reservation_id);
  sql.Raw(" ORDER BY b.sku, b.place LIMIT ").Int(limit);
  return true;
}

std::vector<QueuedBackorder> ParseQueuedBackorders(const Rows& rows, const BackorderFilter& filter) {
  constexpr int kWaiting = kColumnCount<BackorderRecord>;
  std::vector<QueuedBackorder> queued;
  for (const Row& row : rows) {
    queued.push_back({Parse<BackorderRecord>(row)});
    if (filter.sku.empty()) continue;
    queued.back().waiting = row.Int(kWaiting);
    queued.back().warehouse_ids = WarehouseIdsCodec::Parse(row, kWaiting + 1);
  }
  return queued;
}

}  // namespace inventory::storage
