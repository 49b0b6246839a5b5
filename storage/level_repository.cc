#include "storage/level_repository.h"

namespace inventory::storage {
namespace {

// Reserved without the holds that are dead, for statements that don't know their SKUs beforehand.
constexpr char kLiveReserved[] =
    "l.reserved - (SELECT COALESCE(SUM(a.reserved), 0) FROM allocation a WHERE a.sku = l.sku AND "
    "a.warehouse_id = l.warehouse_id AND a.expire_time <= NOW(6))";

// "SELECT columns FROM stock_level l", with the given expression for reserved.
Sql& AppendLiveSelect(Sql& sql, const char* reserved) {
  BeginStatement(sql).Raw("SELECT l.sku, l.warehouse_id, l.on_hand, ").Raw(reserved);
  return sql.Raw(
      ", l.safety_stock, l.damaged, l.quality_control, l.version, l.update_time "
      "FROM stock_level l");
}

void AppendStatus(Sql& sql, LevelStatus status) {
  const char* comparison = nullptr;
  switch (status) {
    case LevelStatus::kAny:
      return;
    case LevelStatus::kInStock:
      comparison = ") > 0";
      break;
    case LevelStatus::kOutOfStock:
      comparison = ") <= 0";
      break;
    case LevelStatus::kDeficit:
      comparison = ") < 0";
      break;
  }
  sql.Raw(" AND l.on_hand - l.safety_stock - l.damaged - l.quality_control - (");
  sql.Raw(kLiveReserved).Raw(comparison);
}

}  // namespace

void Table<LevelRecord>::AppendValues(Sql& sql, const LevelRecord& level) {
  const Quantities& quantities = level.quantities;
  sql.Blob(level.sku).Raw(",").Blob(level.warehouse_id).Raw(",");
  sql.Int(quantities.on_hand).Raw(",").Int(quantities.reserved).Raw(",");
  sql.Int(quantities.safety_stock).Raw(",").Int(quantities.damaged).Raw(",");
  sql.Int(quantities.quality_control).Raw(",").Int(level.version).Raw(",").Time(level.update_time);
}

LevelRecord Table<LevelRecord>::Parse(const Row& row, int first_column) {
  int column = first_column;
  LevelRecord level;
  level.sku = row.Text(column++);
  level.warehouse_id = row.Text(column++);
  level.quantities.on_hand = row.Int(column++);
  level.quantities.reserved = row.Int(column++);
  level.quantities.safety_stock = row.Int(column++);
  level.quantities.damaged = row.Int(column++);
  level.quantities.quality_control = row.Int(column++);
  level.version = row.Int(column++);
  level.update_time = row.Time(column++);
  return level;
}

bool AppendSelectLevels(Sql& sql, std::span<const std::string> skus) {
  return AppendSelectByKeyPrefix<LevelRecord>(sql, skus);
}

bool AppendSelectLiveLevels(Sql& sql, std::span<const std::string> skus) {
  if (skus.empty()) return false;
  // The dead holds are summed first: with constant SKUs the index (sku, expire_time) gives only
  // them, where a correlated subquery would read every allocation that the SKU ever had.
  AppendLiveSelect(sql, "l.reserved - COALESCE(d.reserved, 0)");
  sql.Raw(
      " LEFT JOIN (SELECT a.sku, a.warehouse_id, SUM(a.reserved) AS reserved FROM allocation a "
      "WHERE a.sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(") AND a.expire_time <= NOW(6) GROUP BY a.sku, a.warehouse_id) d ON d.sku = l.sku AND ");
  sql.Raw("d.warehouse_id = l.warehouse_id WHERE l.sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(") ORDER BY l.sku, l.warehouse_id");
  return true;
}

bool AppendSelectLiveLevel(Sql& sql, const std::string& sku, const std::string& warehouse_id) {
  AppendLiveSelect(sql, kLiveReserved)
      .Raw(" WHERE l.sku = ")
      .Blob(sku)
      .Raw(" AND l.warehouse_id = ")
      .Blob(warehouse_id);
  return true;
}

bool AppendListLiveLevels(Sql& sql, const LevelFilter& filter, const LevelRecord::Key& after, int64_t limit) {
  // The row comparison spelled out so that the range of l.sku uses an index.
  AppendLiveSelect(sql, kLiveReserved).Raw(" WHERE l.sku >= ").Blob(after.first);
  if (filter.warehouse_id.empty()) {
    sql.Raw(" AND (l.sku > ").Blob(after.first).Raw(" OR l.warehouse_id > ").Blob(after.second).Raw(")");
  } else {
    sql.Raw(" AND l.warehouse_id = ").Blob(filter.warehouse_id);
    sql.Raw(filter.warehouse_id > after.second ? " AND l.sku >= " : " AND l.sku > ").Blob(after.first);
  }
  AppendPrefixRange(sql, "l.sku", filter.sku_prefix);
  AppendStatus(sql, filter.status);
  sql.Raw(" ORDER BY l.sku, l.warehouse_id LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
