#include "storage/movement_repository.h"

namespace inventory::storage {
namespace {

void AppendQuantities(Sql& sql, const Quantities& quantities) {
  sql.Int(quantities.on_hand).Raw(",").Int(quantities.reserved).Raw(",");
  sql.Int(quantities.safety_stock).Raw(",").Int(quantities.damaged).Raw(",").Int(quantities.quality_control);
}

Quantities ParseQuantities(const Row& row, int column) {
  return {.on_hand = row.Int(column),
          .reserved = row.Int(column + 1),
          .safety_stock = row.Int(column + 2),
          .damaged = row.Int(column + 3),
          .quality_control = row.Int(column + 4)};
}

// Says where the page starts so that the primary key is read from there, with and without one SKU.
void AppendAfter(Sql& sql, const std::string& sku, const MovementKey& after) {
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

void Table<MovementRecord>::AppendValues(Sql& sql, const MovementRecord& movement) {
  sql.Blob(movement.sku).Raw(",").Int(movement.sequence).Raw(",");
  sql.Blob(movement.warehouse_id).Raw(",").Int(movement.version).Raw(",");
  sql.Int(static_cast<int64_t>(movement.type)).Raw(",");
  AppendQuantities(sql, movement.delta);
  sql.Raw(",");
  AppendQuantities(sql, movement.balance);
  sql.Raw(",").Text(movement.reason).Raw(",").Blob(movement.actor).Raw(",");
  sql.Blob(movement.document_id).Raw(",").Blob(movement.request_id).Raw(",").Time(movement.create_time);
}

MovementRecord Table<MovementRecord>::Parse(const Row& row, int first_column) {
  int column = first_column;
  MovementRecord movement;
  movement.sku = row.Text(column++);
  movement.sequence = row.Int(column++);
  movement.warehouse_id = row.Text(column++);
  movement.version = row.Int(column++);
  movement.type = static_cast<MovementType>(row.Int(column++));
  movement.delta = ParseQuantities(row, column);
  movement.balance = ParseQuantities(row, column + 5);
  column += 10;
  movement.reason = row.Text(column++);
  movement.actor = row.Text(column++);
  movement.document_id = row.Text(column++);
  movement.request_id = row.Text(column++);
  movement.create_time = row.Time(column++);
  return movement;
}

bool AppendListMovements(Sql& sql, const MovementFilter& filter, const MovementKey& after, int64_t limit) {
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

}  // namespace inventory::storage
