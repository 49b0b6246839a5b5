#include "storage/level_repository.h"

#include "storage/configuration_repository.h"

namespace inventory::storage {
namespace {

// Each live select joins the dead holds of a level as d.
constexpr char kLiveReserved[] = "l.reserved - COALESCE(d.reserved, 0)";
constexpr char kLiveAvailable[] =
    "l.on_hand - l.safety_stock - l.damaged - l.quality_control - l.reserved + COALESCE(d.reserved, 0)";

// "SELECT columns FROM stock_level l LEFT JOIN (SELECT dead holds", to be followed by where these are. `hint` says by
// which index the levels are read; may be empty.
Sql& AppendLiveSelect(Sql& sql, std::string_view hint) {
  BeginStatement(sql).Raw("SELECT l.sku, l.warehouse_id, l.on_hand, ").Raw(kLiveReserved);
  sql.Raw(
      ", l.safety_stock, l.damaged, l.quality_control, l.incoming, l.version, l.update_time, "
      "l.count_time FROM stock_level l ");
  return sql.Raw(hint).Raw(" LEFT JOIN (SELECT a.sku, a.warehouse_id, SUM(a.reserved) AS reserved FROM ");
}

Sql& AppendJoinTail(Sql& sql) {
  return sql.Raw(
      "a.expire_time <= NOW(6) GROUP BY a.sku, a.warehouse_id) d "
      "ON d.sku = l.sku AND d.warehouse_id = l.warehouse_id WHERE ");
}

// Up to the condition on l, for known SKUs. With constants the index (sku, expire_time) gives only the dead holds; a
// subquery for each level would read every allocation that its SKU ever had.
Sql& AppendLiveSelectOf(Sql& sql, std::span<const std::string> skus) {
  AppendLiveSelect(sql, "FORCE INDEX (PRIMARY)")
      .Raw("allocation a FORCE INDEX (allocation_by_expiry) WHERE a.sku IN (");
  AppendTextList(sql, skus);
  return AppendJoinTail(sql.Raw(") AND "));
}

// The same for any SKUs: all dead holds that are not released yet, which are few, through the reservations' index by
// expire_time, which holds nothing but holds.
Sql& AppendLiveSelectOfAny(Sql& sql) {
  AppendLiveSelect(sql, "").Raw(
      "reservation r JOIN allocation a ON a.reservation_id = r.reservation_id WHERE r.expire_time <= NOW(6) AND ");
  return AppendJoinTail(sql);
}

void AppendStatus(Sql& sql, LevelStatus status) {
  const char* comparison = nullptr;
  switch (status) {
    case LevelStatus::kAny:
      return;
    case LevelStatus::kInStock:
      comparison = " > 0";
      break;
    case LevelStatus::kOutOfStock:
      comparison = " = 0";
      break;
    case LevelStatus::kDeficit:
      comparison = " < 0";
      break;
  }
  sql.Raw(" AND ").Raw(kLiveAvailable).Raw(comparison);
}

}  // namespace

bool AppendSelectLevelsAndState(Sql& sql, std::span<const std::string> skus, int event_log_id) {
  static const std::string columns = ", " + Columns<LevelRecord>("l");
  BeginStatement(sql).Raw("SELECT NOW(6), c.version, c.followed_version, ").Raw(EventLogEndColumns(event_log_id));
  if (!skus.empty()) sql.Raw(columns);
  sql.Raw(" FROM configuration c");
  if (!skus.empty()) {
    AppendTextList(sql.Raw(" LEFT JOIN stock_level l FORCE INDEX (PRIMARY) ON l.sku IN ("), skus);
    sql.Raw(")");
  }
  sql.Raw(" WHERE c.id = 1");
  return true;
}

std::vector<LevelRecord> ParseLevelsWithState(const Rows& rows) {
  constexpr int kFirst = kStateColumns + kEventLogEndColumns;
  std::vector<LevelRecord> levels;
  if (rows.columns() == kFirst) return levels;
  levels.reserve(rows.size());
  for (const Row& row : rows) {
    if (!row.IsNull(kFirst)) levels.push_back(Parse<LevelRecord>(row, kFirst));
  }
  return levels;
}

bool AppendSelectLiveLevels(Sql& sql, std::span<const std::string> skus) {
  if (skus.empty()) return false;
  AppendLiveSelectOf(sql, skus).Raw("l.sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(") ORDER BY l.sku, l.warehouse_id");
  return true;
}

bool AppendSelectLiveLevel(Sql& sql, const std::string& sku, const std::string& warehouse_id) {
  AppendLiveSelectOf(sql, {&sku, 1}).Raw("l.sku = ").Blob(sku).Raw(" AND l.warehouse_id = ").Blob(warehouse_id);
  return true;
}

bool AppendListLiveLevels(Sql& sql, const LevelFilter& filter, const LevelRecord::Key& after, int64_t limit) {
  // The row comparison spelled out so that the range of l.sku uses an index.
  AppendLiveSelectOfAny(sql).Raw("l.sku >= ").Blob(after.first);
  if (filter.warehouse_id.empty()) {
    sql.Raw(" AND (l.sku > ").Blob(after.first).Raw(" OR l.warehouse_id > ").Blob(after.second).Raw(")");
  } else {
    sql.Raw(" AND l.warehouse_id = ").Blob(filter.warehouse_id);
    sql.Raw(filter.warehouse_id > after.second ? " AND l.sku >= " : " AND l.sku > ").Blob(after.first);
  }
  AppendPrefixRange(sql, "l.sku", filter.sku_prefix);
  AppendStatus(sql, filter.status);
  // Joined, the optimizer does not see that one warehouse needs no order of its own, and sorts.
  sql.Raw(filter.warehouse_id.empty() ? " ORDER BY l.sku, l.warehouse_id LIMIT " : " ORDER BY l.sku LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
