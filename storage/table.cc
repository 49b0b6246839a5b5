#include "storage/table.h"

namespace inventory::storage {
namespace {

// The first string after all that start with prefix; empty if there is none.
std::string PrefixSuccessor(std::string prefix) {
  while (!prefix.empty() && prefix.back() == '\xFF') prefix.pop_back();
  if (!prefix.empty()) prefix.back() = static_cast<char>(static_cast<unsigned char>(prefix.back()) + 1);
  return prefix;
}

}  // namespace

void AppendTextList(Sql& sql, std::span<const std::string> values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) sql.Raw(",");
    sql.Blob(values[i]);
  }
}

void AppendPrefixRange(Sql& sql, const std::string& column, const std::string& prefix) {
  if (prefix.empty()) return;
  sql.Raw(" AND " + column + " >= ").Blob(prefix);
  const std::string successor = PrefixSuccessor(prefix);
  if (!successor.empty()) sql.Raw(" AND " + column + " < ").Blob(successor);
}

std::vector<std::string> ParseTexts(const Rows& rows) {
  std::vector<std::string> texts;
  texts.reserve(rows.size());
  for (const Row& row : rows) texts.push_back(std::string(row.Text(0)));
  return texts;
}

std::vector<std::pair<std::string, std::string>> ParsePairs(const Rows& rows) {
  std::vector<std::pair<std::string, std::string>> pairs;
  pairs.reserve(rows.size());
  for (const Row& row : rows) pairs.emplace_back(row.Text(0), row.Text(1));
  return pairs;
}

namespace table_internal {

std::string JoinColumns(std::span<const char* const> columns, const std::string& alias) {
  const std::string before = alias.empty() ? "" : alias + ".";
  std::string joined;
  for (const char* column : columns) {
    if (!joined.empty()) joined += ", ";
    joined += before + column;
  }
  return joined;
}

void AppendInsertHead(Sql& sql, const char* name, std::span<const char* const> columns, std::span<const bool> wanted) {
  BeginStatement(sql).Raw("INSERT INTO ").Raw(name).Raw(" (");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (wanted[i]) sql.Comma().Raw(columns[i]);
  }
  sql.Raw(") VALUES ");
}

void AppendUpsertTail(Sql& sql, std::span<const char* const> columns, std::span<const bool> wanted) {
  bool first = true;
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (!wanted[i]) continue;
    sql.Raw(first ? " ON DUPLICATE KEY UPDATE " : ", ").Raw(columns[i]).Raw("=VALUES(").Raw(columns[i]).Raw(")");
    first = false;
  }
}

}  // namespace table_internal
}  // namespace inventory::storage
