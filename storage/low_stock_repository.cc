#include "storage/low_stock_repository.h"

#include <algorithm>
#include <utility>

#include "storage/key_range.h"

namespace inventory::storage {
namespace {

// The index that has the live rules of the filter in order of id, whatever an optimizer expects of it.
const char* IndexFor(const LowStockRuleFilter& filter) {
  if (!filter.sku.empty()) return "low_stock_rule_by_sku";
  if (!filter.warehouse_id.empty()) return "low_stock_rule_by_warehouse";
  if (!filter.channel_id.empty()) return "low_stock_rule_by_channel";
  if (filter.low) return "low_stock_rule_by_low";
  return filter.activity.empty() ? "low_stock_rule_by_deletion" : "low_stock_rule_by_activity";
}

// That an event e of one of the rules, which are in order, comes after the key, as ranges of an index. Gives the order
// to be asked for: where it names a column that has one value only, MariaDB sorts all rows by it.
const char* AppendAfter(Sql& sql, const std::vector<std::string>& rule_ids, const LowStockEventRecord::Key& after) {
  const auto first = std::lower_bound(rule_ids.begin(), rule_ids.end(), after.first);
  const std::vector<std::string> left(first, rule_ids.end());
  if (left.empty()) {
    sql.Raw("FALSE");
    return "e.number";
  }
  const int64_t number = left.front() == after.first ? after.second : 0;
  sql.Raw("(e.rule_id = ").Blob(left.front()).Raw(" AND e.number > ").Int(number);
  if (left.size() > 1) {
    AppendTextList(sql.Raw(" OR e.rule_id IN ("), std::span(left).subspan(1));
    sql.Raw(")");
  }
  sql.Raw(")");
  return left.size() > 1 ? "e.rule_id, e.number" : "e.number";
}

}  // namespace

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

bool AppendSelectDueEvents(Sql& sql, const std::string& activity, const DueEvent& after, int64_t limit) {
  BeginStatement(sql).Raw("SELECT e.next_attempt_time, e.rule_id, e.number, r.parameters FROM low_stock_event e ");
  sql.Raw("FORCE INDEX (low_stock_event_of_activity) STRAIGHT_JOIN low_stock_rule r ON r.rule_id = e.rule_id");
  sql.Raw(" WHERE e.activity = ").Blob(activity).Raw(" AND e.next_attempt_time <= NOW(6) AND ");
  AppendAfterKey(sql, "e.next_attempt_time", "e.rule_id", std::pair(after.due_time, after.key.first));
  sql.Raw(" ORDER BY e.next_attempt_time, e.rule_id LIMIT ").Int(limit);
  return true;
}

std::vector<DueEvent> ParseDueEvents(const Rows& rows) {
  std::vector<DueEvent> due;
  for (const Row& row : rows) {
    due.push_back({row.Time(0), {std::string(row.Text(1)), row.Int(2)}, LabelsCodec::Parse(row, 3)});
  }
  return due;
}

bool AppendSelectOldestWaitingEvent(Sql& sql) {
  constexpr int64_t kMostRules = 10'000;
  BeginStatement(sql).Raw("SELECT TIMESTAMPDIFF(MICROSECOND, MIN(create_time), NOW(6)) FROM (SELECT create_time FROM ");
  sql.Raw("low_stock_event FORCE INDEX (low_stock_event_due) WHERE next_attempt_time IS NOT NULL ");
  sql.Raw("ORDER BY next_attempt_time LIMIT ").Int(kMostRules).Raw(") waiting");
  return true;
}

absl::Duration ParseAgeOfEvent(const Rows& rows) {
  return std::max(absl::ZeroDuration(), absl::Microseconds(rows[0].Int(0)));
}

bool AppendSelectDeletedRules(Sql& sql, absl::Duration age, const DeletedRule& after, int64_t limit) {
  BeginStatement(sql).Raw("SELECT delete_time, rule_id FROM low_stock_rule FORCE INDEX (low_stock_rule_by_deletion)");
  sql.Raw(" WHERE delete_time <= NOW(6) - INTERVAL ").Int(absl::ToInt64Seconds(age)).Raw(" SECOND AND ");
  AppendAfterKey(sql, "delete_time", "rule_id", std::pair(after.delete_time, after.rule_id));
  sql.Raw(" ORDER BY delete_time, rule_id LIMIT ").Int(limit);
  return true;
}

std::vector<DeletedRule> ParseDeletedRules(const Rows& rows) {
  std::vector<DeletedRule> rules;
  for (const Row& row : rows) rules.push_back({row.Time(0), std::string(row.Text(1))});
  return rules;
}

bool AppendSelectEventKeys(Sql& sql, const std::string& rule_id, int64_t limit) {
  BeginStatement(sql).Raw("SELECT rule_id, number FROM low_stock_event FORCE INDEX (PRIMARY) WHERE rule_id = ");
  // Not in order of rule_id, which is one: MariaDB would sort all of them by it.
  sql.Blob(rule_id).Raw(" AND number > 0 ORDER BY number LIMIT ").Int(limit);
  return true;
}

bool AppendSelectRuleIdsOf(Sql& sql, const std::string& sku) {
  BeginStatement(sql).Raw("SELECT rule_id FROM low_stock_rule FORCE INDEX (low_stock_rule_of_sku) WHERE sku = ");
  sql.Blob(sku).Raw(" ORDER BY rule_id");
  return true;
}

std::vector<LowStockEventRecord::Key> ParseEventKeys(const Rows& rows) {
  std::vector<LowStockEventRecord::Key> keys;
  for (const Row& row : rows) keys.emplace_back(std::string(row.Text(0)), row.Int(1));
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
  BeginStatement(sql).Raw("SELECT " + Columns<LowStockRuleRecord>() + " FROM low_stock_rule FORCE INDEX (");
  sql.Raw(IndexFor(filter)).Raw(") WHERE rule_id > ").Blob(after_id).Raw(" AND delete_time IS NULL");
  if (!filter.sku.empty()) sql.Raw(" AND sku = ").Blob(filter.sku);
  if (!filter.warehouse_id.empty()) sql.Raw(" AND warehouse_id = ").Blob(filter.warehouse_id);
  if (!filter.channel_id.empty()) sql.Raw(" AND channel_id = ").Blob(filter.channel_id);
  if (!filter.activity.empty()) sql.Raw(" AND activity = ").Blob(filter.activity);
  if (filter.low) sql.Raw(" AND low = ").Bool(*filter.low);
  sql.Raw(" ORDER BY rule_id LIMIT ").Int(limit);
  return true;
}

bool AppendListLowStockEvents(Sql& sql, const LowStockEventFilter& filter, const LowStockEventRecord::Key& after,
                              int64_t limit) {
  // The index that has the rows of the filter in order of the key, whatever an optimizer expects of it.
  const char* index = "PRIMARY";
  if (filter.state) index = filter.rule_ids ? "low_stock_event_of_rule" : "low_stock_event_by_state";
  BeginStatement(sql).Raw("SELECT STRAIGHT_JOIN " + Columns<LowStockEventRecord>("e") + ", " +
                          Columns<LowStockRuleRecord>("r"));
  sql.Raw(" FROM low_stock_event e FORCE INDEX (")
      .Raw(index)
      .Raw(") JOIN low_stock_rule r ON r.rule_id = e.rule_id WHERE ");
  const char* order = "e.rule_id, e.number";
  if (filter.rule_ids) {
    order = AppendAfter(sql, *filter.rule_ids, after);
  } else {
    AppendAfterKey(sql, "e.rule_id", "e.number", after);
  }
  if (filter.state) sql.Raw(" AND e.state = ").Int(static_cast<int64_t>(*filter.state));
  sql.Raw(" ORDER BY ").Raw(order).Raw(" LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
