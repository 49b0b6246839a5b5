#include "storage/movement_repository.h"

namespace inventory::storage {
namespace {

// Says where the page starts so that the primary key is read from there, with and without one SKU.
void AppendAfter(Sql& sql, const std::string& sku, const MovementRecord::Key& after) {
  if (sku.empty()) {
    sql.Raw("sku >= ").Blob(after.first).Raw(" AND (sku > ").Blob(after.first);
    sql.Raw(" OR sequence > ").Int(after.second).Raw(")");
    return;
  }
  sql.Raw("sku = ").Blob(sku);
  if (after.first == sku) sql.Raw(" AND sequence > ").Int(after.second);
  if (after.first > sku) sql.Raw(" AND 1 = 0");
}

}  // namespace

bool AppendListMovements(Sql& sql, const MovementFilter& filter, const MovementRecord::Key& after, int64_t limit) {
  BeginStatement(sql).Raw("SELECT " + Columns<MovementRecord>() + " FROM movement WHERE ");
  AppendAfter(sql, filter.sku, after);
  if (!filter.warehouse_id.empty()) sql.Raw(" AND warehouse_id = ").Blob(filter.warehouse_id);
  if (!filter.document_id.empty()) sql.Raw(" AND document_id = ").Blob(filter.document_id);
  if (filter.type) sql.Raw(" AND type = ").Int(static_cast<int64_t>(*filter.type));
  if (filter.start) sql.Raw(" AND create_time >= ").Time(*filter.start);
  if (filter.end) sql.Raw(" AND create_time < ").Time(*filter.end);
  sql.Raw(" ORDER BY sku, sequence LIMIT ").Int(limit);
  return true;
}

bool AppendSelectTakenNumber(Sql& sql, const std::vector<const MovementRecord*>& movements) {
  if (movements.empty()) return false;
  BeginStatement(sql).Raw("SELECT sku FROM movement WHERE (sku, sequence) IN (");
  for (std::size_t i = 0; i < movements.size(); ++i) {
    sql.Raw(i == 0 ? "(" : ",(").Blob(movements[i]->sku).Raw(",").Int(movements[i]->sequence).Raw(")");
  }
  sql.Raw(") UNION SELECT sku FROM movement WHERE (sku, warehouse_id, version) IN (");
  for (std::size_t i = 0; i < movements.size(); ++i) {
    sql.Raw(i == 0 ? "(" : ",(").Blob(movements[i]->sku).Raw(",").Blob(movements[i]->warehouse_id).Raw(",");
    sql.Int(movements[i]->version).Raw(")");
  }
  sql.Raw(") LIMIT 1");
  return true;
}

bool AppendLevelAsOf(Sql& sql, const std::string& sku, const std::string& warehouse_id, absl::Time time) {
  BeginStatement(sql).Raw("SELECT " + Columns<MovementRecord>() + " FROM movement WHERE sku = ").Blob(sku);
  sql.Raw(" AND warehouse_id = ").Blob(warehouse_id).Raw(" AND create_time <= ").Time(time);
  sql.Raw(" ORDER BY version DESC LIMIT 1");
  return true;
}

bool AppendSelectPastLevel(Sql& sql, const std::string& sku, const std::string& warehouse_id, absl::Time time) {
  const auto select = [&](const char* columns) -> Sql& {
    sql.Raw("(SELECT ").Raw(columns).Raw(" FROM movement WHERE sku = ").Blob(sku);
    return sql.Raw(" AND warehouse_id = ").Blob(warehouse_id);
  };
  BeginStatement(sql);
  select("1, balance_on_hand, create_time").Raw(" AND create_time <= ").Time(time);
  sql.Raw(" ORDER BY version DESC LIMIT 1) UNION ALL ");
  select("2, type, create_time").Raw(" ORDER BY version LIMIT 1)");
  return true;
}

PastLevel ParsePastLevel(const Rows& rows) {
  PastLevel past;
  for (const Row& row : rows) {
    if (row.Int(0) == 1) {
      past.on_hand = row.Int(1);
    } else if (row.Int(1) == static_cast<int64_t>(MovementType::kBalanceForward)) {
      past.begin_time = row.Time(2);
    }
  }
  return past;
}

bool AppendSelectOldMovements(Sql& sql, const std::string& sku, int64_t after_sequence, absl::Time before,
                              int64_t limit) {
  BeginStatement(sql).Raw("SELECT " + Columns<MovementRecord>() + " FROM movement WHERE sku = ").Blob(sku);
  sql.Raw(" AND sequence > ").Int(after_sequence).Raw(" AND create_time < ").Time(before);
  sql.Raw(" ORDER BY sequence LIMIT ").Int(limit);
  return true;
}

bool AppendSelectFirstMovements(Sql& sql, const std::string& sku) {
  BeginStatement(sql).Raw("SELECT " + Columns<MovementRecord>("m"));
  sql.Raw(" FROM (SELECT warehouse_id, MIN(version) AS version FROM movement WHERE sku = ").Blob(sku);
  sql.Raw(" GROUP BY warehouse_id) f JOIN movement m ON m.sku = ").Blob(sku);
  sql.Raw(" AND m.warehouse_id = f.warehouse_id AND m.version = f.version");
  return true;
}

}  // namespace inventory::storage
