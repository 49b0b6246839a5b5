#include "storage/movement_repository.h"

#include "storage/key_range.h"

namespace inventory::storage {
namespace {

// Says where the page starts so that the primary key is read from there, with and without one SKU.
void AppendAfter(Sql& sql, const std::string& sku, const MovementRecord::Key& after) {
  if (sku.empty()) {
    AppendAfterKey(sql, "sku", "sequence", after);
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
  // Not in order of a SKU that is one: MariaDB would sort all of its movements by it.
  sql.Raw(filter.sku.empty() ? " ORDER BY sku, sequence LIMIT " : " ORDER BY sequence LIMIT ").Int(limit);
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

bool AppendSelectPastLevel(Sql& sql, const std::string& sku, const std::string& warehouse_id, absl::Time time,
                           int64_t after_version) {
  const auto select = [&](const char* columns) -> Sql& {
    sql.Raw("(SELECT ").Raw(columns).Raw(" FROM movement WHERE sku = ").Blob(sku);
    return sql.Raw(" AND warehouse_id = ").Blob(warehouse_id);
  };
  const auto until = [&]() -> Sql& {
    return sql.Raw(" AND version > ").Int(after_version).Raw(" AND create_time <= ").Time(time);
  };
  constexpr char kLast[] = " ORDER BY version DESC LIMIT 1)";
  BeginStatement(sql);
  select("1, balance_on_hand, create_time");
  until().Raw(kLast).Raw(" UNION ALL ");
  select("2, type, create_time").Raw(" ORDER BY version LIMIT 1) UNION ALL ");
  // Joined to the version of then, without which every movement of the level would be read.
  sql.Raw("(SELECT 3, COALESCE(SUM(m.delta_on_hand), 0), NULL FROM (SELECT COALESCE(");
  select("version");
  until().Raw(kLast).Raw(", ").Int(after_version).Raw(") AS version) p STRAIGHT_JOIN movement m ON m.sku = ");
  sql.Blob(sku).Raw(" AND m.warehouse_id = ").Blob(warehouse_id).Raw(" AND m.version > p.version WHERE m.type = ");
  sql.Int(static_cast<int64_t>(MovementType::kSet)).Raw(")");
  return true;
}

PastLevel ParsePastLevel(const Rows& rows) {
  PastLevel past;
  for (const Row& row : rows) {
    if (row.Int(0) == 1) {
      past.on_hand = row.Int(1);
    } else if (row.Int(0) == 3) {
      past.counted_since = row.Int(1);
    } else if (row.Int(1) == static_cast<int64_t>(MovementType::kBalanceForward)) {
      past.begin_time = row.Time(2);
    }
  }
  return past;
}

bool AppendSelectAgedLevels(Sql& sql, const LevelRecord::Key& after, absl::Time before, int64_t limit) {
  // Of each level no more than its first two movements are read. MySQL takes their order from the index only if it is
  // named in full.
  BeginStatement(sql).Raw("SELECT l.sku, l.warehouse_id, COALESCE((SELECT m.create_time FROM movement m ");
  sql.Raw("FORCE INDEX (movement_by_level) WHERE m.sku = l.sku AND m.warehouse_id = l.warehouse_id ORDER BY m.sku, ");
  sql.Raw("m.warehouse_id, m.version LIMIT 1 OFFSET 1) < ").Time(before);
  sql.Raw(", 0) FROM stock_level l FORCE INDEX (PRIMARY) WHERE ");
  AppendAfterKey(sql, "l.sku", "l.warehouse_id", after).Raw(" ORDER BY l.sku, l.warehouse_id LIMIT ").Int(limit);
  return true;
}

std::vector<AgedLevel> ParseAgedLevels(const Rows& rows) {
  std::vector<AgedLevel> all;
  for (const Row& row : rows) all.push_back({{std::string(row.Text(0)), std::string(row.Text(1))}, row.Bool(2)});
  return all;
}

// A SKU's movements never go back in time, so that those before it are the first ones. A plain condition on the time
// would have all that are newer read too where there are not enough.
bool AppendSelectOldMovements(Sql& sql, const std::string& sku, int64_t after_sequence, absl::Time before,
                              int64_t limit) {
  BeginStatement(sql).Raw("SELECT * FROM (SELECT " + Columns<MovementRecord>() + " FROM movement FORCE INDEX ");
  sql.Raw("(PRIMARY) WHERE sku = ").Blob(sku).Raw(" AND sequence > ").Int(after_sequence);
  sql.Raw(" ORDER BY sequence LIMIT ")
      .Int(limit)
      .Raw(") m WHERE create_time < ")
      .Time(before)
      .Raw(" ORDER BY sequence");
  return true;
}

bool AppendSelectFirstMovements(Sql& sql, const std::string& sku) {
  BeginStatement(sql).Raw("SELECT " + Columns<MovementRecord>("m") + " FROM stock_level l JOIN movement m ON ");
  sql.Raw("m.sku = l.sku AND m.warehouse_id = l.warehouse_id AND m.version = (SELECT f.version FROM movement f ");
  sql.Raw("FORCE INDEX (movement_by_level) WHERE f.sku = l.sku AND f.warehouse_id = l.warehouse_id ORDER BY f.sku, ");
  sql.Raw("f.warehouse_id, f.version LIMIT 1) WHERE l.sku = ");
  sql.Blob(sku);
  return true;
}

}  // namespace inventory::storage
