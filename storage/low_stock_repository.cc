#include "storage/low_stock_repository.h"

namespace inventory::storage {

bool AppendSelectRulesOf(Sql& sql, std::span<const std::string> skus) {
  if (skus.empty()) return false;
  BeginStatement(sql).Raw("SELECT " + Columns<LowStockRuleRecord>() + " FROM low_stock_rule WHERE sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(") AND delete_time IS NULL");
  return true;
}

bool AppendSelectFirstEvents(Sql& sql, const std::string& rule_id) {
  BeginStatement(sql).Raw("SELECT " + Columns<LowStockEventRecord>() + " FROM low_stock_event WHERE rule_id = ");
  sql.Blob(rule_id).Raw(" AND state = 1 ORDER BY number LIMIT 2");
  return true;
}

bool AppendSelectEvent(Sql& sql, const LowStockEventRecord::Key& key) {
  BeginStatement(sql).Raw("SELECT " + Columns<LowStockEventRecord>() + " FROM low_stock_event WHERE rule_id = ");
  sql.Blob(key.first).Raw(" AND number = ").Int(key.second);
  return true;
}

bool AppendSelectDueEvents(Sql& sql, int64_t limit) {
  BeginStatement(sql).Raw("SELECT rule_id, number FROM low_stock_event FORCE INDEX (low_stock_event_due)");
  sql.Raw(" WHERE next_attempt_time <= NOW(6) ORDER BY next_attempt_time LIMIT ").Int(limit);
  return true;
}

std::vector<LowStockEventRecord::Key> ParseEventKeys(const Rows& rows) {
  std::vector<LowStockEventRecord::Key> keys;
  for (const Row& row : rows) keys.emplace_back(row.Text(0), row.Int(1));
  return keys;
}

bool AppendDeleteOldEvents(Sql& sql, absl::Duration age, int64_t limit) {
  // A deletion of one table takes no hint at an index, and without one it may sort all that are old.
  BeginStatement(sql).Raw("DELETE e FROM low_stock_event e JOIN (SELECT rule_id, number FROM low_stock_event ");
  sql.Raw("FORCE INDEX (low_stock_event_by_age) WHERE state = 2 AND update_time < NOW(6) - INTERVAL ");
  sql.Int(absl::ToInt64Seconds(age)).Raw(" SECOND ORDER BY state, update_time LIMIT ").Int(limit);
  sql.Raw(") old ON e.rule_id = old.rule_id AND e.number = old.number");
  return true;
}

bool AppendListLowStockRules(Sql& sql, const LowStockRuleFilter& filter, const std::string& after_id, int64_t limit) {
  BeginStatement(sql).Raw("SELECT " + Columns<LowStockRuleRecord>() + " FROM low_stock_rule");
  if (!filter.sku.empty()) sql.Raw(" FORCE INDEX (low_stock_rule_by_sku)");
  sql.Raw(" WHERE rule_id > ").Blob(after_id).Raw(" AND delete_time IS NULL");
  if (!filter.sku.empty()) sql.Raw(" AND sku = ").Blob(filter.sku);
  if (filter.low) sql.Raw(" AND low = ").Bool(*filter.low);
  sql.Raw(" ORDER BY rule_id LIMIT ").Int(limit);
  return true;
}

bool AppendListLowStockEvents(Sql& sql, const LowStockEventFilter& filter, const LowStockEventRecord::Key& after,
                              int64_t limit) {
  // The index that has the rows of the filter in order of the key, whatever an optimizer expects of it.
  const char* index = "PRIMARY";
  if (filter.state) index = filter.rule_id.empty() ? "low_stock_event_by_state" : "low_stock_event_of_rule";
  BeginStatement(sql).Raw("SELECT STRAIGHT_JOIN " + Columns<LowStockEventRecord>("e") + ", " +
                          Columns<LowStockRuleRecord>("r"));
  sql.Raw(" FROM low_stock_event e FORCE INDEX (")
      .Raw(index)
      .Raw(") JOIN low_stock_rule r ON r.rule_id = e.rule_id WHERE ");
  if (filter.rule_id.empty()) {
    sql.Raw("e.rule_id >= ").Blob(after.first).Raw(" AND (e.rule_id > ").Blob(after.first).Raw(" OR e.number > ");
    sql.Int(after.second).Raw(")");
  } else {
    sql.Raw("e.rule_id = ").Blob(filter.rule_id).Raw(" AND e.number > ").Int(after.second);
  }
  if (filter.state) sql.Raw(" AND e.state = ").Int(static_cast<int64_t>(*filter.state));
  sql.Raw(" ORDER BY e.rule_id, e.number LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
