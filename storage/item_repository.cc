#include "storage/item_repository.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace inventory::storage {
namespace {

std::vector<int64_t> ParseQuantities(const std::string& text) {
  std::vector<int64_t> quantities;
  for (const std::string& part : std::vector<std::string>(absl::StrSplit(text, ',', absl::SkipEmpty()))) {
    quantities.push_back(std::strtoll(part.c_str(), nullptr, 10));
  }
  return quantities;
}

std::map<std::string, std::string> ParseLabels(const std::string& text) {
  std::map<std::string, std::string> labels;
  for (const std::string& line : std::vector<std::string>(absl::StrSplit(text, '\n', absl::SkipEmpty()))) {
    const std::size_t equals = std::min(line.find('='), line.size());
    labels[line.substr(0, equals)] = line.substr(std::min(equals + 1, line.size()));
  }
  return labels;
}

std::vector<std::string> SortedUnique(std::span<const std::string> values) {
  std::vector<std::string> sorted(values.begin(), values.end());
  std::sort(sorted.begin(), sorted.end());
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

}  // namespace

void Table<ItemRecord>::AppendValues(Sql& sql, const ItemRecord& item) {
  sql.Blob(item.sku).Raw(",").Bool(item.configured).Raw(",").Bool(item.tracked).Raw(",");
  sql.Bool(item.published).Raw(",").Bool(item.display_availability).Raw(",");
  sql.Bool(item.display_stock_quantity).Raw(",").Int(item.min_order_quantity).Raw(",");
  sql.Int(item.max_order_quantity).Raw(",").Int(item.multiple_order_quantity).Raw(",");
  sql.Blob(absl::StrJoin(item.allowed_order_quantities, ",")).Raw(",");
  sql.Int(item.default_safety_stock).Raw(",");
  sql.Blob(absl::StrJoin(item.labels, "\n", absl::PairFormatter("="))).Raw(",");
  sql.Int(item.config_version).Raw(",");
  AppendOptionalTime(sql, item.create_time);
  sql.Raw(",");
  AppendOptionalTime(sql, item.update_time);
  sql.Raw(",").Int(item.sequence).Raw(",");
  AppendOptionalTime(sql, item.last_movement_time);
}

ItemRecord Table<ItemRecord>::Parse(const Row& row, int first_column) {
  int column = first_column;
  ItemRecord item;
  item.sku = row.Text(column++);
  item.configured = row.Bool(column++);
  item.tracked = row.Bool(column++);
  item.published = row.Bool(column++);
  item.display_availability = row.Bool(column++);
  item.display_stock_quantity = row.Bool(column++);
  item.min_order_quantity = row.Int(column++);
  item.max_order_quantity = row.Int(column++);
  item.multiple_order_quantity = row.Int(column++);
  item.allowed_order_quantities = ParseQuantities(std::string(row.Text(column++)));
  item.default_safety_stock = row.Int(column++);
  item.labels = ParseLabels(std::string(row.Text(column++)));
  item.config_version = row.Int(column++);
  item.create_time = ParseOptionalTime(row, column++);
  item.update_time = ParseOptionalTime(row, column++);
  item.sequence = row.Int(column++);
  item.last_movement_time = ParseOptionalTime(row, column++);
  return item;
}

bool AppendLockItems(Sql& sql, std::span<const std::string> skus) {
  if (!AppendSelectByKeyPrefix<ItemRecord>(sql, skus)) return false;
  sql.Raw(" ORDER BY sku FOR UPDATE");
  return true;
}

bool AppendEnsureItems(Sql& sql, std::span<const std::string> skus) {
  if (skus.empty()) return false;
  BeginStatement(sql).Raw("INSERT INTO item (sku) VALUES ");
  bool first = true;
  for (const std::string& sku : SortedUnique(skus)) {
    sql.Raw(first ? "(" : ",(").Blob(sku).Raw(")");
    first = false;
  }
  sql.Raw(" ON DUPLICATE KEY UPDATE sku=sku");
  return true;
}

bool AppendItemCounters(Sql& sql, const std::vector<const ItemRecord*>& items) {
  if (items.empty()) return false;
  BeginStatement(sql).Raw("INSERT INTO item (sku, sequence, last_movement_time) VALUES ");
  for (std::size_t i = 0; i < items.size(); ++i) {
    sql.Raw(i == 0 ? "(" : ",(").Blob(items[i]->sku).Raw(",").Int(items[i]->sequence).Raw(",");
    AppendOptionalTime(sql, items[i]->last_movement_time);
    sql.Raw(")");
  }
  sql.Raw(
      " ON DUPLICATE KEY UPDATE sequence=VALUES(sequence), "
      "last_movement_time=VALUES(last_movement_time)");
  return true;
}

bool AppendListItems(Sql& sql, const ItemFilter& filter, const std::string& after_sku, int64_t limit) {
  BeginStatement(sql).Raw("SELECT " + Columns<ItemRecord>() + " FROM item WHERE configured = 1 AND sku > ");
  sql.Blob(after_sku);
  AppendPrefixRange(sql, "sku", filter.sku_prefix);
  if (filter.published) sql.Raw(" AND published = ").Bool(*filter.published);
  sql.Raw(" ORDER BY sku LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
