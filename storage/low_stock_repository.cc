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

}  // namespace inventory::storage
