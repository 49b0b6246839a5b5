#include "storage/item_repository.h"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "storage/external_reference_repository.h"

namespace inventory::storage {
namespace {

// The names of the columns. Each binding is of one.
template <typename... Bindings>
std::string Joined(const std::tuple<Bindings...>& bindings, const char* separator = ", ") {
  static_assert(((Bindings::kSize == 1) && ...));
  std::array<const char*, sizeof...(Bindings)> names = {};
  const char** out = names.data();
  std::apply([&out](const auto&... binding) { (binding.Names(out++), ...); }, bindings);
  return absl::StrJoin(names, separator);
}

constexpr int kDetailsColumn = static_cast<int>(std::tuple_size_v<decltype(Table<ItemRecord>::kPlain)>);

}  // namespace

void IntegersCodec::Append(Sql& sql, const std::vector<int64_t>& values) { sql.Blob(absl::StrJoin(values, ",")); }

std::vector<int64_t> IntegersCodec::Parse(const Row& row, int column) {
  std::vector<int64_t> values;
  for (const std::string& part : column::ListCodec<',', column::BytesCodec>::Parse(row, column)) {
    values.push_back(std::strtoll(part.c_str(), nullptr, 10));
  }
  return values;
}

void LabelsCodec::Append(Sql& sql, const std::map<std::string, std::string>& labels) {
  sql.Blob(absl::StrJoin(labels, "\n", absl::PairFormatter("=")));
}

std::map<std::string, std::string> LabelsCodec::Parse(const Row& row, int column) {
  std::map<std::string, std::string> labels;
  for (const std::string& line : column::ListCodec<'\n', column::BytesCodec>::Parse(row, column)) {
    const std::size_t equals = std::min(line.find('='), line.size());
    labels[line.substr(0, equals)] = line.substr(std::min(equals + 1, line.size()));
  }
  return labels;
}

void ComponentsCodec::Append(Sql& sql, const std::vector<Component>& components) {
  sql.Blob(absl::StrJoin(components, "\n", [](std::string* out, const Component& component) {
    absl::StrAppend(out, component.quantity, " ", component.sku);
  }));
}

std::vector<Component> ComponentsCodec::Parse(const Row& row, int column) {
  std::vector<Component> components;
  for (const std::string& line : column::ListCodec<'\n', column::BytesCodec>::Parse(row, column)) {
    const std::size_t space = std::min(line.find(' '), line.size());
    components.push_back({line.substr(std::min(space + 1, line.size())), std::strtoll(line.c_str(), nullptr, 10)});
  }
  return components;
}

void UnitsCodec::Append(Sql& sql, const UnitsOfMeasure& units) {
  std::string text;
  if (!units.base_unit.empty()) {
    absl::StrAppend(&text, units.base_unit, " ", units.precision);
    for (const auto& [key, factor] : units.factors) absl::StrAppend(&text, "\n", key, " ", factor);
  }
  sql.Blob(text);
}

UnitsOfMeasure UnitsCodec::Parse(const Row& row, int column) {
  UnitsOfMeasure units;
  for (const std::string& line : column::ListCodec<'\n', column::BytesCodec>::Parse(row, column)) {
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string key = line.substr(0, space);
    const int64_t value = std::strtoll(line.c_str() + space, nullptr, 10);
    if (units.base_unit.empty()) {
      units.base_unit = key;
      units.precision = static_cast<int32_t>(value);
    } else {
      units.factors[key] = value;
    }
  }
  return units;
}

bool AppendSelectItems(Sql& sql, std::span<const std::string> skus, ItemDetails details) {
  if (skus.empty()) return false;
  using Items = Table<ItemRecord>;
  static const std::string head =
      absl::StrCat("SELECT ", Joined(Items::kPlain), ", IF(", Joined(Items::kCounters, " = 0 AND "), " = 0, NULL, ");
  static const std::string packed = absl::StrCat("CONCAT_WS(X'00', ", Joined(Items::kDetails), ")");
  BeginStatement(sql).Raw(head).Raw(details == ItemDetails::kRead ? packed : "''");
  sql.Raw(") AS details FROM item FORCE INDEX (PRIMARY) WHERE sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(")");
  return true;
}

bool AppendLockItems(Sql& sql, std::span<const std::string> skus, ItemDetails details) {
  if (!AppendSelectItems(sql, skus, details)) return false;
  sql.Raw(" ORDER BY sku FOR UPDATE");
  return true;
}

std::vector<ItemRecord> ParseItems(const Rows& rows) {
  std::vector<ItemRecord> items;
  items.reserve(rows.size());
  for (const Row& row : rows) {
    ItemRecord& item = items.emplace_back();
    ParseInto(Table<ItemRecord>::kPlain, row, 0, item);
    if (row.Text(kDetailsColumn).empty()) continue;
    const Rows details = SplitRow(row.Text(kDetailsColumn), '\0');
    if (details.columns() != std::tuple_size_v<decltype(Table<ItemRecord>::kDetails)>) std::abort();
    ParseInto(Table<ItemRecord>::kDetails, details[0], 0, item);
  }
  return items;
}

bool HaveDetails(const Rows& rows) {
  for (const Row& row : rows) {
    if (!row.IsNull(kDetailsColumn)) return true;
  }
  return false;
}

bool LackDetails(const Rows& rows) {
  for (const Row& row : rows) {
    if (!row.IsNull(kDetailsColumn) && row.Text(kDetailsColumn).empty()) return true;
  }
  return false;
}

bool AppendMarkUnlessCurrent(Sql& sql, std::span<const std::string> skus, int64_t version) {
  if (skus.empty()) return false;
  BeginStatement(sql).Raw("UPDATE item SET fill_pending = 1, fill_after = 0 WHERE sku IN (");
  AppendTextList(sql, skus);
  sql.Raw(") AND (SELECT version FROM configuration WHERE id = 1) <> ").Int(version);
  return true;
}

bool AppendSelectFillPending(Sql& sql, int64_t limit) {
  BeginStatement(sql).Raw("SELECT sku FROM item WHERE fill_pending = 1 ORDER BY sku LIMIT ").Int(limit);
  return true;
}

bool AppendSelectHoldsDue(Sql& sql, int64_t limit) {
  BeginStatement(sql).Raw("SELECT sku FROM item WHERE next_hold_expiry <= NOW(6) ORDER BY next_hold_expiry LIMIT ");
  sql.Int(limit);
  return true;
}

bool AppendSelectFollowedSkus(Sql& sql, const std::string& after_sku, int64_t limit) {
  BeginStatement(sql).Raw("SELECT sku FROM item WHERE followed = 1 AND sku > ").Blob(after_sku);
  sql.Raw(" ORDER BY sku LIMIT ").Int(limit);
  return true;
}

bool AppendListItems(Sql& sql, const ItemFilter& filter, const std::string& after_sku, int64_t limit) {
  BeginStatement(sql).Raw("SELECT " + Columns<ItemRecord>() + " FROM item WHERE configured = 1 AND sku > ");
  sql.Blob(after_sku);
  AppendPrefixRange(sql, "sku", filter.sku_prefix);
  if (!filter.availability_estimate.empty()) {
    sql.Raw(" AND availability_estimate = ").Blob(filter.availability_estimate);
  }
  AppendHasCode(sql, "sku", ResourceKind::kItem, filter.external_reference_code);
  if (filter.published) sql.Raw(" AND published = ").Bool(*filter.published);
  sql.Raw(" ORDER BY sku LIMIT ").Int(limit);
  return true;
}

}  // namespace inventory::storage
